"""Captions, and what writes HTML."""
