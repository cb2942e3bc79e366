"""``homeward lanes``: into how many parts the recipients are cut, so that workers share them."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from homeward import interrupts
from homeward.cli import options
from homeward.cli.output import Complaint, as_json, note, say
from homeward.cli.whereabouts import World, settings_with, world_of

if TYPE_CHECKING:
    from homeward.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    help="Into how many parts the recipients are cut: each worker serves some of them.",
    epilog="Example: homeward lanes show",
)


@app.command(epilog="Example: homeward lanes show --json")
def show(
    live: options.Live = False,
    data_folder: options.DataFolder = None,
    json: options.Json = False,
) -> None:
    """Show how many lanes there are, and which process serves which of them now."""
    world = world_of(live=live)
    found = interrupts.run(shown(settings_with(data_folder=data_folder), world))
    if json:
        as_json(found)
        return
    say((str(found["lanes"]), "bold"), f" lanes in the {world} world")
    for lane, holder in found["held"].items():
        note((f"{lane}: ", "dim"), holder)


@app.command("set", epilog="Example: homeward lanes set 4")
def set_(
    lanes: Annotated[int, typer.Argument(help="1, 2, 4, 8, 16, 32 or 64.")],
    live: options.Live = False,
    data_folder: options.DataFolder = None,
    json: options.Json = False,
) -> None:
    """Cut every case's lanes anew while nothing runs; nobody is told anything, or told again.

    With a broker, `homeward topics plan` shows what the topics of positions and orders need then.
    To undo it set the old number.
    """
    world = world_of(live=live)
    done = interrupts.run(changed(settings_with(data_folder=data_folder), world, lanes))
    if json:
        as_json(done)
    elif done["before"] == done["lanes"]:
        say("there are ", (str(lanes), "bold"), " lanes already")
    else:
        say((f"{done['before']} -> {done['lanes']}", "bold"), f" lanes, {done['cases']} cases")


async def shown(settings: "Settings", world: World) -> dict[str, Any]:
    """Return the lanes of a world. Raises Complaint."""
    from homeward.cli.ledgers import opened
    from homeward.ports.leasing import LANE

    async with opened(settings, world) as house:
        held = await house.store.leases.held()
        return {
            "lanes": house.store.lanes,
            "held": {name: held[name] for name in sorted(held) if name.startswith(LANE)},
        }


async def changed(settings: "Settings", world: World, lanes: int) -> dict[str, Any]:
    """Cut a world's lanes anew. Raises Complaint."""
    from homeward.cli.ledgers import opened
    from homeward.house.lanecount import COUNTS, NotNow, cut_lanes

    if lanes not in COUNTS:
        known = ", ".join(map(str, COUNTS))
        raise Complaint(f"there cannot be {lanes} lanes", f"choose one of {known}", code=2)
    async with opened(settings, world) as house:
        try:
            done = await cut_lanes(house, lanes)
        except NotNow as no:
            raise Complaint(no.what, no.mend) from None
    return {"before": done.before, "lanes": done.after, "cases": done.cases}
