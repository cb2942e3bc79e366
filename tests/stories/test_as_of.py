"""The timeline as of every position is what was seen at that moment."""

import json
import threading
import urllib.request

from tests.stage import Stage, alert, raise_case, register, until, volunteers

HISTORY = "as_of"


class Listener(threading.Thread):
    """Writes down the live feed as it happens."""

    def __init__(self, stage: Stage, case: str) -> None:
        super().__init__(daemon=True)
        self.url = (stage.world / "url").read_text().strip() + f"/v1/cases/{case}/live"
        self.key = stage.key_of("auditor")
        self.lines: list[dict] = []

    def run(self) -> None:
        headers = {"authorization": f"Bearer {self.key}"}
        asked = urllib.request.Request(self.url, headers=headers)
        try:
            with urllib.request.urlopen(asked, timeout=30) as feed:
                for raw in feed:
                    if raw.startswith(b"data:"):
                        said = json.loads(raw[5:])
                        if "kind" in said:  # a line of the timeline, not a change of the map
                            self.lines.append(said)
        except OSError:
            return  # the server was stopped


def timeline(stage: Stage, case: str, as_of: object) -> list[dict]:
    items: list[dict] = []
    cursor = ""
    while True:
        path = f"/v1/cases/{case}/timeline?as_of={as_of}&limit=200{cursor}"
        page = stage.ask("GET", path, role="auditor")
        items += page["items"]
        if page["next"] is None:
            return items
        cursor = f"&cursor={page['next']}"


def test_as_of_every_position_is_what_was_seen_then(stage: Stage) -> None:
    address = stage.start_sink()
    stage.start()
    stage.make_keys("officer", "supervisor", "auditor", "hub")
    people = volunteers(address, 150)
    hubs = [
        {
            "recipient": f"hub-{number}",
            "kind": "hub",
            "hub_kind": "rail",
            "name": f"Invented {number}",
            "places": [{"lat": 33.1 + number / 20, "lon": 115.3, "datum": "wgs84"}],
            "contacts": [[{"channel": "webhook", "address": address}]],
        }
        for number in range(6)
    ]
    register(stage, [*people, *hubs])
    case = raise_case(stage)
    listener = Listener(stage, case)
    listener.start()
    ask = stage.ask
    ask("POST", f"/v1/cases/{case}/verify", {"unit": "t"}, role="officer", key="verify")
    alert(stage, case, tag="v1", policy="field")
    until(lambda: any(one["kind"] == "handover.attempted/1" for one in listener.lines), 30, "sent")
    sighting = {
        "seen_at": ask("GET", "/v1/clock", role="admin")["now"],
        "mode": "vehicle",
        "place": {"lat": 33.2, "lon": 115.4, "datum": "gcj02", "accuracy_m": 200},
    }
    seen = ask("POST", f"/v1/cases/{case}/sightings", sighting, role="officer", key="seen")
    path = f"/v1/sightings/{seen['sighting']}/accept"
    ask("POST", path, {}, role="officer", key="accept")
    ask("POST", f"/v1/cases/{case}/resolve", {"outcome": "found-safe"}, role="officer", key="res")
    ask("POST", f"/v1/cases/{case}/close-out", {}, role="officer", key="close")

    def not_told() -> list[tuple[str, str]]:
        """Who was sent something and not that it is over, with the purpose."""
        sent = [(one["recipient"], one["purpose"]) for one in stage.messages()]
        over = {who for who, purpose in sent if purpose == "close-out"}
        return sorted({one for one in sent if one[0] not in over})

    until(lambda: not not_told() and stage.messages(), 30, lambda: f"not told: {not_told()}")
    until(lambda: _caught_up(stage, case, listener), 30, "feed")
    transcript = list(listener.lines)
    assert [one["log_index"] for one in transcript] == sorted(
        one["log_index"] for one in transcript
    )
    for position, last in enumerate(transcript, 1):
        assert timeline(stage, case, last["log_index"]) == transcript[:position]
    replayed = stage.cli("replay", case)
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr


def _caught_up(stage: Stage, case: str, listener: Listener) -> bool:
    now = stage.ask("GET", f"/v1/cases/{case}", role="auditor")["log_index"]
    return listener.lines[-1]["log_index"] == now
