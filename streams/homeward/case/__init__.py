"""One case and its alerts: state, fold and decisions. Pure; time only from ``request.at``."""

from homeward.case.alerts import waiting
from homeward.case.decide import decide
from homeward.case.state import Alert, Case, Draft, Status, evolve, fold

__all__ = ["Alert", "Case", "Draft", "Status", "decide", "evolve", "fold", "waiting"]
