"""What was measured elsewhere: a run that somebody recorded, read from a file as a value."""
