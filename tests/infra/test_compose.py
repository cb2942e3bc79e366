"""The containers' file: docker-compose reads it, and the command line knows what it starts."""

import os
import re
import shutil
import subprocess

import pytest
import yaml
from tests.infra.commandline import understood

from homeward.settings import Settings

JOBS = {"migrate", "topics"}
PROCESSES = {"api", "worker", "relay", "dispatch"}
OTHERS = {"postgres", "kafka", "prometheus", "grafana"}
SECRETS = {"POSTGRES_PASSWORD": "a1", "GRAFANA_PASSWORD": "b2"}


@pytest.fixture(scope="module")
def compose(project, tmp_path_factory):
    """What docker-compose says of the file, with an environment."""
    program = shutil.which("docker-compose")
    if program is None:
        why = "docker-compose is missing: run infra/setup gate"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)

    empty = tmp_path_factory.mktemp("compose") / "env"  # no .env of a developer is read
    empty.touch()

    def config(**environment):
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return subprocess.run(
            [program, "--env-file", empty, "--file", project / "infra/compose.yaml", "config"],
            env={**kept, **environment},
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return config


@pytest.fixture(scope="module")
def services(compose):
    done = compose(**SECRETS)
    assert done.returncode == 0, done.stderr
    return yaml.safe_load(done.stdout)["services"]


def ours(services):
    return {name: one for name, one in services.items() if "homeward:" in one["image"]}


def words_of(service):
    command = service["command"]
    return command.split() if isinstance(command, str) else command


def test_everything_that_runs_is_in_it(services):
    assert set(services) == JOBS | PROCESSES | OTHERS
    assert set(ours(services)) == JOBS | PROCESSES


@pytest.mark.parametrize("name", sorted(JOBS | PROCESSES))
def test_each_command_is_one_that_the_command_line_has(services, name):
    words = words_of(services[name])
    assert words[0] == name
    assert "--drill" in words, "what stays is told which world, and the safe one by default"
    assert understood(words).params["live"] is False


def test_a_word_that_no_command_has_would_be_seen():
    with pytest.raises(Exception, match=r"(?i)no such option"):
        understood(["worker", "--drill", "--workers", "2"])
    with pytest.raises(Exception, match=r"(?i)no such command"):
        understood(["topics", "make"])


def test_a_live_world_is_one_word_away(compose):
    found = yaml.safe_load(compose(**SECRETS, HOMEWARD_WORLD="live").stdout)["services"]
    for name in JOBS | PROCESSES:
        assert "--live" in words_of(found[name])


@pytest.mark.parametrize("missing", SECRETS)
def test_without_its_secrets_it_does_not_start(compose, missing):
    done = compose(**{name: value for name, value in SECRETS.items() if name != missing})
    assert done.returncode != 0
    assert "write it to infra/.env" in done.stderr


def test_each_setting_is_one_that_homeward_has(services):
    for name, one in ours(services).items():
        unknown = {
            key
            for key in one["environment"]
            if key.removeprefix("HOMEWARD_").lower() not in Settings.model_fields
        }
        assert unknown == set(), name


def test_what_stays_is_watched_and_started_again(services):
    for name in PROCESSES | OTHERS:
        assert services[name]["restart"] == "unless-stopped", name
        assert services[name]["healthcheck"]["test"][0] == "CMD", name
        assert services[name].get("volumes"), name
    for name in JOBS:
        assert services[name]["restart"] == "on-failure", name


def test_ours_run_with_as_little_as_they_need(services):
    for name, one in ours(services).items():
        assert one["cap_drop"] == ["ALL"], name
        assert one["read_only"] is True, name
        assert "no-new-privileges:true" in one["security_opt"], name


def test_only_loopback_is_published(services):
    published = {str(port) for one in services.values() for port in one.get("ports", ())}
    assert len(published) == 3
    assert all("127.0.0.1" in port for port in published), published


def test_who_needs_no_broker_does_not_wait_for_one(services):
    """An alert is accepted and told while Kafka is away."""
    for name in ("api", "dispatch"):
        assert set(services[name]["depends_on"]) == {"migrate"}
    for name in ("worker", "relay"):
        assert set(services[name]["depends_on"]) == {"topics"}, "topics are made ahead"


def test_it_runs_the_broker_that_the_tests_ran(project, services):
    pom = (project / "infra/kafka/pom.xml").read_text()
    [version] = re.findall(r"<kafka.version>(.*)</kafka.version>", pom)
    assert services["kafka"]["image"] == f"apache/kafka:{version}"
    assert services["kafka"]["environment"]["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


def test_what_is_scraped_is_what_is_shown(project, services):
    scraped = yaml.safe_load((project / "infra/prometheus/prometheus.yml").read_text())
    ports = {
        name: found["port"]
        for job in scraped["scrape_configs"]
        for found in job["dns_sd_configs"]
        for name in found["names"]
    }
    shown = dict.fromkeys(PROCESSES, int(services["relay"]["environment"]["HOMEWARD_METRICS_PORT"]))
    assert ports == {**shown, "api": 8110}


def test_the_image_is_made_of_what_is_there_and_of_locks_with_hashes(project):
    text = (project / "infra/Dockerfile").read_text()
    ignored = (project / "infra/Dockerfile.dockerignore").read_text().split()
    copied = [
        source
        for line in re.findall(r"^COPY (?!--from)(.*)$", text, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    assert {"schemas", "streams", "services", "pyproject.toml"} <= set(copied)
    for source in copied:
        assert (project / source).exists(), source
        assert f"!{source}" in ignored, source
    installs = re.findall(r"pip install(.*?)(?:&&|\n\n|\nCOPY|\nRUN)", text, re.DOTALL)
    assert len(installs) == 3
    for install in installs:
        assert "--require-hashes" in install or "--no-deps /wheels" in install
    last = text.rpartition("FROM ")[2]
    assert re.search(r"^USER 1\d+:1\d+$", last, re.MULTILINE), "not root"
    assert 'ENTRYPOINT ["homeward"]' in last
