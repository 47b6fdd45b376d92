"""Captions, plain text and units."""
