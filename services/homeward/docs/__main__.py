"""``python -m homeward.docs [--check] [--accept-breaks] [ROOT]``: write what is generated."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from homeward.docs.compatible import breaks
from homeward.docs.corpus import lines
from homeward.docs.maps import MAPS, maps
from homeward.docs.pages import PAGES
from homeward.docs.published import published
from homeward.docs.topics import ASYNCAPI, asyncapi_text


def generated(root: Path) -> Iterator[tuple[Path, str]]:
    """Return (path, content) of every generated file.

    A corpus line that exists is kept as it is, for it must decode for ever.
    """
    for name, content in published():
        yield root / "schemas" / "published" / name, content
    yield root / "schemas" / "published" / ASYNCAPI, asyncapi_text()
    for name, content in lines():
        path = root / "schemas" / "corpus" / name
        yield path, path.read_text(encoding="utf-8") if path.exists() else content
    for name, make in PAGES.items():
        yield root / "docs" / name, make()


def stale(root: Path) -> list[Path]:
    """Return the files that are missing or say something else, and schemas of no kind."""
    wanted = dict(generated(root))
    folder = root / "schemas" / "published"
    strays = [path for path in sorted(folder.glob("*.json")) if path not in wanted]
    return (
        strays
        + [
            path
            for path, content in wanted.items()
            if not path.exists() or path.read_text(encoding="utf-8") != content
        ]
        + [path for name in MAPS if not (path := root / "docs" / name).exists()]
    )


def broken(root: Path) -> list[str]:
    """Return what the schemas about to be written no longer allow."""
    folder, fresh = root / "schemas" / "published", dict(published())
    known = {*fresh, ASYNCAPI}
    found = [f"{path.name}: gone" for path in folder.glob("*.json") if path.name not in known]
    for name, content in fresh.items():
        path = folder / name
        if path.exists():
            old = json.loads(path.read_text(encoding="utf-8"))
            found += [f"{name}: {what}" for what in breaks(old, json.loads(content))]
    return sorted(found)


def main(argv: list[str] | None = None) -> int:
    """Write or check; 0 fine, 1 stale, 2 a published kind would be broken."""
    parser = argparse.ArgumentParser(prog="python -m homeward.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 when stale")
    parser.add_argument("--accept-breaks", action="store_true", help="before a first release only")
    parser.add_argument("root", nargs="?", type=Path, default=Path(__file__).parents[3])
    asked = parser.parse_args(argv)
    old = stale(asked.root)
    if asked.check:
        sys.stdout.writelines(f"stale: {path.relative_to(asked.root)}\n" for path in old)
        return 1 if old else 0
    if (bad := broken(asked.root)) and not asked.accept_breaks:
        sys.stdout.writelines(f"breaks: {what}\n" for what in bad)
        sys.stdout.write("A published kind keeps its meaning: make a new version of it.\n")
        return 2
    wanted = dict(generated(asked.root))
    drawn = {asked.root / "docs" / name: content for name, content in maps()}
    # Always: another processor may round a map otherwise, so it is never called stale.
    for path, content in drawn.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    for path in old:
        if path in drawn:
            continue
        if path not in wanted:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8")
        sys.stdout.write(f"wrote {path.relative_to(asked.root)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
