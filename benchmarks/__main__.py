"""``python -m benchmarks``, in the project's folder; see ``benchmarks.command``."""

from benchmarks.command import bench
from momentum_film.cli.main import answer

if __name__ == "__main__":
    answer(bench)
