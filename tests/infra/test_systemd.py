"""The units start commands that there are, with settings that there are, and end in time."""

import re
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path

import pytest
import typer

from homeward.cli.app import app
from homeward.settings import Settings

ROLES = ("api", "worker", "relay", "dispatch")
YES_NO = "yes|no"
SECONDS = r"\d+"
ADDRESSES = r"network-online\.target|postgresql\.service|homeward\.target|multi-user\.target"
DIRECTIVES = {
    "Unit": {
        "Description": r".+",
        "Wants": ADDRESSES,
        "After": rf"({ADDRESSES})( ({ADDRESSES}))*",
        "PartOf": ADDRESSES,
        "StartLimitIntervalSec": SECONDS,
    },
    "Service": {
        "Type": "exec",
        "User": "homeward",
        "Group": "homeward",
        "Environment": r"\w+=\S+( \w+=\S+)*",
        "EnvironmentFile": r"-?/etc/homeward/[\w.@%]+\.env",
        "ExecStart": r"/opt/homeward/bin/homeward .+",
        "Restart": "always",
        "RestartSec": SECONDS,
        "TimeoutStopSec": SECONDS,
        "LimitNOFILE": r"\d+",
        "StateDirectory": r"homeward",
        "StateDirectoryMode": r"0[0-7]{3}",
        "UMask": r"0[0-7]{3}",
        "CapabilityBoundingSet": "",
        "AmbientCapabilities": "",
        "ProtectSystem": "strict",
        "ProtectProc": "invisible",
        "RestrictAddressFamilies": r"AF_[A-Z0-9]+( AF_[A-Z0-9]+)*",
        "SystemCallArchitectures": "native",
        "SystemCallFilter": r"@system-service",
        "SystemCallErrorNumber": "EPERM",
    }
    | dict.fromkeys(
        [
            *("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices"),
            *("ProtectKernelTunables", "ProtectKernelModules", "ProtectKernelLogs"),
            *("ProtectControlGroups", "ProtectClock", "ProtectHostname", "RestrictNamespaces"),
            *("RestrictRealtime", "RestrictSUIDSGID", "LockPersonality", "RemoveIPC"),
        ],
        YES_NO,
    ),
    "Install": {"WantedBy": ADDRESSES},
}
"""What systemd.unit, .service, .exec and .resource-control know of what we use, and its values."""


class Repeated(dict):
    """A key that stands there twice has both values."""

    def __setitem__(self, key, value):
        if isinstance(value, list) and key in self:
            self[key].extend(value)
        else:
            super().__setitem__(key, value)


def unit(project: Path, role: str) -> RawConfigParser:
    read = RawConfigParser(strict=False, dict_type=Repeated, interpolation=None)
    read.optionxform = str
    read.read_string((project / f"infra/systemd/homeward-{role}@.service").read_text())
    return read


@pytest.mark.parametrize("role", ROLES)
def test_what_a_unit_starts_is_a_command_with_its_options(project, role):
    words = unit(project, role)["Service"]["ExecStart"].split()
    assert words[:2] == ["/opt/homeward/bin/homeward", role]
    command = typer.main.get_command(app).commands[role]
    known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    for world in ("live", "drill"):
        said = [word.replace("${HOMEWARD_WORLD}", world) for word in words[2:]]
        assert {word for word in said if word.startswith("-")} <= known
        command.make_context(role, [word.replace("%i", "9111") for word in said])


@pytest.mark.parametrize("role", ROLES)
def test_a_unit_waits_longer_than_the_process_takes_and_starts_it_again(project, role):
    service = unit(project, role)["Service"]
    assert int(service["TimeoutStopSec"]) > 10
    assert service["Restart"] == "always"
    assert unit(project, role)["Unit"]["StartLimitIntervalSec"] == "0"


def test_the_example_names_settings_that_there_are(project):
    text = (project / "infra/systemd/homeward.env").read_text()
    named = set(re.findall(r"^HOMEWARD_(\w+)=", text, re.MULTILINE)) - {"WORLD"}
    assert {name.lower() for name in named} <= set(Settings.model_fields)


def wrong(text: str) -> list[str]:
    """Return the lines of a unit that systemd would not take, or would pass over."""
    section, found = "", []
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        if header := re.fullmatch(r"\[(\w+)\]", line):
            section = header[1]
            continue
        name, equals, value = line.partition("=")
        known = DIRECTIVES.get(section, {}).get(name)
        specifiers = set(re.findall(r"%(.)", value)) <= set("ip%")
        if not equals or known is None or not re.fullmatch(known, value) or not specifiers:
            found.append(f"[{section}] {line}")
    return found


UNITS = [*(f"homeward-{role}@.service" for role in ROLES), "homeward.target"]


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_says_only_what_systemd_knows(project, name):
    """Holds where there is no systemd, too."""
    text = (project / "infra/systemd" / name).read_text()
    assert wrong(text) == []
    assert "[Install]" in text
    spoilt = text.replace("[Unit]\n", "[Unit]\nStartLimitIntervallSec=0\nAfter=nothing.target\n")
    assert len(wrong(spoilt.replace("[Install]", "[Instal]"))) == 3


def test_every_unit_is_looked_at(project):
    folder = project / "infra/systemd"
    assert {path.name for path in folder.iterdir() if path.suffix in {".service", ".target"}} == {
        *UNITS
    }


def test_systemd_finds_nothing_wrong(project, tmp_path):
    """Where systemd is; what is above holds everywhere, so that a gate without it judges, too."""
    if (verify := shutil.which("systemd-analyze")) is None:
        pytest.skip("no systemd-analyze here: the units were only parsed by this file")
    for path in (project / "infra/systemd").glob("homeward*"):
        text = path.read_text().replace("/opt/homeward/bin/homeward", sys.executable)
        (tmp_path / path.name).write_text(
            text.replace("=/etc/homeward/homeward.env", "=-/dev/null")
        )
    units = [str(tmp_path / f"homeward-{role}@9111.service") for role in ROLES]
    for one in units:
        shutil.copy(one.replace("@9111", "@"), one)
    ran = subprocess.run(
        [verify, "verify", "--man=no", *units, str(tmp_path / "homeward.target")],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in ran.stderr.splitlines() if "homeward" in line]
    assert (said, ran.returncode) == ([], 0), ran.stderr
