"""``homeward raise``: report that a person is missing."""

from typing import Annotated

import typer

from homeward.cli.options import Key
from homeward.cli.output import as_json, note, say
from homeward.cli.talking import Talk, talks

PERSON = ("name", "age_years", "sex", "height_cm", "clothing", "marks", "language", "medical_need")


@talks
def raise_(  # noqa: PLR0913 -- a flag each
    talk: Talk,
    *,
    category: Annotated[
        str,
        typer.Option(
            help="stranger-abduction, family-abduction, lost-child, endangered-runaway, "
            "dementia-disability, other"
        ),
    ],
    seen_at: Annotated[
        str, typer.Option(help="When last seen, with its offset: 2026-03-01T10:30:00+08:00")
    ],
    lat: Annotated[float, typer.Option(min=-90, max=90, help="Where last seen.")],
    lon: Annotated[float, typer.Option(min=-180, max=180)],
    datum: Annotated[
        str, typer.Option(help="wgs84 (GPS), gcj02 (Chinese phones and maps), bd09 (Baidu)")
    ],
    accuracy_m: Annotated[int, typer.Option(min=0, max=100_000)] = 100,
    place_text: Annotated[str | None, typer.Option(help="The place in words.")] = None,
    custody: Annotated[str, typer.Option(help="none, disputed, unknown")] = "unknown",
    protection_order: Annotated[
        bool, typer.Option(help="Whether a court protects somebody here.")
    ] = False,
    mode: Annotated[str, typer.Option(help="foot, vehicle, rail, unknown")] = "unknown",
    name: Annotated[str | None, typer.Option(help="Of the person; kept sealed.")] = None,
    age_years: Annotated[int | None, typer.Option("--age", min=0, max=120)] = None,
    sex: Annotated[str, typer.Option(help="female, male, unknown")] = "unknown",
    height_cm: Annotated[int | None, typer.Option(min=30, max=250)] = None,
    clothing: Annotated[str | None, typer.Option()] = None,
    marks: Annotated[str | None, typer.Option()] = None,
    language: Annotated[str | None, typer.Option(help="What the person speaks.")] = None,
    medical_need: Annotated[str | None, typer.Option()] = None,
    reporter_name: Annotated[str | None, typer.Option(help="Who reports.")] = None,
    reporter_phone: Annotated[str | None, typer.Option()] = None,
    more: Annotated[str | None, typer.Option("--note", help="Anything else.")] = None,
    key: Key = None,
) -> None:
    """Report that a person is missing; in danger, call 110 first.

    Categories: stranger-abduction, family-abduction, lost-child, endangered-runaway,
    dementia-disability, other.
    """
    given = dict(locals())
    body = {
        "category": category,
        "mode": mode,
        "last_seen": {
            "at": seen_at,
            "place": {"lat": lat, "lon": lon, "datum": datum, "accuracy_m": accuracy_m},
            **_there(text=place_text),
        },
        "custody": custody,
        "protection_order": protection_order,
        "person": _there(**{one: given[one] for one in PERSON}),
        **_there(reporter=_there(name=reporter_name, phone=reporter_phone) or None, note=more),
    }
    answer = talk.run(lambda there: there.post("/v1/cases", body, key))
    if talk.json:
        as_json(answer)
        return
    say("case ", (answer["code"], "bold"), " is open and its clock runs")
    say("the reporter's page: ", answer["link"])
    note(("next: ", "dim"), f"homeward case take-up {answer['code']} --unit 'Linquan PSB'")


def _there(**values: object) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}
