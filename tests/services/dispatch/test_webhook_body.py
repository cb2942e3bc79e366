import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from tests.services.dispatch.conftest import SENT_AT, outgoing

from homeward.dispatch.channels.webhook_body import Bodies, batch_body

ANY = st.text(max_size=20)
AT = st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- bounds


@given(st.lists(st.fixed_dictionaries({
    "message_id": ANY, "recipient": ANY, "link": ANY, "title": ANY, "short": ANY, "full": ANY,
    "lang": ANY, "watch": st.none() | ANY, "expires_at": st.none() | AT,
    "window_from": st.none() | AT,
}), min_size=1, max_size=4))  # fmt: skip
def test_a_body_is_json_whatever_is_said_and_nobody_gets_anothers_words(saids):
    messages = [outgoing(**{**said, "drill": True}) for said in saids]
    bodies = Bodies()
    bodies.of(messages)  # what is kept of others changes nothing
    whole = json.loads(bodies.of(messages))
    assert bodies.of(messages) == batch_body(messages)
    assert {name: whole[name] for name in ("type", "timestamp", "drill")} == {
        "type": "homeward.alert.v1",
        "timestamp": f"{SENT_AT:%Y-%m-%dT%H:%M:%S}.000000Z",
        "drill": True,
    }
    assert whole["data"].keys() == {"case_code", "alert", "version", "messages"}
    for said, one in zip(saids, whole["data"]["messages"], strict=True):
        for name in ("message_id", "recipient", "link", "title", "short", "full", "lang", "watch"):
            assert one[name] == said[name]
        for name in ("expires_at", "window_from"):
            moment = said[name] and datetime.fromisoformat(one[name])
            assert moment == said[name]
        assert (one["purpose"], one["window_to"]) == ("alert", None)
