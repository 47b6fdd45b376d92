"""Update rules: each method once, and what the parts of a rule mean."""

import re

from momentum_math.story import Story

Rules = list[tuple[str, tuple[str, ...]]]  # names, and LaTeX lines

# Parts of an update rule that have a colour; the longest first.
_ROLES = {
    r"(1-\beta) \nabla L(\theta)": "gradient term",
    r"\nabla L(\theta)": "gradient",
    r"\beta v": "velocity term",
    "v": "velocity",
}
_SPLIT = re.compile(rf"(?<![a-zA-Z\\{{])({'|'.join(map(re.escape, _ROLES))})(?![a-zA-Z])")

ROLE_NAMES = {"velocity term": "what we remember", "gradient term": "what we see now"}


def meaning(line: str, role: str) -> str:
    """The meaning of a part of a line that makes the velocity; empty where it needs none."""
    return ROLE_NAMES.get(role, "") if line.startswith("v ") else ""


def rules_of(story: Story) -> Rules:
    """Each method once: its name, and the LaTeX lines of its rule."""
    methods: dict[tuple[str, ...], str] = {}
    for contender in story.experiment.contenders:
        if not contender.optimizer.rule:  # a recorded run
            continue
        methods.setdefault(contender.optimizer.rule, contender.optimizer.method)
    return [(name, rule) for rule, name in methods.items()]


def rule_parts(line: str) -> list[tuple[str, str]]:
    r"""A line of an update rule as (LaTeX, role) parts.

    >>> rule_parts(r"\theta \leftarrow \theta - \alpha v")
    [('\\theta \\leftarrow \\theta - \\alpha', ''), ('v', 'velocity')]
    """
    parts = []
    for text in filter(str.strip, _SPLIT.split(line)):
        role = _ROLES.get(text, "")
        # In the line that makes the velocity, the bare gradient is all that is seen now.
        if role == "gradient" and line.startswith("v "):
            role = "gradient term"
        parts.append((text.strip(), role))
    return parts
