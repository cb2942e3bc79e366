"""Senders as a house has them, over any ports: their only channel that is used is the inbox."""

from homeward.dispatch.caller import Caller
from homeward.dispatch.channels import channels_for
from homeward.dispatch.knobs import Knobs
from homeward.dispatch.words import SealedWords
from homeward.metrics import PrometheusMeter
from homeward.ports import Clock, Inbox, KeyRing, Ledger, Log, Roster, SubjectKeys


def sender_of(
    *,
    log: Log,
    ledger: Ledger,
    roster: Roster,
    inbox: Inbox,
    ring: KeyRing,
    clock: Clock,
    subject_keys: SubjectKeys,
) -> Caller:
    """Return a sender of a drill."""
    return Caller(
        log=log,
        ledger=ledger,
        roster=roster,
        channels=channels_for("drill", inbox=inbox, ring=ring, clock=clock),
        words=SealedWords(log, subject_keys, authority="tests", drill=True),
        link=lambda recipient: f"http://stories.test/i/{recipient}",
        clock=clock,
        meter=PrometheusMeter(),
        drill=True,
        knobs=Knobs(poll_s=0.2),
    )
