"""The film as data: chapters, beats, seconds and words, told from a story. No Manim.

``tell`` is the only author: what it does not put into a beat is not said.
"""

from __future__ import annotations

from dataclasses import dataclass

from momentum_math.story import Story
from scenes.pace import (
    SLOW_STEP_SECONDS,
    race_pace,
    reading_seconds,
    roll_rate,
    slow_steps,
    whole_seconds,
)
from scenes.words import captions, landscape_captions
from scenes.words.board import moral, on_one_page
from scenes.words.names import chapter_method, landscape_title
from scenes.words.race import arrivals, fairness, headed, lead, losses, standing
from scenes.words.said import Said, both_ways

LEAST_SECONDS = 0.4  # of a beat that has nothing to show


@dataclass(frozen=True)
class Beat:
    """One thing that happens.

    Attributes:
        name: unique in its chapter.
        seconds: a multiple of 0.2, so exact at 15, 30 and 60 frames a second.
        caption: one full sentence for the caption track and the lecturer's notes.
        on_screen: the few words at the bottom of the picture; empty where there are none.
    """

    name: str
    seconds: float
    caption: str
    on_screen: str = ""


@dataclass(frozen=True)
class Chapter:
    """One scene of the film: a name, a title for menus, and its beats in order."""

    name: str
    title: str
    beats: tuple[Beat, ...]

    @property
    def seconds(self) -> float:
        return round(sum(beat.seconds for beat in self.beats), 6)

    def __getitem__(self, name: str) -> Beat:
        return next(beat for beat in self.beats if beat.name == name)


@dataclass(frozen=True)
class Storyboard:
    """The whole film."""

    title: str
    chapters: tuple[Chapter, ...]

    @property
    def seconds(self) -> float:
        return round(sum(chapter.seconds for chapter in self.chapters), 6)

    def __getitem__(self, name: str) -> Chapter:
        return next(chapter for chapter in self.chapters if chapter.name == name)


def _still(name: str, seconds: float, said: Said) -> Beat:
    """A beat that waits, if need be, until its words are read."""
    return Beat(name, max(seconds, reading_seconds(said.on_screen)), *said)


def tell(story: Story) -> Storyboard:
    """The film of an outcome: which chapters, how long, in which words.

    Args:
        story: of an outcome of any valid experiment.

    Returns:
        Chapters in the order of the film; those that make no sense for the data are left out.
    """
    told = [_ravine, _zigzag, _memory, _descent, _loss_race, _dial, _summary]
    if not story.anyone_moves:
        told = [_ravine, _descent, _summary]
    chapters = (chapter(story) for chapter in told)
    return Storyboard(story.experiment.title, tuple(c for c in chapters if c is not None))


def _ravine(story: Story) -> Chapter:
    beats = [
        Beat(
            "title",
            round(2.2 + 0.4 * len(story.runs), 1),
            headed(story.experiment.title, fairness(story)),
        ),
        Beat("rings", 3.4, *landscape_captions.rings(story)),
    ]
    if story.basin is not None:
        beats.append(Beat("bowl", 4.4, *landscape_captions.curvatures(story, story.basin)))
    elif story.saddle is not None:
        beats.append(Beat("bowl", 4.4, *landscape_captions.saddle(story.saddle)))
    else:
        beats.append(Beat("formula", 2.4, *landscape_captions.FORMULA))
    beats.append(Beat("downhill", 4.0, *landscape_captions.downhill(story)))
    return Chapter("ravine", landscape_title(story), tuple(beats))


def _zigzag(story: Story) -> Chapter:
    beats = [
        Beat("first_steps", 6.4, *landscape_captions.first_steps(story)),
        Beat("crawl", 4.4, *landscape_captions.crawl(story)),
    ]
    if story.factors is not None and story.lr_limit is not None:
        said = landscape_captions.limit(story, story.factors[1], story.lr_limit)
        beats.append(_still("limit", 4.4, said))
    return Chapter("zigzag", chapter_method(story), tuple(beats))


def _memory(story: Story) -> Chapter | None:
    if story.with_memory is None:
        return None
    return Chapter(
        "memory",
        captions.MEMORY_TITLE,
        (
            Beat("plain_rule", 3.6, *captions.PLAIN_RULE),
            Beat("remember", 5.4, *captions.REMEMBER),
            Beat("add_up", 7.0, *captions.add_up(story)),
            Beat("compound", 4.0, *captions.compound(story)),
        ),
    )


def _descent(story: Story) -> Chapter:
    steps = story.experiment.map.steps
    slow, rate = slow_steps(steps), roll_rate(steps)
    slow_seconds = round(slow * SLOW_STEP_SECONDS, 1)
    roll_seconds = max(LEAST_SECONDS, whole_seconds((steps - slow) / rate))
    return Chapter(
        "descent",
        captions.DESCENT_TITLE,
        (
            _still("line_up", 2.0, both_ways(fairness(story))),
            Beat("one_by_one", slow_seconds, *captions.one_by_one(story, slow)),
            Beat("roll", roll_seconds, *captions.roll(story, slow, rate)),
            _still("verdict", 4.4, Said(losses(story, steps), standing(story, steps))),
        ),
    )


def _loss_race(story: Story) -> Chapter:
    steps, late = story.experiment.steps, story.late_arrival
    rate, slow, pause = race_pace(steps)
    tail_seconds = max(LEAST_SECONDS, whole_seconds((steps - slow) / (2 * rate)))
    beats = (
        _still("axes", 2.6, captions.axes(story)),
        Beat("lead", round(pause / rate, 1), *both_ways(lead(story))),
        Beat("finish", round((slow - pause) / rate, 1), *both_ways(arrivals(story))),
        Beat("tail", tail_seconds, *captions.tail(story)),
        Beat("rest", 2.0, *captions.rest(story))
        if late is None
        else _still("bound", 5.0, captions.bound(story, late)),
    )
    return Chapter("loss_race", captions.RACE_TITLE, beats)


def _dial(story: Story) -> Chapter | None:
    swept = story.beta_sweep
    if swept is None:
        return None
    beats = [
        Beat("turn", 9.0, *captions.turn(swept.best_beta)),
        _still("best", 3.4, captions.best(swept.best_beta, swept.best_steps)),
    ]
    if swept.pair is not None:
        beats.append(Beat("both", 6.0, *captions.both(story, swept.pair)))
    return Chapter("dial", captions.dial_title(swept.pair is not None), tuple(beats))


def _summary(story: Story) -> Chapter:
    return Chapter(
        "summary",
        story.experiment.title,
        (
            Beat("assemble", 3.0, on_one_page(story.experiment.title)),
            Beat("hold", 7.0, moral(story)),
        ),
    )
