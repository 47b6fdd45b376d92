"""How fast? Stock Manim, this renderer and its encoder alone, one after the other in one run.

Times drift on a shared machine; what stands side by side in one round does not drift apart, so it
is the ratios that count.

- ``runs``: a round, and what a process takes.
- ``recording``: a chapter's pictures in memory; ``limit``: how long the encoder alone takes.
- ``shares``: where the time of a chapter goes.
- ``growth``: how the cost grows with the film, its size, its contenders and the cores.
- ``record``: what was measured so far, in a file; ``tables``: the same for people.
- ``quality``: how clean the pictures of both films are; ``goals``: whether that is enough.
- ``command``: ``python -m benchmarks``, in the project's folder; ``child``: what the processes that
  are measured run.
"""
