"""I-25, judged from facts alone: what goes beyond one officer's word has two people or a review."""

from collections.abc import Iterable, Iterator

from homeward.case import fold
from homeward.facts.case import AlertApproved, AlertDrafted, AlertIssued, AlertUpdated, AlertWidened
from homeward.facts.emergency import EmergencyUsed
from homeward.messages import Recorded


def unapproved(recorded: Iterable[Recorded]) -> Iterator[str]:
    """Yield each version of one case's alert that went to its whole bound on one word.

    Approved is a draft by somebody else than who made it. An override of the second person is the
    other way, by a supervisor alone, and there must be a review of it: open, or done by another.
    """
    drafters: dict[str, str] = {}
    let: set[str] = set()
    used: dict[str, str] = {}
    history = tuple(recorded)
    for one in history:
        match one.fact:
            case AlertDrafted():
                drafters[one.id] = one.by.id
            case AlertApproved(draft=draft) if drafters.get(draft) != one.by.id:
                let.add(draft)
            case EmergencyUsed(draft=draft):
                let.add(draft)
                used[one.id] = one.by.id
            case AlertIssued() | AlertUpdated() | AlertWidened() as out:
                whole = getattr(out, "people_max", None) is None
                if whole and out.draft not in let:
                    yield f"version {out.version} went out as a whole on one word"
    reviews = {one.id for one in fold(history).reviews}
    yield from (f"no review of {one}" for one in used if one not in reviews)
    for one in history:
        review = getattr(one.fact, "review", None)
        if one.kind == "case.emergency-reviewed/1" and used.get(str(review)) in {None, one.by.id}:
            yield f"reviewed by whoever did it: {review}"
