"""API keys: shown once, revocable, and what became of them in the log."""


async def test_a_key_is_shown_once_and_opens(world):
    body = {"role": "officer", "account": "o-wang", "org": "linquan"}
    made = await world.post("admin", "/v1/keys", body, key="once")
    said = made.json()
    assert (made.status_code, said["role"]) == (201, "officer")
    assert (await world.get(said["key"], "/v1/cases")).status_code == 200
    again = await world.post("admin", "/v1/keys", body, key="once")
    assert (again.status_code, again.json()["code"]) == (409, "key-shown-already")
    listed = await world.get("admin", "/v1/keys")
    assert said["key"] not in listed.text
    assert said["prefix"] in {one["prefix"] for one in listed.json()["items"]}
    [issued] = await world.store.log.newest("access.key-issued/1")
    assert said["key"].encode() not in issued.envelope


async def test_a_key_is_revoked_once(world):
    body = {"role": "ngo", "account": "n-1"}
    said = (await world.post("admin", "/v1/keys", body)).json()
    path, headers = f"/v1/keys/{said['prefix']}", await world.headers("admin")
    assert (await world.http.delete(path, headers=headers)).status_code == 204
    twice = await world.http.delete(path, headers=headers)
    assert (twice.status_code, twice.json()["code"]) == (404, "key-not-found")
    refused = await world.get(said["key"], "/v1/cases")
    assert refused.json()["code"] == "key-unknown"
    assert len(await world.store.log.newest("access.key-revoked/1")) == 1


async def test_nobody_gets_a_key_of_the_system(world):
    answer = await world.post("admin", "/v1/keys", {"role": "system", "account": "x"})
    assert (answer.status_code, answer.json()["code"]) == (422, "key-for-system")
