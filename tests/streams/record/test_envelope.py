import hashlib
import json
from datetime import UTC, datetime

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from homeward.facts.case import CaseTakenUp
from homeward.facts.reach import CELL_SET
from homeward.messages import Actor, UnknownFact
from homeward.record.chain import chain_next, chain_start, leaf_hash
from homeward.record.envelope import (
    ENVELOPE_BYTES_MAX,
    EnvelopeTooLarge,
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
from homeward.testing import samples
from homeward.testing.given import OFFICER, id_of, stream_of

LOG = "log.example/drill"
REC = datetime(2026, 3, 14, 4, 30, tzinfo=UTC)
KEYS = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=6)
LEAVES = st.integers(1 - 2**53, 2**53 - 1) | st.booleans() | st.none() | st.text(max_size=12)
BODIES = st.dictionaries(
    KEYS,
    st.recursive(
        LEAVES,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner),
        max_leaves=8,
    ),
)
# Whatever escapes JSON knows: quotes, controls, line separators, a character beyond the BMP.
ODD = '"\\\b\f\n\r\t\x00\x1f\x7f\u2028\u2029/é林😀'


def sealer(key=b"k" * 32):
    return Sealer(data_key=lambda _subject: key, nonce=lambda: b"n" * 12)


def written(fact, head=None, **changed):
    stream = stream_of(fact)
    head = head or StreamHead(stream, 0, chain_start(LOG, stream))
    origin = changed.pop("origin", Origin(by=OFFICER))
    return write(
        fact, fact_id=id_of(1), log=LOG, head=head, origin=origin, recorded=REC, sealer=sealer()
    )


@given(BODIES)
def test_our_bytes_are_rfc_8785_byte_for_byte(body):
    assert canonical(body) == rfc8785.dumps(body)


def test_odd_characters_are_written_as_rfc_8785_does():
    assert canonical({"t": ODD}) == rfc8785.dumps({"t": ODD})


@pytest.mark.parametrize("fact", samples.ALL, ids=lambda fact: fact.kind)
def test_every_kind_is_written_canonically_and_read_again(fact):
    entry = written(fact)
    assert entry.envelope == rfc8785.dumps(json.loads(entry.envelope))
    blobs = {hashlib.sha256(content).hexdigest(): content for content, _ in entry.blobs}
    row = Row(7, entry.key, 3, REC, entry.envelope)
    heard = read(row, opened=fact.personal(), blobs=blobs)
    assert heard.fact == fact
    assert (heard.id, heard.stream, heard.version) == (id_of(1), entry.stream, 1)
    assert (heard.log_index, heard.key, heard.key_version) == (7, entry.key, 3)
    assert heard.by == OFFICER
    assert read(row).fact == decode_bare(fact)


def decode_bare(fact):
    return fact.without_personal().model_copy(update=dict.fromkeys(fact.blob_fields()))


@pytest.mark.parametrize("fact", samples.ALL, ids=lambda fact: fact.kind)
def test_no_personal_value_stands_in_an_envelope(fact):
    """Canaries: every personal value of the samples, whole and in each of its parts."""
    entry = written(fact)
    canaries = {part for text in fact.personal().values() for part in leaves(json.loads(text))}
    assert canaries or not fact.personal_fields()
    shown = entry.envelope.decode()
    assert [one for one in canaries if one in shown] == []
    assert [
        one for one in canaries for sealed in entry.sealed if one.encode() in sealed.ciphertext
    ] == []


def leaves(node):
    match node:
        case dict():
            for value in node.values():
                yield from leaves(value)
        case list():
            for value in node:
                yield from leaves(value)
        # Short words ("zh", "s") and small numbers stand in any envelope by chance; three Chinese
        # characters do not.
        case str() | int() if len(str(node).encode()) > 6:
            yield str(node)


def test_an_envelope_holds_hashes_of_what_is_sealed_and_nothing_of_a_bare_value():
    entry = written(samples.RAISED)
    body = json.loads(entry.envelope)
    assert [one["ct"] for one in body["sealed"]] == [
        hashlib.sha256(one.ciphertext).hexdigest() for one in entry.sealed
    ]
    phone = samples.RAISED.reporter.phone
    for hashed in ("sha256", "sha1", "md5"):
        assert hashlib.new(hashed, phone.encode()).hexdigest() not in entry.envelope.decode()


def test_child_and_guardian_are_the_cases_witnesses_the_streams():
    raised, seen = written(samples.RAISED), written(samples.SEEN)
    subjects = {one.field: one.subject for one in raised.sealed}
    assert subjects["description"] == subjects["place"] != subjects["reporter"]
    withdrawn = written(samples.OTHERS[0])
    assert withdrawn.sealed[0].subject == subjects["reporter"]
    assert not {one.subject for one in seen.sealed} & set(subjects.values())


def test_a_chain_links_each_fact_to_the_one_before():
    stream = stream_of(samples.RAISED)
    head = StreamHead(stream, 0, chain_start(LOG, stream))
    first, second = written(samples.RAISED, head), written(samples.TAKEN_UP, head)
    assert json.loads(first.envelope)["prev"] == chain_start(LOG, stream).hex()
    assert json.loads(second.envelope)["prev"] == first.chain.hex()
    assert second.chain == chain_next(first.chain, leaf_hash(second.envelope))
    assert (first.version, second.version, head.version) == (1, 2, 2)


def test_chains_are_as_the_audit_page_writes_them():
    start = hashlib.sha256(b"case-chain/v1\n" + LOG.encode() + b"\ncase-x\n").digest()
    assert chain_start(LOG, "case-x") == start
    leaf = hashlib.sha256(b"\x00" + b"envelope").digest()
    assert leaf_hash(b"envelope") == leaf
    assert chain_next(start, leaf) == hashlib.sha256(b"\x02" + start + leaf).digest()


def test_large_values_are_named_by_hash_and_length():
    (widened,) = [one for one in samples.ALL if one.kind == "reach.widened/1"]
    entry = written(widened)
    digest = hashlib.sha256(samples.CELLS).hexdigest()
    assert json.loads(entry.envelope)["blob"] == [
        {"f": "cells", "ct": digest, "len": len(samples.CELLS), "mt": CELL_SET}
    ]
    assert entry.blobs == ((samples.CELLS, CELL_SET),)


def test_an_envelope_parsed_once_or_in_parts_says_the_same():
    fact = next(one for one in samples.ALL if one.blobs())
    entry = written(fact)
    row, body = Row(0, entry.key, 1, REC, entry.envelope), json.loads(entry.envelope)
    said = said_in(row)
    assert {name: getattr(said, name) for name in said.__slots__}.items() <= body.items()
    assert kind_of(row) == body["kind"]
    assert attachments(row) == [one["ct"] for one in body["blob"]]
    assert read(row, said=said) == read(row)


def test_an_envelope_has_a_limit_and_a_refused_fact_moves_no_head():
    fact = UnknownFact(kind="case.long/1", at=REC, raw={"x": "y" * ENVELOPE_BYTES_MAX})
    head = StreamHead("case-x", 0, chain_start(LOG, "case-x"))
    with pytest.raises(EnvelopeTooLarge, match=r"case\.long/1"):
        written(fact, head)
    assert (head.version, head.chain) == (0, chain_start(LOG, "case-x"))


def test_who_and_why_travel_with_the_fact():
    by = Actor(id="o-7", role="officer", org="county", auth="key", acting_for="o-8")
    origin = Origin(
        by=by, cause=id_of(5), corr=id_of(6), reason="step-up", source="device", error_ms=9
    )
    fact = CaseTakenUp(case=samples.CASE, at=REC, unit="county desk")
    entry = written(fact, origin=origin)
    body = json.loads(entry.envelope)
    assert body["actor"] == {
        "id": "o-7",
        "role": "officer",
        "org": "county",
        "auth": "key",
        "for": "o-8",
    }
    assert body["reason"] == {"code": "step-up"}
    assert body["t"]["src"] == "device"
    heard = read(Row(0, entry.key, 1, REC, entry.envelope))
    assert (heard.by, heard.cause, heard.corr) == (by, id_of(5), id_of(6))
