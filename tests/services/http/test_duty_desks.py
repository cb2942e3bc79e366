"""A desk is an organisation; who has none is not of the police's desk."""

from homeward.http.pages.dutyhanding import stream_of
from homeward.messages import Actor
from homeward.words import Role


def test_whose_desk_is_one(world):
    def desk(account, role, org="-"):
        return stream_of(world.rooms, Actor(id=account, role=role, org=org))

    police = desk("o-1", Role.OFFICER)
    assert police == desk("o-2", Role.SUPERVISOR)
    assert police != desk("n-1", Role.NGO) != desk("n-2", Role.NGO)
    assert desk("n-1", Role.NGO, "finders") == desk("n-2", Role.NGO, "finders") != police
