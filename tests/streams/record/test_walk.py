import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.facts.case import CaseTakenUp
from homeward.record.chain import chain_next, chain_start, leaf_hash
from homeward.record.envelope import Origin, Sealer, StreamHead, canonical, write
from homeward.record.walk import StoredLine, Unsound, Walk
from homeward.testing.given import OFFICER, id_of

LOG = "log.example/drill"
REC = datetime(2026, 3, 14, 4, 30, tzinfo=UTC)
SEALER = Sealer(data_key=lambda _: b"k" * 32, nonce=lambda: b"n" * 12)


def lines(streams):
    """A log of one fact a stream name, as it would be stored."""
    heads, keys, found = {}, {}, []
    for index, stream in enumerate(streams):
        case = id_of(stream)
        head = heads.setdefault(stream, StreamHead(stream, 0, chain_start(LOG, stream)))
        entry = write(
            CaseTakenUp(case=case, at=REC, unit=f"unit {index}"),
            fact_id=id_of(f"fact {index}"),
            log=LOG,
            head=head,
            origin=Origin(by=OFFICER),
            recorded=REC,
            sealer=SEALER,
        )
        keys[entry.key] = keys.get(entry.key, 0) + 1
        found.append(
            StoredLine(
                log_index=index,
                id=entry.id,
                stream=entry.stream,
                version=entry.version,
                key=entry.key,
                key_version=keys[entry.key],
                kind=entry.kind,
                recorded_at=REC + timedelta(seconds=index),
                envelope=entry.envelope,
                leaf_hash=entry.leaf,
                chain_hash=entry.chain,
            )
        )
    return found


def walked(found, **how):
    walk = Walk(LOG, **how)
    for line in found:
        walk.take(line)
    return walk


LOG_OF_SIX = lines(["case-a", "case-b", "case-a", "case-a", "case-b", "case-c"])


@given(st.lists(st.sampled_from(["case-a", "case-b", "case-c"]), max_size=12))
def test_what_the_writer_wrote_is_sound(streams):
    walk = walked(lines(streams))
    assert walk.lines == len(streams)
    assert set(walk.heads) == set(streams)


@given(st.integers(0, 5), st.integers(0, 10_000), st.integers(1, 255))
def test_one_changed_byte_of_an_envelope_is_found_where_it_is(at, place, flip):
    found = list(LOG_OF_SIX)
    raw = bytearray(found[at].envelope)
    raw[place % len(raw)] ^= flip
    found[at] = replace(found[at], envelope=bytes(raw))
    with pytest.raises(Unsound) as unsound:
        walked(found)
    assert unsound.value.line.log_index == at


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("log_index", 9),
        ("id", id_of("another")),
        ("stream", "case-z"),
        ("version", 7),
        ("key", id_of("case-z")),
        ("key_version", 7),
        ("kind", "case.verified/1"),
        ("recorded_at", REC - timedelta(seconds=1)),
        ("leaf_hash", b"x" * 32),
        ("chain_hash", b"x" * 32),
    ],
)
def test_every_changed_column_is_found(column, value):
    found = list(LOG_OF_SIX)
    found[3] = replace(found[3], **{column: value})
    with pytest.raises(Unsound) as unsound:
        walked(found)
    assert unsound.value.line == found[3]


def test_a_missing_line_is_a_hole():
    with pytest.raises(Unsound, match="hole"):
        walked([*LOG_OF_SIX[:5], replace(LOG_OF_SIX[5], log_index=6)])


@pytest.mark.parametrize("gone", range(6))
def test_whoever_takes_a_line_out_and_counts_anew_is_found_unless_it_was_a_streams_last(gone):
    rest = [one for one in LOG_OF_SIX if one.log_index != gone]
    rest = [replace(one, log_index=index) for index, one in enumerate(rest)]
    if gone in {3, 4, 5}:  # ends of their streams: witnesses are for that, not the chain
        walked(rest)
    else:
        with pytest.raises(Unsound):
            walked(rest)


def test_a_rewritten_line_with_fitting_hashes_is_found_at_the_next_of_its_stream():
    found = list(LOG_OF_SIX)
    body = json.loads(found[2].envelope)
    body["pub"]["unit"] = "another unit"
    raw = canonical(body)
    leaf = leaf_hash(raw)
    chain = chain_next(bytes.fromhex(body["prev"]), leaf)
    found[2] = replace(found[2], envelope=raw, leaf_hash=leaf, chain_hash=chain)
    with pytest.raises(Unsound, match="does not continue") as unsound:
        walked(found)
    assert unsound.value.line.log_index == 3


def test_lines_of_one_key_are_walked_without_the_others():
    found = [one for one in LOG_OF_SIX if one.stream == "case-b"]
    assert walked(found, whole=False).lines == 2


def test_another_log_is_not_this_one():
    with pytest.raises(Unsound, match="another log"):
        Walk("other.example/live").take(LOG_OF_SIX[0])


def test_an_envelope_that_is_not_canonical_is_found():
    line = LOG_OF_SIX[0]
    spaced = json.dumps(json.loads(line.envelope), sort_keys=True).encode()
    with pytest.raises(Unsound, match="canonical"):
        Walk(LOG).take(replace(line, envelope=spaced))
