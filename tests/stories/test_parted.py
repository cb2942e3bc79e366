"""Two cases that were taken for one, in memory and on PostgreSQL: merged, and parted again.

Whoever was told of the one that was merged hears once that it goes on in the other, once that it
does not, nothing of how the other one ends, and then of its own next version and its own end.
"""

from collections import Counter

import pytest
from tests.stories.playing.play import Player
from tests.stories.scripts import parted
from tests.stories.test_merged import in_memory, on_postgres

from homeward.facts.callout import CalloutOrdered, ChunksCut
from homeward.facts.case import CaseClosedOut
from homeward.facts.merging import CaseJoined, CaseLeft, CaseMerged, CaseParted
from homeward.facts.reach import ReachWidened
from homeward.record.envelope import read
from homeward.testing.contracts import log_is_sound
from homeward.words import Purpose

HISTORY = "parted"


@pytest.mark.parametrize("hosted", [in_memory, on_postgres], ids=["memory", "postgres"])
async def test_each_goes_by_itself_again_and_everybody_is_told_once(tmp_path, hosted):
    async with hosted(tmp_path) as (host, store):
        await Player(host).play([parted.SCRIPT])
        heard = Counter(who for who, _ in await host.told())
        rows = await host.rows(0)
        assert await log_is_sound(store.log) == len(rows)
    facts = [read(row).fact for row in rows]
    [gone] = [one for one in facts if isinstance(one, CaseMerged)]
    [joined] = [one for one in facts if isinstance(one, CaseJoined)]
    [back] = [one for one in facts if isinstance(one, CaseParted)]
    [left] = [one for one in facts if isinstance(one, CaseLeft)]
    assert (back.case, back.of, left.case) == (gone.case, gone.into, gone.into)
    assert facts.index(left) == facts.index(back) + 1  # one append
    assert left.forgotten == joined.sources != ()

    people = {one["recipient"] for one in parted.PEOPLE if one["contacts"]}
    cut = [one for one in facts if isinstance(one, ChunksCut)]

    def told(case, purpose, version=1):
        of = (case, purpose, version)
        return sum(one.people for one in cut if (one.case, one.purpose, one.version) == of)

    hubs = told(gone.case, Purpose.JOINED) - len(people)
    assert hubs >= 0
    assert told(gone.case, Purpose.PARTED) == len(people) + hubs
    assert told(gone.case, Purpose.ALERT, 2) == len(people)
    ends = [one for one in facts if isinstance(one, CaseClosedOut)]
    assert [one.case for one in ends] == [gone.into, gone.case]
    over = [
        one for one in facts if isinstance(one, CalloutOrdered) and one.purpose is Purpose.CLOSE_OUT
    ]
    assert [one.joined for one in over] == [None, None]
    # Its alert, that it goes on, that it does not, its next version, its end; the other's two.
    assert {heard[one] for one in people} == {7}

    waves = [one for one in facts if isinstance(one, ReachWidened) and one.case == gone.case]
    assert {one.version for one in waves if one.at >= back.at} == {2}, "none is remembered"
