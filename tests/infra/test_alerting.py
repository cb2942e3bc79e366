"""Rules, their tests, the dashboard and the runbooks: promtool reads them, the code judges."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from homeward.metrics import CATALOGUE

NAMES = {one.name for one in CATALOGUE}
SUFFIXES = ("_bucket", "_count", "_sum")
LABELS = {one.name: {*one.labels} for one in CATALOGUE}


@pytest.fixture(scope="module")
def promtool() -> str:
    """Prometheus's own reader of rules and expressions."""
    beside = Path(sys.executable).parent
    found = shutil.which("promtool", path=f"{beside}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        why = "promtool is missing: run infra/setup gate, or install Debian's prometheus"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    return found


def ran(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)


def alerts_in(project: Path) -> dict[str, str]:
    text = (project / "infra/prometheus/homeward.rules.yml").read_text()
    return dict(re.findall(r"alert: (\w+)\n\s+expr: \|\n(.*?)\n\s+for:", text, re.DOTALL))


def expressions_of(project: Path) -> list[str]:
    board = json.loads((project / "infra/grafana/dashboards/homeward.json").read_text())
    return [one["expr"] for panel in board["panels"] for one in panel.get("targets", ())]


def test_promtool_takes_the_rules_and_its_unit_tests_pass(project: Path, promtool: str) -> None:
    folder = project / "infra/prometheus"
    for words in (("check", "rules", "homeward.rules.yml"), ("test", "rules", "homeward.test.yml")):
        done = ran(promtool, *words[:2], folder / words[2])
        assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_takes_what_is_scraped(project: Path, promtool: str) -> None:
    done = ran(promtool, "check", "config", project / "infra/prometheus/prometheus.yml")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("how", "seen"), [("vector(0) > 1", "fires"), ("vector(1)", "is silent")])
def test_a_rule_that_never_or_always_fires_does_not_pass(
    project: Path, promtool: str, tmp_path: Path, how: str, seen: str
) -> None:
    """What judges the rules can fail."""
    folder = project / "infra/prometheus"
    rules = (folder / "homeward.rules.yml").read_text()
    for name, expr in alerts_in(project).items():
        head = f"alert: {name}\n        expr: |\n"
        spoilt = rules.replace(head + expr, f"{head}          {how}")
        assert spoilt != rules
        rules = spoilt
    (tmp_path / "homeward.rules.yml").write_text(rules)
    shutil.copy(folder / "homeward.test.yml", tmp_path)
    done = ran(promtool, "test", "rules", tmp_path / "homeward.test.yml")
    for name in alerts_in(project):
        assert f"{name} {seen}" in done.stdout + done.stderr, name


def test_every_expression_of_the_dashboard_is_promql(
    project: Path, promtool: str, tmp_path: Path
) -> None:
    """Each as a recording rule, which promtool parses."""
    expressions = expressions_of(project)
    assert len(expressions) > 20
    rules = [{"record": f"panel:{n}", "expr": one} for n, one in enumerate(expressions)]
    file = tmp_path / "panels.json"  # JSON is YAML
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    done = ran(promtool, "check", "rules", file)
    assert done.returncode == 0, done.stdout + done.stderr
    rules[0]["expr"] = "sum by ("
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    assert ran(promtool, "check", "rules", file).returncode != 0


def test_rules_and_panels_ask_for_figures_and_labels_that_are_there(project: Path) -> None:
    for expr in [*alerts_in(project).values(), *expressions_of(project)]:
        for name, selector in re.findall(r"(homeward_\w+)(?:\{([^}]*)\})?", expr):
            plain = next((name.removesuffix(s) for s in SUFFIXES if name.endswith(s)), name)
            known = name if name in NAMES else plain
            assert known in NAMES, name
            asked = set(re.findall(r"(\w+)\s*[=!]", selector or ""))
            assert asked <= LABELS[known] | {"le"}, (name, asked)


def test_every_rule_has_its_page_and_every_page_its_rule(project: Path) -> None:
    folder = project / "docs/operating/runbooks"
    rules = alerts_in(project)
    assert {page.stem for page in folder.glob("*.md")} == set(rules)
    for name, expr in rules.items():
        page = (folder / f"{name}.md").read_text()
        assert "What it means" in page
        assert "What to do" in page
        assert [line.strip() for line in expr.splitlines()] == [
            line.strip() for line in page.split("```")[1].strip().splitlines()
        ]
        for link in re.findall(r"\]\(([^)#]+)\)", page):
            assert (folder / link).exists(), link
