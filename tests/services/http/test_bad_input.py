"""What cannot be, and what nobody may send: each has a clear answer and loses nothing."""

import json

import pytest

PROBLEM = "application/problem+json"


async def sent(world, raw, **headers):
    said = {**await world.headers("officer"), "Content-Type": "application/json", **headers}
    return await world.http.post("/v1/cases", content=raw, headers=said)


def changed(body, path, value):
    found = json.loads(json.dumps(body))
    *outer, last = path.split(".")
    inner = found
    for name in outer:
        inner = inner[name]
    inner[last] = value
    return found


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("last_seen.place.lat", 91, "place-impossible"),
        ("last_seen.place.lat", -90.0001, "place-impossible"),
        ("last_seen.place.lon", 180.5, "place-impossible"),
        ("last_seen.place.lon", "115.2", "request-invalid"),
        ("last_seen.place.lat", True, "request-invalid"),
        ("last_seen.place.datum", "nad27", "datum-unknown"),
        ("last_seen.place.accuracy_m", -1, "request-invalid"),
        ("last_seen.place.accuracy_m", 1.5, "request-invalid"),
        ("last_seen.at", "2026-03-01T12:00:00+08:00", "seen-in-future"),
        ("last_seen.at", "2026-01-01T12:00:00+08:00", "seen-too-long-ago"),
        ("last_seen.at", "2026-03-01T11:00:00", "request-invalid"),
        ("last_seen.at", 1_772_336_400, "request-invalid"),
        ("last_seen.at", "yesterday", "request-invalid"),
        ("category", "alien-abduction", "request-invalid"),
        ("custody", None, "request-invalid"),
        ("protection_order", "no", "request-invalid"),
        ("person.age_years", 121, "request-invalid"),
        ("person.shoe_size", 25, "request-invalid"),
        ("surprise", 1, "request-invalid"),
        ("last_seen.at", "0001-01-01T00:00:00+14:00", "request-invalid"),
        ("last_seen.at", "9999-12-31T23:59:59-14:00", "request-invalid"),
        ("note", "x" * 4_001, "request-invalid"),
        ("person.name", "x" * 201, "request-invalid"),
    ],
)
async def test_an_impossible_field_is_refused_by_name(world, a_report, path, value, code):
    answer = await world.post("officer", "/v1/cases", changed(a_report(), path, value))
    said = answer.json()
    assert (answer.status_code, said["code"]) == (422, code), answer.text
    assert answer.headers["content-type"] == PROBLEM
    assert said["mend"]
    assert said["title"]
    if code == "request-invalid":
        assert said["errors"][0]["at"] == path
    assert await world.store.log.size() == 0


async def test_an_age_that_contradicts_the_category(world, a_report):
    body = changed(a_report(category="endangered-runaway"), "person.age_years", 2)
    answer = await world.post("officer", "/v1/cases", body)
    assert answer.json()["code"] == "age-contradicts-category"


@pytest.mark.parametrize("missing", ["category", "custody", "protection_order", "last_seen"])
async def test_what_is_needed_is_asked_for(world, a_report, missing):
    body = a_report()
    del body[missing]
    answer = await world.post("officer", "/v1/cases", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["at"] == missing


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b'{"category": NaN}', 400, "body-broken"),
        (b'{"a": Infinity}', 400, "body-broken"),
        (b'{"a": 1e999}', 400, "body-broken"),
        (b'{"a": 1, "a": 2}', 400, "body-key-twice"),
        (b'{"person": {"name": "a", "name": "b"}}', 400, "body-key-twice"),
        (b'{"note": "\\ud800"}', 400, "body-broken"),
        (b'{"note": "a\\u0000b"}', 400, "body-broken"),
        (b'{"note": "\xff"}', 400, "body-broken"),
        (b"[" * 100_000, 400, "body-broken"),
        (b"[1]", 400, "body-broken"),
        (b"null", 400, "body-broken"),
        (b"{", 400, "body-broken"),
        (b"", 422, "request-invalid"),
    ],
)
async def test_a_body_that_is_no_clean_json(world, raw, status, code):
    answer = await sent(world, raw)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == PROBLEM


async def test_escaped_backslashes_are_no_nul(world, a_report):
    answer = await world.post("officer", "/v1/cases", a_report(note="C:\\u0000 \u00e9"))
    assert answer.status_code == 201


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
async def test_a_body_that_is_not_json_at_all(world, kind):
    answer = await sent(world, b"a=b", **{"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (415, "body-not-json")


async def test_two_megabytes_are_refused_by_length_and_by_counting(world, a_report):
    big = json.dumps(a_report(note="x" * 2_000_000)).encode()
    told = await sent(world, big)

    async def pieces():
        for start in range(0, len(big), 65_536):
            yield big[start : start + 65_536]

    counted = await sent(world, pieces())
    for answer in (told, counted):
        assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert await world.store.log.size() == 0


@pytest.mark.parametrize(("expect", "left"), [(b"", 0), (b"100-continue", 32)])
async def test_a_body_that_is_too_large_is_read_to_its_end_before_the_answer(world, expect, left):
    """Closing with unread bytes resets the connection, and the sender never reads the 413."""
    pieces = [b"x" * 65_536] * 32
    said = []

    async def receive():
        assert not said
        piece = pieces.pop()
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message):
        said.append(message)

    headers = [(b"content-length", b"2097152"), (b"expect", expect)]
    scope = {"type": "http", "method": "POST", "path": "/v1/cases", "headers": headers}
    await world.app({**scope, "query_string": b""}, receive, send)
    assert said[0]["status"] == 413
    assert len(pieces) == left


async def test_errors_never_repeat_what_was_sent(world, a_report):
    """I-15: a refusal is logged and shown to others; it names fields, not contents."""
    body = changed(a_report(), "person.age_years", "Xiao Ming's secret")
    body = changed(body, "reporter.phone", ["13899999999"])
    answer = await world.post("officer", "/v1/cases", body)
    assert answer.status_code == 422
    assert "secret" not in answer.text
    assert "13899999999" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not-found"),
        ("PUT", "/v1/cases", 405, "method-not-allowed"),
        ("DELETE", "/livez", 405, "method-not-allowed"),
        ("GET", "/v1/cases/", 404, "not-found"),
    ],
)
async def test_wrong_addresses_and_methods_are_problems(world, method, path, status, code):
    answer = await world.http.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == PROBLEM
    if status == 405:
        assert "allow" in answer.headers


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"limit": 0}, "request-invalid"),
        ({"limit": 201}, "request-invalid"),
        ({"cursor": "abc"}, "cursor-broken"),
    ],
)
async def test_lists_are_bounded(world, query, code):
    answer = await world.get("officer", "/v1/cases", **query)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"severity": "extreme", "reach_km_max": 30}, "expiry-missing"),
        ({"severity": "extreme", "reach_km_max": 30, "expires_in_s": 1}, "expiry-impossible"),
        ({"severity": "extreme", "reach_km_max": 0, "expires_in_s": 900}, "request-invalid"),
        ({"severity": "worst", "reach_km_max": 30, "expires_in_s": 900}, "request-invalid"),
    ],
)
async def test_an_impossible_draft(world, body, code):
    case = await world.verified()
    answer = await world.post("officer", f"/v1/cases/{case['case']}/alerts", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize(
    ("seen_at", "code"),
    [
        ("2026-03-01T13:00:00+08:00", "seen-in-future"),
        ("2026-02-20T13:00:00+08:00", "seen-before-missing"),
    ],
)
async def test_an_impossible_sighting(world, seen_at, code):
    case = await world.raised()
    body = {"seen_at": seen_at, "place": {"lat": 33, "lon": 115, "datum": "wgs84"}}
    answer = await world.post("officer", f"/v1/cases/{case['case']}/sightings", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize("said", ["ABCD-EFG0", "ABCD", "ABCD-EFGH", "%00", "..", "x" * 40])
async def test_a_code_that_names_no_case(world, said):
    answer = await world.get("officer", f"/v1/cases/{said}/timeline")
    assert answer.status_code in {404, 422}
