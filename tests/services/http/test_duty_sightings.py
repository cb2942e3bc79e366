"""Sightings on the duty page: sorted and explained, decided by a person, and nothing unread."""

import pytest
from tests.services.http.desking import Browser, kinds_of, sighted


@pytest.fixture
async def case(world):
    return (await world.raised("reporter:mother"))["case"]


@pytest.fixture
async def officer(world):
    return await Browser(world).sign_in("officer:a-1:county")


async def test_sightings_are_sorted_and_judged(world, case, officer):
    first, second, third, fourth = [await sighted(world, case, one) for one in (10, 12, 14, 16)]
    page = await officer.show("/duty/sightings")
    assert "Sightings to be judged: 4." in page
    page = await officer.show(f"/duty/cases/{case}/sightings")
    assert "by the bridge" not in page
    assert "At about the same place and time" in page
    assert "near the place last seen" in page
    page = await officer.send(f"/{first}/accept", credibility_ppm=600_000)
    page = await officer.send(f"/{second}/reject", reason="mistaken")
    page = await officer.send(f"/{third}/merge", into=fourth)
    assert f"Merged into {fourth[:8]}" in page
    page = await officer.send(f"/{third}/part")
    page = await officer.send(f"/{first}/release")
    assert "shown to the reporter" in page
    page = await officer.send(f"/{first}/withhold")
    assert "shown to the reporter" not in page
    page = await officer.show(f"/duty/cases/{case}/sightings?purpose=search")
    assert page.count("by the bridge") == 4
    assert len(await world.store.log.newest("access.read/1")) == 1
    said = [one for one in await kinds_of(world, case) if one.startswith("sighting.")][4:]
    assert said == [
        *("sighting.accepted/1", "sighting.rejected/1", "sighting.merged/1"),
        *("sighting.parted/1", "sighting.released/1", "sighting.withheld/1"),
    ]


async def test_a_sighting_decided_meanwhile_is_refused_and_shown_as_it_is(world, case, officer):
    one, _ = await sighted(world, case, 10), await sighted(world, case, 20)
    await officer.show(f"/duty/cases/{case}/sightings")
    await world.post("coordinator", f"/v1/sightings/{one}/reject", {"reason": "mistaken"})
    page = await officer.send(f"/{one}/accept", 409, credibility_ppm=800_000)
    assert "was decided already" in page
    assert not officer.offers(f"/{one}/accept")
