"""``python -m film`` is the command ``momentum``."""

from film.cli import run

if __name__ == "__main__":
    run()
