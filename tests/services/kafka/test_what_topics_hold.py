"""Kafka never sees a person: judged by kcat, by kafka-python and by the broker's own files."""

import asyncio
import hashlib
import json
import shutil
import subprocess

import h3
import pytest
from jsonschema import Draft202012Validator
from tests.services.kafka.relaying import World

from homeward.codec import KINDS
from homeward.docs.published import file_name
from homeward.kafka.positions import KafkaPositions
from homeward.kafka.producer import Line
from homeward.messages import Actor
from homeward.metrics import PrometheusMeter
from homeward.ports import Contact, Move, Recipient
from homeward.record.chain import chain_start
from homeward.record.envelope import Origin, Sealer, StreamHead, write
from homeward.record.wire import HEADERS
from homeward.testing import samples
from homeward.testing.contracts.pen import unit
from homeward.testing.given import stream_of
from homeward.words import RecipientKind, Role, derived_id

SEALED = "Zylbrix-Quandomir-of-nowhere"
"""A name that stands nowhere else."""
FINE = h3.latlng_to_cell(33.06, 115.27, 10)
FINER = {h3.cell_to_parent(FINE, res) for res in (8, 9, 10)}
"""A recipient's place as their phone says it, and what of it no topic may hold."""
MOVED = 5
RAW = 8
"""Bytes from which on a word cannot stand among a broker's binary numbers by chance."""


@pytest.fixture(scope="module")
def kcat(project):
    """Debian's kcat; infra/setup gate installs it, and the gate must not skip."""
    found = shutil.which("kcat")
    assert found, "no kcat: run infra/setup gate"
    return found


def with_name(fact):
    """Return the fact with the invented name in each of its personal fields that is a text."""
    texts = {name: SEALED for name, value in fact if name in fact.personal_fields() and value}
    typed = {name for name in texts if type(getattr(fact, name)) is str}  # no word of a list
    made = {name: texts[name] for name in typed}
    if "description" in texts:
        made["description"] = samples.CHILD.model_copy(update={"name": SEALED})
    return fact.model_copy(update=made)


def told(log, facts):
    """Write facts as the desk does: one of each kind, what is personal sealed."""
    heads = {}
    for number, fact in enumerate(map(with_name, facts)):
        stream = stream_of(fact)
        yield write(
            fact,
            fact_id=derived_id(log, "judged", number),
            log=log,
            head=heads.setdefault(stream, StreamHead(stream, 0, chain_start(log, stream))),
            origin=Origin(by=Actor(id="somebody", role=Role.OFFICER)),
            recorded=samples.NOON,
            sealer=Sealer(
                lambda subject: hashlib.sha256(subject.encode()).digest(),
                lambda number=number: number.to_bytes(12, "big"),
            ),
        )


@pytest.fixture
async def judged(broker):
    """A world whose topics hold a fact of every kind."""
    world = await asyncio.to_thread(World, broker.bootstrap)
    await world.store.published.begin_at(0)
    entries = list(told(world.store.log.origin, samples.ALL))
    assert sum(bool(one.sealed) for one in entries) > 5
    await world.store.log.append([unit(one) for one in entries])
    async with world.running(world.relay()):
        await world.published(len(entries))
    await moved(world)
    return world


async def moved(world):
    """Let named camera owners say where they are, as finely as a phone knows it."""
    page = ((Contact("inbox"),),)
    owners = [
        Recipient(f"c-{n}", RecipientKind.CAMERA_OWNER, (FINE,), contacts=page, name=SEALED)
        for n in range(MOVED)
    ]
    await world.store.roster.register(owners)
    line = Line(world.bootstrap, name="tests")
    way = KafkaPositions(
        line, world.names.positions, world.lanes, world.store.roster, PrometheusMeter()
    )
    await line.open()
    assert all(await way.move([Move(one.id, FINE, samples.NOON) for one in owners]))
    await line.close()


def heard(kcat, bootstrap, topic):
    asked = [kcat, "-C", "-b", bootstrap, "-t", topic, "-o", "beginning", "-e", "-q", "-J"]
    ran = subprocess.run(asked, capture_output=True, check=True, timeout=30)
    return ran.stdout, [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.fixture(scope="module")
def schemas(project):
    folder = project / "schemas" / "published"
    return {
        path.stem: Draft202012Validator(json.loads(path.read_text()))
        for path in folder.glob("*.json")
    }


async def test_each_message_follows_the_published_schemas(kcat, judged, schemas):
    seen = set()
    for topic in judged.names[:2]:
        _, messages = await asyncio.to_thread(heard, kcat, judged.bootstrap, topic)
        assert messages
        for one in messages:
            body = json.loads(one["payload"])
            schemas["envelope"].validate(body)
            schemas[file_name(body["kind"])].validate(body["pub"])
            names, said = one["headers"][::2], one["headers"][1::2]
            headers = dict(zip(names, said, strict=True))
            assert names == list(HEADERS)
            assert headers["ce_type"] == headers["kind"] == body["kind"]
            assert headers["ce_id"] == body["id"]
            assert headers["ce_subject"] == body["stream"]
            assert one["key"] == (body["case"] or body["stream"])
            seen.add(body["kind"])
    assert seen == set(KINDS)


async def test_each_position_follows_its_published_schema(kcat, judged, project):
    schema = json.loads((project / "schemas/published/position.json").read_text())
    _, messages = await asyncio.to_thread(heard, kcat, judged.bootstrap, judged.names.positions)
    assert len(messages) == MOVED
    for one in messages:
        body = json.loads(one["payload"])
        Draft202012Validator(schema).validate(body)
        assert body["cell"] == h3.cell_to_parent(FINE, 7)
        assert one["key"] == body["recipient"]
        assert not one.get("headers")


def spellings(word):
    """Return a word as a topic may hold it: as it is, and escaped as JSON does."""
    return {word, json.dumps(word).strip('"')}


def files_of(broker, topic=""):
    """Return the broker's own files of a topic, or of all topics there are."""
    return [path for path in broker.folder.rglob("*.log") if f"/{topic}" in str(path.parent)]


async def test_no_sealed_word_stands_in_any_topic(kcat, judged, broker):
    known = {SEALED, samples.CHILD.clothing, samples.RAISED.place_text, "林", *FINER}
    for topic in judged.names:
        raw, _ = await asyncio.to_thread(heard, kcat, judged.bootstrap, topic)
        records = await judged.read(topic)
        whole = [raw.decode()]
        for one in (one for of in records.values() for one in of):
            parts = [one.key, one.value, *(part for _, part in one.headers)]
            whole += [part.decode() for part in parts]
            escaped = json.dumps(json.loads(one.value))
            whole.append(escaped)
        assert len(whole) > 1
        for word in known:
            variants = spellings(word)
            assert not [text for text in whole if any(one in text for one in variants)], word


async def test_no_sealed_word_stands_in_any_file_of_the_broker(judged, broker):
    for topic in judged.names:
        assert [path for path in files_of(broker, topic) if path.stat().st_size], topic
    known = {SEALED, samples.CHILD.clothing, samples.RAISED.place_text, *FINER}
    raw = {form.encode() for word in known for form in spellings(word)}
    raw |= {int(cell, 16).to_bytes(8, order) for cell in FINER for order in ("big", "little")}
    assert min(map(len, raw)) >= RAW
    for path in files_of(broker):
        held = path.read_bytes()
        assert not [word for word in raw if word in held], path


def test_the_judge_would_see_a_word_that_is_there(kcat, judged, broker):
    """As this suite's own check: a public word of a fact is found the same ways."""
    raw, messages = heard(kcat, judged.bootstrap, judged.names.facts)
    assert samples.TAKEN_UP.unit.encode() in raw
    assert any(samples.TAKEN_UP.unit in one["payload"] for one in messages)
    files = files_of(broker, judged.names.facts)
    assert any(samples.TAKEN_UP.unit.encode() in path.read_bytes() for path in files)
    coarse = h3.cell_to_parent(FINE, 7).encode()
    assert coarse in heard(kcat, judged.bootstrap, judged.names.positions)[0]
    files = files_of(broker, judged.names.positions)
    assert any(coarse in path.read_bytes() for path in files)
