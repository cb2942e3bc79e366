"""Words that are one of a few."""

from enum import StrEnum


class Category(StrEnum):
    """Why the person is missing, as far as anyone knows; it changes reach and message."""

    STRANGER_ABDUCTION = "stranger-abduction"
    FAMILY_ABDUCTION = "family-abduction"
    LOST_CHILD = "lost-child"
    RUNAWAY = "endangered-runaway"
    DEMENTIA = "dementia-disability"
    OTHER = "other"


class Mode(StrEnum):
    """How the person may be moving."""

    FOOT = "foot"
    VEHICLE = "vehicle"
    RAIL = "rail"
    UNKNOWN = "unknown"


class Sex(StrEnum):
    """As reported; ``unknown`` is an answer."""

    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"


class Datum(StrEnum):
    """What a pair of coordinates is measured against; Chinese phones and maps give gcj02."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


class Severity(StrEnum):
    """How bad it is for the person, lowest first (CAP 1.2 names)."""

    MINOR = "minor"
    MODERATE = "moderate"
    SEVERE = "severe"
    EXTREME = "extreme"

    @property
    def rank(self) -> int:
        """Place in the order, 0 is the lowest."""
        return list(Severity).index(self)


class AgeBand(StrEnum):
    """Age in bands, so that the log shows no birthday (DOMAIN "Reach" has figures for each)."""

    TODDLER = "0-3"
    SMALL = "4-6"
    CHILD = "7-12"
    TEEN = "13-15"
    YOUTH = "16-17"
    ADULT = "18-64"
    OLD = "65+"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, years: int | None) -> "AgeBand":
        """Return the band that holds an age in years; unknown for None."""
        if years is None:
            return cls.UNKNOWN
        uppers = (3, 6, 12, 15, 17, 64)
        bands = (cls.TODDLER, cls.SMALL, cls.CHILD, cls.TEEN, cls.YOUTH, cls.ADULT)
        return next(
            (band for top, band in zip(uppers, bands, strict=True) if years <= top), cls.OLD
        )


class RecipientKind(StrEnum):
    """What a recipient is to us; it bounds how finely their place is kept."""

    VOLUNTEER = "volunteer"
    HUB = "hub"
    CAMERA_OWNER = "camera-owner"
    DESK = "desk"


class Tier(StrEnum):
    """How far a volunteer is trusted; hubs and desks are kinds of their own."""

    PUBLIC = "public"
    VETTED = "vetted"
    """An organisation knows them: they may hear of a report that nobody verified yet."""


class Wording(StrEnum):
    """Whose texts of a draft: each holds what those who read it may know."""

    PUBLIC = "public"
    VETTED = "vetted"
    """Volunteers whom an organisation accepted as vetted; its own desks."""
    HUB = "hub"
    """Desks of hubs and of the police."""


class Relation(StrEnum):
    """What a suspect is to the person who is missing."""

    STRANGER = "stranger"
    PARENT = "parent"
    RELATIVE = "relative"
    ACQUAINTANCE = "acquaintance"


class Audience(StrEnum):
    """Whom an order is for; the tier decides what they may read (hub > vetted > public)."""

    AREA = "area"
    """Active volunteers inside the cells of the order."""
    HUB = "hub"
    """One hub, by its next contact."""
    DESK = "desk"
    """The duty desks of one level."""
    ASKED = "asked"
    """Those told, the nearest first, who are asked to come; or who were asked."""
    TOLD = "told"
    """Everyone who was ever leased for the alert: close-out and cancel."""


class Purpose(StrEnum):
    """What a message is for; with alert, version and recipient it makes the message's id."""

    ALERT = "alert"
    WATCH = "watch"
    STAND_DOWN = "stand-down"
    CLOCK = "clock"
    CANCEL = "cancel"
    CLOSE_OUT = "close-out"
    REVIEW = "review"
    """A supervisor alarmed without a second person: another one is to look at it."""
    ASK = "ask"
    """Somebody who was told is asked to come and help."""
    ASK_OVER = "ask-over"
    """Whoever was asked need not come any more."""
    JOINED = "joined"
    """The case goes on under the code of another one."""
    PARTED = "parted"
    """It goes on under its own code again: the other one was about somebody else."""

    @property
    def ends(self) -> bool:
        """Whether it says that something is over; such messages go first and after a close."""
        return self in {Purpose.STAND_DOWN, Purpose.ASK_OVER} or self.closes

    @property
    def closes(self) -> bool:
        """Whether everybody who was told of an alert is told it, and nothing else of that alert."""
        return self in {Purpose.CANCEL, Purpose.CLOSE_OUT, Purpose.JOINED, Purpose.PARTED}


class Role(StrEnum):
    """Who acts (DOMAIN "Who may do what")."""

    REPORTER = "reporter"
    NGO = "ngo"
    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    COORDINATOR = "coordinator"
    HUB = "hub"
    VOLUNTEER = "volunteer"
    AUDITOR = "auditor"
    ADMIN = "admin"
    SYSTEM = "system"


class Verdict(StrEnum):
    """What a second supervisor says of an alarm that one gave alone."""

    JUSTIFIED = "justified"
    UNJUSTIFIED = "unjustified"


class Custody(StrEnum):
    """The answer to a question that must be asked: is it disputed who keeps the child."""

    NONE = "none"
    DISPUTED = "disputed"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """How a case was resolved; *found safe* is counted apart from *found*."""

    FOUND_SAFE = "found-safe"
    FOUND_HARMED = "found-harmed"
    DECEASED = "deceased"
    RETURNED = "returned"
    LOCATED_NO_CONTACT = "located-no-contact"
    """Located and well, and wants no contact: whoever reported them learns nothing more."""


class CancelReason(StrEnum):
    """Why an alert was taken back; unfounded is not a hoax."""

    FALSE = "false"
    UNFOUNDED = "unfounded"
    HOAX = "hoax"


class Answer(StrEnum):
    """What a volunteer taps; it can be changed."""

    COMING = "coming"
    """Available, in so many minutes."""
    LATER = "later"
    CANNOT = "cannot"
    ON_MY_WAY = "on-my-way"
    ARRIVED = "arrived"
    IN = "in"
    """Checked in with whoever leads the search."""
    OUT = "out"
    """Checked out: gone home."""
