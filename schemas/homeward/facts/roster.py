"""That the roster changed as a whole; stream ``roster-files``. Who stands in it is no fact."""

from typing import Literal

from homeward.messages import Fact
from homeward.words import Count, Digest, RecipientKind


class RosterLoaded(Fact):
    """A file of hubs or recipients was loaded; bad lines were listed to who loaded it."""

    kind: Literal["roster.loaded/1"] = "roster.loaded/1"
    of: RecipientKind
    file: Digest
    rows: Count
    kept: Count
    refused: Count
    unreachable: Count
