"""The film becomes files: its own, and those around it."""
