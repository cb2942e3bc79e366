"""Who may do what: one table, and what is not in it is refused.

A row is an action; in it stands, for each role that may, which cases that role may do it with.
The class of an action is the most delicate thing its answer can hold; a role's clearance must
reach it. A route names its action with `guarded`; the application does not start with a route that
names none.
"""

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from typing import Final

from homeward.words import Role


class Class(IntEnum):
    """How delicate something is (SAFETY "curious or bribed insider")."""

    PUBLIC = 0
    SEARCHER = 1
    COORDINATOR = 2
    POLICE = 3
    SEALED = 4


class Scope(StrEnum):
    """Which cases a role may do something with; all others do not exist for it."""

    ALL = "all"
    """Every case of this authority, and what belongs to no case."""
    OWN = "own"
    """Cases that the same account raised."""
    DESK = "desk"
    """Cases that the same organisation raised, and whatever is not verified yet."""
    TOLD = "told"
    """Cases of which the recipient was told."""


class Action(StrEnum):
    """Everything that can be asked for."""

    RAISE = "raise a case"
    LIST_CASES = "list cases"
    SEE_CASE = "see a case"
    OPEN_PERSON = "open what is sealed in a case"
    TAKE_UP = "take up a case"
    RING_ZERO = "tell vetted volunteers and hubs of an unverified report"
    ADD_FACTS = "add facts to a case"
    NOTE_SUSPECT = "say what is known of a suspect"
    JUDGE_PROPOSAL = "accept or refuse what somebody proposes of a case"
    CORRECT = "correct when and where somebody was seen last"
    WITHDRAW = "withdraw a report"
    VERIFY = "verify or reject a case"
    RESOLVE = "resolve or close out a case"
    DRAFT = "draft an alert"
    READ_DRAFT = "read the texts of a draft"
    PREVIEW = "preview how many people an area holds"
    APPROVE = "approve a draft"
    ISSUE = "issue an alert"
    EMERGENCY = "issue an alert without a second person"
    REVIEW = "review an alert that one person issued alone in an emergency"
    LIFT_HOLD = "lift the hold of a case"
    PROTECT = "load the list of protected persons, or count it"
    CANCEL = "cancel an alert"
    EXTEND = "let an alert live longer"
    REOPEN = "open a case again"
    MERGE = "let a case go on in another one"
    DE_PUBLISH = "take down what was published of a case"
    CONFIRM_PARTNER = "say that a partner took its copy down"
    SEAL = "seal a case"
    ASK_EXPUNGE = "ask that the persons in a case be forgotten"
    EXPUNGE = "agree that the persons in a case be forgotten"
    OPEN_SEALED = "open what is sealed in a sealed case"
    SIGHT = "report a sighting"
    LIST_SIGHTINGS = "list sightings"
    JUDGE_SIGHTING = "accept or reject a sighting"
    RELEASE_SIGHTING = "release a sighting to the reporter, or withhold it"
    LIST_WATCHES = "list watches"
    WATCH = "acknowledge or end a watch"
    ANSWER = "answer a call for help"
    POSTER = "publish a link by which strangers say what they saw"
    ASK = "ask helpers to come"
    LIST_ASKINGS = "see how many helpers come"
    TIMELINE = "read the timeline of a case"
    FIELD = "see where a person can be"
    PAGE = "open the page of a case"
    DUTY = "work at the duty page"
    HAND_OVER = "hand over or take over the duty at one's desk"
    REPLAY = "replay a case under other policies"
    ENROL = "register volunteers and camera owners"
    ENROL_HUBS = "register hubs and desks"
    INVITE = "make, list and revoke invites"
    ADMIT = "accept or decline who joined by an invite"
    REMOVE = "remove a recipient"
    MOVE = "say where recipients are"
    SEE_SELF = "read one's own registration"
    COUNT_RECIPIENTS = "count recipients"
    LIST_HUBS = "list hubs"
    INBOX = "read one's own messages"
    KEYS = "make, list and revoke keys"


CLEARANCE: Final[Mapping[Role, Class]] = {
    Role.ADMIN: Class.PUBLIC,
    Role.REPORTER: Class.SEARCHER,
    Role.VOLUNTEER: Class.SEARCHER,
    Role.HUB: Class.SEARCHER,
    Role.NGO: Class.COORDINATOR,
    Role.COORDINATOR: Class.COORDINATOR,
    Role.AUDITOR: Class.COORDINATOR,
    Role.OFFICER: Class.POLICE,
    Role.SUPERVISOR: Class.POLICE,
}
"""The most delicate class a role may ever read; `SYSTEM` asks nothing through this door."""

CLASS: Final[Mapping[Action, Class]] = {
    Action.RAISE: Class.SEARCHER,
    Action.LIST_CASES: Class.COORDINATOR,
    Action.SEE_CASE: Class.SEARCHER,
    Action.OPEN_PERSON: Class.COORDINATOR,
    Action.TAKE_UP: Class.PUBLIC,
    Action.RING_ZERO: Class.PUBLIC,
    Action.ADD_FACTS: Class.PUBLIC,
    Action.NOTE_SUSPECT: Class.PUBLIC,
    Action.JUDGE_PROPOSAL: Class.PUBLIC,
    Action.CORRECT: Class.PUBLIC,
    Action.WITHDRAW: Class.PUBLIC,
    Action.VERIFY: Class.PUBLIC,
    Action.RESOLVE: Class.PUBLIC,
    Action.DRAFT: Class.COORDINATOR,
    Action.READ_DRAFT: Class.COORDINATOR,
    Action.PREVIEW: Class.POLICE,
    Action.APPROVE: Class.POLICE,
    Action.ISSUE: Class.PUBLIC,
    Action.EMERGENCY: Class.PUBLIC,
    Action.REVIEW: Class.POLICE,
    Action.LIFT_HOLD: Class.PUBLIC,
    Action.PROTECT: Class.PUBLIC,
    Action.CANCEL: Class.PUBLIC,
    Action.EXTEND: Class.PUBLIC,
    Action.REOPEN: Class.PUBLIC,
    Action.MERGE: Class.COORDINATOR,
    Action.DE_PUBLISH: Class.PUBLIC,
    Action.CONFIRM_PARTNER: Class.PUBLIC,
    Action.SEAL: Class.PUBLIC,
    Action.ASK_EXPUNGE: Class.PUBLIC,
    Action.EXPUNGE: Class.PUBLIC,
    Action.OPEN_SEALED: Class.COORDINATOR,
    Action.SIGHT: Class.PUBLIC,
    Action.LIST_SIGHTINGS: Class.COORDINATOR,
    Action.JUDGE_SIGHTING: Class.PUBLIC,
    Action.RELEASE_SIGHTING: Class.PUBLIC,
    Action.LIST_WATCHES: Class.SEARCHER,
    Action.WATCH: Class.PUBLIC,
    Action.ANSWER: Class.PUBLIC,
    Action.POSTER: Class.PUBLIC,
    Action.ASK: Class.PUBLIC,
    Action.LIST_ASKINGS: Class.COORDINATOR,
    Action.TIMELINE: Class.COORDINATOR,
    Action.FIELD: Class.COORDINATOR,
    Action.PAGE: Class.COORDINATOR,
    Action.DUTY: Class.COORDINATOR,
    Action.HAND_OVER: Class.COORDINATOR,
    Action.REPLAY: Class.COORDINATOR,
    Action.ENROL: Class.PUBLIC,
    Action.ENROL_HUBS: Class.PUBLIC,
    Action.INVITE: Class.PUBLIC,
    Action.ADMIT: Class.PUBLIC,
    Action.REMOVE: Class.PUBLIC,
    Action.MOVE: Class.PUBLIC,
    Action.SEE_SELF: Class.SEARCHER,
    Action.COUNT_RECIPIENTS: Class.PUBLIC,
    Action.LIST_HUBS: Class.PUBLIC,
    Action.INBOX: Class.SEARCHER,
    Action.KEYS: Class.PUBLIC,
}

_POLICE: Final = {Role.OFFICER: Scope.ALL, Role.SUPERVISOR: Scope.ALL}
_STAFF: Final = {**_POLICE, Role.COORDINATOR: Scope.ALL}
_DESKS: Final = {**_STAFF, Role.NGO: Scope.DESK}
_READERS: Final = {**_DESKS, Role.AUDITOR: Scope.ALL}
_SEARCHERS: Final = {Role.HUB: Scope.TOLD, Role.VOLUNTEER: Scope.TOLD}

TABLE: Final[Mapping[Action, Mapping[Role, Scope]]] = {
    Action.RAISE: {**_STAFF, Role.NGO: Scope.ALL, Role.REPORTER: Scope.ALL},
    Action.LIST_CASES: _READERS,
    Action.SEE_CASE: {**_READERS, **_SEARCHERS, Role.REPORTER: Scope.OWN},
    Action.OPEN_PERSON: _STAFF,
    Action.TAKE_UP: {**_POLICE, Role.NGO: Scope.DESK},
    Action.RING_ZERO: {**_POLICE, Role.NGO: Scope.DESK},
    Action.ADD_FACTS: {**_DESKS, Role.REPORTER: Scope.OWN},
    Action.NOTE_SUSPECT: _POLICE,
    Action.JUDGE_PROPOSAL: _POLICE,
    Action.CORRECT: _POLICE,
    Action.WITHDRAW: {**dict.fromkeys(_DESKS, Scope.OWN), Role.REPORTER: Scope.OWN},
    Action.VERIFY: _POLICE,
    Action.RESOLVE: _POLICE,
    Action.DRAFT: _STAFF,
    Action.READ_DRAFT: _STAFF,
    Action.PREVIEW: _POLICE,
    Action.APPROVE: _POLICE,
    Action.ISSUE: _POLICE,
    Action.EMERGENCY: {Role.SUPERVISOR: Scope.ALL},
    Action.REVIEW: {Role.SUPERVISOR: Scope.ALL},
    Action.LIFT_HOLD: {Role.SUPERVISOR: Scope.ALL},
    Action.PROTECT: {Role.SUPERVISOR: Scope.ALL, Role.ADMIN: Scope.ALL},
    Action.CANCEL: _POLICE,
    Action.EXTEND: _POLICE,
    Action.REOPEN: _POLICE,
    Action.MERGE: _POLICE,
    Action.DE_PUBLISH: _POLICE,
    Action.CONFIRM_PARTNER: _STAFF,
    Action.SEAL: {Role.SUPERVISOR: Scope.ALL},
    Action.ASK_EXPUNGE: {Role.SUPERVISOR: Scope.ALL},
    Action.EXPUNGE: _POLICE,
    Action.OPEN_SEALED: {Role.SUPERVISOR: Scope.ALL, Role.AUDITOR: Scope.ALL},
    Action.SIGHT: {**_DESKS, **_SEARCHERS, Role.REPORTER: Scope.OWN},
    Action.LIST_SIGHTINGS: {**_STAFF, Role.AUDITOR: Scope.ALL},
    Action.JUDGE_SIGHTING: _STAFF,
    Action.RELEASE_SIGHTING: _STAFF,
    Action.LIST_WATCHES: {**_READERS, Role.HUB: Scope.TOLD},
    Action.WATCH: {**_STAFF, Role.HUB: Scope.TOLD},
    Action.ANSWER: {Role.VOLUNTEER: Scope.TOLD},
    Action.POSTER: _POLICE,
    Action.ASK: _STAFF,
    Action.LIST_ASKINGS: {**_STAFF, Role.AUDITOR: Scope.ALL},
    Action.TIMELINE: _READERS,
    Action.FIELD: {**_STAFF, Role.AUDITOR: Scope.ALL},
    Action.PAGE: _STAFF,
    Action.DUTY: _DESKS,
    Action.HAND_OVER: _DESKS,
    Action.REPLAY: {**_POLICE, Role.AUDITOR: Scope.ALL},
    Action.ENROL: {**_POLICE, Role.NGO: Scope.ALL, Role.ADMIN: Scope.ALL},
    Action.ENROL_HUBS: {**_POLICE, Role.ADMIN: Scope.ALL},
    Action.INVITE: {Role.NGO: Scope.ALL},
    Action.ADMIT: {Role.NGO: Scope.ALL},
    Action.REMOVE: {
        **_POLICE,
        **dict.fromkeys((Role.NGO, Role.ADMIN), Scope.ALL),
        **dict.fromkeys((Role.VOLUNTEER, Role.HUB), Scope.OWN),
    },
    Action.MOVE: {
        **dict.fromkeys((Role.NGO, Role.ADMIN), Scope.ALL),
        **dict.fromkeys((Role.VOLUNTEER, Role.HUB), Scope.OWN),
    },
    Action.SEE_SELF: {Role.VOLUNTEER: Scope.OWN, Role.HUB: Scope.OWN},
    Action.COUNT_RECIPIENTS: {
        **dict.fromkeys(_READERS, Scope.ALL),
        Role.ADMIN: Scope.ALL,
    },
    Action.LIST_HUBS: {**_STAFF, Role.AUDITOR: Scope.ALL, Role.ADMIN: Scope.ALL},
    Action.INBOX: {Role.VOLUNTEER: Scope.OWN, Role.HUB: Scope.OWN},
    Action.KEYS: {Role.ADMIN: Scope.ALL},
}
"""Role x action; the scope says with which cases. Deciders ask once more, from what they know."""


def scope_of(role: Role, action: Action) -> Scope | None:
    """Return with which cases a role may do something; None: it may not."""
    if CLASS[action] > CLEARANCE.get(role, Class.PUBLIC):
        return None
    return TABLE[action].get(role)
