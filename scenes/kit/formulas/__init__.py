"""Formulas: LaTeX in, outlines and mobjects out."""
