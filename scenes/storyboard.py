"""The film as data: chapters, beats, seconds and words, told from a story. No Manim.

``tell`` is the only author: what it does not put into a beat is not said.
"""

from dataclasses import dataclass

from momentum_math.landscapes.measured import MeasuredLandscape
from momentum_math.relief import relief
from momentum_math.story import Story, is_recorded
from momentum_math.story.springs import two_springs
from scenes import pace
from scenes.words import captions, springs
from scenes.words.board import moral, on_one_page
from scenes.words.captions import Said, both_ways
from scenes.words.measured import BETWEEN, measured
from scenes.words.names import chapter_method, landscape_title
from scenes.words.race import arrivals, at_the_start, fairness, headed, lead, losses, standing
from scenes.words.schedules import scheduled

LEAST_SECONDS = 0.4  # of a beat that has nothing to show


@dataclass(frozen=True)
class Beat:
    """One thing that happens, and what is said of it: see ``Said``."""

    name: str  # unique in its chapter
    seconds: float  # a multiple of 0.2, so exact at 15, 30 and 60 frames a second
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
    """The whole film, and the loop that it is shown by."""

    title: str
    chapters: tuple[Chapter, ...]
    loop: Chapter

    def __getitem__(self, name: str) -> Chapter:
        return next(scene for scene in (*self.chapters, self.loop) if scene.name == name)

    def before(self, name: str) -> Chapter | None:
        """The chapter with whose last picture one begins; None for the first, and for the loop."""
        names = [chapter.name for chapter in self.chapters]
        return self.chapters[names.index(name) - 1] if name in names[1:] else None


def _still(name: str, seconds: float, said: Said) -> Beat:
    """A beat that waits, if need be, until its words are read."""
    return Beat(name, max(seconds, pace.reading_seconds(said.on_screen)), *said)


def tell(story: Story) -> Storyboard:
    """The film of an outcome: which chapters, how long, in which words.

    Chapters come in the order of the film; those that make no sense for the data are left out.
    """
    told = [_ravine, _zigzag, _memory, _springs, _descent, _loss_race, _dial, _summary]
    if not story.anyone_moves:
        told = [_ravine, _descent, _summary]
    chapters = (chapter(story) for chapter in told)
    film = tuple(chapter for chapter in chapters if chapter is not None)
    return Storyboard(story.experiment.title, film, _loop(story))


def _loop(story: Story) -> Chapter:
    title, seconds = story.experiment.title, pace.LOOP_RUN_SECONDS + pace.LOOP_REST_SECONDS
    if relief(story.landscape, story.experiment.map.window) is not None:
        seconds += pace.LOOP_TURN_SECONDS + pace.LOOP_TILT_SECONDS
    return Chapter("loop", title, (Beat("loop", round(seconds, 1), title),))


def _ravine(story: Story) -> Chapter:
    title = headed(story.experiment.title, fairness(story))
    center = story.basin or story.saddle
    is_seen = relief(story.landscape, story.experiment.map.window) is not None
    if isinstance(story.landscape, MeasuredLandscape):
        ground = _still("measured", 4.4, Said(measured(story), BETWEEN))
    elif center:
        ground = Beat("bowl", 4.4, *captions.curvatures(story, center))
    else:
        ground = Beat("formula", 2.4, *captions.FORMULA)
    rings = Beat("rings", pace.TILT_SECONDS + 1.4 if is_seen else 3.4, *captions.rings(story))
    beats = (
        Beat("title", round((3.2 if is_seen else 2.2) + 0.4 * len(story.runs), 1), title),
        # What is seen as a surface is spoken of, and cut, as one.
        *((ground, rings) if is_seen else (rings, ground)),
        Beat("downhill", 4.0, *captions.downhill(story)),
    )
    return Chapter("ravine", landscape_title(story), beats)


def _zigzag(story: Story) -> Chapter | None:
    if is_recorded(story.baseline):
        return None
    beats = [
        Beat("first_steps", 6.4, *captions.first_steps(story)),
        Beat("crawl", 4.4, *captions.crawl(story)),
    ]
    lr, limit = story.baseline.lr, story.lr_limit
    if story.factors is not None and limit is not None and lr is not None:
        beats.append(_still("limit", 4.4, captions.limit(story, story.factors[1], lr, limit)))
    return Chapter("zigzag", chapter_method(story), tuple(beats))


def _memory(story: Story) -> Chapter | None:
    if story.with_memory is None:
        return None
    beats = (
        Beat("plain_rule", 3.6, *captions.PLAIN_RULE),
        Beat("remember", 5.4, *captions.remember(story)),
        Beat("add_up", 7.0, *captions.add_up(story)),
        Beat("compound", 4.0, *captions.compound(story)),
    )
    return Chapter("memory", captions.MEMORY_TITLE, beats)


def _springs(story: Story) -> Chapter | None:
    pair = two_springs(story)
    if pair is None:
        return None
    beats = (
        _still("plane", 3.8, springs.PLANE),
        _still("plain", 4.0, springs.plain(pair)),
        Beat("climb", 4.0, *springs.CLIMB),
        _still("critical", 4.0, springs.critical(pair)),
        Beat("beyond", 3.6, *springs.BEYOND),
        _still("best", 4.6, springs.best(pair)),
    )
    return Chapter("springs", springs.TITLE, beats)


def _descent(story: Story) -> Chapter:
    steps = story.experiment.map.steps
    slow, rate = pace.slow_steps(steps), pace.roll_rate(steps)
    slow_seconds = round(slow * pace.SLOW_STEP_SECONDS, 1)
    roll_seconds = max(LEAST_SECONDS, pace.whole_seconds((steps - slow) / rate))
    beats = (
        _still("line_up", 2.0, both_ways(at_the_start(story))),
        Beat("one_by_one", slow_seconds, *captions.one_by_one(story, slow)),
        Beat("roll", roll_seconds, *captions.roll(story, slow, rate)),
        _still("verdict", 4.4, Said(losses(story, steps), standing(story, steps))),
    )
    return Chapter("descent", captions.DESCENT_TITLE, beats)


def _loss_race(story: Story) -> Chapter:
    steps, late = story.experiment.steps, story.late_arrival
    rate, slow, pause = pace.race_pace(steps)
    tail_seconds = max(LEAST_SECONDS, pace.whole_seconds((steps - slow) / (2 * rate)))
    strips = [_still("schedules", 3.0, captions.schedules(story))] if scheduled(story) else []
    beats = (
        _still("axes", 2.6, captions.axes(story)),
        *strips,
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
    if swept.pair is None:
        return Chapter("dial", captions.ONE_KNOB_TITLE, tuple(beats))
    beats.append(Beat("both", 6.0, *captions.both(story, swept.pair)))
    return Chapter("dial", captions.TWO_KNOBS_TITLE, tuple(beats))


def _summary(story: Story) -> Chapter:
    title = story.experiment.title
    beats = (Beat("assemble", 3.0, on_one_page(title)), Beat("hold", 6.2, moral(story)))
    return Chapter("summary", title, beats)
