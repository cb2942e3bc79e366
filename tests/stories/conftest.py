from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.stage import Stage, staged


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A drill world in a folder of its own, not started yet."""
    with staged(tmp_path) as one:
        yield one
