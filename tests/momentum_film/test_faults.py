"""Ten disturbed renders: whatever ends a run early costs nothing but time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.momentum_film import torture
from tests.momentum_film.torture import Bench, Case

SEED = 20240607
CASES = torture.cases(10, SEED)


@pytest.fixture(scope="module")
def painted(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Drawing takes longest and leaves no traces; so most of the time it is left out."""
    return torture.set_up(tmp_path_factory.mktemp("undisturbed"), torture.PAINTED)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}, {case.engine}")
def test_a_disturbed_run_costs_only_time(case: Case, painted: Bench, tmp_path: Path) -> None:
    torture.disturb(case, painted, tmp_path)


def test_the_cases_meet_every_kind_with_every_engine() -> None:
    met = {(case.kind, case.engine) for case in CASES}
    assert len(met) == len(torture.KINDS) * len(torture.ENGINES) == len(CASES)
