"""The stage: what every chapter shares. Beats keep their seconds, words stand at the bottom.

Time is counted in frames from the chapter's start, so a chapter lasts exactly its seconds at
any frame rate, and what a frame shows depends on its time alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, ClassVar

from manim import Animation, Scene, VGroup, Wait, config
from manim.animation.animation import prepare_animation

from momentum_math import Experiment, Outcome, load_experiment, run
from momentum_math.shipped import EXPERIMENTS
from scenes import look as looks
from scenes.kit.animations import Appear, Vanish
from scenes.kit.figures import Chart, Runner, shown_path
from scenes.kit.text.label import Label, fitted, text_width, wrap
from scenes.kit.text.scripts import directed
from scenes.look import BODY, SMALL, TITLE, Look
from scenes.storyboard import Beat, Storyboard, tell

DEFAULT_EXPERIMENT = EXPERIMENTS / "momentum.toml"
FADE_SECONDS = 0.4
# Of the words at the bottom: the em and from line to line, units; smaller where names are long.
TELLING_SIZES = ((BODY, 0.46), (SMALL, 0.3), (0.18, 0.22))


@cache
def _default_outcome() -> Outcome:
    return run(load_experiment(DEFAULT_EXPERIMENT))


class BeatClock:
    """The running beat: how long it lasts and how much of it is left."""

    def __init__(self, beat: Beat, scene: ChapterScene) -> None:
        self._scene, self._start = scene, scene.clock
        self.name, self.seconds = beat.name, beat.seconds

    @property
    def left(self) -> float:
        """Seconds of the beat that are not yet played."""
        return round(self._start + self.seconds - self._scene.clock, 6)


class ChapterScene(Scene):
    """A chapter of the film: an ordinary Manim scene with an outcome, a storyboard and a look.

    The renderer sets the three on the instance; a bare ``manim scenes/descent.py Descent``
    shows the default experiment.

    Attributes:
        clock: seconds since the chapter's start.
        beat_times: (beat, start, end) of the beats played so far, seconds from the start.
        tracks: where particles stand and when; see ``track``.
    """

    chapter: ClassVar[str]
    outcome: Outcome
    storyboard: Storyboard
    look: Look

    def setup(self) -> None:
        if not hasattr(self, "outcome"):
            self.outcome = _default_outcome()
        if not hasattr(self, "look"):
            self.look = looks.look()
        if not hasattr(self, "storyboard"):
            self.storyboard = tell(self.outcome)
        self.camera.background_color = self.theme.background
        self.clock = 0.0
        self.beat_times: list[tuple[str, float, float]] = []
        self.tracks: list[dict[str, Any]] = []
        self._telling = VGroup()
        self._turning: list[Animation] = []

    # --- short names for what scenes ask for all the time

    @property
    def theme(self) -> looks.Theme:
        return self.look.theme

    @property
    def frame(self) -> looks.Frame:
        return self.look.frame

    @property
    def experiment(self) -> Experiment:
        return self.outcome.experiment

    def color(self, index: int) -> str:
        """The colour of a contender."""
        return self.theme.contenders[index % len(self.theme.contenders)]

    def runner(self, index: int, chart: Chart, size: float = 1.0) -> Runner:
        """A contender's particle and trail on a map."""
        path = shown_path(self.outcome.runs[index].trajectory, chart)[
            : self.experiment.map.steps + 2
        ]
        return Runner(path, chart.box, index, self.color(index), self.theme, size)

    # --- time

    @contextmanager
    def beat(self, name: str) -> Iterator[BeatClock]:
        """Play one beat of the storyboard; what is left of its seconds is held.

        Raises:
            RuntimeError: the beat is not the storyboard's next, or what was played is longer.
        """
        beats = self.storyboard[self.chapter].beats
        expected = beats[len(self.beat_times)].name if len(self.beat_times) < len(beats) else None
        if name != expected:
            raise RuntimeError(
                f"{self.chapter}: beat {name!r} played, the storyboard has {expected!r}"
            )
        beat = beats[len(self.beat_times)]
        clock, start = BeatClock(beat, self), self.clock
        self._turn_to(beat.telling)
        yield clock
        if clock.left < -1e-6:
            raise RuntimeError(
                f"{self.chapter}.{name}: {-clock.left:.2f} s longer than its {beat.seconds} s"
            )
        if clock.left > 1e-6:
            self.wait(clock.left)
        self.beat_times.append((name, start, self.clock))

    def play(
        self, *args: Any, run_time: float | None = None, rate_func: Any = None, **_: Any
    ) -> None:
        """Play animations together, on whole frames.

        Args:
            args: animations, or ``mobject.animate`` builders.
            run_time: seconds for each of them; without it each keeps its own.
            rate_func: for each of them; without it each keeps its own.
        """
        animations = [prepare_animation(arg) for arg in args if arg is not None]
        for animation in animations:
            if run_time is not None:
                animation.run_time = run_time
            if rate_func is not None:
                animation.rate_func = rate_func
        seconds = max(animation.run_time for animation in animations)
        if self._turning:
            seconds = max(seconds, FADE_SECONDS) if isinstance(animations[0], Wait) else seconds
            animations = [a for a in animations if not isinstance(a, Wait)]
            for animation in self._turning:
                animation.run_time = min(FADE_SECONDS, seconds)
            animations += self._turning
            if not any(a.run_time >= seconds for a in animations):
                animations.append(Wait(seconds))
            self._turning = []
        self._play_frames(animations, seconds)

    def update_mobjects(self, dt: float) -> None:
        """Nothing: what moves is played, and no mobject of ours has updaters to be asked for."""

    def wait(self, duration: float = 1.0, *_: Any, **__: Any) -> None:
        """Hold the picture."""
        if self._turning:
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
        fps = config.frame_rate
        first, last = round(self.clock * fps), round((self.clock + seconds) * fps)
        self.clock = round(self.clock + seconds, 9)
        held = len(animations) == 1 and isinstance(animations[0], Wait)
        exact = (last - first + 1e-4) / fps if held else (last - first - 0.5) / fps
        for animation in animations:
            if animation.run_time >= seconds or held:
                animation.run_time = exact
        super().play(*animations)

    # --- words

    def _turn_to(self, text: str) -> None:
        """Have the words at the bottom change with the next thing that is played."""
        if text == getattr(self._telling, "words", ""):
            return
        if len(self._telling):
            self._turning.append(Vanish(self._telling))
        self._telling = self.telling(text)
        if text:
            self._turning.append(Appear(self._telling))

    def telling(self, text: str) -> VGroup:
        """The words at the bottom of the picture, in as many lines as they need."""
        box = self.frame.telling
        for em, step in TELLING_SIZES:
            lines = wrap(text, em, box.width) if text else []
            widest = max((text_width(line, em) for line in lines), default=0.0)
            if step * (len(lines) - 1) + em <= box.height and widest <= box.width:
                break
        top = box.center[1] + step * (len(lines) - 1) / 2
        group = VGroup(
            *(
                Label(line, em, self.theme.ink, (box.center[0], top - step * i), 0.5, "middle")
                for i, line in enumerate(lines)
            )
        )
        group.words = text
        return group

    def heading(self, centered: bool = False) -> VGroup:
        """The chapter's heading, top left or in the middle; in two small lines if it is long."""
        box = self.frame.heading
        title = directed(self.storyboard[self.chapter].title)
        sizes = (em for em in (TITLE, BODY) if text_width(title, em, "Semibold") <= box.width)
        em = next(sizes, SMALL)
        lines = wrap(title, em, box.width, "Semibold")
        if len(lines) > 2:
            lines = [lines[0], " ".join(lines[1:])]
        x, across = (box.center[0], 0.5) if centered else (box.left, 0.0)
        top = box.center[1] + 0.3 * (len(lines) - 1) / 2
        return VGroup(
            *(
                Label(
                    fitted(line, em, box.width, "Semibold"),
                    em,
                    self.theme.ink,
                    (x, top - 0.3 * i),
                    across,
                    "middle",
                    "Semibold",
                )
                for i, line in enumerate(lines)
            )
        )

    # --- the picture against the mathematics

    def track(
        self,
        contender: int,
        x: tuple[float, float],
        y: tuple[float, float],
        steps: list[tuple[int, float]],
    ) -> None:
        """Note where a contender's particle stands, for the manifest.

        Args:
            contender: its index.
            x: (scale, offset): a datum stands at datum * scale + offset, in units.
            y: the same upwards.
            steps: (step, seconds from the chapter's start).
        """
        self.tracks.append(
            {
                "contender": contender,
                "color": self.color(contender).lower(),
                "x": list(x),
                "y": list(y),
                "steps": [[step, round(seconds, 6)] for step, seconds in steps],
            }
        )

    @staticmethod
    def on_frames(times: list[tuple[int, float]]) -> list[tuple[int, float]]:
        """Those of the times that fall on a frame, so that a picture shows just that step."""
        fps = config.frame_rate
        return [(step, t) for step, t in times if abs(t * fps - round(t * fps)) < 1e-6]
