"""How two hosts' words differ, so that somebody can read it."""

import ast
from collections.abc import Mapping, Sequence

from tests.stories.playing.play import Moment, Words

SHOWN_MAX = 8


def differences(
    one: str, ours: Sequence[Moment], other: str, theirs: Sequence[Moment]
) -> list[str]:
    """Return how two plays of the same scripts differ, step by step; nothing: they do not."""
    found: list[str] = []
    for mine, its in zip(ours, theirs, strict=True):
        assert (mine.script, mine.step) == (its.script, its.step)
        at = f"{mine.script}, {mine.step!r}"
        found += _of_step(at, {one: mine.words - its.words, other: its.words - mine.words})
    rest = len(found) - SHOWN_MAX
    return found[:SHOWN_MAX] + ([f"and {rest} more"] if rest > 0 else [])


def _of_step(at: str, only: Mapping[str, frozenset[Words]]) -> list[str]:
    """Put together what is said here and there of the same, and what is said on one side only."""
    (one, ours), (other, theirs) = only.items()
    found = []
    left = {(stream, kind, id_): pub for id_, stream, kind, pub in theirs}
    for id_, stream, kind, pub in sorted(ours):
        same = left.pop((stream, kind, id_), None)
        if same is None:
            found.append(f"{at}: only {one}: {kind} in {stream} ({id_}) {pub[:300]}")
        else:
            found.append(f"{at}: {kind} in {stream}: {_parts(one, pub, other, same)}")
    for (stream, kind, id_), pub in sorted(left.items()):
        found.append(f"{at}: only {other}: {kind} in {stream} ({id_}) {pub[:300]}")
    return found


def _parts(one: str, pub: str, other: str, same: str) -> str:
    ours, theirs = ast.literal_eval(pub), ast.literal_eval(same)
    names = [name for name in ours | theirs if ours.get(name) != theirs.get(name)]
    return ", ".join(
        f"{name} is {ours.get(name)!r} on {one} and {theirs.get(name)!r} on {other}"
        for name in names
    )
