"""What is said of momentum and of the race: chapters memory to summary."""

from __future__ import annotations

from momentum_math.story import LateArrival, Story
from scenes.words.board import intuition
from scenes.words.names import axis_kind, name_in_sentence
from scenes.words.numbers import beta, counted, number, threshold
from scenes.words.race import arrivals, times_fewer
from scenes.words.said import Said, both_ways

# --- memory ----------------------------------------------------------------------------------

MEMORY_TITLE = "Give it a memory"
PLAIN_RULE = Said(
    "Plain gradient descent only sees the gradient where it stands.",
    "Plain descent sees only the gradient here and now.",
)
REMEMBER = Said(
    "Momentum keeps a velocity v: part of what it remembers, and part of what it sees now.",
    "Momentum keeps a velocity v, and steps along it.",
)


def add_up(story: Story) -> Said:
    """The words for the bars of the gradients and the line of the velocity."""
    if story.cancels_across:
        return Said(
            "Across the valley the gradients change sign and cancel in v; "
            "along the valley they agree and add up.",
            "Across, the gradients change sign. Along, they agree.",
        )
    return Said(
        "The bars are the gradients at each step; the line is the velocity that remembers them.",
        "Bars: the gradients. Line: the velocity that remembers.",
    )


def compound(story: Story) -> Said:
    """The words for the effect of a velocity."""
    first, second, third = intuition(story)
    return Said(f"{first} {second} {third}", f"{second} {third}")


# --- descent ---------------------------------------------------------------------------------

DESCENT_TITLE = "Side by side"


def one_by_one(story: Story, slow: int) -> Said:
    """The words for the first steps, shown one by one."""
    if not story.anyone_moves:
        return both_ways(_standstill(story).on_screen)
    return both_ways("The first steps, one by one." if slow > 1 else "The first step.")


def roll(story: Story, slow: int, rate: int) -> Said:
    """The words for the rest of the steps, so many a second."""
    if not story.anyone_moves:
        return _standstill(story)
    steps, is_alone = counted(story.experiment.map.steps), len(story.runs) == 1
    if is_alone:
        caption = f"It takes {steps}."
        shown = "Onwards: one dot, one step." if rate == 5 else f"Onwards, {rate} steps a second."
    else:
        caption = f"All take {steps} in lockstep."
        shown = (
            "All in lockstep: one dot, one step."
            if rate == 5
            else f"All in lockstep, {rate} steps a second."
        )
    if slow == story.experiment.map.steps:
        shown = one_by_one(story, slow).on_screen
    return Said(caption, shown)


def _standstill(story: Story) -> Said:
    """The words for contenders that never leave the start."""
    steps = counted(story.experiment.map.steps)
    if len(story.runs) > 1:
        return Said(f"Nobody moves, not in {steps}.", "Nobody moves.")
    return Said(f"It does not move, not in {steps}.", "It does not move.")


# --- loss_race -------------------------------------------------------------------------------

RACE_TITLE = "The race"


def axes(story: Story) -> Said:
    """The words for the axes of the race."""
    kind = axis_kind(story)
    on_screen = f"Now the loss, on a {kind}."
    if story.experiment.threshold is None:
        return Said(f"Now the loss against the step, on a {kind}.", on_screen)
    aim = threshold(story.experiment.threshold)
    caption = f"Now the loss against the step, on a {kind}, with the threshold at {aim}."
    return Said(caption, on_screen)


def tail(story: Story) -> Said:
    """The words for the rest of the race."""
    if len(story.runs) == 1:
        return Said(f"It goes on to step {story.experiment.steps}.", arrivals(story))
    return Said(f"The race goes on to step {story.experiment.steps}.", arrivals(story))


def rest(story: Story) -> Said:
    """The words for the end of the race."""
    if len(story.runs) == 1:
        return both_ways(arrivals(story))
    return Said(f"After {counted(story.experiment.steps)} the order stands.", arrivals(story))


def bound(story: Story, late: LateArrival) -> Said:
    """The words for a contender that would arrive later."""
    name, steps, (at, loss) = (
        name_in_sentence(story.runs[late.index]),
        story.experiment.steps,
        late.lowest,
    )
    return Said(
        f"{name} does not arrive within {counted(steps)}; "
        f"its lowest loss is {number(loss, 2)} at step {at}. "
        f"But its bound shrinks by a factor of {number(late.rate)} a step, "
        f"and it would stay below from step {late.stays}.",
        f"{name}: not within {steps}. It would stay below from step {late.stays}.",
    )


# --- dial ------------------------------------------------------------------------------------


def dial_title(has_pair: bool) -> str:
    """The chapter's title: one knob is turned, or two."""
    return "Two knobs" if has_pair else "The knob"


def turn(best_beta: float) -> Said:
    """The words for turning β."""
    on_screen = "β → 0: behaves like plain descent.   β → 1: overshoots."
    if best_beta > 0:
        return Said(
            "Turn β from 0 to 0.99: at 0 it is plain descent, "
            f"at {beta(best_beta)} it arrives soonest, near 1 it overshoots.",
            on_screen,
        )
    return Said("Turn β from 0 to 0.99: at 0 it is plain descent, near 1 it overshoots.", on_screen)


def best(best_beta: float, steps: int) -> Said:
    """The words for the best β and its steps."""
    needed = counted(steps)
    if best_beta > 0:
        return Said(
            f"At this step size the best is β = {beta(best_beta)}: "
            f"{needed} until the loss stays below the threshold.",
            f"At this α the best is β = {beta(best_beta)}: {needed}.",
        )
    return Said(
        f"At this step size no memory is best: {needed} until the loss stays below the threshold.",
        f"At this α no memory is best: β = 0 takes {needed}.",
    )


def both(story: Story, pair: tuple[float, float, int]) -> Said:
    """The words for the best pair (lr, β, steps)."""
    lr, best_beta, steps = number(pair[0]), beta(pair[1]), counted(pair[2])
    fewer = times_fewer(story, pair[2])
    if fewer:
        return Said(
            f"Turn both knobs: step size {lr} and β = {best_beta} take {steps}, {fewer}.",
            f"Turn both: α = {lr}, β = {best_beta}: {steps}, {fewer}.",
        )
    return Said(
        f"Turn both knobs: step size {lr} and β = {best_beta} take {steps}.",
        f"Turn both: α = {lr}, β = {best_beta}: {steps}.",
    )
