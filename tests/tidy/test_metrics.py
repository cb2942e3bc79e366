"""A figure that is declared is measured somewhere."""

from pathlib import Path

import pytest

from homeward.metrics import CATALOGUE


@pytest.mark.parametrize("name", [one.name for one in CATALOGUE])
def test_every_metric_is_set_somewhere(project: Path, name: str) -> None:
    roots = [project / "streams" / "homeward", project / "services" / "homeward"]
    code = (path for root in roots for path in root.rglob("*.py") if path.name != "metrics.py")
    assert any(f'"{name}"' in path.read_text() for path in code), name
