"""A quick renderer under Manim's scenes: the same pixels, drawn only where they change.

Manim draws every moving mobject anew in every frame, copies the frame and encodes each ``play``
apart. Here a frame is a list of shapes; what differs from the list before decides which rectangles
are drawn again, converted again, and given to one encoder per chapter.

- ``shapes``: a mobject as it is drawn, frozen; where two of them differ.
- ``outlines``: its points as a Cairo path, made at once instead of curve by curve.
- ``rectangles``: pixel rectangles and their merging.
- ``canvas``: the picture, redrawn where the list of shapes changed.
- ``planes``: Y, U and V in the encoder's frames.
- ``yuv``: the same rectangles in the encoder's colours.
- ``encoders``: pictures in, bytes out, beside the drawing.
- ``manim_renderer``: under a Manim scene; with ``settings``, all that touches Manim's insides.
- ``quick_manim``: Manim imported without what no film needs.
- ``pins``: what those insides have to look like.

Nothing here knows the film: any Manim scene of vectorised mobjects can be rendered.
"""
