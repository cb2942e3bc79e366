"""One case and its alerts: state, fold and decisions. Pure; time only from ``request.at``."""

from homeward.case.alerts import waiting
from homeward.case.decide import decide
from homeward.case.state import LAPSED, OWN, Alert, Case, Draft, Status, evolve, fold

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
