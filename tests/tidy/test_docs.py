"""What the documents name is there."""

import re
from pathlib import Path

import pytest

DOCS = ("README.md", "CONTRIBUTING.md", "docs/ARCHITECTURE.md", "docs/GLOSSARY.md")


@pytest.mark.parametrize("page", DOCS)
def test_every_file_that_a_page_names_exists(project: Path, page: str) -> None:
    text = (project / page).read_text()
    named = re.findall(
        r"`((?:tests|streams|services|schemas|infra|docs|loadtests)/[\w./-]+)`", text
    )
    linked = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    for path in named:
        assert (project / path).exists(), path
    for link in linked:
        assert ((project / page).parent / link).exists(), link


def test_every_word_of_the_glossary_that_names_code_is_in_the_code(project: Path) -> None:
    code = "\n".join(
        path.read_text()
        for root in ("schemas", "streams", "services")
        for path in (project / root).rglob("*.py")
    )
    rows = re.findall(
        r"^\| \*\*.*?\| `[^|]+\|$", (project / "docs/GLOSSARY.md").read_text(), re.MULTILINE
    )
    for row in rows:
        for name in re.findall(r"`([^`]+)`", row.rsplit("|", 2)[1]):
            last = name.rstrip("/").rsplit("/", 1)[-1].removesuffix(".py").rsplit(".", 1)[-1]
            assert last.startswith("--") or re.search(rf"\b{re.escape(last)}\b", code), name
