"""What a film is to reach, declared once; and whether it does."""

from __future__ import annotations

from typing import Any, NamedTuple

from benchmarks.quality import Cleanness, together
from benchmarks.record import ratio
from momentum_film.render.check import STANDING_TOLERANCE


class Goal(NamedTuple):
    """A figure of a film at a quality, and its limit: the least, or else the most."""

    quality: str
    figure: str
    limit: float
    is_least: bool

    def missed_by(self, found: float) -> float:
        """By how much; 0 where it is met."""
        return max(0.0, self.limit - found if self.is_least else found - self.limit)


SPEED, SIZE, PSNR = "times as fast as stock manim", "size, of stock manim's", "PSNR, dB"
STANDING, MOVING = "worst 8×8 block, standing", "worst 8×8 block, moving"
GOALS = (
    Goal("draft", SPEED, 9, is_least=True),
    Goal("720p30", SPEED, 8, is_least=True),
    Goal("1080p60", SPEED, 8, is_least=True),
    Goal("1080p60", SIZE, 1.6, is_least=False),
    Goal("1080p60", PSNR, 50, is_least=True),
    Goal("1080p60", STANDING, STANDING_TOLERANCE, is_least=False),
    Goal("1080p60", MOVING, 4, is_least=False),
)


def films(measured: dict[str, Any]) -> dict[str, Cleanness]:
    """What was found of ``stock`` and ``ours`` at a quality, all chapters together."""
    chapters = measured["chapters"].values()
    return {
        who: together([Cleanness(**chapter[who]) for chapter in chapters])
        for who in ("stock", "ours")
    }


def figures(values: dict[str, Any], quality: str) -> dict[str, float]:
    """Of our film, those that were measured; see ``benchmarks.record``."""
    found: dict[str, float] = {}
    if rounds := values["rounds"].get(quality):
        found[SPEED] = ratio(rounds, "stock", "ours")
    if measured := values["films"].get(quality):
        ours, size = films(measured)["ours"], measured["bytes"]
        found |= {SIZE: size["ours"] / size["stock"], PSNR: ours.psnr}
        found |= {STANDING: ours.standing, MOVING: ours.moving}
    return found
