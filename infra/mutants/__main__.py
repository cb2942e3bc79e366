"""Change policies and deciders as mutmut would, and count which changes the tests notice.

    nox -s mutants                      all modules of tests.toml
    nox -s mutants -- policies.duty     one; what was judged before and has not changed is kept

Fails when a judged module is below its score, or when one that is judged has no tests to ask.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import judging
import making
import page

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
ROOTS = ("schemas", "streams", "services")
KEPT = PROJECT / ".mutants"  # verdicts, so that a run that was ended goes on where it was


def copied(into: Path) -> None:
    """A checkout of its own, so that whoever goes on writing changes nothing under the tests."""
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(asked, cwd=PROJECT, check=True, capture_output=True, text=True)
    for name in filter(None, listing.stdout.split("\0")):
        if (PROJECT / name).is_file():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, into / name)


def digest(paths: Sequence[Path]) -> str:
    kept = hashlib.sha256()
    for path in paths:
        kept.update(path.read_bytes())
    return kept.hexdigest()[:16]


def kept(file: Path, asked: str, *, keep_killed: bool) -> dict[str, str]:
    """Verdicts by mutant, the last word of each; those of other tests only if we may keep them."""
    verdicts = {}
    for line in file.read_text().splitlines() if file.exists() else ():
        of, mutant, verdict = line.split(" ")
        if of == asked or (keep_killed and not verdict.endswith(judging.SURVIVED)):
            verdicts[mutant] = verdict
    return verdicts


def judged(module: str, tests: Sequence[str], *, keep_killed: bool) -> Mapping[str, Any]:
    """The module's counts and survivors; writes each verdict down as it falls."""
    name = f"homeward.{module}"
    path = next(p for r in ROOTS if (p := Path(r, *name.split(".")).with_suffix(".py")).exists())
    print(f"{module}: ", end="", flush=True)
    made = list(making.mutants(path))
    asked = digest([path, *(Path(one.partition("::")[0]) for one in tests)])
    file = KEPT / f"{module}.txt"
    verdicts = kept(file, asked, keep_killed=keep_killed)

    def tell(mutant: making.Mutant, verdict: str) -> None:
        with file.open("a") as lines:
            print(asked, mutant.id, verdict, file=lines)

    judge = judging.Judge(name, path, tests)
    judge.unchanged(path.read_text())
    judge.quickly([one for one in made if one.id not in verdicts], tell)
    verdicts |= kept(file, asked, keep_killed=keep_killed)
    for mutant in made:
        if verdicts.get(mutant.id, judging.SURVIVED) == judging.SURVIVED:
            tell(mutant, judging.COLD + judge.coldly(mutant))
    verdicts |= kept(file, asked, keep_killed=keep_killed)
    lived = [mutant for mutant in made if verdicts[mutant.id] == judging.COLD + judging.SURVIVED]
    late = sum(verdicts[mutant.id].endswith(judging.LATE) for mutant in made)
    total = len(made)
    print(f"{total - len(lived)}/{total} killed ({late} late)", flush=True)
    return {
        "total": total,
        "killed": total - len(lived),
        "late": late,
        "judged": today(),
        "source": digest([path]),
        "survivors": [{"in": one.function, "change": list(one.change)} for one in lived],
    }


def today() -> str:
    return datetime.now(UTC).date().isoformat()  # noqa: TID251 -- the day it was judged


def chosen(names: Sequence[str], known: Mapping[str, Any]) -> Iterator[str]:
    for name in names or known:
        if name not in known:
            sys.exit(f"mutants: {name} has no tests in {HERE.name}/tests.toml")
        yield name


def main() -> int:
    parser = argparse.ArgumentParser(prog="nox -s mutants --")
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="as in tests.toml")
    parser.add_argument("--keep-killed", action="store_true",
                        help="tests were only added: ask about survivors alone")  # fmt: skip
    parser.add_argument("--page", action="store_true", help="only write docs/mutants.md again")
    asked = parser.parse_args()
    known = tomllib.loads((HERE / "tests.toml").read_text())
    results_file = HERE / "results.json"
    results = json.loads(results_file.read_text()) if results_file.exists() else {}
    KEPT.mkdir(exist_ok=True)
    low = []
    with tempfile.TemporaryDirectory(prefix="homeward-mutants-") as folder:
        if not asked.page:
            copied(Path(folder))
            os.chdir(folder)
            elsewhere = [one for one in sys.path if not Path(one, "homeward").is_dir()]
            sys.path[:] = [folder, *(str(Path(folder, root)) for root in ROOTS), *elsewhere]
            judging.warm_up()
            for module in chosen(asked.modules, known):
                one = judged(module, known[module], keep_killed=asked.keep_killed)
                results[module] = one
                results_file.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")
                if page.below(one):
                    low.append(module)
        os.chdir(PROJECT)
    page.write()
    if low:
        print(f"mutants: below {page.SCORE_MIN:.0%}: {', '.join(low)}", file=sys.stderr)
    return bool(low)


if __name__ == "__main__":
    sys.exit(main())
