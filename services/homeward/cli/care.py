"""``homeward migrate``, ``config`` and ``doctor``: what keeps an installation well."""

from typing import Annotated

import typer

from homeward import interrupts
from homeward.cli import options
from homeward.cli.output import Complaint, as_json, say, table
from homeward.cli.whereabouts import Whereabouts, settings_with, world_of

config = typer.Typer(
    no_args_is_help=True,
    help="Every setting and where its value comes from.",
    epilog="Example: homeward config show --json",
)


def migrate(
    sql: Annotated[
        bool, typer.Option("--sql", help="Print the statements for who applies them by hand.")
    ] = False,
    live: options.Live = False,
    data_folder: options.DataFolder = None,
    json: options.Json = False,
) -> None:
    """Bring the database of a world up to date; `homeward up` does it by itself."""
    from homeward.cli import ledgers

    world = world_of(live=live)
    if sql:
        say(ledgers.migration_script(world))
        return
    found = interrupts.run(ledgers.migrated(settings_with(data_folder=data_folder), world))
    if json:
        as_json(found)
    else:
        say(f"log {found['origin']} is up to date: {', '.join(found['migrations'])}")


@config.command("show", epilog="Example: HOMEWARD_PORT=9000 homeward config show")
def show(data_folder: options.DataFolder = None, json: options.Json = False) -> None:
    """Show each setting, its value and its meaning; secrets are masked."""
    settings = settings_with(data_folder=data_folder)
    rows = []
    for name, field in type(settings).model_fields.items():
        rows.append(
            {
                "setting": f"HOMEWARD_{name.upper()}",
                "value": str(getattr(settings, name)),
                "from": "set" if name in settings.model_fields_set else "default",
                "meaning": field.description,
            }
        )
    if json:
        as_json(rows)
    else:
        columns = ("setting", "value", "from", "meaning")
        table(columns, ([one[name] for name in columns] for one in rows))


def doctor(
    live: options.Live = False,
    data_folder: options.DataFolder = None,
    url: options.Url = None,
    json: options.Json = False,
) -> None:
    """Look for what keeps Homeward from working, and say how to mend it; exits 1 when it must."""
    from homeward.cli.checks import every_check

    where = Whereabouts.of(data_folder, live=live)
    found = interrupts.run(every_check(where, url))
    if json:
        as_json([one.shown() for one in found])
    else:
        for one in found:
            mark = ("ok    ", "green") if one.ok else ("wrong ", "bold red")
            say(mark, one.what, ("  " + one.mend if one.mend and not one.ok else "", "yellow"))
    wrong = [one for one in found if not one.ok]
    if wrong:
        raise Complaint(f"{len(wrong)} of {len(found)} checks failed", "the mend stands beside it")
