"""What chapters are built of."""
