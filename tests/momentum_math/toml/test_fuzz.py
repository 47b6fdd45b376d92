"""1,500 random experiment files: each gives an experiment that runs, or clean lines."""

from pathlib import Path

import numpy as np

from tests.momentum_math.toml import fuzzing


def test_1500_files(tmp_path: Path) -> None:
    from momentum_math import CustomLandscape

    for text in fuzzing.FORMULAS:
        CustomLandscape(text).gradient(np.ones(2))
    fates = fuzzing.fuzz(1500, 20240607, tmp_path)
    accepted = sum(counter["accepted"] for counter in fates.values())
    rejected = sum(counter["rejected"] for counter in fates.values())
    assert accepted + rejected == 1500
    assert accepted >= 1500 // 4
    assert rejected >= 1500 // 4
    assert fates["valid"]["rejected"] == 0
    for kind in ("structured", "damaged"):
        assert min(fates[kind].values()) >= 50, fates
    assert fates["soup"]["rejected"] == 375
