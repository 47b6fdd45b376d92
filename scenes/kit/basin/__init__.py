"""A basin, seen as what it does: its two cuts, and a ball on each."""
