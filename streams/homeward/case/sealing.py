"""A case whose file is closed takes no request, but for those about the file itself."""

from homeward.case.refusals import CaseExpunged, CaseSealed
from homeward.case.state import Case, Status


def unsealed(case: Case) -> None:
    """Refuse whatever is asked of a case whose file is closed, also what is true already."""
    if case.status is Status.SEALED:
        raise CaseSealed
    if case.status is Status.EXPUNGED:
        raise CaseExpunged
