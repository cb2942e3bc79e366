"""Words made of several parts; most of them are only ever stored sealed."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from homeward.words.enums import Datum, Sex, Wording
from homeward.words.ids import Count, Metres, RecipientId

Line = Annotated[str, Field(max_length=200)]
Note = Annotated[str, Field(max_length=4_000)]
_TAG: Final = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
"""BCP 47 as we write it; which languages are drafted is a matter of the catalogues."""


class Value(BaseModel):
    """A frozen value with no room for what nobody declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Place(Value):
    """A point as it was given and as WGS-84, in ten-millionths of a degree; always sealed."""

    lat_e7: Annotated[int, Field(ge=-900_000_000, le=900_000_000)]
    lon_e7: Annotated[int, Field(ge=-1_800_000_000, le=1_800_000_000)]
    given_lat_e7: int
    given_lon_e7: int
    datum: Datum
    accuracy_m: Metres = 0

    @property
    def lat_deg(self) -> float:
        """WGS-84 latitude in degrees."""
        return self.lat_e7 / 1e7

    @property
    def lon_deg(self) -> float:
        """WGS-84 longitude in degrees."""
        return self.lon_e7 / 1e7


class Description(Value):
    """What the person looks like and needs; sealed as the child's."""

    name: Line | None = None
    age_years: Annotated[int, Field(ge=0, le=120)] | None = None
    sex: Sex = Sex.UNKNOWN
    height_cm: Annotated[int, Field(ge=30, le=250)] | None = None
    clothing: Line | None = None
    marks: Line | None = None
    language: Line | None = None
    medical_need: Line | None = None


class Contact(Value):
    """How to reach somebody; sealed as theirs."""

    name: Line | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None


class HubOnDuty(Value):
    """A hub, and which of its contacts is on duty now; never sealed, hubs are public."""

    hub: RecipientId
    contact: Count


def _tag(lang: str) -> str:
    if _TAG.fullmatch(lang) is None:
        raise ValueError("a language is written like en, zh-Hant or pt-BR")
    return lang


class Texts(Value):
    """One message in one language, in the forms that channels need; sealed as the child's."""

    lang: Annotated[str, AfterValidator(_tag)]
    title: Line
    short: Annotated[str, Field(max_length=90)]
    medium: Annotated[str, Field(max_length=360)]
    full: Note
    spoken: Annotated[str, Field(max_length=600)] | None = None
    """For a telephone or a loudspeaker; facts from before it have none."""


class Worded(Value):
    """The texts of a draft for one kind of reader; sealed with it."""

    wording: Wording
    texts: tuple[Texts, ...]
