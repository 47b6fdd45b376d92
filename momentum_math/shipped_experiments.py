"""The folder of the shipped experiments: beside the packages in a checkout, here if installed."""

from pathlib import Path

HERE = Path(__file__).parent
EXPERIMENTS = next(
    folder
    for folder in (HERE / "experiments", HERE.parent / "experiments")
    if (folder / "momentum.toml").is_file()
)
