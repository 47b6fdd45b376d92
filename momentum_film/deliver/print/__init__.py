"""What goes on paper and on slides."""
