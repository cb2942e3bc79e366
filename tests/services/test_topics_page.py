"""schemas/published/asyncapi.json says what is on the wire, and names nothing that is not there."""

import json
from importlib import import_module

import pytest

from homeward.codec import KINDS
from homeward.docs.published import file_name
from homeward.docs.topics import asyncapi
from homeward.fanout.lane import HEARS
from homeward.kafka.catalogue import names_of, topics_of
from homeward.record.wire import HEADERS


@pytest.fixture(scope="module")
def document():
    return asyncapi()


def refs(value):
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for one in value.values():
            yield from refs(one)
    elif isinstance(value, list):
        for one in value:
            yield from refs(one)


def test_every_reference_leads_somewhere(document, project):
    folder = project / "schemas" / "published"
    assert json.loads((folder / "asyncapi.json").read_text()) == document
    for ref in set(refs(document)):
        if ref.startswith("./"):
            assert (folder / ref).is_file()
            continue
        place = document
        for part in ref.removeprefix("#/").split("/"):
            place = place[part]


def test_each_channel_is_a_topic_of_the_catalogue(document):
    topics = {topic.name for topic in topics_of("homeward", 1, 16, 1)}
    addresses = {one["address"].format(prefix="homeward") for one in document["channels"].values()}
    assert addresses == topics == set(names_of("homeward", "live")[:3])


def test_what_is_said_in_each_channel(document):
    said = {name: set(one["messages"]) for name, one in document["channels"].items()}
    assert said["facts"] == {file_name(kind) for kind in KINDS}
    assert said["orders"] == {file_name(kind) for kind in HEARS}
    assert said["positions"] == {"position"}


def test_headers_are_those_of_the_wire(document):
    headers = document["components"]["messageTraits"]["fact"]["headers"]
    assert headers["required"] == list(HEADERS) == list(headers["properties"])


def test_the_dialect_of_the_schemas_is_named(document):
    published = import_module("homeward.docs.published")
    for one in document["components"]["messages"].values():
        assert one["payload"]["schemaFormat"].endswith("draft-2020-12")
    assert "2020-12" in published.DIALECT
