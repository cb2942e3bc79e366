"""What a fact is, and what is known about one that was recorded.

A fact's fields fall into three parts. Public ones stand in clear in the log and on Kafka, and are
all that a processor reads. Fields marked `Personal` are sealed under the key of the person they
are about and can be forgotten. Fields marked `Blob` are large public values (sets of cells, the
hubs around a place) that the envelope holds by hash and length.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, Protocol, Self, TypeVar

from pydantic import BaseModel, ConfigDict

from homeward.words import CaseId, Id, Instant, Role

PERSON_ROLES = ("child", "guardian", "suspect", "witness", "officer", "recipient")
"""Whose data a personal field is; with the stream it makes the subject that can be erased."""
CASE_ROLES = frozenset({"child", "guardian", "suspect"})
"""Of whom there is one part in a case, whatever stream a fact of it is in."""


class Message(BaseModel):
    """A frozen value with no room for what nobody declared."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        validate_default=True,
        ser_json_bytes="base64",
    )


@dataclass(frozen=True, slots=True)
class Personal:
    """Marks a field that is sealed under a person's key; it may be absent when read."""

    of: str
    """One of `PERSON_ROLES`; `CASE_ROLES` are the case's, others the stream's."""
    numbered: str = ""
    """The field that says which of several it is; the first one's key has no number."""


@dataclass(frozen=True, slots=True)
class Blob:
    """Marks a large public field kept beside the log under its SHA-256."""

    media_type: str


class Fact(Message):
    """Something that happened: past tense, frozen, whole, versioned.

    Every concrete fact declares ``kind`` as a Literal and says when it happened in ``at`` (the
    case clock). Personal and blob fields default to None: a reader may have no right or no need.
    """

    kind: str
    case: CaseId | None = None
    at: Instant

    PUBLIC_EXCLUDED: ClassVar[frozenset[str]] = frozenset({"kind", "case"})
    """Fields that stand in the envelope itself and are not repeated in its public part."""

    @classmethod
    def personal_fields(cls) -> dict[str, Personal]:
        """Return the sealed fields and whose they are."""
        return _marked(cls, Personal)

    def whose(self, name: str) -> str:
        """Return whose a sealed field is: one of `PERSON_ROLES`, numbered from the second on."""
        mark = self.personal_fields()[name]
        number = getattr(self, mark.numbered) if mark.numbered else 1
        return mark.of if number == 1 else f"{mark.of}-{number}"

    @classmethod
    def blob_fields(cls) -> dict[str, Blob]:
        """Return the fields kept as public blobs."""
        return _marked(cls, Blob)

    def public(self, of: Iterable[str] | None = None) -> dict[str, Any]:
        """Return what stands in clear (``of`` these): JSON values only, no float, no None."""
        names = _public_fields(type(self))
        shown = names if of is None else names.intersection(of)
        return self.model_dump(mode="json", include=shown, exclude_none=True)

    def personal(self) -> dict[str, str]:
        """Return the personal values that are present, each as JSON text, ready to be sealed."""
        found = self.model_dump(mode="json", include=set(self.personal_fields()), exclude_none=True)
        return {name: json.dumps(value, ensure_ascii=False) for name, value in found.items()}

    def blobs(self) -> dict[str, bytes]:
        """Return the large public values that are present."""
        found = {name: getattr(self, name) for name in self.blob_fields()}
        return {name: value for name, value in found.items() if value is not None}

    def without_personal(self) -> Self:
        """Return the same fact as somebody sees it who may not open what is sealed."""
        return self.model_copy(update=dict.fromkeys(self.personal_fields()))


M = TypeVar("M")


@cache
def _marked(cls: type[Fact], mark: type[M]) -> dict[str, M]:
    return {
        name: next(one for one in field.metadata if isinstance(one, mark))
        for name, field in cls.model_fields.items()
        if any(isinstance(one, mark) for one in field.metadata)
    }


@cache
def _public_fields(cls: type[Fact]) -> set[str]:
    hidden = {*cls.PUBLIC_EXCLUDED, *cls.personal_fields(), *cls.blob_fields()}
    return set(cls.model_fields) - hidden


class UnknownFact(Fact):
    """A fact of a kind this build does not know: kept as it came, never dropped."""

    raw: dict[str, Any]


class Actor(Message):
    """Who made a fact true, by account, never by name."""

    id: str
    role: Role
    org: str = "-"
    auth: str = "none"
    acting_for: str | None = None


class InShort(NamedTuple):
    """What a line about a recorded fact says."""

    id: Id
    at: Instant
    role: str
    """Of who made it true."""
    public: dict[str, Any]
    """Some of its public fields, as JSON values."""


class Unread(Protocol):
    """What stands behind a recorded fact of which nobody has looked at more than its place."""

    @property
    def kind(self) -> str:
        """The fact's kind, as this build calls it."""
        ...

    def fill(self, recorded: "Recorded", name: str) -> None:
        """Set that field, and whatever else comes with it."""
        ...

    def in_short(self, names: Sequence[str]) -> InShort | None:
        """Return what `Recorded.in_short` would; None where the fact itself must be read."""
        ...


class Later:
    """Where what was not read yet comes from; a slot of its own, not a part of the value."""

    __slots__ = ("_unread",)
    _unread: Unread | None


@dataclass(frozen=True, slots=True)
class Recorded(Later):
    """A fact and its place in the log.

    What the log returns is read when it is looked at: a long history is mostly facts that nobody
    asks more of than kind and place. Then a fact that this build knows but cannot read raises
    pydantic's ValidationError where it is looked at.
    """

    fact: Fact
    id: Id
    stream: str
    version: int
    key: str
    """The ordering key: the case, or the stream for a fact of no case."""
    key_version: int
    """Dense within the key, from 1; what a processor's position counts."""
    log_index: int
    recorded_at: Instant
    by: Actor
    cause: Id | None = None
    corr: Id | None = None

    if not TYPE_CHECKING:  # a type checker would take any name for a field

        def __getattr__(self, name: str) -> object:
            """Read what was left unread; called only for a field that is not set."""
            if name == "_unread":  # a copy, which holds all fields
                return None
            if name not in LATER or self._unread is None:
                raise AttributeError(name)
            self._unread.fill(self, name)
            return getattr(self, name)

    def __post_init__(self) -> None:
        """Note that nothing was left unread: this is not called for what the log returns."""
        object.__setattr__(self, "_unread", None)

    @property
    def kind(self) -> str:
        """The fact's kind."""
        return self.fact.kind if self._unread is None else self._unread.kind

    @property
    def at(self) -> Instant:
        """When it happened, on the case clock."""
        return self.fact.at

    def in_short(self, names: Sequence[str]) -> InShort:
        """Return who, when and its public fields of these names.

        What the log returns is read as it stands there: the fact was whole when it was written,
        and a line need not make all of it.
        """
        found = None if self._unread is None else self._unread.in_short(names)
        if found is not None:
            return found
        public = self.fact.public(names) if names else {}
        return InShort(self.id, self.at, self.by.role.value, public)


LATER: Final = frozenset({"fact", "id", "stream", "version", "by", "cause", "corr"})
"""The fields of `Recorded` that may be read later: all but its place."""
