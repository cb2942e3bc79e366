"""The house's own words for messages that nobody drafts, in the shape that dispatch asks for.

Code, version and window travel beside the words of such a message.
"""

from dataclasses import dataclass

from homeward.formats import texts
from homeward.words import Purpose, Texts


@dataclass(frozen=True, slots=True)
class HouseWords:
    """Words by purpose; a drill's are marked."""

    authority: str
    drill: bool

    def __call__(self, purpose: Purpose, lang: str, drafted: Texts | None) -> Texts | None:
        """Return the words of a purpose; None where only drafted ones will do, or as drafted."""
        frame = texts.Frame(code="", version=0, authority=self.authority, drill=self.drill)
        match purpose:
            case Purpose.WATCH if drafted is not None:
                return texts.watch([drafted], frame)[0]
            case Purpose.ASK if drafted is not None:
                return texts.ask([drafted], frame)[0]
            case Purpose.ASK_OVER:
                return texts.choose(texts.ask_over(frame), lang)
            case Purpose.STAND_DOWN:
                return texts.choose(texts.stand_down(frame), lang)
            case Purpose.CLOCK:
                return texts.choose(texts.report_waits(frame), lang)
            case Purpose.REVIEW:
                return texts.choose(texts.review(frame), lang)
            # What ends must reach everybody even when the drafted words were erased.
            case Purpose.CANCEL if drafted is None:
                return texts.choose(texts.retraction(frame), lang)
            case Purpose.CLOSE_OUT if drafted is None:
                return texts.choose(texts.close_out(frame), lang)
            case _:
                return drafted
