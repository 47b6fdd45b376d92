"""A job becomes a segment."""
