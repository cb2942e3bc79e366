"""Sightings over HTTP: told, merged, sorted, judged, released."""


async def told(world, case, who="hub:h-1", **more):
    """Report a sighting and return its id."""
    body = {
        "seen_at": "2026-03-01T03:20:00Z",
        "mode": "vehicle",
        "place": {"lat": 33.17, "lon": 115.40, "datum": "wgs84", "accuracy_m": 100},
        **more,
    }
    answer = await world.post(who, f"/v1/cases/{case}/sightings", body)
    assert answer.status_code == 201, answer.text
    return answer.json()["sighting"]


async def statuses(world, case):
    listed = (await world.get("coordinator", f"/v1/cases/{case}/sightings")).json()["items"]
    return {one["sighting"]: one["status"] for one in listed}


async def test_two_reports_are_one_and_two_after_all(world):
    case = (await world.verified())["case"]
    first, second = [await told(world, case, who) for who in ("coordinator", "officer")]
    path = f"/v1/sightings/{second}"
    merged = await world.post("coordinator", f"{path}/merge", {"into": first})
    assert [one["kind"] for one in merged.json()["facts"]] == ["sighting.merged/1"]
    assert await statuses(world, case) == {first: "reported", second: "merged"}
    refused = await world.post("coordinator", f"{path}/accept")
    assert refused.json()["code"] == "sighting-merged"
    parted = await world.post("coordinator", f"{path}/part")
    assert [one["kind"] for one in parted.json()["facts"]] == ["sighting.parted/1"]
    assert await statuses(world, case) == {first: "reported", second: "reported"}


async def test_sightings_of_two_cases_are_never_one(world):
    case, other = [(await world.verified())["case"] for _ in range(2)]
    here, there = await told(world, case, "officer"), await told(world, other, "officer")
    answer = await world.post("coordinator", f"/v1/sightings/{here}/merge", {"into": there})
    assert (answer.status_code, answer.json()["code"]) == (404, "sighting-not-found")


async def queued(world, **query):
    answer = await world.get("coordinator", "/v1/sightings", **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_what_nobody_decided_waits_with_its_age_and_reasons(world):
    case = (await world.verified())["case"]
    sighting = await told(world, case, "officer")
    world.store.clock.pass_s(90)
    listed = await queued(world)
    [one] = listed["items"]
    assert (one["sighting"], one["case"], listed["waiting"]) == (sighting, case, 1)
    assert one["age_s"] == 90
    assert (one["band"], one["teller"]) == ("likely", "staff")
    assert [leg["place"] for leg in one["legs"]] == ["last-seen"]
    [same] = (await world.get("coordinator", f"/v1/cases/{case}/sightings")).json()["items"]
    both = set(one) & set(same)
    assert {"band", "reasons", "legs", "near", "repute"} <= both
    assert {name: one[name] for name in both} == {name: same[name] for name in both}
    await world.post("coordinator", f"/v1/sightings/{sighting}/accept")
    assert await queued(world) == {"items": [], "waiting": 0, "next": None}


async def test_alerted_cases_come_first_late_ones_last_and_the_oldest_before_the_newer(world):
    calm, alerted = (await world.verified())["case"], (await world.issued())["case"]
    old = await told(world, alerted, "officer")
    world.store.clock.pass_s(73 * 3600)
    late = await told(world, alerted, "officer")
    first = await told(world, calm, "officer", seen_at="2026-03-04T04:20:00Z")
    urgent = await told(world, alerted, "officer", seen_at="2026-03-04T04:20:00Z")
    again = await told(world, calm, "coordinator", seen_at="2026-03-04T04:21:00Z")
    found = [one["sighting"] for one in (await queued(world))["items"]]
    assert found == [old, urgent, first, again, late]
    paged, cursor = [], None
    while True:
        page = await queued(world, limit=2, **({"cursor": cursor} if cursor else {}))
        paged += [one["sighting"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert paged == found
    assert (await queued(world))["items"][-1]["reasons"][-1] == "told-late"


async def test_repeats_and_second_witnesses_are_pointed_out(world):
    case = (await world.verified())["case"]
    one, repeat = [await told(world, case, "officer:o-1") for _ in range(2)]
    witness = await told(world, case, "officer:o-2", seen_at="2026-03-01T03:24:00Z")
    near = {item["sighting"]: item["near"] for item in (await queued(world))["items"]}
    assert [(other["sighting"], other["why"]) for other in near[one]] == [
        *((repeat, "same-account"), (witness, "other-account"))
    ]
    await world.post("coordinator", f"/v1/sightings/{repeat}/merge", {"into": one})
    items = {item["sighting"]: item for item in (await queued(world))["items"]}
    assert set(items) == {one, witness}
    assert items[one]["merged"] == [repeat]
    assert [other["sighting"] for other in items[one]["near"]] == [witness]


async def test_what_became_of_an_accounts_others_counts_across_cases(world):
    case, other = [(await world.verified())["case"] for _ in range(2)]
    for number in range(2):
        seen = await told(world, other, "officer:o-1", note=str(number))
        await world.post("coordinator", f"/v1/sightings/{seen}/reject", {"reason": "hoax"})
    await told(world, case, "officer:o-1")
    [item] = (await queued(world))["items"]
    assert item["repute"] == {"accepted": 0, "rejected": 2}
    assert "repute-poor" in item["reasons"]
    listed = (await world.get("auditor", f"/v1/cases/{other}/sightings")).json()["items"]
    assert [one["repute"]["rejected"] for one in listed] == [1, 1], "its own does not count"


async def test_what_is_over_waits_no_more(world):
    case = (await world.verified())["case"]
    await told(world, case, "officer")
    body = {"outcome": "found-safe", "helped_by": []}
    await world.post("officer", f"/v1/cases/{case}/resolve", body)
    assert (await queued(world))["waiting"] == 0
    [one] = (await world.get("officer", f"/v1/cases/{case}/sightings")).json()["items"]
    assert one["band"] == "likely", "the case itself still shows it"
