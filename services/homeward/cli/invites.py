"""``homeward invites``: links by which volunteers join, and who may hear."""

from typing import Annotated

import typer

from homeward.cli.output import as_json, note, say, table
from homeward.cli.talking import Talk, talks

app = typer.Typer(
    no_args_is_help=True,
    help="Links by which volunteers join your organisation, and who waits. Needs an NGO's key.",
    epilog="Example: homeward invites create --uses 20",
)
HOUR_S = 3_600


@app.command(epilog="Example: homeward invites create --uses 20 --hours 48")
@talks
def create(
    talk: Talk,
    uses: Annotated[int, typer.Option(min=1, max=1_000, help="So many people may join.")] = 1,
    hours: Annotated[int, typer.Option(min=1, max=720, help="For so long.")] = 168,
) -> None:
    """Make a link; whoever joins by it hears nothing until you accept them."""
    body = {"uses": uses, "expires_in_s": hours * HOUR_S}
    made = talk.run(lambda there: there.post("/v1/invites", body))
    if talk.json:
        as_json(made)
        return
    say(made["link"])
    note((f"for {made['uses']}, until {made['expires_at']}; who joins waits for you", "dim"))


@app.command("list", epilog="Example: homeward invites list")
@talks
def list_(talk: Talk) -> None:
    """List your organisation's invites."""
    found = talk.run(lambda there: there.get("/v1/invites"))
    if talk.json:
        as_json(found)
        return
    columns = ("invite", "used", "uses", "expires_at")
    rows = (
        [*(one[name] for name in columns), "revoked" if one["revoked"] else ""]
        for one in found["items"]
    )
    table((*columns, "state"), rows)


@app.command(epilog="Example: homeward invites revoke 4e45cc97-41a1-5661-8858-7eff6660c2fc")
@talks
def revoke(
    talk: Talk, invite: Annotated[str, typer.Argument(help="As `homeward invites list` shows it.")]
) -> None:
    """Let nobody join by a link any more; who joined before still waits."""
    talk.run(lambda there: there.delete(f"/v1/invites/{invite}"))
    if talk.json:
        as_json({"invite": invite, "revoked": True})
    else:
        say(f"nobody joins by {invite} any more")


@app.command(epilog="Example: homeward invites waiting")
@talks
def waiting(talk: Talk) -> None:
    """List who joined and hears nothing yet; each tells you the code that their page shows."""
    found = talk.run(lambda there: there.get("/v1/waiting"))
    if talk.json:
        as_json(found)
        return
    columns = ("code", "joined_at", "lang", "recipient")
    table(columns, ([one[name] for name in columns] for one in found["items"]))


Who = Annotated[str, typer.Argument(help="As `homeward invites waiting` shows it.")]


@app.command(epilog="Example: homeward invites accept 4e45cc97-41a1-5661-8858-7eff6660c2fc")
@talks
def accept(
    talk: Talk,
    recipient: Who,
    vetted: Annotated[
        bool, typer.Option("--vetted", help="You know them: they may hear of unverified reports.")
    ] = False,
) -> None:
    """Let somebody hear of alerts from now on."""
    tier = "vetted" if vetted else "public"
    talk.run(lambda there: there.post(f"/v1/recipients/{recipient}/accept", {"tier": tier}))
    if talk.json:
        as_json({"recipient": recipient, "tier": tier})
    else:
        say(f"{recipient} hears of alerts from now on")


@app.command(epilog="Example: homeward invites decline 4e45cc97-41a1-5661-8858-7eff6660c2fc")
@talks
def decline(talk: Talk, recipient: Who) -> None:
    """Forget somebody who waits; their link opens nothing any more."""
    talk.run(lambda there: there.post(f"/v1/recipients/{recipient}/decline", {}))
    if talk.json:
        as_json({"recipient": recipient, "declined": True})
    else:
        say(f"{recipient} is forgotten")
