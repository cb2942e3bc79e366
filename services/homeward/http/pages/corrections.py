"""What a case's page shows of what outsiders said, and of what stands against one person's word."""

from datetime import datetime
from typing import Any

from homeward.http.authorisation import Action
from homeward.http.doors import Door
from homeward.http.pages.desk import WORDS, may
from homeward.http.pages.moments import elapsed, moment
from homeward.http.pages.phrases import PHRASES
from homeward.timeline import CaseView
from homeward.timeline.views import ProposalView
from homeward.words import Custody, Datum, instant_text


def corrections(door: Door, view: CaseView, now: datetime, lang: str) -> dict[str, Any]:
    """Return what a case's page shows of proposals, of what stands against one word, and of both.

    What is sealed beside a proposal, its note or a plate, is opened with the rest of the case.
    """
    d, state = WORDS[lang], door.state
    waiting = [one for one in view.proposals if one.state == "open"]
    custody = d[f"custody-{state.custody.value}"]
    order = d["order-yes" if state.protection_order else "order-no"]
    return {
        "proposals": [
            {
                "id": one.proposal,
                "who": d["proposal-by"].format(
                    role=d[f"role-{one.by}"], elapsed=elapsed(one.at, now, lang)
                ),
                "at": instant_text(one.at),
                "says": _says(one, lang),
            }
            for one in waiting
            if not view.status.over
        ],
        "judges_proposals": may(door, Action.JUDGE_PROPOSAL),
        "guards": d["guards-say"].format(custody=custody, order=order),
        "corrects": not view.status.over and not view.held and may(door, Action.CORRECT),
        "custodies": [
            ("", d["unchanged"]),
            *((one.value, d[f"custody-{one.value}"]) for one in Custody),
        ],
        "orders": [("", d["unchanged"]), ("yes", d["order-yes"]), ("no", d["order-no"])],
        "datums": [(one.value, d[f"datum-{one.value}"]) for one in Datum],
    }


def _says(one: ProposalView, lang: str) -> str:
    d, t = WORDS[lang], PHRASES[lang]
    said = []
    if one.category:
        said.append(t["unsure" if one.category == "other" else one.category])
    if one.mode:
        said.append(t[one.mode])
    if one.seen_at:
        said.append(d["proposal-vehicle"].format(at=moment(one.seen_at, lang)))
    if one.custody:
        said.append(d["proposal-custody"].format(custody=d[f"custody-{one.custody}"]))
    if one.protection_order is False:
        said.append(d["proposal-order-none"])
    return d["and"].join(said)
