"""The notes on the board, and the film in one sentence."""

from momentum_math.optimizers.own import CustomRule
from momentum_math.story import RunStory, Story, is_recorded
from scenes.words.names import axis_kind, short_name
from scenes.words.numbers import beta, counted
from scenes.words.race import ENDS
from scenes.words.runs import steps_taken

RULES_TITLE, SOME_RULES_TITLE = "Update rules", "{shown} of {count} update rules"
THRESHOLD_LINES = ("convergence", "threshold")


def race_titles(story: Story) -> list[str]:
    """Ways to head the board's loss curves, the longest first."""
    kind, steps = axis_kind(story), counted(story.experiment.steps)
    return [
        f"Loss vs. Optimisation Step ({kind}, {steps})",
        f"Loss vs. Step ({kind}, {steps})",
        f"Loss ({kind})",
    ]


def intuition(story: Story) -> tuple[str, str, str]:
    """The effect of a velocity in three short sentences."""
    sums = "v accumulates past gradients."
    if story.slow_axis == 0 and story.cancels_across:
        return sums, "Vertical oscillations cancel out.", "Horizontal steps compound."
    return sums, "What changes sign cancels out.", "What agrees compounds."


def notes(story: Story) -> list[tuple[str, list[str]]]:
    """Headed notes: what momentum does and what β does; or how everyone fared."""
    fared = [f"{short_name(one)}: {steps_taken(one)}" for one in story.runs]
    if story.with_memory is None:
        recorded = [f"{short_name(one)}: {_length(one)}" for one in story.runs]
        is_all = all(map(is_recorded, story.runs))
        return [("In short", fared), *([("As recorded", recorded)] if is_all else [])]
    if story.with_memory.method == CustomRule.name:  # without a dial
        return [("Key intuition", list(intuition(story))), ("In short", fared)]
    return [
        ("Key intuition", list(intuition(story))),
        ("Hyperparameter β", ["β → 0: behaves like GD", sweet_spot(story), "β → 1: overshoots"]),
    ]


def _length(one: RunStory) -> str:
    """The steps that were recorded of a run."""
    return counted(one.run.trajectory.n)


def brief(said: str) -> str:
    """The same in shorter words, for the board."""
    return said.replace("loss above the minimum", "loss − min")


def sweet_spot(story: Story) -> str:
    """The β to remember: the usual 0.9, or the best here where that is another."""
    swept = story.beta_sweep
    if swept is None or abs(swept.best_beta - 0.9) <= 0.05:
        return "β = 0.9: typical sweet spot"
    return f"β = {beta(swept.best_beta)}: soonest at this α"


def on_one_page(title: str) -> str:
    """The sentence that comes with the board."""
    return f"{title} All on one page." if title[-1] in ENDS else f"{title}, on one page."


def moral(story: Story) -> str:
    """The film in one sentence."""
    if story.with_memory is None:
        if all(map(is_recorded, story.runs)):
            return "Every run on one board, as it was recorded."
        return "Every run on one board, with its rule."
    if not story.anyone_moves:
        return "Where there is no slope, nobody moves, whatever they remember."
    if story.with_memory.method == CustomRule.name:
        return " ".join(intuition(story))
    return " ".join((*intuition(story), "Which β is best depends on the step size."))
