"""What is cut out of an envelope's bytes is what parsing all of it would have found."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from homeward.codec import KINDS, decode
from homeward.facts.case import CaseRejected, CaseTakenUp
from homeward.messages import Actor, Fact, Recorded, UnknownFact
from homeward.record.chain import chain_start
from homeward.record.envelope import (
    Entry,
    Origin,
    Row,
    Sealer,
    StreamHead,
    attachments,
    canonical,
    kind_of,
    read,
    said_in,
    write,
)
from homeward.record.parts import fact_in, head_in, kind_in, nothing_attached
from homeward.record.sealing import KEY_BYTES, NONCE_BYTES
from homeward.testing import samples
from homeward.testing.given import stream_of
from homeward.words import Role

LOG = "homeward/drill/parts"
TRAPS = ['","reason":', '"kind":"x/1"', '},"reason":null', ',"stream":"x"', '"pub":{', "\\", '"']


def _row(fact: Fact, by: str = "somebody") -> Row:
    stream = stream_of(fact)
    entry: Entry = write(
        fact,
        fact_id="0f1b7a70-52c1-5d7a-8f4e-0a51f3a3b111",
        log=LOG,
        head=StreamHead(stream, 0, chain_start(LOG, stream)),
        origin=Origin(by=Actor(id=by, role=Role.OFFICER, org=by), reason="because"),
        recorded=samples.NOON,
        sealer=Sealer(lambda _: bytes(KEY_BYTES), lambda: bytes(NONCE_BYTES)),
    )
    return Row(7, entry.key, 3, samples.NOON + timedelta(seconds=1), entry.envelope)


def _whole(row: Row) -> Recorded:
    """Read a line the long way: all of it parsed and decoded."""
    body = json.loads(row.envelope)
    actor = body["actor"]
    return Recorded(
        fact=decode(body["kind"], body["case"], body["pub"]),
        id=body["id"],
        stream=body["stream"],
        version=body["ver"],
        key=row.key,
        key_version=row.key_version,
        log_index=row.log_index,
        recorded_at=row.recorded_at,
        by=Actor(
            id=actor["id"],
            role=actor["role"],
            org=actor["org"],
            auth=actor["auth"],
            acting_for=actor["for"],
        ),
        cause=body["cause"],
        corr=body["corr"],
    )


@pytest.mark.parametrize("fact", samples.ALL, ids=lambda one: one.kind)
def test_a_line_reads_the_same_in_parts(fact):
    row = _row(fact)
    assert kind_in(row.envelope) == fact.kind.encode()
    assert head_in(row.envelope) is not None
    assert fact_in(row.envelope) is not None
    assert nothing_attached(row.envelope) == (not fact.blobs())
    assert read(row).kind == fact.kind
    assert read(row) == _whole(row)


@given(st.text(max_size=40) | st.sampled_from(TRAPS), st.sampled_from(["unit-1", *TRAPS]))
def test_no_text_passes_for_a_key(text, by):
    fact = CaseTakenUp(case=samples.CASE, at=samples.NOON, unit=text + text[:3])
    row = _row(fact, by)
    assert read(row) == _whole(row)
    assert read(row).fact == fact


def test_a_reason_of_the_fact_is_not_the_envelopes():
    fact = CaseRejected(case=samples.CASE, at=samples.NOON, reason="not-missing")
    assert read(_row(fact)).fact == fact


@pytest.mark.parametrize("change", [{}, {"zzz": 1}, {"kind": "case.unheard-of/1"}])
def test_an_envelope_written_otherwise_is_parsed_whole(change):
    fact = CaseTakenUp(case=samples.CASE, at=samples.NOON, unit="unit-1")
    row = _row(fact)
    body = json.loads(row.envelope) | change
    loose = Row(row.log_index, row.key, row.key_version, row.recorded_at, json.dumps(body).encode())
    again = Row(row.log_index, row.key, row.key_version, row.recorded_at, canonical(body))
    for one in (loose, again):
        assert read(one) == _whole(one)
        assert kind_of(one) == said_in(one).kind == body["kind"]
        assert attachments(one) == []
        assert isinstance(read(one).fact, KINDS.get(body["kind"], UnknownFact))


def test_what_cannot_be_read_says_so_where_it_is_looked_at():
    fact = CaseTakenUp(case=samples.CASE, at=samples.NOON, unit="unit-1")
    row = _row(fact)
    body = json.loads(row.envelope)
    del body["pub"]["unit"]
    broken = read(Row(0, row.key, 1, row.recorded_at, canonical(body)))
    assert broken.kind == fact.kind
    assert broken.by.id == "somebody"
    with pytest.raises(ValidationError):
        _ = broken.fact
    with pytest.raises(AttributeError):
        _ = broken.nothing
