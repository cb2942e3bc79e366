"""Why people were passed over, as counts of a case."""

from homeward.facts.callout import ChunksCut, PassedOver
from homeward.testing import samples
from homeward.testing.given import recorded
from homeward.timeline.view import _told


def test_reasons_add_up_over_lanes_and_old_facts_have_none():
    [cut, *_] = [one for one in samples.ALL if isinstance(one, ChunksCut)]
    old = cut.model_copy(update={"passed_over": None})
    new = cut.model_copy(update={"passed_over": PassedOver(quiet=30, budget=40), "suppressed": 70})
    found = _told(recorded(old, new, new))[cut.purpose.value]
    assert (found.over_quiet, found.over_budget, found.over_paused) == (60, 80, 0)
    assert found.suppressed == old.suppressed + 140
