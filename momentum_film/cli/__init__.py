"""Commands with a module of their own; ``momentum_film.cli.main`` enters them."""
