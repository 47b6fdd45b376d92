"""Whether the words of an experiment can be drawn, asked before anything is."""

from __future__ import annotations

from momentum_math import Experiment
from momentum_math.messages import show
from scenes.kit.text.fonts import FAMILIAR


def undrawable(experiment: Experiment, file: str = "") -> tuple[str, ...]:
    """What no font that is installed can draw of title and labels, one line each, with a remedy.

    The lines name the file; if it is not given, as the experiment is called.
    """
    texts = {"title": experiment.title}
    for number, contender in enumerate(experiment.contenders, start=1):
        texts[f"contender {number}: label"] = contender.label
    return tuple(
        f"{file or experiment.name + '.toml'}: {key} = {show(text)}: {wrong}"
        for key, text in texts.items()
        if (wrong := _wrong(text))
    )


def _wrong(text: str) -> str:
    """What is wrong with a text, and the remedy; empty if nothing."""
    if FAMILIAR.fullmatch(text):
        return ""
    from scenes.kit.text.font_runs import missing, remedy

    if not (lacking := missing(text)):
        return ""
    first, others = lacking[0], len(lacking) - 1
    more = f" and {others} more" if others else ""
    return f"no font here has {first} (U+{ord(first):04X}){more}, {remedy(first)}"
