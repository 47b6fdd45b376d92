"""A quick renderer under Manim's scenes: the same pixels, drawn only where they change.

Manim draws every moving mobject anew in every frame, copies the frame and encodes each ``play``
apart. Here a frame is a list of shapes; what differs from the list before decides which rectangles
are drawn again, converted again, and given to one encoder per chapter.

Any Manim scene of vectorised mobjects can be rendered.
"""
