"""Where a world lives on this machine, and what opens it."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from homeward.cli.output import Complaint

if TYPE_CHECKING:
    from homeward.settings import Settings

World = Literal["live", "drill"]


def world_of(*, live: bool) -> World:
    """Return the world that an option names."""
    return "live" if live else "drill"


def settings_with(**given: object) -> "Settings":
    """Return settings from the environment, and from options that were given."""
    from pydantic import ValidationError

    from homeward.settings import Settings

    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as wrong:
        first = wrong.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise Complaint(
            f"setting HOMEWARD_{name}: {first['msg']}",
            "see: homeward config show, and docs/SETTINGS.md",
        ) from None


class NobodyRuns(Complaint):
    """No server runs in the world's folder."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """One world's folder: what `homeward up` writes for those who run commands beside it."""

    folder: Path
    world: World

    @classmethod
    def of(cls, data_folder: Path | None, *, live: bool) -> "Whereabouts":
        """Return where a world lives."""
        world = world_of(live=live)
        return cls(settings_with(data_folder=data_folder).data_folder / world, world)

    @property
    def url_file(self) -> Path:
        """Holds the address that the server listens on."""
        return self.folder / "url"

    def key_file(self, account: str) -> Path:
        """Holds the key of an account, 0600; ``admin`` has the one made at the first start."""
        if account == "admin":
            return self.folder / "admin.key"
        if "/" in account or account.startswith("."):
            raise Complaint(f"{account!r} is no account", "letters, digits, - and _")
        return self.folder / "keys" / f"{account}.key"

    def url(self) -> str:
        """Return where the server listens."""
        try:
            return self.url_file.read_text().strip().rstrip("/")
        except OSError:
            raise self.nobody() from None

    def nobody(self, url: str = "") -> NobodyRuns:
        """Return the trouble that no server runs here, though one may have listened at ``url``."""
        gone = f": nobody answers at {url}" if url else ""
        return NobodyRuns(
            f"no server runs in {self.folder}{gone}",
            f"start one: homeward up --{self.world}; or name one: --url or HOMEWARD_URL",
        )

    def key(self, account: str | None) -> str:
        """Return the API key to use: the environment's, else the account's, else the admin's."""
        if account is None and (said := os.environ.get("HOMEWARD_API_KEY")):
            return said
        try:
            return self.key_file(account or "admin").read_text().strip()
        except OSError:
            if account is None:
                raise Complaint(
                    f"no API key: HOMEWARD_API_KEY is unset and {self.folder} has no admin.key",
                    f"start a server here once (homeward up --{self.world}), or set the variable",
                ) from None
            raise Complaint(
                f"there is no key of {account} in {self.folder / 'keys'}",
                f"make one: homeward keys create --role officer --account {account} --save",
            ) from None

    def save_key(self, account: str, secret: str) -> Path:
        """Keep an account's key where only this user can read it."""
        path = self.key_file(account)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secret + "\n")
        return path
