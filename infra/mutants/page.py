"""docs/mutants.md: what was judged, how well, and why whoever lives may live."""

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
PAGE = PROJECT / "docs" / "mutants.md"
SCORE_MIN = 0.9
NO_REASON = "**nobody has said why yet**"
INTRO = """\
# Mutants

A test that cannot fail proves nothing. So mutmut changes policies and deciders, one small thing at
a time, and the tests nearest to the module are asked whether they notice: `make mutants`, or
`make mutants ARGS=policies.duty` for one module. It fails where a module is below 90 %.

- **Score** is killed / all. What nobody can notice (equivalent) is listed and counts as alive; the
  score without those stands beside it.
- First each mutant is asked about in a child of a process that has collected the tests and run
  none; whoever lives there is asked about again in a process that has imported nothing of ours.
  Behind a cache or a table that the unchanged code has filled, a mutant would only seem to live.
- Decorated code is changed too (mutmut's own runner leaves out frozen dataclasses and whatever is
  cached); constants and fields outside of functions are not, nor are decorators.
- **Late** is who takes five times the processor time of the unchanged module's tests: a loop that
  does not end. It counts as killed.
- Written by `python infra/mutants --page` from `infra/mutants/results.json` (what was found) and
  `infra/mutants/reasons.toml` (why); `infra/mutants/tests.toml` says who is asked.
"""


def written() -> str:
    """The page as it must be."""
    results = json.loads((HERE / "results.json").read_text())
    reasons = _reasons()
    lines = [INTRO, *_table(results, reasons), ""]
    asked = tomllib.loads((HERE / "tests.toml").read_text())
    missing = [f"`{name}`" for name in sorted(asked) if name not in results]
    if missing:
        lines += [f"Not judged yet: {', '.join(missing)}.", ""]
    low = sorted(name for name, one in results.items() if below(one))
    if low:
        lines += [
            "Below 90 %, so that tests are missing and nobody says why: " + ", ".join(low) + ".",
            "",
        ]
    lines += ["## Who lives, and why", ""]
    for module, one in sorted(results.items()):
        if one["survivors"] and not below(one):
            lines += [f"### {module}", "", *_survivors(module, one, reasons), ""]
    return "\n".join(lines).rstrip() + "\n"


def below(one: Mapping[str, Any]) -> bool:
    """Whether a module's tests are too weak for its survivors to be excused one by one."""
    return bool(one["killed"] < SCORE_MIN * one["total"])


def write() -> None:
    PAGE.write_text(written())


def unexplained() -> list[str]:
    """Survivors without a reason, and reasons whose survivor is gone."""
    results = json.loads((HERE / "results.json").read_text())
    reasons = _reasons()
    there = {
        (module, "\n".join(one["change"])) for module, found in results.items()
        for one in found["survivors"] if not below(found)
    }  # fmt: skip
    silent = [f"no reason: {module}: {change}" for module, change in there - reasons.keys()]
    return sorted(silent + [f"gone: {m}: {change}" for m, change in reasons.keys() - there])


def _reasons() -> Mapping[tuple[str, str], tuple[str, str]]:
    told = tomllib.loads((HERE / "reasons.toml").read_text()).get("reason", [])
    return {
        (one["module"], change.strip()): (one["kind"], one["why"])
        for one in told
        for change in one["changes"]
    }


def _table(
    results: Mapping[str, Any], reasons: Mapping[tuple[str, str], tuple[str, str]]
) -> Iterator[str]:
    yield "| module | all | killed | late | alive | equivalent | score | without those | judged |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|---|"
    sums = [0, 0, 0, 0]
    for module, one in sorted(results.items()):
        kinds = [_reason(module, each, reasons)[0] for each in one["survivors"]]
        counts = [one["total"], one["killed"], one["late"], kinds.count("equivalent")]
        sums = [before + more for before, more in zip(sums, counts, strict=True)]
        yield _row(module, counts, one["judged"])
    yield _row("**all of these**", sums, "")


def _row(name: str, counts: Sequence[int], when: str) -> str:
    total, killed, late, same = counts
    scores = [f"{100 * killed / most:.1f} %" if most else "-" for most in (total, total - same)]
    cells = [name, total, killed, late, total - killed, same, *scores, when]
    return f"| {' | '.join(map(str, cells))} |"


def _reason(
    module: str,
    survivor: Mapping[str, Any],
    reasons: Mapping[tuple[str, str], tuple[str, str]],
) -> tuple[str, str]:
    return reasons.get((module, "\n".join(survivor["change"])), ("", NO_REASON))


def _survivors(
    module: str, one: Mapping[str, Any], reasons: Mapping[tuple[str, str], tuple[str, str]]
) -> Iterator[str]:
    by_reason: dict[str, list[Mapping[str, Any]]] = {}
    for each in one["survivors"]:
        kind, why = _reason(module, each, reasons)
        by_reason.setdefault(f"**{kind}**: {why}" if kind else why, []).append(each)
    for why, those in by_reason.items():
        yield f"{why}"
        yield "```diff"
        for each in those:
            yield f"# {each['in']}"
            yield from each["change"]
        yield "```"
