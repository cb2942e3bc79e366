"""An override over HTTP: asked with a reason, decided by a second person."""

import pytest
from tests.services.http.test_fast_lane import drafted

WHY = "The lake freezes over tonight and she wears no coat"


async def test_one_asks_and_a_second_decides(world):
    path, read = await drafted(world, await world.verified())
    early = await world.post("officer", f"{path}/override", {**read, "reason": WHY})
    assert early.json()["code"] == "alert-not-live"
    await world.post("officer", f"{path}/issue")
    none = await world.post("supervisor", f"{path}/override/approve")
    assert none.json()["code"] == "override-not-asked"
    asked = await world.post("officer", f"{path}/override", {**read, "reason": WHY})
    assert [one["kind"] for one in asked.json()["facts"]] == ["case.attention-override-asked/1"]
    own = await world.post("officer", f"{path}/override/approve")
    assert (own.status_code, own.json()["code"]) == (403, "approver-is-drafter")
    agreed = await world.post("supervisor", f"{path}/override/approve")
    assert [one["kind"] for one in agreed.json()["facts"]] == ["case.attention-overridden/1"]


@pytest.mark.parametrize("reason", ["too short", "x" * 501, None])
async def test_an_override_has_a_reason(world, reason):
    path, read = await drafted(world, await world.verified())
    await world.post("officer", f"{path}/issue")
    answer = await world.post("officer", f"{path}/override", {**read, "reason": reason})
    assert answer.status_code == 422
