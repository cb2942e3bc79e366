"""What a case's page shows of a longer life, of those an alert lets sleep, and of reopening."""

from typing import Any, Final

from homeward.case.attention import of_version
from homeward.desk import digest_of
from homeward.http.authorisation import Action
from homeward.http.doors import Door
from homeward.http.pages.desk import WORDS, may
from homeward.http.pages.moments import moment
from homeward.http.rooms import Rooms
from homeward.timeline import CaseView
from homeward.words import instant_text

HOURS: Final = (1, 3, 6, 12, 24)


async def longer(rooms: Rooms, door: Door, view: CaseView, lang: str) -> dict[str, Any]:
    """Return what a case's page shows of extensions and of whom an alert lets sleep."""
    d, state, alert = WORDS[lang], door.state, door.state.alert
    asked = state.extension if view.extension else None
    override = of_version(state, alert) if alert else None
    live = alert is not None and view.alert is not None and view.alert.state == "live"
    agrees = may(door, Action.APPROVE)
    return {
        "hours": [(str(one), d["hours"].format(hours=one)) for one in HOURS],
        "extends": live and may(door, Action.EXTEND),
        "extension": view.extension,
        "extension_until": moment(view.extension.expires_at, lang) if view.extension else "",
        "extension_named": instant_text(view.extension.expires_at) if view.extension else "",
        "agrees_extension": asked is not None and agrees and asked.by != door.by.id,
        "override": override,
        "override_draft": alert.draft if live and alert else "",
        "override_digest": await digest_of(rooms.log, alert.draft) if live and alert else "",
        "asks_override": live and override is None and may(door, Action.ISSUE),
        "agrees_override": bool(
            live and override and not override.approved and agrees and override.by != door.by.id
        ),
        "reopens": view.status.reopenable and may(door, Action.REOPEN),
    }
