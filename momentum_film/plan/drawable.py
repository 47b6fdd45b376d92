"""Whether the words of an experiment can be drawn, asked before anything is."""

from __future__ import annotations

from momentum_math import Experiment
from momentum_math.messages import show
from scenes.kit.text.fonts import FAMILIAR


def undrawable(experiment: Experiment, file: str = "") -> tuple[str, ...]:
    """What no font that is installed can draw of title and labels, one line each, with a remedy.

    The lines name the file; if it is not given, as the experiment is called.
    """
    labels = enumerate((contender.label for contender in experiment.contenders), start=1)
    texts = [("", "title", experiment.title)]
    texts += [(f"contender {number}: ", "label", label) for number, label in labels]
    return tuple(
        f"{file or experiment.name + '.toml'}: {where}{key} = {show(text)}: {wrong}"
        for where, key, text in texts
        if (wrong := _wrong(text))
    )


def _wrong(text: str) -> str:
    """What is wrong with a text, and the remedy; empty if nothing."""
    if FAMILIAR.fullmatch(text):
        return ""
    from scenes.kit.text.font_runs import missing, remedy

    lacking = missing(text)
    if not lacking:
        return ""
    first, others = lacking[0], len(lacking) - 1
    more = f" and {others} more" if others else ""
    return f"no font here has {first} (U+{ord(first):04X}){more}, {remedy(first)}"
