"""The parts that chapters are built of."""
