"""Text as outlines, in any script."""
