"""A basin, seen as what it does: its two cuts, a ball on each, and the gradients in its directions."""
