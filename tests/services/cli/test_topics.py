"""Topics on the command line: one line for each error, quickly, with the mend."""

import json
import time

import pytest

COMMANDS = [
    ("plan", "--lanes", 1),
    ("apply", "--lanes", 1),
    ("lag",),
    ("reset", "--to", "end"),
]


@pytest.fixture
def topics(homeward, broker, monkeypatch, tmp_path):
    monkeypatch.setenv("HOMEWARD_KAFKA", broker.bootstrap)
    monkeypatch.setenv("HOMEWARD_TOPIC_PREFIX", f"cli-{tmp_path.name.replace('_', '-')}"[:40])
    monkeypatch.setenv("HOMEWARD_FACTS_PARTITIONS", "3")
    return lambda *args: homeward("topics", *args)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one[0])
def test_an_address_that_is_none_is_named_in_one_line(homeward, monkeypatch, command):
    monkeypatch.setenv("HOMEWARD_KAFKA", "localhost")
    code, out, errors = homeward("topics", *command)
    assert (code, out, errors.count("\n")) == (1, "", 1)
    assert "HOMEWARD_KAFKA" in errors
    assert "write host:port" in errors


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one[0])
def test_without_brokers_each_says_so_in_one_line(homeward, command):
    code, out, errors = homeward("topics", *command)
    assert (code, out, errors.count("\n")) == (1, "", 1)
    assert "HOMEWARD_KAFKA is unset" in errors
    assert "make kafka" in errors


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one[0])
def test_with_nobody_there_each_says_so_in_one_line_soon(homeward, command, monkeypatch):
    monkeypatch.setenv("HOMEWARD_KAFKA", "127.0.0.1:1")
    began = time.monotonic()
    code, out, errors = homeward("topics", *command)
    assert (code, out, errors.count("\n")) == (1, "", 1)
    assert "nobody listens at 127.0.0.1:1" in errors
    assert time.monotonic() - began < 10


def test_topics_are_planned_made_watched_and_reset(topics):
    code, out, _ = topics("plan", "--lanes", 2, "--json")
    assert code == 0
    assert [one["step"] for one in json.loads(out)] == ["make"] * 3
    assert topics("apply", "--lanes", 2)[0] == 0
    assert topics("apply", "--lanes", 2)[1] == "every topic is as it should be\n"
    assert "every topic is as it should be" in topics("plan", "--lanes", 2)[1]
    code, out, _ = topics("lag", "--json")
    assert code == 0
    assert set(json.loads(out)["by_topic"].values()) == {0}
    assert "0 members" in topics("lag")[1]
    code, out, _ = topics("reset", "--to", "end", "--json")
    assert (code, len(json.loads(out))) == (0, 3 + 2 + 2)


def test_too_many_partitions_are_an_error_with_the_mend(topics):
    assert topics("apply", "--lanes", 2)[0] == 0
    code, out, errors = topics("apply", "--lanes", 1, "--json")
    assert (code, errors.count("\n")) == (1, 1)
    assert "cannot be changed in place" in errors
    assert "homeward topics apply --remake" in errors
    assert {one["step"] for one in json.loads(out)["left"]} == {"remake"}
    assert topics("apply", "--lanes", 1, "--remake")[0] == 0
    assert topics("plan", "--lanes", 1)[0] == 0


def test_lag_names_topics_that_are_not_there(topics):
    code, _, errors = topics("lag")
    assert code == 0
    assert errors.count("is not there: homeward topics apply") == 3
