"""Reach policies as an option names them."""

from collections.abc import Iterable

from homeward.cli.output import Complaint
from homeward.policies import ALL, NoSuchPolicy, policy_of


def policies_named(names: Iterable[str]) -> tuple[str, ...]:
    """Return each once, in the order in which they were named. Raises Complaint."""
    try:
        return tuple(dict.fromkeys(policy_of(one).name for one in names))
    except NoSuchPolicy as why:
        mend = f"known are {', '.join(sorted(ALL))}"
        raise Complaint(f"there is no reach policy {why}", mend, code=2) from None
