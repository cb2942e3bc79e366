"""The command ``homeward``: one line for each error, with what to do about it.

Exit codes: 0 done, 1 refused or failed, 2 the command line itself was wrong.
"""

import os
import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeward.cli.output import Complaint


def main() -> None:
    """Run the command line and leave with its exit code."""
    own = signal.getsignal(signal.SIGINT)
    if own is signal.default_int_handler:  # a shell's job that ignores Ctrl-C goes on doing so
        # Loading takes a second, and nothing was begun that would have to be ended.
        signal.signal(signal.SIGINT, _gone)
    import homeward.cli.app
    import homeward.client  # noqa: F401 -- what `run` needs, while Ctrl-C ends us without a word

    signal.signal(signal.SIGINT, own)
    sys.exit(run(sys.argv[1:]))


def _gone(_number: int, _frame: FrameType | None) -> None:
    os._exit(130)


def run(args: list[str]) -> int:
    """Run one command line and return its exit code."""
    from homeward.cli.app import app
    from homeward.cli.output import Complaint, complain
    from homeward.client import Trouble

    if {"--live", "--drill"} <= set(args[: args.index("--")] if "--" in args else args):
        # The parser would take the last one, and an alias or a script may have said the other.
        return complain(
            Complaint("--live and --drill contradict each other", "say one of them", code=2)
        )
    try:
        returned = app(args, prog_name="homeward", standalone_mode=False)
    except Complaint as trouble:
        return complain(trouble)
    except Trouble as trouble:
        mend = trouble.mend
        if trouble.code == "role-not-allowed":
            mend = f"{mend} Whoever has its key here acts by --as ACCOUNT".lstrip()
        return complain(Complaint(trouble.what, mend))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # the reader left; Python would complain once more at its own end
        return 1
    except Exception as trouble:
        misuse = _misuse(trouble)
        if misuse is None:
            raise
        return complain(misuse)
    return returned if isinstance(returned, int) else 0


def _misuse(trouble: Exception) -> "Complaint | None":
    """Return what the parser of the command line says; it has no public name for its errors."""
    from homeward.cli.output import Complaint

    if type(trouble).__name__ == "Abort":
        return Complaint("stopped", code=130)
    message = getattr(trouble, "format_message", None)
    if message is None:
        return None
    path = getattr(getattr(trouble, "ctx", None), "command_path", "homeward")
    what = str(message()).replace("\n", " ").rstrip(".")
    what = what or "name a command"  # the list stands above
    return Complaint(what, f"see: {path} --help", code=2)
