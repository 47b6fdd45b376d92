"""The stage: what every chapter shares. Beats keep their seconds, words stand in the footer.

Time is counted in frames from the chapter's start, so a chapter lasts exactly its seconds at
any frame rate, and what a frame shows depends on its time alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, TypeVar

import numpy as np
from manim import Animation, LaggedStart, Mobject, Scene, VGroup, Wait, config
from manim.animation.animation import prepare_animation
from manim.mobject.mobject import _AnimationBuilder

from momentum_math import Experiment, Outcome, load_experiment, run
from momentum_math.shipped_experiments import EXPERIMENTS
from momentum_math.story import Story
from scenes import look as looks
from scenes.kit.animations import Appear, Vanish, after, late
from scenes.kit.before import drawn, last_picture, without
from scenes.kit.charts import Chart
from scenes.kit.particles import Flight, Particle, Runner
from scenes.kit.text.label import Label, fitted, text_width, wrap
from scenes.kit.text.scripts import directed
from scenes.look import BODY, SMALL, TITLE, Look
from scenes.storyboard import Storyboard, tell

DEFAULT_EXPERIMENT = EXPERIMENTS / "momentum.toml"
FADE_SECONDS = 0.4
# Of words in the footer: the em and from line to line, units; smaller where names are long.
FOOTER_SIZES = ((BODY, 0.46), (SMALL, 0.3), (0.18, 0.22))


Fact = TypeVar("Fact")


def needed(fact: Fact | None) -> Fact:
    """A fact of a story that a chapter is about; without it there is no such chapter or beat."""
    if fact is None:
        raise LookupError("the story has no such fact; the storyboard leaves its beats out")
    return fact


@dataclass(frozen=True)
class BeatClock:
    """The running beat: how long it lasts and how much of it is left."""

    scene: ChapterScene
    start: float
    seconds: float

    @property
    def left(self) -> float:
        """Seconds of the beat that are not yet played."""
        return round(self.start + self.seconds - self.scene.clock, 6)


class ChapterScene(Scene):
    """A chapter of the film: an ordinary Manim scene with a story, a storyboard and a look.

    The renderer sets the three on the instance; a bare ``manim scenes/descent.py Descent``
    shows the default experiment.

    Attributes:
        clock: seconds since the chapter's start.
        beat_times: (beat, start, end) of the beats played so far, seconds from the start.
        tracks: where particles stand and when; see ``track``.
        begins_alone: whether it begins on an empty stage; else with the last picture of the chapter
            before, of which what is not on stage by then goes as soon as something is played.
    """

    chapter: ClassVar[str]
    begins_alone = False

    @cached_property
    def story(self) -> Story:
        return Story(run(load_experiment(DEFAULT_EXPERIMENT)))

    @cached_property
    def storyboard(self) -> Storyboard:
        return tell(self.story)

    @cached_property
    def look(self) -> Look:
        return looks.look()

    def setup(self) -> None:
        """Prepare an empty stage."""
        self.camera.background_color = self.theme.background  # type: ignore[union-attr]  # Cairo's
        self.clock = 0.0
        self.beat_times: list[tuple[str, float, float]] = []
        self.tracks: list[dict[str, Any]] = []
        self._footer, self._footer_text = VGroup(), ""
        self._turning: list[Animation] = []
        self._left = [] if self.begins_alone else last_picture(self)

    @property
    def theme(self) -> looks.Theme:
        return self.look.theme

    @property
    def frame(self) -> looks.Frame:
        return self.look.frame

    @property
    def outcome(self) -> Outcome:
        return self.story.outcome

    @property
    def experiment(self) -> Experiment:
        return self.story.experiment

    def color(self, index: int) -> str:
        """The colour of a contender."""
        return self.theme.contender(index)

    def runner(self, index: int, chart: Chart, size: float = 1.0) -> Runner:
        """A contender's particle and trail on a map."""
        points = self.outcome.runs[index].trajectory.points
        good = np.logical_and.accumulate(np.isfinite(points).all(axis=1))
        path = chart.place(points[good][: self.experiment.map.steps + 2])
        return Runner(path, chart.box, index, self.theme, size)

    def start_of(self, index: int) -> list[tuple[float, float]]:
        """Where a contender starts, as marks are given."""
        x, y = self.outcome.runs[index].trajectory.points[0].tolist()
        return [(x, y)]

    @contextmanager
    def beat(self, name: str) -> Iterator[BeatClock]:
        """Play one beat of the storyboard; what is left of its seconds is held.

        Raises:
            RuntimeError: it is not the storyboard's next, or what was played is longer.
        """
        beat = next(iter(self.storyboard[self.chapter].beats[len(self.beat_times) :]), None)
        if beat is None or beat.name != name:
            expected = beat and beat.name
            raise RuntimeError(
                f"{self.chapter}: beat {name!r} played, the storyboard has {expected!r}"
            )
        clock = BeatClock(self, self.clock, beat.seconds)
        self._turn_footer(beat.on_screen)
        yield clock
        if clock.left < -1e-6:
            raise RuntimeError(
                f"{self.chapter}.{name}: {-clock.left:.2f} s longer than its {beat.seconds} s"
            )
        self.wait(clock.left)
        self.beat_times.append((name, clock.start, self.clock))

    def play(  # type: ignore[override]  # Manim's takes any keyword
        self,
        *args: Animation | _AnimationBuilder | Mobject,
        run_time: float | None = None,
    ) -> None:
        """Play animations, or ``mobject.animate``, together on whole frames, for seconds if given.

        Raises:
            RuntimeError: a mobject on stage has updaters.
        """
        animations = [prepare_animation(arg) for arg in args]  # type: ignore[arg-type]  # it refuses
        before = self._turn_from_before()
        for animation in animations:
            animation.run_time = animation.run_time if run_time is None else run_time
        seconds = max(animation.run_time for animation in animations)
        if self._turning:
            # What goes is gone when what comes in its place is hardly there.
            fade = min(FADE_SECONDS, seconds)
            for animation in self._turning:
                animation.run_time = fade / 2 if isinstance(animation, Vanish) else fade
            if before:  # it is much that goes
                before.run_time = 0.75 * fade
            for animation in animations if before else ():
                if isinstance(animation, Appear | LaggedStart):
                    start = min(0.5, 0.5 * fade / animation.run_time)
                    animation.rate_func = after(start, animation.rate_func)
            animations = [a for a in animations if not isinstance(a, Wait)] + self._turning
            if not any(a.run_time >= seconds for a in animations):
                animations.append(Wait(seconds))
            self._turning = []
        self._play_frames(animations, seconds)

    def update_mobjects(self, dt: float) -> None:
        """Do nothing: no mobject here has updaters; see ``_play_frames``."""

    def wait(self, duration: float = 1.0) -> None:  # type: ignore[override]  # Manim's may stop early
        """Hold the picture."""
        if self._turning and duration > 1e-6:
            turn = min(FADE_SECONDS, duration)
            self.play(Wait(turn))
            duration -= turn
        if duration > 1e-6:
            self._play_frames([Wait(duration)], duration)

    def _play_frames(self, animations: list[Animation], seconds: float) -> None:
        """Play for a whole number of frames, counted from the chapter's start.

        Manim makes ceil(run_time * fps) frames of a play, give or take one by rounding, and
        floor of a held picture; half a frame less, or a hair more, is unambiguous.
        """
        shown: list[Any] = [*self.mobjects, *(animation.mobject for animation in animations)]
        if self.updaters or any(mobject.get_family_updaters() for mobject in shown):
            raise RuntimeError(f"{self.chapter}: updaters are never run; play a March instead")
        fps = config.frame_rate
        first, last = round(self.clock * fps), round((self.clock + seconds) * fps)
        self.clock = round(self.clock + seconds, 9)
        held = len(animations) == 1 and isinstance(animations[0], Wait)
        exact = (last - first + 1e-4) / fps if held else (last - first - 0.5) / fps
        for animation in animations:
            if animation.run_time >= seconds or held:
                animation.run_time = exact
        super().play(*animations)

    def flights(self, shown: Mobject) -> list[Flight]:
        """Particles of the picture before, each on its way to one of its contender's in another."""
        now = (part for part in shown.get_family() if isinstance(part, Particle))
        wanted, found = {goal.index: goal for goal in now if len(goal.points)}, list[Flight]()
        for part in self._left:
            if isinstance(part, Particle) and part.index in wanted:
                found.append(Flight(part, wanted.pop(part.index)))
        return found

    def _turn_from_before(self) -> Vanish | None:
        """Have what is left of the chapter before, if any, go with what is played next."""
        gone = self._left and without(self._left, drawn(self.mobjects))
        self._left = []
        if not gone:
            return None
        vanish = Vanish(*gone)
        self._turning.append(vanish)
        return vanish

    def _turn_footer(self, text: str) -> None:
        """Have the footer change with the next thing that is played."""
        if text == self._footer_text:
            return
        if len(self._footer):
            self._turning.append(Vanish(self._footer))
        self._footer, self._footer_text = self.footer(text), text
        if text:
            self._turning.append(Appear(self._footer, rate_func=late))

    def footer(self, text: str) -> VGroup:
        """The words at the bottom of the picture, in as many lines as they need."""
        box = self.frame.footer
        for em, step in FOOTER_SIZES:
            lines = wrap(text, em, box.width) if text else []
            widest = max((text_width(line, em) for line in lines), default=0.0)
            if step * (len(lines) - 1) + em <= box.height and widest <= box.width:
                break
        top = box.center[1] + step * (len(lines) - 1) / 2
        x, ink = box.center[0], self.theme.ink
        return VGroup(*(Label(one, em, ink, (x, top - step * i)) for i, one in enumerate(lines)))

    def heading(self, centered: bool = False) -> VGroup:
        """The chapter's heading, top left or in the middle; in two small lines if it is long."""
        box = self.frame.heading
        title = directed(self.storyboard[self.chapter].title)
        sizes = (em for em in (TITLE, BODY) if text_width(title, em, "Semibold") <= box.width)
        em = next(sizes, SMALL)
        first, *rest = wrap(title, em, box.width, "Semibold")
        lines = [first, " ".join(rest)] if rest else [first]
        x, across = (box.center[0], 0.5) if centered else (box.left, 0.0)
        top, heading = box.center[1] + 0.3 * (len(lines) - 1) / 2, VGroup()
        for i, line in enumerate(lines):
            shown, at = fitted(line, em, box.width, "Semibold"), (x, top - 0.3 * i)
            heading.add(Label(shown, em, self.theme.ink, at, across=across, weight="Semibold"))
        return heading

    def track(
        self,
        contender: int,
        x: tuple[float, float],
        y: tuple[float, float],
        steps: list[tuple[int, float]],
    ) -> None:
        """Note where a contender's particle stands at steps and seconds, for the manifest.

        x and y are (scale, offset): a datum stands at datum * scale + offset, in units.
        """
        color, times = self.color(contender).lower(), [[step, round(t, 6)] for step, t in steps]
        self.tracks.append(
            {"contender": contender, "color": color, "x": list(x), "y": list(y), "steps": times}
        )

    @staticmethod
    def on_frames(times: list[tuple[int, float]]) -> list[tuple[int, float]]:
        """Those of the times that fall on a frame, so that a picture shows just that step."""
        fps = config.frame_rate
        return [(step, t) for step, t in times if abs(t * fps - round(t * fps)) < 1e-6]
