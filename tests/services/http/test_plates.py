"""A licence plate stands in an alert only as somebody has said it who answers for it."""

SEEN = {"seen_at": "2026-03-01T11:10:00+08:00", "vehicle": "grey van", "licence_plate": "QA-1111"}
DRAFT = {"severity": "extreme", "reach_km_max": 30, "expires_in_s": 3_600}


async def alert_of(world, *told):
    """Return the words of an alert after these said which vehicle it is."""
    case = await world.raised("reporter:mother")
    path = f"/v1/cases/{case['case']}"
    answers = [await world.post("officer", f"{path}/verify", {"unit": "Linquan"})]
    for who, plate in told:
        body = {**SEEN, "licence_plate": plate}
        answers.append(await world.post(who, f"{path}/vehicle", body))
    drafted = await world.post("officer", f"{path}/alerts", DRAFT)
    assert [one.status_code for one in (*answers, drafted)] == [200] * len(answers) + [201]
    read = await world.get("supervisor", f"{path}/alerts/{drafted.json()['draft']}")
    return str([read.json()["texts"], read.json()["wordings"]])


async def test_a_plate_that_only_a_reporter_tells_is_in_no_alert(live_world):
    said = await alert_of(live_world, ("reporter:mother", "QA-1111"))
    assert "QA-1111" not in said
    assert "grey van" not in said


async def test_it_takes_no_place_of_one_that_an_officer_said(live_world):
    told = ("officer", "QA-2222"), ("reporter:mother", "QA-1111")
    said = await alert_of(live_world, *told)
    assert "QA-1111" not in said
    assert "QA-2222" in said


async def test_an_officer_says_it_again_and_it_is(live_world):
    told = ("reporter:mother", "QA-1111"), ("officer", "QA-1111")
    assert "QA-1111" in await alert_of(live_world, *told)
