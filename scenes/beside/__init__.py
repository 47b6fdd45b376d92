"""What is seen beside the film, and is no chapter of it."""
