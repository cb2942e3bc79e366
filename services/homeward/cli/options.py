"""Options that several commands share, each said once."""

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
Live = Annotated[
    bool,
    typer.Option(
        "--live/--drill",
        help="Which world: the live one, or the drill in which nobody real is told.",
        envvar="HOMEWARD_LIVE",
    ),
]
DataFolder = Annotated[
    Path | None,
    typer.Option(
        help="Where database, key ring, url and keys live.",
        envvar="HOMEWARD_DATA_FOLDER",
        show_default="~/.local/share/homeward",
        file_okay=False,
    ),
]
Url = Annotated[
    str | None,
    typer.Option(
        "--url",
        help="A server elsewhere.",
        envvar="HOMEWARD_URL",
        show_default="the one that `homeward up` runs",
    ),
]
Account = Annotated[
    str | None,
    typer.Option(
        "--as",
        help="Act as this account, whose key `homeward keys create --save` put aside.",
        show_default="the key in HOMEWARD_API_KEY, else the admin's",
        envvar="HOMEWARD_AS",
        metavar="ACCOUNT",
    ),
]
Case = Annotated[str, typer.Argument(help="Its code (ABCD-EFGH) or its id.", metavar="CASE")]
Key = Annotated[
    str | None,
    typer.Option(
        "--idempotency-key",
        help="Asked again with the same key, nothing happens twice.",
        show_default="a new one",
    ),
]
