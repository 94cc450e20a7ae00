"""Where an office keeps what it knows, for commands that serve either kind of office."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import click
from pydantic import SecretStr

from bots.cli.loading import load_any_or_exit
from bots.cli.saying import complain

if TYPE_CHECKING:
    from bots.runtime.store.keys import Key
    from config.network.settings import NetworkConfig
    from config.ombuds.settings import OmbudsConfig

C = TypeVar("C", bound="OmbudsConfig|NetworkConfig")


@dataclass(frozen=True, slots=True)
class Storage:
    config: OmbudsConfig | NetworkConfig = field(repr=False)

    @property
    def state(self) -> Path:
        return self.config.state

    @property
    def key_path(self) -> Path:
        return self.config.seal_key_path

    @property
    def creator(self) -> Path | None:
        """The folder of a network's other store, if there is one."""
        from bots.offices.spaces.planning import FOLDER
        from bots.runtime.store.holding import FILE

        folder = self.state / FOLDER
        return folder if (folder / FILE).exists() else None

    def key(self) -> Key | None:
        """What opens the office, asked for if it is a passphrase; None if its file is not there.
        Raises ValueError."""
        from bots.offices.opening import key_of

        if self.config.opened_by == "file" and not self.key_path.exists():
            return None
        return key_of(with_passphrase(self.config))

    def packed(self) -> bytes:
        """The key file's content, for a backup. Raises ValueError."""
        from bots.runtime.store.keys import parse_key

        if self.config.opened_by != "file":
            raise ValueError(
                "This office is not opened by a key file, so there is none to put into a backup."
            )
        try:
            text = self.key_path.read_text(encoding="ascii", errors="replace")
        except FileNotFoundError:
            raise ValueError(
                "There is no sealing key yet; an office makes it when it first starts."
            ) from None
        return parse_key(text, str(self.key_path))


def storage_or_exit(file: Path) -> Storage:
    """From the settings of whichever office; the faults on the terminal and exit status 1."""
    return Storage(load_any_or_exit(file))


# -- passphrases -----------------------------------------------------------------------------------


def with_passphrase(config: C) -> C:
    """The settings, with the passphrase if the office is opened by one. Ends the program if nobody
    knows it."""
    from bots.offices.opening import lacks_passphrase, refusal
    from bots.runtime.store.holding import stored

    if not lacks_passphrase(config):
        return config
    text = typed("Passphrase", twice=stored(config.state) is None)
    while (refused := refusal(config, text)) is not None:
        complain(refused)
        if not sys.stdin.isatty():
            raise SystemExit(1)
        text = typed("Passphrase", twice=stored(config.state) is None)
    return cast("C", config.opened(SecretStr(text)))


def new_passphrase() -> str:
    """One that somebody has thought of; asked for twice at a terminal."""
    from bots.offices.opening import too_weak

    text = typed("New passphrase", twice=True)
    while (refused := too_weak(text)) is not None:
        complain(refused)
        if not sys.stdin.isatty():
            raise SystemExit(1)
        text = typed("New passphrase", twice=True)
    return text


def typed(prompt: str, *, twice: bool) -> str:
    """A line of a terminal that does not show it, or of whatever is piped into the program. Never
    an argument or a variable: others on the machine could read those."""
    from config.cli.spoken import spoken

    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    again = spoken("The same once more") if twice else False
    return str(click.prompt(spoken(prompt), hide_input=True, confirmation_prompt=again, type=str))
