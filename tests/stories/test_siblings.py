"""Two siblings missing together, in memory and on PostgreSQL: one case, one alert, one by one.

Everybody hears of both once; once of the one who is missing still; and once that it is over.
"""

import json
from collections import Counter

import pytest
from tests.stories.playing.play import Player
from tests.stories.scripts import siblings
from tests.stories.test_merged import in_memory, on_postgres

from homeward.facts.callout import ChunksCut
from homeward.facts.case import AlertDrafted, CaseClosedOut, CaseRaised, CaseResolved
from homeward.facts.persons import PersonAdded, PersonFound
from homeward.facts.reach import ReachWidened
from homeward.hosts.opening import open_fields
from homeward.record.envelope import read
from homeward.testing.contracts import log_is_sound
from homeward.words import Outcome, Purpose

HISTORY = "siblings"


async def words(store, rows, kind, field):
    """Return the English titles of what was drafted, in order."""
    of = [row for row in rows if isinstance(read(row).fact, kind)]
    opened = await open_fields(store.log, store.subject_keys, of, {field})
    texts = [json.loads(opened[read(row).id][field]) for row in of]
    return [next(one for one in said if one["lang"] == "en") for said in texts]


@pytest.mark.parametrize("hosted", [in_memory, on_postgres], ids=["memory", "postgres"])
async def test_siblings_are_one_case_and_everybody_hears_each_version_once(tmp_path, hosted):
    async with hosted(tmp_path) as (host, store):
        await Player(host).play([siblings.SCRIPT])
        heard = Counter(who for who, _ in await host.told())
        rows = await host.rows(0)
        assert await log_is_sound(store.log) == len(rows)
        drafted = await words(store, rows, AlertDrafted, "texts")
        [ended] = await words(store, rows, CaseClosedOut, "texts")
    facts = [read(row).fact for row in rows]
    [raised] = [one for one in facts if isinstance(one, CaseRaised)]
    [added] = [one for one in facts if isinstance(one, PersonAdded)]
    assert facts.index(added) == facts.index(raised) + 1  # one append
    assert added.case == raised.case
    assert [one["title"] for one in drafted] == [
        "[DRILL] Missing: 1 boy and 1 girl, aged 2 and 8",
        "[DRILL] Missing, update: boy, 2",
    ]
    assert "128 cm" in drafted[0]["full"]
    assert "128 cm" not in drafted[1]["full"]
    assert "The person was found" in ended["full"]  # the last one; she was told of no more

    [found] = [one for one in facts if isinstance(one, PersonFound)]
    waves = [one for one in facts if isinstance(one, ReachWidened)]
    assert [one for one in waves if one.version == 1 and one.at > found.at], "it goes on"
    [resolved] = [one for one in facts if isinstance(one, CaseResolved)]
    assert resolved.outcome is Outcome.RETURNED

    people = {one["recipient"] for one in siblings.PEOPLE if one["contacts"]}
    assert {heard[one] for one in people} == {3}, "both, the one still missing, and that it is over"
    cut = [one for one in facts if isinstance(one, ChunksCut)]
    for version in (1, 2):
        said = [one.people for one in cut if (one.purpose, one.version) == (Purpose.ALERT, version)]
        assert sum(said) == len(people)
