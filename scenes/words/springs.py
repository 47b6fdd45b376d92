"""What is said of the two springs along and across a ravine, and the labels in their plane."""

import math

from momentum_math.story.springs import TwoSprings, tenfold_steps
from scenes.words.captions import Said, both_ways
from scenes.words.numbers import number

TITLE = "Why it works"
PULL_AXES = (
    "pull αλ: step size × curvature (log scale)",
    "pull per step αλ (log scale)",
    "pull αλ (log scale)",
)
MEMORY_AXIS = "memory β"
# The longest first.
LINES_HEADINGS = (
    "lines: steps per factor of ten, in the long run; deeper: faster",
    "lines: steps per factor of ten; deeper: faster",
    "lines: steps per factor of ten",
    "steps per factor of ten",
)
STEPS_HEADINGS = ("steps per factor of ten, in the long run", "steps per factor of ten")
DISTANCES = ("distance from the minimum (log scale)", "distance (log scale)")
ALONG_ACROSS = ("along", "across")
CREEPS, SWINGS, DIVERGES, GROWS = "creeps", "wedge: swings", "diverges", "grows"
CRITICAL = "critical damping"

PLANE = Said(
    "Along the valley and across it, the motion is that of two springs, each on its own: "
    "curvature pulls it back, memory keeps it moving.",
    "Each direction is a spring: curvature pulls, memory keeps it moving.",
)


def few_digits(value: float) -> str:
    """A share close to one, in as many decimals as tell it from one.

    >>> few_digits(0.930524), few_digits(0.99961)
    ('0.93', '0.9996')
    """
    return f"{value:.{decimals(value)}f}"


def decimals(value: float) -> int:
    """The decimals that tell a share from one: two, or more close to it."""
    return max(2, 1 + math.floor(-math.log10(1.0 - value)))


def beta_value(value: float, digits: int) -> str:
    """β with so many decimals, or more close to one, to which it is never rounded up."""
    digits = max(digits, decimals(value))
    return f"β = {min(value, 1.0 - 0.1**digits):.{digits}f}"


def exact_beta(value: float) -> str:
    """β in its first digits."""
    return f"β = {number(value, max(4, decimals(value) + 2))}"


def tenfold(rate: float) -> str:
    """The steps until a distance is ten times smaller, or that it grows."""
    steps = tenfold_steps(rate)
    return GROWS if math.isinf(steps) else number(max(1.0, round(steps)), 3)


def plain(springs: TwoSprings) -> Said:
    """The words for both springs at β = 0."""
    along, across = map(tenfold, springs.rates(0.0))
    _, name = max(zip(springs.rates(0.0), ALONG_ACROSS, strict=True))
    if GROWS in (along, across):
        return both_ways(f"Without memory, the distance {name} grows.")
    return Said(
        f"Without memory, the distance along shrinks tenfold in {along} steps, across in {across}.",
        f"Without memory, the distance {name} hardly shrinks.",
    )


CLIMB = Said(
    "More memory lifts both dots towards the wedge: inside of it a spring swings, "
    "left of it it creeps.",
    "More memory lifts both. Inside the wedge, a spring swings.",
)


def critical(springs: TwoSprings) -> Said:
    """The words for critical damping."""
    name, value = ALONG_ACROSS[springs.last], few_digits(springs.best_beta)
    other, best = ALONG_ACROSS[1 - springs.last], springs.rates(springs.best_beta)
    plain, steps = springs.rates(0.0), tenfold(max(best))
    gains = plain[springs.last] > best[springs.last]
    if (
        gains
        and plain[1 - springs.last] < best[1 - springs.last]
        and len({*map(tenfold, best)}) == 1
    ):
        slow, fast = tenfold(plain[springs.last]), tenfold(plain[1 - springs.last])
        return Said(
            f"At {exact_beta(springs.best_beta)} the spring {name} is about to swing: that is "
            f"critical damping. Memory has sped it up, from {slow} to {steps} steps, and slowed "
            f"the one {other}, from {fast} to {steps}: the slower one sets the pace.",
            f"{name.capitalize()} speeds up, {other} slows down; they meet at β = {value}.",
        )
    return Said(
        f"The slower spring sets the pace. At {exact_beta(springs.best_beta)} the one {name} is "
        f"about to swing: that is critical damping, tenfold in {steps} steps.",
        f"The slower spring sets the pace: β = {value}, critical damping.",
    )


BEYOND = Said(
    "Beyond it, both only swing longer: in the wedge, more memory is slower, whatever the pull.",
    "Beyond it, both only swing longer.",
)


def best(springs: TwoSprings) -> Said:
    """The words for the best β in the long run."""
    value = few_digits(springs.best_beta)
    return Said(
        f"In the long run no other β does as well as {value} with these pulls. "
        "The marks show where the contenders stand.",
        f"In the long run, no β beats {value} with these pulls.",
    )
