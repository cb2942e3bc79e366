"""What a webhook says, and how its answer is read."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final, TypeAlias

from homeward.ports import Outgoing, Verdict
from homeward.words import instant_text

TYPE: Final = "homeward.alert.v1"
PASSING: Final = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)
"""Client errors that say "later", not "never"."""
FAR_OFF_S: Final = 86_400.0 * 366
"""More than anybody waits; a number of any length can be sent."""

_ENCODED: Final = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, separators=(",", ":")
).encode
"""Made once: json.dumps would make one for each message."""
_TEXT: Final = json.encoder.encode_basestring
_Written: TypeAlias = tuple[str, str, str, str]
"""The body's beginning; what stands before a recipient, before their link, and after it."""


class Bodies:
    """Makes bodies; what the messages of a batch have in common is written once.

    Made for a batch and gone with it: it holds words that must not outlive their erasure.
    """

    def __init__(self) -> None:
        self._written: dict[tuple[object, ...], _Written] = {}

    def of(self, batch: Sequence[Outgoing]) -> bytes:
        """Return the JSON body of messages of one alert version to one address."""
        messages = list[str]()
        for one in batch:
            _, to, says, ends = self._common(one)
            messages.append(
                f'{{"message_id":{_TEXT(one.message_id)}{to}{_TEXT(one.recipient)}'
                f"{says}{_TEXT(one.link)}{ends}"
            )
        return f"{self._common(batch[0])[0]}{','.join(messages)}]}}}}".encode()

    def _common(self, one: Outgoing) -> _Written:
        key = (
            one.texts_of, one.purpose, one.lang, one.version, one.alert, one.case_code,
            one.sent_at, one.expires_at, one.watch, one.window_from, one.window_to,
            one.title, one.short, one.full, one.drill,
        )  # fmt: skip
        written = self._written.get(key)
        if written is None:
            written = self._written[key] = _write(one)
        return written


def batch_body(batch: Sequence[Outgoing]) -> bytes:
    """Return the JSON body of messages of one alert version to one address."""
    return Bodies().of(batch)


def _write(one: Outgoing) -> _Written:
    """Return what stands around what is each recipient's own: id, recipient and link."""
    about = {"case_code": one.case_code, "alert": one.alert, "version": one.version}
    whole = {"type": TYPE, "timestamp": instant_text(one.sent_at), "drill": one.drill}
    begins = f'{_ENCODED(whole)[:-1]},"data":{_ENCODED(about)[:-1]},"messages":['
    says = {
        "purpose": one.purpose,
        "lang": one.lang,
        "title": one.title,
        "short": one.short,
        "full": one.full,
    }
    moments = {
        "expires_at": one.expires_at,
        "window_from": one.window_from,
        "window_to": one.window_to,
    }
    ends = {"watch": one.watch} | {
        name: moment and instant_text(moment) for name, moment in moments.items()
    }
    return (
        begins,
        ',"recipient":',
        f',{_ENCODED(says)[1:-1]},"link":',
        f",{_ENCODED(ends)[1:]}",
    )


def verdict_of(status: int) -> Verdict:
    """Return what an HTTP status says of a batch: a redirect is an answer, and it is no."""
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Verdict.ACCEPTED
    if status in PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Verdict.RETRY
    return Verdict.FAILED


def retry_after_s(header: str | None, now: datetime) -> float | None:
    """Return the seconds that a ``Retry-After`` asks for, as a number or as a date.

    Always finite; None for what is neither.
    """
    if header is None:
        return None
    if header.strip().isdecimal():
        return min(float(header), FAR_OFF_S)
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, OverflowError):  # the latter: a year, an hour or a zone of many digits
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def partial_verdicts(body: bytes | None) -> Mapping[str, Verdict]:
    """Return the verdicts that a 2xx answer gives message by message; what it omits is accepted.

    An answer that is too long, no JSON or of another form says nothing: the status stands.
    """
    if not body:
        return {}
    try:
        results = json.loads(body)["results"]
        said = {str(one["message_id"]): str(one["verdict"]) for one in results}
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    known = {one.value for one in Verdict}
    return {one: Verdict(verdict) for one, verdict in said.items() if verdict in known}
