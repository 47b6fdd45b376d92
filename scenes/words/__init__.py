"""All that is written on screen, in captions and on pages. No Manim.

Every number comes from the data; a phrase that would be false for them is not made. A message
stands whole in one function or table, with its numbers and names as fields of it.
"""
