"""Opening very many cases over HTTP: every answer comes, and the record says who it was."""

from structlog.testing import capture_logs

from homeward.desk.insider import CASES_MAX
from homeward.record.envelope import read

FIGURE = "homeward_reading_alarms_total"


def figure(world):
    return world.store.meter.counts[FIGURE, ()]


async def test_very_many_cases_are_noticed_and_answered(world):
    cases = [(await world.raised())["case"] for _ in range(CASES_MAX + 1)]
    with capture_logs() as lines:
        for one in cases:
            answer = await world.get("officer:o-wang", f"/v1/cases/{one}", purpose="search")
            assert answer.json()["personal"]["description"]
    [row] = await world.store.log.newest("access.alarmed/1")
    said = read(row)
    assert (said.by.id, said.fact.cases) == ("o-wang", CASES_MAX + 1)
    assert figure(world) == 1
    [line] = [one for one in lines if "cases" in one]
    assert "o-wang" not in str(line), "a line names nobody"


async def test_twenty_cases_are_work(world):
    cases = [(await world.raised())["case"] for _ in range(CASES_MAX)]
    for one in [*cases, *cases]:
        await world.get("officer:o-wang", f"/v1/cases/{one}", purpose="search")
    assert figure(world) == 0
    assert "access.alarmed/1" not in world.store.disk.log.kinds
