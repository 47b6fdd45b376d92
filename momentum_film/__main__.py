"""``python -m momentum_film`` is the command ``momentum``."""

if __name__ == "__main__":
    # Workers import this module too, and need no command.
    from momentum_film.cli.main import run

    run()
