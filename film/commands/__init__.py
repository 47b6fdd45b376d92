"""Commands with a module of their own; ``film.cli`` enters them."""
