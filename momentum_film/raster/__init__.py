"""A quick renderer under Manim's scenes: the same pixels, drawn only where they change.

Manim draws every moving mobject anew in every frame, copies the frame and encodes each ``play``
apart. Here a frame is a list of shapes; what differs from the list before decides which rectangles
are drawn again, converted again, and given to one encoder per chapter.

- ``shapes``: a mobject as it is drawn, frozen; where two of them differ.
- ``paths``: its points as a Cairo path, made at once instead of curve by curve.
- ``rectangles``: pixel rectangles and their merging.
- ``canvas``: the picture, redrawn where the list of shapes changed.
- ``colors``: BT.709, and how a stream says so.
- ``planes``: Y, U and V in the encoder's frames.
- ``yuv``: the same rectangles in the encoder's colours.
- ``samples``: some exact pictures, kept to hold decoded ones against.
- ``encode``: pictures in, bytes out, beside the drawing; a held frame is written, not encoded.
- ``manim``: the renderer under a Manim scene, with all that touches Manim's insides: its settings,
  what those insides have to look like (``pins``), and a quicker import.

Nothing here knows the film: any Manim scene of vectorised mobjects can be rendered.
"""
