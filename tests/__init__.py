"""The tests, in folders like those of the code; what they share stands here."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
