"""``homeward keys``: who may ask for what."""

from typing import Annotated, Any

import typer

from homeward import interrupts
from homeward.cli.output import Complaint, as_json, note, say, table
from homeward.cli.talking import Talk, talks
from homeward.cli.whereabouts import settings_with
from homeward.client import Unreachable

app = typer.Typer(
    no_args_is_help=True,
    help="API keys: one a person, each with a role. Needs the admin's key, or a stopped server.",
    epilog="Example: homeward keys create --role officer --account o-wang --save",
)


@app.command(epilog="Example: homeward keys create --role officer --account o-wang --save")
@talks
def create(
    talk: Talk,
    role: Annotated[
        str,
        typer.Option(
            help="reporter, ngo, officer, supervisor, coordinator, hub, volunteer, auditor, admin"
        ),
    ],
    for_account: Annotated[
        str,
        typer.Option("--account", help="Who will hold it; of a hub or volunteer, its recipient."),
    ],
    org: Annotated[str, typer.Option(help="Their organisation or unit.")] = "-",
    save: Annotated[
        bool, typer.Option("--save", help="Keep it in the data folder (0600) for --as ACCOUNT.")
    ] = False,
) -> None:
    """Make a key; its secret is shown this once, and only its hash is kept."""
    body = {"role": role, "account": for_account, "org": org}
    try:
        made = talk.run(lambda there: there.post("/v1/keys", body))
    except (Unreachable, Complaint):
        if talk.url is not None:
            raise
        from homeward.cli.ledgers import key_created

        settings = settings_with(data_folder=talk.where.folder.parent)
        made = interrupts.run(key_created(settings, talk.where.world, body))
    path = talk.where.save_key(for_account, made["key"]) if save else None
    if talk.json:
        as_json(made)
    elif path:
        say("key of ", (for_account, "bold"), f" ({made['role']}) kept; use it with --as")
    else:
        say(made["key"])
        note(("this is the only time it is shown; HOMEWARD_API_KEY takes it", "dim"))


@app.command("list", epilog="Example: homeward keys list")
@talks
def list_(talk: Talk) -> None:
    """List keys by their prefix; nobody can list secrets."""
    found: Any = talk.run(lambda there: there.get("/v1/keys"))
    if talk.json:
        as_json(found)
        return
    columns = ("prefix", "role", "account", "org")
    rows = (
        [*(one[name] for name in columns), "revoked" if one["revoked"] else "open"]
        for one in found["items"]
    )
    table((*columns, "state"), rows)


@app.command(epilog="Example: homeward keys revoke k7f3q2")
@talks
def revoke(
    talk: Talk, prefix: Annotated[str, typer.Argument(help="As `homeward keys list` shows it.")]
) -> None:
    """Let a key open nothing any more."""
    talk.run(lambda there: there.delete(f"/v1/keys/{prefix}"))
    if talk.json:
        as_json({"prefix": prefix, "revoked": True})
    else:
        say(f"{prefix} opens nothing any more")
