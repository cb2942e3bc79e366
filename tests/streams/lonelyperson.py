"""One person at work in a small land: whoever they say they are, it is one account."""

from datetime import timedelta

from tests.streams.lonelyasks import ACCOUNT, MAKES, OFTEN, RAISING
from tests.streams.lonelyworld import cell_at

from homeward.case import Status
from homeward.messages import Actor
from homeward.requests import case as cases
from homeward.requests import emergency, merging
from homeward.requests import sighting as sightings
from homeward.testing import samples
from homeward.words import Category, Mode, Role, derived_id

ROLES = (Role.OFFICER, Role.OFFICER, Role.OFFICER, Role.SUPERVISOR, Role.COORDINATOR)
OTHERS = (*ROLES, Role.REPORTER, Role.NGO, Role.HUB, Role.VOLUNTEER, Role.AUDITOR, Role.ADMIN)
REPORTED_AT_KM = (2, 2, 60, 120)
CASES_MAX = 6


class Person:
    """One person at work: picks a case and something to ask of it."""

    def __init__(self, world, chance, *, urgent):
        self.world, self.chance, self.urgent = world, chance, urgent
        self.begun = []

    def acts(self):
        """Ask for something, and let some time pass."""
        if not self.begun or (len(self.begun) < CASES_MAX and self.chance.random() < 0.07):
            self.raises()
        else:
            name = self.chance.choice(self.begun[-2:] if self.chance.random() < 0.7 else self.begun)
            self._ask(name)
        minutes = (0, 0, 1, 4, 4, 15, 45)
        self.world.passes(600 if self.chance.random() < 0.03 else self.chance.choice(minutes))

    def by(self, role=None, *, form=False):
        if form and self.chance.random() < 0.5:
            return Actor(id=f"form-{self.chance.randrange(1_000)}", role=Role.REPORTER)
        some = role or self.chance.choice(ROLES if self.chance.random() < 0.9 else OTHERS)
        return Actor(id=ACCOUNT, role=some)

    def raises(self):
        name = derived_id("lonely", len(self.begun), self.chance.random())
        cell = cell_at(self.chance.choice(REPORTED_AT_KM))
        raising = {field: getattr(samples.RAISED, field) for field in RAISING}
        changed = {
            "case": name,
            "category": self.chance.choice([Category.STRANGER_ABDUCTION, Category.LOST_CHILD]),
            "mode": self.chance.choice(list(Mode)),
            "last_seen_cell": cell,
            "last_seen_at": self.world.now - timedelta(minutes=self.chance.choice([2, 30, 300])),
            "error_m": self.chance.choice([100, 100, 90_000]),
        }
        asked = cases.RaiseCase(
            **{**raising, **changed}, at=self.world.now, by=self.by(Role.OFFICER, form=True)
        )
        if self.world.ask(name, asked) is not None:
            self.begun.append(name)

    def _ask(self, name):
        state = self.world.state(name)
        usual = self._usual(state)
        kind = usual if usual and self.chance.random() < 0.6 else self._any()
        made = MAKES[kind](self, name, state)
        if not made:
            return
        fields, *about = made
        fields = {"by": self.by(), **fields}
        self.world.ask(name, kind(at=self.world.now, **fields), *about)

    def _any(self):
        kinds = [one for one in MAKES if self.urgent or one is not emergency.UseEmergency]
        return self.chance.choices(kinds, [OFTEN.get(one, 1) for one in kinds])[0]

    def _usual(self, state):
        """Return what leads to people being told, and told more."""
        if state.status in {Status.PROVISIONAL, Status.VERIFYING, Status.LAPSED}:
            return cases.Verify
        if state.status is Status.RESOLVED and self.chance.random() < 0.5:
            return cases.CloseOut
        if state.status is Status.MERGED and self.chance.random() < 0.3:
            return merging.PartCase
        if state.status.over:
            return self.chance.choice([cases.Reopen, cases.Reopen, cases.CloseOut, None])
        if state.extension and self.chance.random() < 0.4:
            return cases.ApproveExtension
        if state.alert and self.chance.random() < 0.2:
            return sightings.AcceptSighting
        if self.urgent and state.draft and self.chance.random() < 0.2:
            return emergency.UseEmergency
        if state.draft is None or (state.alert and state.alert.draft == state.draft.id):
            alerted = state.status is Status.ALERTED
            return None if alerted and self.chance.random() < 0.5 else cases.DraftAlert
        return cases.IssueAlert

    def pick(self, found):
        """Return one of some, mostly the newest; None of none."""
        found = list(found)
        if not found:
            return None
        return found[-1] if self.chance.random() < 0.7 else self.chance.choice(found)

    def draft(self, state):
        return self.pick([*sorted(state.drafts), *([state.draft.id] if state.draft else [])])
