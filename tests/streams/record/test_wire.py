"""A fact as a record of a topic: there and back, and nothing else is taken for one."""

import json
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.codec import KINDS
from homeward.docs.published import envelope_schema
from homeward.messages import Actor
from homeward.record.chain import chain_start
from homeward.record.envelope import ENVELOPE_BYTES_MAX, Origin, Row, Sealer, StreamHead, write
from homeward.record.sealing import KEY_BYTES, NONCE_BYTES
from homeward.record.wire import (
    DATA_SCHEMA,
    HEADERS,
    WireBroken,
    _cut,
    _parsed,
    from_wire,
    to_wire,
)
from homeward.testing import samples
from homeward.testing.given import stream_of
from homeward.words import Role

TRAPS = ['","log":"x","prev":"', '","kind":"x/1', "\\", '"', "", "线", "\x00"]


def row_of(fact, *, log="homeward/wire", by="somebody", corr=None, place=(7, 3), at=samples.NOON):
    stream = stream_of(fact)
    entry = write(
        fact,
        fact_id="0f1b7a70-52c1-5d7a-8f4e-0a51f3a3b111",
        log=log,
        head=StreamHead(stream, 0, chain_start(log, stream)),
        origin=Origin(by=Actor(id=by, role=Role.OFFICER, org="o"), corr=corr),
        recorded=samples.NOON,
        sealer=Sealer(lambda _: bytes(KEY_BYTES), lambda: bytes(NONCE_BYTES)),
    )
    return Row(place[0], entry.key, place[1], at, entry.envelope)


def back(wire):
    return from_wire(wire.key, wire.value, dict(wire.headers))


@given(
    fact=st.sampled_from(samples.ALL),
    log=st.sampled_from([*TRAPS, "homeward/live/0a"]),
    by=st.sampled_from([*TRAPS, '","kind":"x/1"']),
    corr=st.none() | st.sampled_from(TRAPS),
    index=st.integers(0, 2**63 - 1),
    version=st.integers(1, 2**31 - 1),
    at=st.datetimes(timezones=st.just(UTC)),
)
def test_every_line_comes_back_as_it_was(fact, log, by, corr, index, version, at):
    row = row_of(fact, log=log, by=by, corr=corr, place=(index, version), at=at)
    wire = to_wire(row)
    assert back(wire) == row
    said, body = dict(wire.headers), json.loads(row.envelope)
    assert [name for name, _ in wire.headers] == list(HEADERS)
    assert said["ce_source"].decode() == body["log"] == log
    assert said["ce_type"].decode() == said["kind"].decode() == body["kind"]
    assert (said["ce_id"].decode(), said["ce_subject"].decode()) == (body["id"], body["stream"])


def test_no_line_of_ours_has_to_be_parsed():
    for fact in samples.ALL:
        raw = row_of(fact).envelope
        assert _cut(raw) == _parsed(raw)


def test_there_is_a_sample_of_every_kind():
    assert {fact.kind for fact in samples.ALL} == set(KINDS)


def test_the_schema_that_is_named_is_published():
    assert envelope_schema()["$id"] == DATA_SCHEMA


@pytest.mark.parametrize("name", [name for name in HEADERS if name != "content-type"])
def test_a_record_without_a_header_is_no_fact(name):
    wire = to_wire(row_of(samples.ALL[0]))
    headers = dict(wire.headers)
    del headers[name]
    with pytest.raises(WireBroken):
        from_wire(wire.key, wire.value, headers)


@pytest.mark.parametrize("name", [name for name in HEADERS if name != "content-type"])
@pytest.mark.parametrize(
    "said", [b"", b"x", b"-1", b"+1", b" 1", b"1_0", b"01", "１".encode(), b"\xff", b"9" * 5_000]
)
def test_a_header_that_says_something_else_is_found(name, said):
    wire = to_wire(row_of(samples.ALL[0]))
    with pytest.raises(WireBroken):
        from_wire(wire.key, wire.value, {**dict(wire.headers), name: said})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("log_index", b"%d" % 2**63),
        ("key_version", b"0"),
        ("key_version", b"%d" % 2**31),
        ("ce_time", b"2026-13-01T00:00:00.000000Z"),
        ("ce_time", b"2026-01-01T00:00:00Z"),
    ],
)
def test_a_number_out_of_range_or_no_moment_is_found(name, said):
    wire = to_wire(row_of(samples.ALL[0]))
    with pytest.raises(WireBroken, match=name):
        from_wire(wire.key, wire.value, {**dict(wire.headers), name: said})


@pytest.mark.parametrize(
    "value",
    [
        None,
        b"",
        b"no JSON",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"[" * 20_000,
        b'{"v":2}',
        b'{"v":1,"pub":{},"kind":7}',
        b'{"v":1,"pub":{},"kind":"\\ud800"}',
        b" " * (ENVELOPE_BYTES_MAX + 1),
    ],
)
def test_what_is_no_envelope_is_found(value):
    wire = to_wire(row_of(samples.ALL[0]))
    with pytest.raises(WireBroken):
        from_wire(wire.key, value, dict(wire.headers))


@pytest.mark.parametrize("change", ["id", "log", "stream", "kind", "case", "pub", "v"])
def test_an_envelope_that_says_something_else_is_found(change):
    wire = to_wire(row_of(samples.ALL[0]))
    body = {**json.loads(wire.value), change: "something else"}
    with pytest.raises(WireBroken):
        from_wire(wire.key, json.dumps(body).encode(), dict(wire.headers))


@pytest.mark.parametrize("key", [None, b"", b"somebody else's", b"\xff"])
def test_another_key_is_found(key):
    wire = to_wire(row_of(samples.ALL[0]))
    with pytest.raises(WireBroken):
        from_wire(key, wire.value, dict(wire.headers))


@given(
    key=st.none() | st.binary(max_size=40),
    value=st.none() | st.binary(max_size=200),
    headers=st.dictionaries(st.sampled_from(list(HEADERS)), st.binary(max_size=40)),
)
def test_rubbish_is_refused_without_quoting_it(key, value, headers):
    with pytest.raises(WireBroken):
        from_wire(key, value, headers)


def test_a_refusal_quotes_nothing():
    wire = to_wire(row_of(samples.ALL[0]))
    with pytest.raises(WireBroken) as refused:
        from_wire(wire.key, b'{"name":"Lin Xiaoyu', dict(wire.headers))
    assert "Lin" not in f"{refused.value!r}{refused.value.__cause__!r}"
    assert refused.value.__suppress_context__
