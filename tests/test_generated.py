"""40 experiments made by chance, exact zeros and the corners of all keys among them: each plays."""

import generated
import pytest

CHUNKS, EACH = 8, 5


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_what_is_accepted_plays_every_chapter(chunk):
    fates = generated.fuzz(EACH, 20250100 + chunk)
    assert fates["played"] + fates["refused"] == EACH
    assert fates["played"] >= EACH // 2
