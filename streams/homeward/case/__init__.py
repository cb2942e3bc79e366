"""One case and its alerts: state, fold and decisions. Pure; time only from ``request.at``."""

from homeward.case.alerts import waiting
from homeward.case.decide import decide
from homeward.case.folding import LAPSED, OWN, evolve, fold
from homeward.case.state import Alert, Case, Draft, Status

__all__ = [
    "LAPSED",
    "OWN",
    "Alert",
    "Case",
    "Draft",
    "Status",
    "decide",
    "evolve",
    "fold",
    "waiting",
]
