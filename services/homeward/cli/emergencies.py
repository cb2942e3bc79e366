"""``homeward case``: what supervisors alone do: emergencies, their review, lifting a hold."""

from typing import Annotated

import typer

from homeward.cli.case import newest_draft
from homeward.cli.decisions import app
from homeward.cli.options import Case, Key
from homeward.cli.output import note
from homeward.cli.talking import Talk, talks
from homeward.client import Content, Server

__all__ = ["app"]  # with the commands of case and those below


@app.command(
    epilog="Example: homeward case emergency ABCD-EFGH --digest 9f3… --reason '…' --as s-chen"
)
@talks
def emergency(
    talk: Talk,
    case: Case,
    digest: Annotated[str, typer.Option(help="As homeward case texts shows it below the draft.")],
    reason: Annotated[str, typer.Option(help="20 to 500 characters; kept sealed.")],
    own_key: Annotated[
        str,
        typer.Option(
            help="Your API key once more; asked for when it is not given.",
            prompt="Your API key",
            hide_input=True,
        ),
    ],
    draft: Annotated[str | None, typer.Option(help="Id of the draft; else the newest.")] = None,
    key: Key = None,
) -> None:
    """Let a draft go to its whole bound though no second person is there.

    The police desks are told, and another supervisor reviews it within 24 hours.
    """

    async def work(there: Server) -> Content:
        named = await newest_draft(there, case, draft)
        said = {"reason": reason, "digest": digest, "key": own_key}
        return await there.post(f"/v1/cases/{case}/alerts/{named}/emergency", said, key)

    answer = talk.run(work)
    talk.receipt(answer)
    if not talk.json and answer.get("review"):
        judge = f"homeward case review {case} {answer['review']} --verdict justified"
        note((f"another supervisor reviews it by {answer['review_by']}: ", "dim"), judge)


@app.command(
    "lift-hold", epilog="Example: homeward case lift-hold ABCD-EFGH --reason '…' --as s-wu"
)
@talks
def lift_hold(
    talk: Talk,
    case: Case,
    reason: Annotated[str, typer.Option(help="20 to 500 characters; kept sealed.")],
    key: Key = None,
) -> None:
    """Let a case on hold go on like any other; never by who verified it."""
    path = f"/v1/cases/{case}/hold/lift"
    talk.receipt(talk.run(lambda there: there.post(path, {"reason": reason}, key)))


@app.command(epilog="Example: homeward case review ABCD-EFGH 0c5… --verdict justified --as s-wu")
@talks
def review(
    talk: Talk,
    case: Case,
    review_id: Annotated[str, typer.Argument(help="As homeward case show has it: reviews.")],
    verdict: Annotated[str, typer.Option(help="justified or unjustified")],
    remark: Annotated[str | None, typer.Option("--note", help="Kept sealed with the case.")] = None,
    key: Key = None,
) -> None:
    """Judge an alarm that another supervisor gave alone."""
    body = {"verdict": verdict} | ({"note": remark} if remark else {})
    path = f"/v1/cases/{case}/reviews/{review_id}"
    talk.receipt(talk.run(lambda there: there.post(path, body, key)))
