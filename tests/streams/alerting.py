"""What tests of cases and their alerts ask, of one invented case."""

from homeward.messages import Actor
from homeward.requests.case import ApproveAlert, DraftAlert, IssueAlert
from homeward.testing import samples
from homeward.testing.given import OFFICER, OTHER_OFFICER, id_of
from homeward.testing.samples import DRAFTED, RAISED, VERIFIED, approved, at, issued
from homeward.words import Role, Severity

SUPERVISOR = Actor(id="chief", role=Role.SUPERVISOR, org="county")
DRAFT = id_of(2)  # in the histories below: raised, verified, drafted
LIVE = (RAISED, VERIFIED, DRAFTED, approved(DRAFT), issued(DRAFT))


def draft(**changed):
    fields = {
        "at": at(27),
        "by": OFFICER,
        "policy": "field",
        "severity": Severity.EXTREME,
        "reach_km_max": 100,
        "expires_at": at(24 * 60),
        "texts": samples.TEXTS,
        "retraction": samples.TEXTS,
    }
    return DraftAlert(**{**fields, **changed})


def approve(by=OTHER_OFFICER, of=DRAFT, when=28):
    return ApproveAlert(at=at(when), by=by, draft=of)


def issue(by=OFFICER, of=DRAFT, when=29):
    return IssueAlert(at=at(when), by=by, draft=of, hubs=samples.HUB_BOOK)


def small(reach_km_max=30):
    return DRAFTED.model_copy(update={"reach_km_max": reach_km_max})
