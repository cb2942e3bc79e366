"""What people ask for, imperative; each carries when (`at`, the case clock) and who (`by`)."""

from homeward.messages import Actor, Message
from homeward.words import Instant


class Request(Message):
    """Somebody wants something to become true; a decider says yes with facts, or refuses."""

    at: Instant
    by: Actor
