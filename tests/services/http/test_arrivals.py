"""Open pages of recipients: one question for all of them, and nobody's message is late or lost."""

from homeward.http import arrivals


async def test_many_open_pages_cost_the_store_one_question(world, listen, monkeypatch):
    monkeypatch.setattr(arrivals, "LEAST_S", 0)
    world.rooms.settings.__dict__["stream_beat_s"] = 15
    case = await world.issued()
    links = [(await world.enrolled(f"v-{number:03d}"))[3:].split(".") for number in range(60)]
    pages = [listen(f"/v1/inbox/{one}/{token}/events") for one, token in links]
    for number, page in enumerate(pages):
        await world.told(f"v-{number:03d}", case["case"], case["draft"])
        if number == 0:
            await world.post("officer", f"/v1/cases/{case['case']}/facts", {"note": "ring"})
            assert (await page.event())["id"] == "1"
    await world.post("officer", f"/v1/cases/{case['case']}/facts", {"note": "ring again"})
    assert {(await page.event())["id"] for page in pages[1:]} == {"1"}
    before = world.store.calls.by_name.copy()
    for number in range(5):
        path = f"/v1/cases/{case['case']}/facts"
        await world.post("officer", path, {"note": f"nothing for them {number}"})
    await world.told("v-000", case["case"], case["draft"], version=2)
    await world.post("officer", f"/v1/cases/{case['case']}/facts", {"note": "the last"})
    assert (await pages[0].event())["id"] == "2"
    asked = world.store.calls.by_name - before
    assert asked["MemoryInbox.since"] <= 3
    assert asked["MemoryInbox.newest"] <= 20


async def test_the_asking_ends_with_the_last_page(world, listen):
    case = await world.issued()
    one, token = (await world.enrolled("v-1"))[3:].split(".")
    await world.told("v-1", case["case"], case["draft"])
    page = listen(f"/v1/inbox/{one}/{token}/events")
    assert (await page.event())["id"] == "1"
    assert world.app.state.arrivals._boxes
    await page.leave()
    assert world.app.state.arrivals._task is None
