"""What is said of each beat, chapter by chapter."""

from typing import NamedTuple

from momentum_math.landscapes.measured import MeasuredLandscape
from momentum_math.optimizers.own import CustomRule
from momentum_math.story import Basin, LateArrival, Story, has_batches
from momentum_math.story.recorded import any_off_map, data_end, is_recorded
from momentum_math.theory import loses_closed_form
from scenes.words.board import intuition
from scenes.words.measured import BARS_OF_BATCHES, which_loss
from scenes.words.names import axis_kind, name_in_sentence
from scenes.words.numbers import beta, counted, factor, number, threshold
from scenes.words.race import arrivals, times_fewer
from scenes.words.runs import resting, undefined, upper_first
from scenes.words.schedules import names_of, scheduled, symbols


class Said(NamedTuple):
    """The words of a beat: a sentence or more for the captions, and fewer words on screen."""

    caption: str
    on_screen: str = ""  # empty where the picture says it


def both_ways(text: str) -> Said:
    """The same words as caption and on screen."""
    return Said(text, text)


# --- ravine ----------------------------------------------------------------------------------

FORMULA = Said("This is the loss as a formula.", "The loss, as a formula.")
NO_RINGS = Said(
    "This is the map, without rings: the loss goes up and down too fast for them here.",
    "Too fine for rings of equal loss.",
)


def rings(story: Story) -> Said:
    """The words for the rings, or lines that close round nothing, and the marks on the map."""
    said, marks, each = NO_RINGS, _marks(story), "ring" if story.minima else "line"
    if story.experiment.map.heights:
        said = Said(
            f"This is the loss from above: each {each} joins points of equal loss.",
            f"Each {each}: equal loss.",
        )
    return Said(f"{said.caption} {marks}", f"{said.on_screen} {marks}") if marks else said


def _marks(story: Story) -> str:
    """The sentence about the crosses on the map; empty where no minimum is known."""
    count, known = len(story.minima), len(story.landscape.minima)
    if isinstance(story.landscape, MeasuredLandscape) and count:
        return "The cross: the lowest point." if count == 1 else "The crosses: minima."
    if count == 0:
        return "There is no minimum." if story.landscape.is_saddle else ""
    which = "the " if known == count and story.landscape.minimum is not None else ""
    return f"The crosses: {which}minima." if count > 1 else f"The cross: {which or 'a '}minimum."


FLAT_FROM = 30.0  # the ratio of the curvatures
STEEP = "Steep across the valley, almost flat along it."
STEEPER = "Steeper across the valley than along it."


def curvatures(story: Story, center: Basin) -> Said:
    """The words for the curvatures of the basin, or else of the saddle point."""
    high, low = number(center.high), number(center.low)
    if story.basin is None:
        return Said(
            f"It is a saddle: the curvature is {high} one way and {low} the other.",
            "Up one way, down the other: flat only in the middle.",
        )
    is_one_of_several = len(story.minima) > 1
    at = "At the minimum nearest to the best run's end" if is_one_of_several else "At the minimum"
    if story.is_ravine:
        ravine = f"{at} it is a ravine" if is_one_of_several else "It is a ravine"
        kappa = number(center.condition)
        return Said(
            f"{ravine}: the curvature is {high} across and {low} along, a ratio of {kappa}.",
            STEEP if center.condition >= FLAT_FROM else STEEPER,
        )
    if high == low:
        return Said(f"{at} the curvature is {high}, whichever way one looks.", "A round bowl.")
    return Said(
        f"{at} the curvature is {high} one way and {low} the other.",
        f"{'One valley' if is_one_of_several else 'The same bowl'}, cut along its two axes.",
    )


def downhill(story: Story) -> Said:
    """The words for the steepest descent at the start."""
    if story.start_gradient is None:
        return both_ways("At the start the slope is undefined: there is no way to step.")
    if not story.start_gradient.any():
        return _NO_SLOPE[story.starts_at_minimum, story.experiment.noise is not None]
    along, across = story.start_slopes or (0.0, 0.0)
    if across <= 2 * along:
        return Said(
            "At the start, the arrow points down the steepest slope.",
            "The start, and the steepest way down.",
        )
    if along <= 1e-9 * across:
        return Said(
            f"At the start, the steepest way down points straight across: {number(across)}.",
            "Downhill points straight across the valley.",
        )
    hardly = ", hardly" if 10 * along <= across else " rather than"
    return Said(
        f"At the start, the steepest way down points across the valley{hardly} along it: "
        f"{number(across)} across, {number(along)} along.",
        f"Downhill points across the valley{hardly} along it.",
    )


# Whether the start is a minimum, and whether there is noise -> what is said where it is flat.
_NO_SLOPE = {
    (True, True): Said(
        "It stands at the minimum: only the noise moves it.",
        "It stands at the minimum: only noise moves it.",
    ),
    (True, False): both_ways("It stands at the minimum: nothing pulls."),
    (False, True): Said(
        "At the start the slope is zero: only the noise moves it.",
        "At the start the slope is zero: only noise moves it.",
    ),
    (False, False): both_ways("At the start the slope is zero: nothing pulls."),
}


# --- zigzag ----------------------------------------------------------------------------------


def first_steps(story: Story) -> Said:
    """The words for the first steps of the baseline."""
    if story.factors is None or not story.zigzags:
        return both_ways("The first steps, each along its arrow.")
    along, across = map(factor, story.factors)
    caption = f"Each step multiplies one distance by {across}, and the other by {along}."
    shown = "Every step overshoots in one direction."
    if story.is_ravine:
        caption = (
            f"Each step multiplies the distance across the valley by {across}, "
            f"and along it by {along}."
        )
        shown = "Every step overshoots across, and gains little along."
    elif story.factors[0] < 0:
        shown = "Every step overshoots."
    if story.factors[1] < -1:
        shown = "Every step overshoots, further than the last."
    elif story.factors[1] == -1:
        shown = "Every step overshoots, as far as the last."
    return Said(caption, shown)


def crawl(story: Story) -> Said:
    """The words for the rest of the baseline's steps."""
    one, steps, gone = story.baseline, story.experiment.map.steps, story.zigzag_ends
    if one.fell:
        return both_ways(f"Down and down: at step {one.ended_at} it is out of sight.")
    if one.run.status == "diverged":
        return both_ways(f"It diverges: after step {one.ended_at} it is no longer followed.")
    if one.run.status == "stopped":
        return both_ways(f"It stops at step {one.ended_at}: there {undefined(one)} is undefined.")
    if one.rest_elsewhere is not None and steps == story.experiment.steps:
        return both_ways(f"Then faster. {upper_first(resting(one))}.")
    has_zigzag = story.is_ravine and one.oscillates(steps) and story.experiment.noise is None
    if has_zigzag and gone is not None and 1 < gone < steps:
        return Said(
            f"From step {gone} on, less than a tenth of the zigzag is left. "
            "What remains is the crawl along the valley floor.",
            f"From step {gone} on, little zigzag is left. The crawl remains.",
        )
    if steps == 1:
        return both_ways("There is only one step.")
    return both_ways(f"Then faster: the first {steps} steps.")


def limit(story: Story, across: float, rate: float, lr_limit: float) -> Said:
    """The words for the step size of plain descent, held against its limit; see ``Story``."""
    end, lr = number(lr_limit), number(rate)
    if rate < lr_limit:
        if story.zigzags:
            return Said(
                f"A larger step size is no way out: from {end} on, the zigzag never dies.",
                f"Why not a larger α? From {end} on, the zigzag never dies.",
            )
        if across < 0:  # only the start hides it
            return Said(
                f"From a step size of {end} on, "
                "the smallest push across would grow with each step.",
                f"Why not a larger α? From {end} on, any push across grows.",
            )
        return Said(
            f"From a step size of {end} on, it no longer converges.",
            f"Why not a larger α? From {end} on, it no longer converges.",
        )
    if not story.zigzags:
        return both_ways(
            f"α = {lr} is beyond the limit {end}; only the start on the axis hides it."
        )
    if rate == lr_limit:
        return both_ways(f"α = {lr} is the limit: the zigzag never dies.")
    return Said(
        f"The step size {lr} is beyond the limit of {end}: "
        "across, every step is longer than the last.",
        f"α = {lr} is beyond the limit {end}: the zigzag grows.",
    )


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
OWN_REMEMBERS = Said(
    "This rule keeps a velocity v: part of what it remembers, and part of what it sees now.",
    "This rule keeps a velocity v.",
)


def remember(story: Story) -> Said:
    """The words for the rule with a memory; somebody's own may step by v as it likes."""
    is_own = story.with_memory is not None and story.with_memory.method == CustomRule.name
    return OWN_REMEMBERS if is_own else REMEMBER


def add_up(story: Story) -> Said:
    """The words for the bars of the gradients and the line of the velocity."""
    if has_batches(story):
        return Said(*BARS_OF_BATCHES)
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
    steps = counted(story.experiment.map.steps)
    if len(story.runs) == 1:
        caption, dots = f"It takes {steps}.", "Onwards: one dot, one step."
        shown = f"Onwards, {rate} steps a second."
    else:
        caption, dots = f"All take {steps} in lockstep.", "All in lockstep: one dot, one step."
        shown = f"All in lockstep, {rate} steps a second."
    ends = [end for one in story.runs if (end := data_end(one)) is not None]
    if ends and min(ends) < story.experiment.map.steps:
        caption = f"Onwards to step {story.experiment.map.steps}, each as far as it was recorded."
    if slow == story.experiment.map.steps:
        shown = one_by_one(story, slow).on_screen
    elif rate == 5:
        shown = dots
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
    kind, aim = axis_kind(story), story.experiment.threshold
    caption = f"Now the loss against the step, on a {kind}."
    if aim is not None:
        limit = threshold(aim)
        caption = f"Now the loss against the step, on a {kind}, with the threshold at {limit}."
    if any_off_map(story):
        caption += f" {which_loss(story)}"
    return Said(caption, f"Now the loss, on a {kind}.")


def schedules(story: Story) -> Said:
    """The words for the strip of the numbers that change, and for what then no longer holds."""
    shown = f"Below: {symbols(story)} at each step."
    names = " and the ".join(names_of(key)[0] for key in scheduled(story))
    caption = f"Below, the {names} at each step."
    who = [one.run.contender.optimizer for one in story.runs if not is_recorded(one)]
    lose = (loses_closed_form(method, story.landscape) for method in who)  # type: ignore[arg-type]
    if story.experiment.noise is not None or not any(lose):
        return Said(caption, shown)
    tells = "only the run tells" if len(story.runs) == 1 else "only the runs tell"
    changing = "it changes" if len(scheduled(story)) == 1 else "they change"
    lost = f"While {changing}, no closed form holds: {tells}."
    return Said(f"{caption} {lost}", f"{shown} {lost}")


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
    name, steps = name_in_sentence(story.runs[late.index]), story.experiment.steps
    at, loss = late.lowest
    return Said(
        f"{name} does not arrive within {counted(steps)}; "
        f"its lowest loss is {number(loss, 2)} at step {at}. "
        f"But its bound shrinks by a factor of {number(late.rate)} a step, "
        f"and it would stay below from step {late.stays}.",
        f"{name}: not within {steps}. It would stay below from step {late.stays}.",
    )


# --- dial ------------------------------------------------------------------------------------

ONE_KNOB_TITLE, TWO_KNOBS_TITLE = "The knob", "Two knobs"


def turn(best_beta: float) -> Said:
    """The words for turning β."""
    caption = "Turn β from 0 to 0.99: at 0 it is plain descent, near 1 it overshoots."
    if best_beta > 0:
        caption = (
            "Turn β from 0 to 0.99: at 0 it is plain descent, "
            f"at {beta(best_beta)} it arrives soonest, near 1 it overshoots."
        )
    return Said(caption, "β → 0: behaves like plain descent.   β → 1: overshoots.")


def best(best_beta: float, steps: int) -> Said:
    """The words for the best β and its steps."""
    value, needed = beta(best_beta), counted(steps)
    if best_beta > 0:
        return Said(
            f"At this step size the best is β = {value}: "
            f"{needed} until the loss stays below the threshold.",
            f"At this α the best is β = {value}: {needed}.",
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
