"""``homeward texts``: what messages say, for those who write and translate it."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from homeward.cli import options
from homeward.cli.output import Complaint, as_json, note, say, table
from homeward.formats.catalogues import LANGS, MESSAGES

if TYPE_CHECKING:
    from homeward.words import Texts

FORMS: Final = ("title", "short", "medium", "full", "spoken")
MESSAGE_NAMES: Final = (
    *("alert", "update", "watch", "watch-now", "retraction", "close-out", "joined", "stand-down"),
    *("ask", "ask-over", "clock", "report-waits", "review", "unverified"),
)

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="What messages and pages say, in every language; it needs no server. Translators write "
    "the `.po` files, then: compile, lint, show. docs/operating/translating.md tells all of it.",
    epilog="Start here: homeward texts show --lang zh-Hant --form spoken",
)


def _one_of(said: str, known: tuple[str, ...], what: str) -> None:
    if said and said not in known:
        raise Complaint(f"there is no {what} {said}", f"say {', '.join(known)}", code=2)


def _folder() -> Path:
    from homeward.formats.catalogues.sources import folder

    return folder()


def _stale(lang: str) -> bool:
    from homeward.formats.catalogues.sources import is_fresh

    try:
        return not is_fresh(_folder(), lang, "messages")
    except (OSError, ValueError) as wrong:
        raise Complaint(f"{lang} cannot be read: {wrong}", "homeward texts lint") from None


@app.command(epilog="Example: homeward texts show --lang zh-Hant --form spoken --message watch")
def show(
    lang: Annotated[str, typer.Option(help=f"{', '.join(LANGS)}", show_default="all of them")] = "",
    form: Annotated[str, typer.Option(help=f"{', '.join(FORMS)}", show_default="all of them")] = "",
    message: Annotated[str, typer.Option(help=f"{', '.join(MESSAGE_NAMES)}")] = "alert",
    in_a_drill: Annotated[
        bool,
        typer.Option("--in-a-drill", help="As a drill says it: nothing that somebody types."),
    ] = False,
    json: options.Json = False,
) -> None:
    """Say a message about an invented girl, as people would read or hear it.

    Every form is marked as a drill, so that nobody takes it for real. The figure behind a form is
    its length, and the most that it may have.
    """
    _one_of(lang, LANGS, "language")
    _one_of(form, FORMS, "form")
    _one_of(message, MESSAGE_NAMES, "message")
    wanted = (lang,) if lang else LANGS
    if any(_stale(one) for one in wanted):
        raise Complaint("what is written was not compiled yet", "homeward texts compile")
    from homeward.formats.linting.forms import DRILL, INVENTED, LIVE, every

    said = every(DRILL if in_a_drill else LIVE, INVENTED)[message]
    shown = {
        one.lang: _marked(one, (form,) if form else FORMS) for one in said if one.lang in wanted
    }
    if json:
        as_json(shown)
        return
    for number, one in enumerate(one for one in said if one.lang in shown):
        _print(one, shown[one.lang], first=not number)


def _marked(one: "Texts", forms: tuple[str, ...]) -> dict[str, str]:
    phrases = MESSAGES[one.lang]
    marks = {name: phrases["said-drill" if name == "spoken" else "drill"] for name in forms}
    said = {name: getattr(one, name) or "" for name in forms}
    return {name: marks[name] + text.removeprefix(marks[name]) for name, text in said.items()}


def _print(one: "Texts", forms: Mapping[str, str], *, first: bool) -> None:
    from homeward.formats.linting.forms import FORMS as LIMITS
    from homeward.formats.texts import TITLE_MAX

    for number, (name, text) in enumerate(forms.items()):
        if number or not first:
            say()
        length = len(getattr(one, name) or "")  # without the mark that only this command adds
        say((f"{one.lang}, {name}", "bold"), (f"  {length}/{LIMITS.get(name, TITLE_MAX)}", "dim"))
        say(text)


@app.command(epilog="Example: homeward texts lint && echo sound")
def lint(json: options.Json = False) -> None:
    """Check every phrase and every message in every language; 1 where something must be mended.

    Among the rules: nothing lacks a translation, placeholders are those of English, whoever could
    act is told not to approach and whom to call, a drill shows nothing that somebody typed, a
    close-out does not say how the person was found, and every form fits.
    """
    from homeward.formats.linting import lint as checked

    slips = checked(_folder())
    if json:
        as_json([{"rule": s.rule, "lang": s.lang, "where": s.where, "says": s.says} for s in slips])
    elif slips:
        table(("rule", "lang", "where", "says"), ((s.rule, s.lang, s.where, s.says) for s in slips))
    else:
        note(("sound: ", "bold"), f"every phrase in {', '.join(LANGS)}")
    if slips:
        raise typer.Exit(1)


@app.command("compile", epilog="Example: homeward texts compile && homeward texts lint")
def compile_() -> None:
    """Make what the product reads (.mo) out of what translators write (.po)."""
    from homeward.formats.catalogues.sources import compile_all

    try:
        written = compile_all(_folder())
    except (OSError, ValueError) as wrong:
        raise Complaint(f"a catalogue cannot be read: {wrong}", "mend the .po file") from None
    for one in written:
        say(f"{one.parent.name}/{one.name}")
    if not written:
        note(("nothing to do: all of it is compiled", "dim"))
