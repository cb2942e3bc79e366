"""Every knob: its type, its unit in its name, its default, and the reason for it.

Read from the environment as ``HOMEWARD_<NAME>``. docs/SETTINGS.md is generated from here.
"""

import re
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_RATE = re.compile(r"(inbox|webhook)=(?=[0-9.]*[1-9])[0-9]{1,9}(\.[0-9]{1,3})?")
"""A channel that is there: a typing error would be no limit at all."""
_BROKER = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})")
_PORTS = range(1, 65_536)


def _default_folder() -> Path:
    return Path.home() / ".local" / "share" / "homeward"


class Settings(BaseSettings):
    """How one process of Homeward runs."""

    model_config = SettingsConfigDict(env_prefix="HOMEWARD_", extra="ignore", frozen=True)

    data_folder: Annotated[
        Path,
        Field(description="Where the embedded database and the key ring live, one folder a world."),
    ] = Field(default_factory=_default_folder)
    database_url: Annotated[
        SecretStr | None,
        Field(description="A PostgreSQL 15+ to use instead of the embedded one."),
    ] = None
    host: Annotated[
        str,
        Field(description="Address to listen on; loopback, since TLS ends at a proxy before us."),
    ] = "127.0.0.1"
    port: Annotated[
        int, Field(ge=0, le=65_535, description="Port of the API; 0 lets the kernel choose.")
    ] = 8_110
    public_url: Annotated[
        str,
        Field(description="What links in messages begin with; empty: the address listened on."),
    ] = ""
    authority: Annotated[
        str, Field(max_length=80, description="Who answers for alerts; stands in every message.")
    ] = "Homeward"
    case_clock_rate: Annotated[
        float,
        Field(
            gt=0,
            le=3_600,
            description="Case seconds per real second; a live world refuses all but 1.",
        ),
    ] = 1.0
    webhook_loopback: Annotated[
        str,
        Field(
            description="Comma-separated host:port of loopback webhooks a drill may call; "
            "a live world refuses any.",
        ),
    ] = ""
    hub_book_km: Annotated[
        int,
        Field(
            ge=1,
            le=2_000,
            description="How far around a place hubs are written down when a person decides: "
            "beyond a day's drive nobody is headed off by this alert.",
        ),
    ] = 600
    hub_book_max: Annotated[
        int,
        Field(
            ge=1,
            le=20_000,
            description="At most so many hubs, nearest first: 4,000 make a blob of 300 KB.",
        ),
    ] = 4_000
    districts: Annotated[
        Path | None,
        Field(
            description="A GeoJSON file of the authority's districts, each a Polygon or "
            "MultiPolygon with its name; without it the policy 'district' needs an area drawn.",
        ),
    ] = None
    body_bytes_max: Annotated[
        int, Field(ge=1_024, description="Largest request body: a case with its texts is 20 KB.")
    ] = 1_000_000
    request_deadline_s: Annotated[
        float, Field(gt=0, description="After so long a request is answered with 503.")
    ] = 10.0
    streams_max: Annotated[
        int,
        Field(
            ge=1,
            description="Open event streams a process: half of its 1,000 connections, so that "
            "readers never keep out a report.",
        ),
    ] = 500
    stream_s: Annotated[
        float,
        Field(gt=0, description="A stream ends after so long; who comes back is checked again."),
    ] = 3_600.0
    stream_beat_s: Annotated[
        float,
        Field(gt=0, description="A sign of life on a quiet stream; proxies cut after 60 s."),
    ] = 15.0
    form_raises_per_hour: Annotated[
        int,
        Field(
            ge=1,
            description="Reports by form from one address an hour: a family makes one and corrects "
            "it; more is a hoax or a public line, and its page says to call 110.",
        ),
    ] = 3
    joins_per_hour: Annotated[
        int,
        Field(
            ge=1,
            description="Joins by invite from one address an hour: a household, not a crowd of "
            "accounts that one body makes up.",
        ),
    ] = 5
    joins_per_link_hour: Annotated[
        int,
        Field(
            ge=1,
            description="Joins by one invite an hour: as many as an organisation can look at, "
            "should its link get about.",
        ),
    ] = 60
    previews_per_hour: Annotated[
        int,
        Field(
            ge=1,
            description="Previews of areas an account and hour: drawing one alert takes a dozen; "
            "who asks for more is looking for somebody (SAFETY).",
        ),
    ] = 30
    pictures_per_hour: Annotated[
        int,
        Field(
            ge=1,
            description="Fields and maps an account and hour: who leads a search draws one every "
            "half a minute at the most; each is recorded (SAFETY).",
        ),
    ] = 120
    sightings_per_hour: Annotated[
        int,
        Field(
            ge=1,
            description="Sightings that a volunteer or reporter tells with one key or link an "
            "hour: nobody sees one person so often; more is a flood of false ones (SAFETY). Hubs "
            "and staff are not limited.",
        ),
    ] = 10
    sightings_per_day: Annotated[
        int, Field(ge=1, description="The same of one account in 24 hours, with whatever keys.")
    ] = 30
    case_sightings_per_minute: Annotated[
        int,
        Field(
            ge=1,
            description="The same of one case and all accounts: a crowd reports a dozen a minute; "
            "what is beyond would bury what hubs and staff see.",
        ),
    ] = 200
    positions_kept_h: Annotated[
        int,
        Field(
            ge=1,
            le=168,
            description="How long it is kept where a recipient is: an older word helps no search, "
            "and is nobody's business.",
        ),
    ] = 24
    positions_per_minute: Annotated[
        int,
        Field(
            ge=1,
            description="Positions of one recipient a minute: a train crosses a cell of res 7 in "
            "thirty seconds, and a phone that was offline says several at once.",
        ),
    ] = 30
    positions_waiting_max: Annotated[
        int,
        Field(
            ge=1,
            description="Positions that may wait to be written: about a second's work; more are "
            "answered 503 at once.",
        ),
    ] = 20_000
    case_page_s: Annotated[
        int,
        Field(
            ge=60,
            le=86_400,
            description="How long a link to the page of a case opens it: an officer reads it on "
            "the way, and a link that is left lying opens nothing soon.",
        ),
    ] = 900
    desk_idle_s: Annotated[
        int,
        Field(
            ge=60,
            le=43_200,
            description="After so long without an act a session of the duty page falls asleep: "
            "the queue goes on, all else asks for the key again. A desk is left for a talk, "
            "not longer.",
        ),
    ] = 1_800
    desk_session_s: Annotated[
        int,
        Field(
            ge=300,
            le=43_200,
            description="A session of the duty page ends after so long whatever happens: a shift.",
        ),
    ] = 43_200
    sign_ins_per_hour: Annotated[
        int,
        Field(
            ge=1,
            description="Keys that open nothing an address may try on the duty page in an hour: a "
            "whole station may mistype behind one address.",
        ),
    ] = 20
    desk_refresh_s: Annotated[
        int,
        Field(
            ge=2,
            le=300,
            description="How often the queue of the duty page is read again: each costs some ms.",
        ),
    ] = 10
    hand_over_wait_s: Annotated[
        int,
        Field(
            ge=60,
            description="A hand-over between shifts that nobody accepted for so long is marked.",
        ),
    ] = 900
    form_open_s: Annotated[
        int,
        Field(ge=60, description="How long an opened form can be sent: a day of a parent's fear."),
    ] = 86_400
    append_retries: Annotated[
        int,
        Field(ge=0, le=20, description="How often a decision is made again after a conflict."),
    ] = 5
    lease_s: Annotated[
        float,
        Field(gt=0.5, description="How long a sender may hold a chunk without a sign of life."),
    ] = 5.0
    senders: Annotated[
        int,
        Field(
            ge=1,
            le=64,
            description="A process has up to so many times 200 people in hand, and as many again "
            "of those who are told that it is over.",
        ),
    ] = 8
    channel_rates: Annotated[
        str,
        Field(
            description="Most messages a second a channel is handed by one process, "
            "webhook=500,inbox=2000; a channel not named takes as many as it can.",
        ),
    ] = ""
    kafka: Annotated[
        str,
        Field(
            description="Brokers of the scale-out, host:port,host:port; embedded none is needed.",
        ),
    ] = ""
    topic_prefix: Annotated[
        str,
        Field(
            pattern=r"^[a-z0-9-]{1,40}$",
            description="What the live world's topics begin with; a drill's begin with this and "
            "-drill, so that nothing of one world is ever read in the other.",
        ),
    ] = "homeward"
    facts_partitions: Annotated[
        int,
        Field(
            ge=1,
            le=512,
            description="Partitions of the facts: at most so many workers hear them at once; more "
            "can be added, and a key that moves with them costs a sweep.",
        ),
    ] = 16
    replication: Annotated[
        int,
        Field(ge=1, le=7, description="Copies of each topic; three for brokers that may fail."),
    ] = 1
    sweep_after_s: Annotated[
        float,
        Field(
            gt=0,
            le=60,
            description="In the scale-out a fact that nobody rang for is swept after so long: a "
            "broker's outage costs an alert this.",
        ),
    ] = 2.0
    metrics_port: Annotated[
        int,
        Field(
            ge=-1,
            le=65_535,
            description="Where worker, relay and dispatch show /metrics, /livez and /readyz; 0 "
            "lets the kernel choose, -1 shows nothing.",
        ),
    ] = 0
    poll_s: Annotated[
        float,
        Field(gt=0, le=60, description="Backs up LISTEN: a lost notification costs this long."),
    ] = 1.0

    @field_validator("channel_rates")
    @classmethod
    def _rates(cls, value: str) -> str:
        parts = [part for part in value.replace(" ", "").split(",") if part]
        named = [part.partition("=")[0] for part in parts]
        for part in parts:
            if not _RATE.fullmatch(part):
                msg = f"{part!r} is no rate: write webhook=500 or inbox=2000, messages a second"
                raise ValueError(msg)
        if len(set(named)) < len(named):
            msg = "a channel stands there twice: write each once"
            raise ValueError(msg)
        return value

    @field_validator("kafka")
    @classmethod
    def _brokers(cls, value: str) -> str:
        parts = [part for part in value.replace(" ", "").split(",") if part]
        for part in parts:
            said = _BROKER.fullmatch(part)
            if said is None or int(said[2]) not in _PORTS:
                msg = f"{part!r} is no broker: write host:port,host:port"
                raise ValueError(msg)
        return ",".join(parts)

    @field_validator("data_folder")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()
