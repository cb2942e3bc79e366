"""What is refused of merging one case into another."""

from homeward.refusals import Refused


class CaseIsMerged(Refused):
    """The case goes on in another one, of the same person; nothing is decided of it alone."""

    code = "case-merged"
    mend = "Decide about the case whose code the detail gives."


class CaseMergesItself(Refused):
    """A case cannot go on in itself, nor in one that goes on in it."""

    code = "case-merges-itself"
    status = 422
    mend = "Name another case, of the same person; GET .../likenesses lists those that may be it."


class OthersGoOnInIt(Refused):
    """A report of somebody else goes on in this one, so who made it cannot take it back."""

    code = "case-joined"
    mend = "Tell the officer who has the case; they can turn it down or resolve it."


class OnlyANote(Refused):
    """The report goes on in somebody else's, so who made it adds no more to that than a note."""

    code = "only-a-note"
    status = 422
    mend = "Write it in the note, which whoever has the case reads."


class SurvivorMissing(Refused):
    """There is no case in which it could go on."""

    code = "survivor-not-found"
    status = 404
    mend = "Name the id or the code of a case that is open."


class SurvivorOver(Refused):
    """The case in which it would go on is over."""

    code = "survivor-over"
    mend = "Reopen that one if it was closed by mistake, or merge the other way round."


class SurvivorBehind(Refused):
    """The search would get smaller: the other one is not verified, or has no live alert."""

    code = "survivor-behind"
    mend = "Merge the other way round; or verify the other one and issue its alert, then merge."


class MergedTooMany(Refused):
    """So many cases go on in one that somebody has lost the thread."""

    code = "merged-too-many"
    mend = "Compare what they say with the person's description before more are merged."


class NotMerged(Refused):
    """The case goes by itself: it was merged into no other."""

    code = "case-not-merged"
    mend = "Read the case; `into` names the one that it goes on in, if there is one."


class PartFirst(Refused):
    """The case that it went on in has itself gone on in another one."""

    code = "part-first"
    mend = "Part that one first, whose code the detail gives; this one leaves with it."


class SurvivorSealed(Refused):
    """The file of the case that it went on in is closed: nothing is added to it any more."""

    code = "survivor-sealed"
    mend = "Raise a new case of the person who is missing."
