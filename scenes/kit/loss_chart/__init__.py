"""The loss against the step on a log axis: what ``loss_race`` and ``summary`` draw."""
