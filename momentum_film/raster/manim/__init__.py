"""Manim's side of drawing: its settings, its renderer, and pins on what of it is private."""
