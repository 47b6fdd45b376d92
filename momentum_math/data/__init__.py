"""What was measured elsewhere, read from files as values: recorded runs, and losses on a grid.

And what makes such files: the recorder, and the plane in which runs of many parameters are seen.
"""
