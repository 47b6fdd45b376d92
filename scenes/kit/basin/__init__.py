"""A basin, seen as what it does: its two cuts, a ball on each, and gradients in its directions."""
