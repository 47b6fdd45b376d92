"""``python -m momentum_film`` is the command ``momentum``."""

from momentum_film.cli.main import run

if __name__ == "__main__":
    run()
