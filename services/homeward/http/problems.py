"""What the door itself refuses; what a decider refuses stands in `homeward.refusals`."""

from homeward.refusals import Refused


class Unknown(Refused):
    """There is nothing at this address."""

    code = "not-found"
    status = 404
    mend = "Check the address; /docs lists all of them."


class WrongMethod(Refused):
    """The address is there, and does not answer this method."""

    code = "method-not-allowed"
    status = 405
    mend = "Use one of the methods in the Allow header."


class KeyMissing(Refused):
    """The request says not who asks."""

    code = "key-missing"
    status = 401
    mend = "Send 'Authorization: Bearer hw_…' with an API key, or what your link holds."


class KeyUnknown(Refused):
    """The key opens nothing: it is wrong, was revoked, or the link is not whole."""

    code = "key-unknown"
    status = 401
    mend = "Check that nothing is cut off; ask the administrator for a new key."


class StepUpFailed(Refused):
    """What was sent again is not your own key, so nothing was issued."""

    code = "step-up-failed"
    status = 403
    mend = "Type the API key of your account once more into the field `key`."


class LinkUnknown(Refused):
    """The link opens nothing: it is not whole, or what it opened is gone."""

    code = "link-unknown"
    status = 404
    mend = "Open the whole link as it was sent to you."


class LinkExpired(Refused):
    """The link was good for a while, and that is over."""

    code = "link-expired"
    status = 410
    mend = "Ask for a new link: POST /v1/cases/{case}/page."


class NoSuchRecipient(Refused):
    """There is no such recipient."""

    code = "recipient-not-found"
    status = 404
    mend = "Check the id; recipients that left are forgotten."


class NoSuchKey(Refused):
    """There is no key with that prefix."""

    code = "key-not-found"
    status = 404
    mend = "List the keys and take a prefix from there."


class BodyTooLarge(Refused):
    """The request's body is larger than anything this server needs."""

    code = "body-too-large"
    status = 413
    mend = "Send less: photos and long files do not belong here."


class NotJson(Refused):
    """The body must be JSON."""

    code = "body-not-json"
    status = 415
    mend = "Send JSON in UTF-8 with 'Content-Type: application/json'."


class BodyBroken(Refused):
    """The body cannot be read as JSON."""

    code = "body-broken"
    status = 400
    mend = "Send one whole JSON object in UTF-8; NaN and Infinity are no JSON."


class KeyTwice(Refused):
    """The body names a key twice, so nobody can tell which one is meant."""

    code = "body-key-twice"
    status = 400
    mend = "Name each key of a JSON object once."


class Invalid(Refused):
    """The request does not say what it must, or says more than it may."""

    code = "request-invalid"
    status = 422
    mend = "Correct the fields that are named in 'errors'; docs/API.md shows whole bodies."


class PlaceImpossible(Refused):
    """The coordinates are no place on Earth."""

    code = "place-impossible"
    status = 422
    mend = "Latitude lies within -90 and 90, longitude within -180 and 180 degrees."


class DatumUnknown(Refused):
    """The datum of the coordinates is not known."""

    code = "datum-unknown"
    status = 422
    mend = "Say wgs84 (GPS), gcj02 (Chinese phones and maps) or bd09 (Baidu)."


class CellTooFine(Refused):
    """A cell is finer than may be kept for this kind of recipient."""

    code = "cell-too-fine"
    status = 422
    mend = "Send the parent cell: res 7 for volunteers (5 if private), 10 for hubs and cameras."


class CellUnknown(Refused):
    """A cell is no H3 cell."""

    code = "cell-unknown"
    status = 422
    mend = "Send 15 lower-case hex digits that name an H3 cell."


class CellsMissing(Refused):
    """A recipient has one to three cells and places together; only a desk may have none."""

    code = "cells-out-of-bounds"
    status = 422
    mend = "Name one to three cells or places."


class IdempotencyKeyMissing(Refused):
    """A POST must carry an Idempotency-Key, so that a repeated one makes nothing true twice."""

    code = "idempotency-key-missing"
    status = 400
    mend = "Send 'Idempotency-Key: <1 to 128 visible ASCII characters>', new for each request."


class IfMatchBroken(Refused):
    """The If-Match header is no version."""

    code = "if-match-broken"
    status = 400
    mend = 'Send back the ETag as it came, for example If-Match: "3".'


class ExpiryMissing(Refused):
    """An alert needs exactly one of 'expires_at' and 'expires_in_s'."""

    code = "expiry-missing"
    status = 422
    mend = "Say when it expires, or in how many seconds."


class RecipientWrong(Refused):
    """The recipient cannot be registered so."""

    code = "recipient-wrong"
    status = 422
    mend = "Correct what 'detail' names; docs/API.md shows a whole body."


class OtherKind(Refused):
    """A recipient with that id is registered as another kind, which is not yours to change."""

    code = "recipient-other-kind"
    mend = "Choose another id."


class RecipientKnown(Refused):
    """Somebody is registered under that id, and you may only add people."""

    code = "recipient-known"
    status = 409
    mend = "Choose another id; the recipient's own page, or an administrator, can change the entry."


class DuplicateRecipient(Refused):
    """An earlier row of the same batch has this recipient's id."""

    code = "duplicate-recipient"
    status = 422
    mend = "Keep one row for each recipient; the first was kept."


class CursorBroken(Refused):
    """The cursor is not one of ours."""

    code = "cursor-broken"
    status = 422
    mend = "Send the 'next' of the page before, or none for the first page."


class MomentBroken(Refused):
    """'as_of' is neither a time nor a position in the log."""

    code = "as-of-broken"
    status = 422
    mend = "Send an RFC 3339 time with offset, or a log index from 0."


class MomentInFuture(Refused):
    """'as_of' lies in the future, of which the log says nothing yet."""

    code = "as-of-in-future"
    status = 422
    mend = "Ask for a time up to now, or a log index that exists."


class MomentOutOfRange(Refused):
    """'at' lies more than a week before the report, or more than a week ahead."""

    code = "at-out-of-range"
    status = 422
    mend = "Ask for a moment of the case; where nobody is found, an area stops growing in days."


class NotRaisedYet(Refused):
    """The case was not raised yet at that moment, so nothing is known of where anybody can be."""

    code = "case-not-raised-yet"
    status = 422
    mend = "Ask for a later 'as_of'; the timeline shows when the case was raised."


class KeyForNobody(Refused):
    """The role 'system' acts from inside and has no key."""

    code = "key-for-system"
    status = 422
    mend = "Choose the role of a person or an organisation."


class KeyShownAlready(Refused):
    """The API key of this request was made and shown already; it cannot be shown again."""

    code = "key-shown-already"
    status = 409
    mend = "Revoke it and make another one under a new Idempotency-Key."


class FormStale(Refused):
    """The form was open too long, or is not one of ours."""

    code = "form-stale"
    status = 409
    mend = "Send the form again: it has been renewed, and what you wrote is still there."


class ReportOpen(Refused):
    """A report of yours waits to be checked already, so no second one is taken."""

    code = "report-open"
    mend = "Call 110. What you know more is added by the link that you got with the first report."


class TooManyReports(Refused):
    """More reports came from this connection or device than one family makes."""

    code = "too-many-reports"
    status = 429
    mend = "Call 110. Or wait as long as the Retry-After header says."


class TooManyPreviews(Refused):
    """More previews were asked for with this account than a search needs in an hour."""

    code = "too-many-previews"
    status = 429
    mend = "Wait as long as the Retry-After header says; drawing the alert needs no preview."


class TooManyPictures(Refused):
    """More fields and maps were asked for with this account than a search needs in an hour."""

    code = "too-many-pictures"
    status = 429
    mend = "Wait as long as the Retry-After header says; the case and its timeline stay open."


class TooManySightings(Refused):
    """More sightings came with this key, of this account or for this case than people see."""

    code = "too-many-sightings"
    status = 429
    mend = "If you see the person now, call 110. Or wait as long as the Retry-After header says."


class SightingsWait(Refused):
    """More sightings come at this moment than can be written down; yours was not."""

    code = "sightings-overload"
    status = 503
    mend = (
        "If you see the person now, call 110. Else send the same request with the same "
        "Idempotency-Key again after as long as the Retry-After header says."
    )


class AreaImpossible(Refused):
    """The area cannot be drawn on Earth, or has too many corners."""

    code = "area-impossible"
    status = 422
    mend = "Close each ring, say longitude before latitude, and simplify what is very detailed."


class CoordinatesSent(Refused):
    """A position was sent as coordinates; only a cell may leave the device."""

    code = "coordinates-sent"
    status = 422
    mend = (
        "Compute the H3 cell at resolution 7 on the device, from WGS-84 coordinates "
        "(h3.latlng_to_cell(lat, lon, 7)), and send only that as 'cell'."
    )


class TooManyPositions(Refused):
    """One recipient said where they are more often than anybody moves."""

    code = "too-many-positions"
    status = 429
    mend = "Wait as long as the Retry-After header says; say it when the cell changes."


class TooManyWaiting(Refused):
    """More positions wait to be kept than this process can keep in time; yours was not."""

    code = "positions-overload"
    status = 503
    mend = "Say it again after as long as the Retry-After header says; older ones may be left out."


class TooManyStreams(Refused):
    """As many streams are open as this process can serve."""

    code = "too-many-streams"
    status = 503
    mend = "Try again in a moment; the list is there without a stream, too."


class DeadlinePassed(Refused):
    """The request took too long; whether it was kept is not known."""

    code = "deadline-passed"
    status = 503
    mend = "Send the same request with the same Idempotency-Key again."


class StoreAway(Refused):
    """The store does not answer now; nothing was acknowledged, and nothing is lost."""

    code = "store-unavailable"
    status = 503
    mend = "Send the same request with the same Idempotency-Key again in a second."


class Broken(Refused):
    """Something broke on our side."""

    code = "internal"
    status = 500
    mend = "Send the same request again; if it stays, tell the operator the time and the address."
