"""Nothing of the machine or the network that the project was written on is committed."""

import re

import pytest

# Put together here, so that this file does not hold what it looks for.
REGISTRIES = ("py" + "pi", "python" + "hosted", "np" + "mjs", "registry.np" + "m", "crates" + ".io")
HOST = re.compile(
    r"https?://[a-z0-9.-]*(?:" + "|".join(map(re.escape, REGISTRIES)) + r")"
    r"|\b(?:" + "|".join(map(re.escape, REGISTRIES)) + r")\.(?:org|com|io)\b",
    re.IGNORECASE,
)
MACHINE = re.compile(
    r"(?<![\w.$}~*-])/(?:" + "|".join(("wo" + "rk", "fa" + "rm", "ro" + "ot")) + r")/"
)
MACHINE_HOME = re.compile(r"(?<![\w.])/ho" + r"me/(?!homeward\b)[a-z]")


def found(files, pattern):
    return [
        f"{file.name}:{number}: {line.strip()[:120]}"
        for file in files
        for number, line in enumerate(file.text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_package_registry(files):
    assert found(files, HOST) == []


@pytest.mark.parametrize("pattern", [MACHINE, MACHINE_HOME], ids=["folders", "home"])
def test_no_file_names_a_folder_of_one_machine(files, pattern):
    assert found(files, pattern) == []


@pytest.mark.parametrize(
    ("line", "pattern"),
    [
        ("see https://" + "py" + "pi.org/simple", HOST),
        ("files.python" + "hosted.org", HOST),
        ('open("/wo' + 'rk/main")', MACHINE),
        ("cd /ro" + "ot/x", MACHINE),
        ("/ho" + "me/alice/src", MACHINE_HOME),
    ],
)
def test_a_planted_place_is_found(line, pattern):
    assert pattern.search(line)


@pytest.mark.parametrize(
    "line", ["tests/work/x", "./work/", "${HOME}/work/", "https://example.org"]
)
def test_an_innocent_line_is_not(line):
    assert not HOST.search(line)
    assert not MACHINE.search(line)


def test_locks_are_hashed_and_name_no_index(project):
    for lock in sorted((project / "requirements").glob("*.lock")):
        text = lock.read_text()
        pins = re.findall(r"^[a-z0-9][^ ]*==", text, re.MULTILINE)
        assert pins, lock.name
        assert "://" not in text, lock.name
        assert not re.search(r"^\s*-(?!-hash=)", text, re.MULTILINE), lock.name
        blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)
        assert all("--hash=sha256:" in block for block in blocks if "==" in block), lock.name
