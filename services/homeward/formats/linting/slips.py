"""What the lint says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slip:
    """Something that a translator must mend."""

    rule: str
    lang: str
    where: str
    """The domain and the name of the phrase, or the message and the form."""
    says: str
