"""What a webhook says, and how its answer is read."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final

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


def batch_body(batch: Sequence[Outgoing]) -> bytes:
    """Return the JSON body of messages of one alert version to one address."""
    first = batch[0]
    data = {
        "case_code": first.case_code,
        "alert": first.alert,
        "version": first.version,
        "messages": [_message(one) for one in batch],
    }
    whole = {
        "type": TYPE,
        "timestamp": instant_text(first.sent_at),
        "drill": first.drill,
        "data": data,
    }
    return _ENCODED(whole).encode()


def _message(one: Outgoing) -> dict[str, Any]:
    moments = {
        "expires_at": one.expires_at,
        "window_from": one.window_from,
        "window_to": one.window_to,
    }
    return {
        "message_id": one.message_id,
        "recipient": one.recipient.recipient.id,
        "purpose": one.purpose,
        "lang": one.lang,
        "title": one.title,
        "short": one.short,
        "full": one.full,
        "link": one.link,
        "watch": one.watch,
        **{name: moment and instant_text(moment) for name, moment in moments.items()},
    }


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
