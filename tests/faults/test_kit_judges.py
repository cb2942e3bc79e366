"""The judges of the fault kit can fail: the ledger's rows, and what a lossy relay let through."""

import itertools
from dataclasses import replace

import pytest
from pyroaring import BitMap
from tests.faults.kit.ledger import Outcomes, _outcomes
from tests.faults.kit.lossy_relay import lossy
from tests.faults.kit.scene import Scene

from homeward.kafka.producer import Record
from homeward.postgres.chunkrows import bits_of

NAMES = {ordinal: f"v-{ordinal}" for ordinal in (3, 70_000, 70_001, 1 << 26, 2 << 26)}
PEOPLE = BitMap(NAMES)


def row(accepted, people=PEOPLE, **own):
    counts = {"failed_n": 0, "expired_n": 0, "retried_n": 0}
    return {
        "recipients": people.serialize(), "people": len(people), "attempt": 0, "leasable": False,
        "accepted_bits": bits_of(people, accepted), "accepted_n": len(accepted), **counts, **own,
    }  # fmt: skip


@pytest.mark.parametrize("some", [[], [3], [70_001, 2 << 26], list(NAMES)])
def test_the_ledgers_bits_are_read_as_they_are_written(some):
    said = _outcomes([row(BitMap(some))], NAMES, 0)
    assert said.people == frozenset(NAMES.values())
    assert said.accepted == {NAMES[one] for one in some}
    assert (said.counted, said.unrecorded) == (len(some), len(NAMES) - len(some))


def test_who_is_named_or_accepted_again_is_counted_and_a_retry_is_not():
    one = BitMap([3])
    said = _outcomes([row(PEOPLE), row(one, one)], NAMES, 0)
    assert (said.named_again, said.accepted_again) == (1, 1)
    said = _outcomes([row(PEOPLE - one, retried_n=1), row(one, one, attempt=1)], NAMES, 0)
    assert (said.named_again, said.accepted_again, said.unrecorded) == (0, 0, 0)
    assert said.accepted == said.people


EVERYBODY = frozenset(NAMES.values())
WHOLE = Outcomes(EVERYBODY, 0, EVERYBODY, 0, 0, 0, 0, 0, len(NAMES), len(NAMES))


def scene():
    return Scene(None, "", [{"recipient": one} for one in NAMES.values()], {1: 0.0, 2: 0.0})


def test_a_whole_ledger_is_well():
    scene()._judge_ledger(WHOLE, 2)
    overtaken = replace(WHOLE, accepted=EVERYBODY - {"v-3"}, unrecorded=1, counted=4, summed_up=4)
    scene()._judge_ledger(overtaken, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"people": EVERYBODY - {"v-3"}},
        {"accepted": EVERYBODY - {"v-3"}, "counted": 4, "summed_up": 4},
        {"accepted": EVERYBODY - {"v-3"}, "counted": 4, "summed_up": 4, "unrecorded": 1},
        {"named_again": 1},
        {"accepted_again": 1},
        {"failed": 1},
        {"expired": 1},
        {"open": 1},
        {"counted": 4},
        {"summed_up": 4},
    ],
    ids="-".join,
)
def test_a_ledger_that_says_anything_else_is_not(wrong):
    with pytest.raises(AssertionError):
        scene()._judge_ledger(replace(WHOLE, **wrong), 2)


def test_a_lossy_relay_loses_doubles_and_reorders_also_what_comes_one_by_one():
    mangle = lossy(3)
    sent = [one for n in range(500) for one in mangle([Record("t", b"", b"%d" % n, None, ())])]
    said = [int(one.key) for one in sent]
    assert 440 < len(set(said)) < 495
    assert len(said) - len(set(said)) >= 8
    assert sum(after < before for before, after in itertools.pairwise(said)) > 10
