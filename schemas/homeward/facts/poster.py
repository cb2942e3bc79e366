"""A public link by which strangers say what they saw; stream ``poster-<case>``, by the desk."""

from typing import Literal

from homeward.messages import Fact
from homeward.words import CaseId, Id


class PosterOpened(Fact):
    """An officer publishes the link of a case with a live alert: it may hang on walls."""

    kind: Literal["poster.opened/1"] = "poster.opened/1"
    case: CaseId
    poster: Id


class PosterClosed(Fact):
    """An officer takes the link back: nothing is taken by it any more."""

    kind: Literal["poster.closed/1"] = "poster.closed/1"
    case: CaseId
    poster: Id
