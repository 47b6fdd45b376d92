"""How clean a film is: pictures whose errors are known, and what is found of them."""

from __future__ import annotations

import math
from pathlib import Path

import av
import numpy as np
import pytest

from benchmarks.goals import GOALS, MOVING, PSNR, SIZE, SPEED, STANDING, Goal, figures
from benchmarks.quality import Cleanness, Judge, lumas, together
from momentum_film.plan.plan import QUALITIES
from momentum_film.raster.rectangles import Rectangle
from momentum_film.raster.samples import worst_block

WIDTH, HEIGHT, FPS = 44, 28, 10  # neither is a multiple of a block's side; 3 frames are 0.3 s
WHOLE = [Rectangle(0, 0, WIDTH, HEIGHT)]


def exact(number: int) -> np.ndarray:
    """Luma of a picture, (height, width) uint8, with room for errors."""
    return np.random.default_rng(number).integers(20, 200, (HEIGHT, WIDTH), dtype=np.uint8)


def off(luma: np.ndarray, by: int, where: tuple[slice, slice] = np.s_[:, :]) -> np.ndarray:
    """Up and down by so much in turns: no mean of a block would tell."""
    wrong = luma.astype(int)
    signs = np.where(np.indices(luma.shape).sum(axis=0) % 2, by, -by)
    wrong[where] += signs[where]
    return wrong.astype(np.uint8)


@pytest.mark.parametrize(
    ("where", "wanted", "middle"),
    [
        (np.s_[8:16, 16:24], 6, (20, 12)),
        (np.s_[8:12, 16:24], 3, (20, 12)),  # half a block
        (np.s_[12:20, 16:24], 3, (20, 12)),  # two halves of blocks
        (np.s_[9:10, 17:18], 6 / 64, (20, 12)),
        (np.s_[24:28, 40:44], 6, (44, 28)),  # what is left in the corner
        (np.s_[24:26, 40:42], 1.5, (44, 28)),
    ],
)
def test_the_worst_block(where: tuple[slice, slice], wanted: float, middle: tuple[int, int]):
    pictures = exact(1), off(exact(1), 6, where)
    for one, other in (pictures, pictures[::-1]):
        found = worst_block(one, other)
        assert found.off == pytest.approx(wanted)
        assert (found.x, found.y) == middle


def test_the_worst_block_of_all():
    assert worst_block(exact(1), exact(1)).off == 0
    black = np.zeros((HEIGHT, WIDTH), np.uint8)
    assert worst_block(black, np.full_like(black, 255)).off == 255
    two = off(off(exact(1), 2, np.s_[:8, :8]), 3, np.s_[16:24, 8:16])
    assert worst_block(two, exact(1))[1:] == (3, 12, 20)


def judged(film: list[np.ndarray], shown: list[tuple[int, int]], every: int = 1) -> Cleanness:
    """What is found of a film against exact pictures by number, each for some frames."""
    rest = iter(film)
    judge = Judge(rest, FPS, every)
    for number, frames in shown:
        judge.take(exact(number), frames)
    judge.finish()
    assert next(rest, None) is None
    return judge.found


def test_nothing_is_off():
    found = judged([exact(1)] * 4 + [exact(2)] * 2, [(1, 4), (2, 2)])
    assert found == Cleanness(6, 0.0, 0.0, 0.0)
    assert found.psnr == math.inf


def test_where_a_picture_stands_its_last_frame_counts():
    film = [off(exact(1), by) for by in (9, 7, 2)]
    assert judged(film, [(1, 3)]) == Cleanness(3, 4.0, 2.0, 0.0)
    assert judged(film[1:], [(1, 2)]) == Cleanness(2, 4.0, 0.0, 2.0)  # too short to stand


def test_a_picture_shown_again_is_the_same_picture():
    """Though each time it is said to have changed, as where what moves is out of sight."""
    film = [off(exact(1), by) for by in (9, 7, 2)]
    assert judged(film, [(1, 1), (1, 1), (1, 1)]) == Cleanness(3, 4.0, 2.0, 0.0)


def test_every_so_many_moving_pictures_are_judged_and_stand_for_the_others():
    errors = [1, 9, 9, 4, 9]
    film = [off(exact(number), by) for number, by in enumerate(errors)]
    shown = [(number, 1) for number in range(5)]
    assert judged(film, shown, every=3) == Cleanness(4, (1 + 3 * 4**2) / 4, 0.0, 4.0)
    assert judged(film, shown) == Cleanness(5, (1 + 4**2 + 3 * 9**2) / 5, 0.0, 9.0)


def test_standing_pictures_are_all_judged():
    film = [off(exact(number), by) for number, by in enumerate([1, 1, 5]) for _ in range(3)]
    found = judged(film, [(0, 3), (1, 3), (2, 3)], every=100)
    assert found == Cleanness(9, (1 + 1 + 25) / 3, 5.0, 0.0)


@pytest.mark.parametrize(("by", "psnr"), [(1, 48.1308), (5, 34.1514)])
def test_the_ratio_of_signal_to_noise(by: int, psnr: float):
    """The decibels of errors that are the same everywhere: 20 log10(255 / by)."""
    assert judged([off(exact(1), by)], [(1, 1)]).psnr == pytest.approx(psnr, abs=1e-4)


def test_parts_count_by_their_frames():
    found = together([Cleanness(30, 1.0, 2.0, 1.0), Cleanness(10, 5.0, 1.0, 3.0)])
    assert found == Cleanness(40, 2.0, 2.0, 3.0)


def test_a_film_that_is_too_short_is_an_error():
    with pytest.raises(ValueError, match="shorter"):
        judged([exact(1)] * 3, [(1, 4)])


def test_pictures_are_judged_as_they_are_drawn():
    """In one buffer that is drawn over; held ones are told by nothing having changed."""
    pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    film = [off(exact(1), 2), off(exact(2), 9), off(exact(2), 3), off(exact(2), 4)]
    judge = Judge(iter(film), FPS, 1)
    for number, changed, frames in ((1, WHOLE, 1), (2, WHOLE, 1), (2, [], 2)):
        pixels[..., 0] = exact(number)
        judge.show(pixels, changed, frames)
    pixels[:] = 0
    assert judge.finish() == b""
    assert judge.found == Cleanness(4, (2**2 + 3 * 4**2) / 4, 4.0, 2.0)


def test_the_luma_of_a_film_is_what_was_encoded(tmp_path: Path):
    """Without loss, and with rows that a decoder pads."""
    pictures = [exact(number) for number in range(5)]
    with av.open(str(tmp_path / "film.mp4"), "w") as file:
        stream = file.add_stream("libx264", rate=FPS, options={"qp": "0"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for luma in pictures:
            grey = np.full((HEIGHT // 2, WIDTH), 128, np.uint8)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(np.vstack([luma, grey]), "yuv420p")))
        file.mux(stream.encode())
    for found, wanted in zip(lumas(tmp_path / "film.mp4"), pictures, strict=True):
        assert np.array_equal(found, wanted)


def measured() -> dict:
    """A record of one round and two chapters."""
    seconds = {"stock": 80.0, "ours": 10.0, "encode": 5.0, "encode_changed": 4.0}
    one = {"frames": 30, "squared": 255**2 / 1e5, "standing": 2.5, "moving": 1.0}
    other = one | {"standing": 1.0, "moving": 4.5}
    chapters = {name: {"stock": one, "ours": ours} for name, ours in (("a", one), ("b", other))}
    costs = {who: {"wall": wall, "cpu": wall, "peak_mb": 0.0} for who, wall in seconds.items()}
    films = {"bytes": {"stock": 1_000_000, "ours": 1_700_000}, "chapters": chapters}
    return {"rounds": {"1080p60": [costs]}, "films": {"1080p60": films}, "growth": []}


def test_figures_are_held_against_their_goals():
    from benchmarks.tables import main_tables

    found = figures(measured(), "1080p60")
    wanted = {SPEED: 8.0, SIZE: 1.7, PSNR: 50.0, STANDING: 2.5, MOVING: 4.5}
    assert found == pytest.approx(wanted)
    assert figures(measured(), "draft") == {}
    *_, goals = main_tables(measured())
    said = {what: end for _, what, _, _, end in goals.rows}
    # A limit that is just reached is met.
    assert said[SPEED] == said[STANDING] == "met"
    assert (said[SIZE], said[MOVING]) == ("missed by 0.10", "missed by 0.50")


@pytest.mark.parametrize("is_least", [True, False])
def test_a_goal_is_missed_on_one_side_only(is_least: bool):
    goal = Goal("draft", SPEED, 9, is_least)
    assert (goal.missed_by(10), goal.missed_by(8)) == ((0, 1) if is_least else (1, 0))
    assert goal.missed_by(9) == 0


def test_every_quality_that_is_measured_has_a_goal():
    from benchmarks.command import QUALITIES as MEASURED

    assert {goal.quality for goal in GOALS} == set(MEASURED) <= set(QUALITIES)
    assert len({(goal.quality, goal.figure) for goal in GOALS}) == len(GOALS)
