import asyncio
import json
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from aiohttp import web
from standardwebhooks import Webhook
from tests.services.dispatch.conftest import outgoing

from homeward.dispatch.channels import WrongWorld, channels_for, webhook
from homeward.dispatch.channels.signature import endpoint_secret, secret_text
from homeward.dispatch.channels.webhook import DrillWebhookChannel, LiveWebhookChannel
from homeward.ports import Verdict


class WallClock:
    def now(self):
        return datetime(2026, 3, 1, 8, tzinfo=UTC)

    def real(self):
        return datetime.now(UTC)


@asynccontextmanager
async def listening(answer):
    """A far side in this process, for answers that the sink does not give."""
    app = web.Application()
    app.router.add_post("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"{host}:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def drill(ring, *endpoints):
    channel = DrillWebhookChannel(ring, WallClock(), loopback=endpoints)
    try:
        yield channel
    finally:
        await channel.close()


async def verdict(ring, answer, path="/"):
    async with listening(answer) as endpoint, drill(ring, endpoint) as channel:
        (result,) = await channel.send([outgoing(address=f"http://{endpoint}{path}")])
        return result


async def test_one_post_carries_a_batch_and_another_house_accepts_it(ring):
    seen = []

    async def answer(request):
        seen.append((dict(request.headers), await request.read()))
        return web.Response()

    async with listening(answer) as endpoint, drill(ring, endpoint) as channel:
        address = f"http://{endpoint}/hook"
        batch = [outgoing(f"v-{n}", address) for n in range(100)]
        results = await channel.send(batch)
    assert [one.verdict for one in results] == [Verdict.ACCEPTED] * 100
    ((headers, body),) = seen
    said = Webhook(secret_text(endpoint_secret(ring, address))).verify(body, headers)
    assert said["drill"] is True
    assert said["type"] == "homeward.alert.v1"
    assert said["data"]["case_code"] == "ABCD-EFGH"
    assert [one["message_id"] for one in said["data"]["messages"]] == [
        f"m-v-{n}" for n in range(100)
    ]
    assert said["data"]["messages"][0]["title"] == "寻找走失儿童"


async def test_a_repeat_has_the_same_webhook_id(ring, sink):
    far = sink()
    async with drill(ring, far.endpoint) as channel:
        batch = [outgoing(f"v-{n}", far.url) for n in range(3)]
        await channel.send(batch)
        await channel.send(list(reversed(batch)))
    assert len({line["webhook_id"] for line in far.received()}) == 1
    assert len(far.received()) == 6


async def test_the_sink_says_whether_it_was_signed(ring, sink, tmp_path):
    file = tmp_path / "secret"
    far = sink("--secret-file", str(file)) if file.write_text("whsec_AAAA") else None
    async with drill(ring, far.endpoint) as channel:
        await channel.send([outgoing(address=far.url)])
    (line,) = far.received()
    assert line["signed"] is False
    assert line["message_id"] == "m-v-1"


@pytest.mark.parametrize(
    ("status", "headers", "expected", "after_s"),
    [
        (200, {}, Verdict.ACCEPTED, None),
        (204, {}, Verdict.ACCEPTED, None),
        (302, {"location": "http://127.0.0.1:1/"}, Verdict.FAILED, None),
        (307, {"location": "http://127.0.0.1:1/"}, Verdict.FAILED, None),
        (400, {}, Verdict.FAILED, None),
        (404, {}, Verdict.FAILED, None),
        (408, {}, Verdict.RETRY, None),
        (410, {}, Verdict.FAILED, None),
        (429, {"retry-after": "7"}, Verdict.RETRY, 7),
        (500, {}, Verdict.RETRY, None),
        (503, {"retry-after": "120"}, Verdict.RETRY, 120),
        (503, {"retry-after": "Fri, 01 Jan 2021 00:00:00 GMT"}, Verdict.RETRY, 0),
        (503, {"retry-after": "soon"}, Verdict.RETRY, None),
        (503, {"retry-after": "9" * 400}, Verdict.RETRY, 366 * 86_400),
        (503, {"retry-after": "Fri, 01 Jan 99999999999 00:00:00 GMT"}, Verdict.RETRY, None),
        (503, {"retry-after": "Fri, 01 Jan 2021 00:00:00 +99999999999"}, Verdict.RETRY, None),
    ],
)
async def test_a_status_is_a_verdict(ring, status, headers, expected, after_s):
    async def answer(request):
        return web.Response(status=status, headers=headers)

    result = await verdict(ring, answer)
    assert (result.verdict, result.retry_after_s) == (expected, after_s)


async def test_a_redirect_is_not_followed(ring):
    paths = []

    async def answer(request):
        paths.append(request.path)
        return web.Response(status=307, headers={"location": "/elsewhere"})

    await verdict(ring, answer, "/first")
    assert paths == ["/first"]


async def test_an_answer_can_differ_message_by_message(ring):
    async def answer(request):
        return web.json_response(
            {
                "results": [
                    {"message_id": "m-a", "verdict": "failed"},
                    {"message_id": "m-b", "verdict": "retry"},
                    {"message_id": "m-c", "verdict": "nonsense"},
                ]
            }
        )

    async with listening(answer) as endpoint, drill(ring, endpoint) as channel:
        batch = [outgoing(name, f"http://{endpoint}/") for name in "abcd"]
        results = await channel.send(batch)
    assert [one.verdict.value for one in results] == ["failed", "retry", "accepted", "accepted"]


@pytest.mark.parametrize("body", [b"x" * 1_000_000, b"[]", b"{", b'{"results":7}', b"[" * 60_000])
async def test_an_answer_that_says_nothing_leaves_the_status(ring, body):
    async def answer(request):
        return web.Response(body=body)

    assert (await verdict(ring, answer)).verdict is Verdict.ACCEPTED


async def test_a_far_side_that_never_answers_is_cut_off(ring, sink, monkeypatch):
    monkeypatch.setattr(webhook, "POST_TIMEOUT_S", 0.3)
    far = sink("--hang")
    async with drill(ring, far.endpoint) as channel:
        started = time.monotonic()
        (result,) = await channel.send([outgoing(address=far.url)])
    assert result.verdict is Verdict.RETRY
    assert time.monotonic() - started < 2


async def test_a_drip_of_bytes_is_cut_off(ring, monkeypatch):
    monkeypatch.setattr(webhook, "POST_TIMEOUT_S", 0.3)

    async def answer(request):
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(50):
            await response.write(b"x")
            await asyncio.sleep(0.05)
        return response

    started = time.monotonic()
    result = await verdict(ring, answer)
    assert result.verdict is Verdict.ACCEPTED  # the status came; the rest is not waited for
    assert time.monotonic() - started < 2


async def test_nobody_listening_is_a_passing_fault(ring):
    async with drill(ring, "127.0.0.1:9") as channel:
        (result,) = await channel.send([outgoing(address="http://127.0.0.1:9/")])
    assert result.verdict is Verdict.RETRY


async def test_an_endpoint_that_hangs_holds_up_no_other_for_long(ring, sink, monkeypatch):
    monkeypatch.setattr(webhook, "POST_TIMEOUT_S", 0.3)
    dead, well = sink("--hang"), sink()
    async with drill(ring, dead.endpoint, well.endpoint) as channel:
        started = time.monotonic()
        for n in range(20):
            batch = [outgoing(f"d-{n}", dead.url), outgoing(f"w-{n}", well.url)]
            first, second = await channel.send(batch)
            assert (first.verdict, second.verdict) == (Verdict.RETRY, Verdict.ACCEPTED)
    assert time.monotonic() - started < 2  # two of them waited for it
    assert first.detail == "resting"
    assert first.retry_after_s > 0
    assert len(well.received()) == 20


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:1/",
        "https://partner.example/",
        "ftp://127.0.0.1:9/",
        "http://localhost:9/",
    ],
)
async def test_a_drill_calls_only_the_endpoints_it_was_given(ring, address):
    async with drill(ring, "127.0.0.1:9") as channel:
        (result,) = await channel.send([outgoing(address=address)])
    assert result.verdict is Verdict.FAILED
    assert result.detail.startswith("address-")


async def test_live_refuses_a_name_that_leads_inside(ring):
    channel = LiveWebhookChannel(ring, WallClock(), lookup=lambda *_: ["10.0.0.1"])
    message = replace(outgoing(address="https://partner.example/hook"), drill=False)
    (result,) = await channel.send([message])
    await channel.close()
    assert (result.verdict, result.detail) == (Verdict.FAILED, "address-not-public")


async def test_live_takes_a_name_nobody_knows_for_a_passing_fault(ring):
    def lookup(host, port):
        raise OSError(-3, "try again")

    channel = LiveWebhookChannel(ring, WallClock(), lookup=lookup)
    message = replace(outgoing(address="https://partner.example/hook"), drill=False)
    (result,) = await channel.send([message])
    await channel.close()
    assert result.verdict is Verdict.RETRY


def test_live_refuses_a_loopback_list_when_it_is_made(ring):
    with pytest.raises(ValueError, match="live world"):
        LiveWebhookChannel(ring, WallClock(), loopback=["127.0.0.1:8099"])
    with pytest.raises(ValueError, match="live world"):
        channels_for(
            "live", inbox=None, ring=ring, clock=WallClock(), webhook_loopback=["127.0.0.1:8099"]
        )


@pytest.mark.parametrize("world", ["live", "drill"])
async def test_a_world_has_only_channels_of_its_own(ring, world):
    channels = channels_for(world, inbox=None, ring=ring, clock=WallClock())
    assert sorted(channels) == ["inbox", "webhook"]
    for channel in channels.values():
        assert channel.drill is (world == "drill")
        stray = [replace(outgoing(), drill=world != "drill")]
        with pytest.raises(WrongWorld):
            await channel.send(stray)


async def test_the_body_names_no_moment_that_is_not_there(ring):
    bodies = []

    async def answer(request):
        bodies.append(json.loads(await request.read()))
        return web.Response()

    await verdict(ring, answer)
    (message,) = bodies[0]["data"]["messages"]
    assert message["window_from"] is None
    assert bodies[0]["timestamp"] == "2026-03-01T08:00:00.000000Z"
