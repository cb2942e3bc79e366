"""Asking for helpers: a few at a time, more as they decline or stay silent, none once it is enough.

An alert tells everybody in an area. Asking somebody to get up and come is another thing: who is
asked in vain answers less often the next time. So a few of the nearest are asked, and every two
minutes it is reckoned how many more it takes. Pure: people are counts here, and names only of those
who answered. Who is asked next, and that nobody is asked twice, is the affair of whoever knows
where people are.

The reckoning, at a moment:

* a round that was asked ``age`` ago has still ``w = max(0, 1 - age / PATIENCE)`` of its answers to
  come, so silence becomes a decline by and by and nobody needs to know who of whom it was;
* ``heard`` people have answered or fallen silent: the sum of ``people * (1 - w)`` over all rounds;
* the rate at which people promise is the mean of a beta distribution,
  ``(PRIOR_PEOPLE * PRIOR_RATE + promised) / (PRIOR_PEOPLE + heard)``;
* a promise is not yet a person: whoever said that they come is there with a chance (`keeps`), and
  the places are filled when the mean of those who will be there, less `SURE` standard deviations,
  is the quota. So a few more promise than are wanted, and go home once enough are there;
* ``rate * sum(people * w)`` more promises are to be expected; what lacks beyond them is asked for;
* where all who are left would hardly do (`SCARCE`), all are asked at once.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from homeward.words import Answer

QUOTA_MAX: Final = 500
"""More helpers than that are a search of their own, with sectors and people who lead it."""
PEOPLE_MAX: Final = 5_000
"""So many are asked at most: as many as one officer's word may tell."""
WITHIN_KM: Final = 30
"""Of every hundred who live farther away than that, one comes (docs/asking.md)."""
BY_DEFAULT: Final = timedelta(minutes=90)
"""Thirty kilometres at a town's pace, and ten minutes to get going."""
PRIOR_RATE: Final = 0.10
"""How many promise of those asked, before anything was seen. No source: published responder schemes
report from a few percent to over a third. Low, since who is asked later lives farther away."""
PRIOR_PEOPLE: Final = 20
"""So many people's answers the prior is worth."""
FIRST_MIN: Final = 3
FIRST_MAX: Final = 30
"""GoodSAM and PulsePoint ask the nearest 3 to 30, for one or two who come (DOMAIN "Peers")."""
FIRST_TIMES: Final = 4
"""A first round may be so many times the quota where that is more than `FIRST_MAX`."""
GROWTH: Final = 2
"""A round brings those asked to twice as many at most: five thousand are reached in a quarter of
an hour, and a rate that was guessed ten times too low costs one round."""
SCARCE: Final = 6.0
"""Where all who are left would hardly make so many times what lacks, all are asked at once: there
is nobody to be spared, and those far away need the time."""
EVERY: Final = timedelta(minutes=2)
"""Rounds lie so far apart: two in five of those who answer have done so (docs/asking.md)."""
PATIENCE: Final = timedelta(minutes=8)
"""Who has not answered by then counts as having declined; a later answer is as good as any."""
OVERDUE: Final = timedelta(minutes=10)
"""Who promised and is not there so long after it (nor said so) leaves their place open again: a
search that waits for somebody is short of one."""
COMES: Final = 0.9
"""The chance that who promised is there, before any of an asking's promises was kept or broken."""
COMES_PEOPLE: Final = 20
"""So many promises that is worth."""
UNDER_WAY: Final = 0.98
LATE: Final = 0.5
"""The chance that who should be there by now still comes, or forgot to say that they are."""
SURE: Final = 2.0
"""Standard deviations: the places are filled in 97 to 98 of a hundred askings without another
round, and another round mends most of the rest."""
SURE_LAST: Final = 4.0
"""The same where nobody is left who could be asked: nobody mends it who was sent home."""

_HERE: Final = frozenset({Answer.ARRIVED, Answer.IN})
_COMES: Final = frozenset({Answer.COMING, Answer.ON_MY_WAY})


@dataclass(frozen=True, slots=True)
class Round:
    """Some people who were asked at once."""

    at: datetime
    people: int


@dataclass(frozen=True, slots=True)
class Volunteer:
    """What somebody answered last; the newest counts."""

    answer: Answer
    at: datetime
    there_at: datetime | None = None
    """When they mean to be there; None: they did not say, or do not come."""
    promised: bool = False
    """Whether they said at any time that they come."""
    was_there: bool = False
    """Whether they arrived at any time."""
    sent_home: bool = False
    """They were told that they are not needed, and have not answered since."""

    @property
    def helps(self) -> bool:
        """Whether they come, are there, or have been and went home: their place is taken."""
        if self.answer is Answer.OUT:
            return self.was_there
        return self.answer in _COMES | _HERE and not self.sent_home

    @property
    def set_out(self) -> bool:
        """Whether they are under way or there: nobody sends them back."""
        return self.helps and self.answer is not Answer.COMING

    @property
    def due_at(self) -> datetime | None:
        """When they are to be there, as long as they are not."""
        return self.there_at if self.answer in _COMES else None


@dataclass(frozen=True, slots=True)
class Asking:
    """One asking: so many people, by then."""

    quota: int
    opened_at: datetime
    by: datetime
    people_max: int
    """So many may be asked in all."""
    rounds: tuple[Round, ...] = ()
    volunteers: Mapping[str, Volunteer] = field(default_factory=dict)
    """By name: everybody who answered."""
    inside: int | None = None
    """So many there are to be asked, as far as anybody knows."""
    exhausted: bool = False
    """The last round found fewer people than it was to ask: everybody inside was asked."""

    @property
    def asked(self) -> int:
        """Return how many were asked."""
        return sum(one.people for one in self.rounds)

    @property
    def left(self) -> int:
        """Return how many may still be asked."""
        most = self.people_max if self.inside is None else min(self.people_max, self.inside)
        return 0 if self.exhausted else max(0, most - self.asked)

    def coming(self, now: datetime) -> int:
        """Return how many take a place at a moment: there, or promised in time."""
        return sum(1 for one in self.volunteers.values() if self.counts(one, now))

    def counts(self, one: Volunteer, now: datetime) -> bool:
        """Whether somebody takes a place: they help, come in time, and are not overdue."""
        due = one.due_at
        return one.helps and (due is None or (due <= self.by and now < due + OVERDUE))


class Answered(NamedTuple):
    """One answer, as it was given."""

    who: str
    answer: Answer
    at: datetime
    minutes: int | None = None
    """Until they are there; None: they did not say."""


class Next(NamedTuple):
    """What follows at a moment."""

    ask: int = 0
    """So many people more, the nearest who were not asked."""
    look_at: datetime | None = None
    """When to reckon anew; None: only when somebody answers."""
    over: bool = False
    """The moment has come by which people were wanted: nobody is asked any more."""


def answered(asking: Asking, answers: Iterable[Answered]) -> Asking:
    """Return the asking after some answers, in their order; each may take back the one before."""
    said = dict(asking.volunteers)
    for one in answers:
        before = said.get(one.who)
        comes = one.answer in _COMES and one.minutes is not None
        there_at = one.at + timedelta(minutes=one.minutes or 0) if comes else None
        if one.answer is Answer.ON_MY_WAY and one.minutes is None and before and before.there_at:
            there_at = max(before.there_at, one.at)  # as they promised, or any moment now
        said[one.who] = Volunteer(
            answer=one.answer,
            at=one.at,
            there_at=there_at,
            promised=one.answer in _COMES or (before is not None and before.promised),
            was_there=one.answer in _HERE or (before is not None and before.was_there),
        )
    return replace(asking, volunteers=said)


def sent_home(asking: Asking, people: AbstractSet[str]) -> Asking:
    """Return the asking after some were told that they are not needed.

    Who answers again after it counts again: they may not have read it, and come.
    """
    known = {
        who: replace(asking.volunteers[who], sent_home=True)
        for who in people & asking.volunteers.keys()
    }
    return replace(asking, volunteers={**asking.volunteers, **known})


def asked(asking: Asking, at: datetime, people: int, *, wanted: int) -> Asking:
    """Return the asking after a round: so many people were found of those wanted."""
    return replace(
        asking,
        rounds=(*asking.rounds, Round(at, people)),
        exhausted=people < wanted,
    )


def rate(asking: Asking, now: datetime) -> float:
    """Return the share of those asked who are expected to promise, more than 0 and at most 1."""
    promised = sum(1 for one in asking.volunteers.values() if one.promised)
    heard = max(float(promised), sum(one.people * (1 - _open(one, now)) for one in asking.rounds))
    return (PRIOR_PEOPLE * PRIOR_RATE + promised) / (PRIOR_PEOPLE + heard)


def keeps(asking: Asking, now: datetime) -> float:
    """Return the chance that a promise is kept, from those that were kept or broken so far."""
    promised = [one for one in asking.volunteers.values() if one.promised and not one.sent_home]
    kept_ = sum(1 for one in promised if one.was_there)
    broken = sum(1 for one in promised if not one.was_there and not asking.counts(one, now))
    return (COMES_PEOPLE * COMES + kept_) / (COMES_PEOPLE + kept_ + broken)


def lacking(asking: Asking, now: datetime) -> int:
    """Return how many more promises it takes until the quota is sure; 0: the places are filled."""
    keep = keeps(asking, now)
    chances = [
        _chance(one, now, keep) for one in asking.volunteers.values() if asking.counts(one, now)
    ]
    return _lacking(asking, chances, keep)


def following(asking: Asking, now: datetime) -> Next:
    """Return what is to be done at a moment: after an answer, or when it is time to look."""
    if now >= asking.by:
        return Next(over=True)
    lacks = lacking(asking, now)
    if not lacks:
        return Next(look_at=min([asking.by, *_turns(asking, now)]))
    if not asking.left:
        return Next(look_at=asking.by)
    due = asking.rounds[-1].at + EVERY if asking.rounds else now
    if now < due:
        return Next(look_at=min(due, asking.by))
    return Next(ask=_more(asking, lacks, now), look_at=min(now + EVERY, asking.by))


def kept(asking: Asking, now: datetime) -> frozenset[str]:
    """Return who is to come, or there: as many as make the quota sure, the soonest there first.

    Whoever is under way or there is kept, also beyond the number. As long as places are open
    everybody is kept who helps, also whoever comes too late or is overdue.
    """
    helping = {who: one for who, one in asking.volunteers.items() if one.helps}
    if lacking(asking, now):
        return frozenset(helping)
    keep = keeps(asking, now)
    stays = {who for who, one in helping.items() if one.set_out}
    chances = [
        _chance(one, now, keep)
        for one in helping.values()
        if one.set_out and asking.counts(one, now)
    ]
    waiting = sorted(
        (who for who, one in helping.items() if not one.set_out and asking.counts(one, now)),
        key=lambda who: (helping[who].there_at or asking.by, who),
    )
    for who in waiting:
        if not _lacking(asking, chances, keep):
            break
        stays.add(who)
        chances.append(_chance(helping[who], now, keep))
    return frozenset(stays)


def stood_down(asking: Asking, people: AbstractSet[str], now: datetime) -> frozenset[str]:
    """Return who of those asked must hear that they are not needed: the silent and the surplus.

    Who said no knows it already, and so does who went home again.
    """
    gone = {Answer.CANNOT, Answer.OUT}
    done = {who for who, one in asking.volunteers.items() if one.answer in gone or one.sent_home}
    return frozenset(people) - kept(asking, now) - done


def shared(people: int, lanes: int, turn: int, left: Sequence[int] = ()) -> tuple[int, ...]:
    """Return how many of some people each lane asks, as evenly as can be; together all of them.

    ``turn`` says which lane is the first to ask one more, so that none always is; with ``left`` (by
    lane) a lane that has few is given no more than that, as long as others have some.
    """
    parts = [0] * lanes
    order = [(turn + place) % lanes for place in range(lanes)]
    for most in ([left] if len(left) == lanes else []) + [[people] * lanes]:
        while people:
            some = [lane for lane in order if parts[lane] < most[lane]]
            if not some:
                break
            each, rest = divmod(people, len(some))
            for place, lane in enumerate(some):
                given = min(each + (place < rest), most[lane] - parts[lane])
                parts[lane] += given
                people -= given
    return tuple(parts)


def _chance(one: Volunteer, now: datetime, keep: float) -> float:
    """Return the chance that somebody who takes a place is there in time, or was."""
    if one.due_at is None and one.answer not in _COMES:
        return 1.0
    if one.due_at is not None and now >= one.due_at:
        return LATE
    return max(keep, UNDER_WAY) if one.answer is Answer.ON_MY_WAY else keep


def _lacking(asking: Asking, chances: Iterable[float], keep: float) -> int:
    """Return how many more at the chance ``keep`` make the quota sure."""
    sure = SURE if asking.left else SURE_LAST
    known = list(chances)
    mean, variance = sum(known), sum(one * (1 - one) for one in known)
    more = 0
    while (
        mean - sure * math.sqrt(variance) < asking.quota - 0.5
    ):  # half: the normal curve for counts
        more, mean, variance = more + 1, mean + keep, variance + keep * (1 - keep)
    return more


def _turns(asking: Asking, now: datetime) -> list[datetime]:
    """Return when those who take places will be late, or overdue."""
    due = [one.due_at for one in asking.volunteers.values() if asking.counts(one, now)]
    some = [one for one in due if one is not None]
    return [at for one in some for at in (one, one + OVERDUE) if at > now]


def _open(one: Round, now: datetime) -> float:
    """Return the share of a round's answers that is still to come."""
    return min(1.0, max(0.0, 1 - (now - one.at) / PATIENCE))


def _more(asking: Asking, lacks: int, now: datetime) -> int:
    """Return how many more to ask, if people promise at the rate that was seen."""
    comes = rate(asking, now)
    if asking.inside is not None and asking.left * comes <= SCARCE * lacks:
        return asking.left
    expected = comes * sum(one.people * _open(one, now) for one in asking.rounds)
    wanted = max(0, math.ceil((lacks - expected) / comes))
    return min(wanted, _bound(asking), asking.left)


def _bound(asking: Asking) -> int:
    """Return how many may be asked at once, however few answer."""
    if not asking.rounds:
        return max(FIRST_MAX, FIRST_TIMES * asking.quota)
    return max(FIRST_MIN, (GROWTH - 1) * asking.asked)
