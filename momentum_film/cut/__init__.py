"""Segments become one film: joined, captioned, verified."""
