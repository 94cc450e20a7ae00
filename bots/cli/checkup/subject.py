"""What is to be checked, in plain values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bots.runtime.office.serving import Account
from bots.runtime.store.store import FILE
from config.ombuds.settings import Held
from config.reading.sections import OpenedBy


@dataclass(frozen=True, slots=True)
class Subject:
    settings: Path
    """The YAML file, to be named in remedies."""
    account: Account
    """Without a secret where this environment knows none."""
    state: Path
    seal_key_path: Path
    opened_by: OpenedBy = "file"
    secret_files: tuple[Path, ...] = ()
    key: str = "account"
    """Where the settings name the account."""
    staff: tuple[str, ...] = ()
    """Whom the settings name to found an ombuds office."""
    held: Held | None = None
    """In whose hands an ombuds office is, as far as its settings say so."""

    @property
    def has_run(self) -> bool:
        """Whether the office has a store."""
        return is_there(self.state / FILE)

    @property
    def has_secret(self) -> bool:
        given = (self.account.password, self.account.token, self.account.registration_secret)
        return any(given)


def is_there(path: Path) -> bool:
    """Whether we can see it; that a folder can't be looked into is told elsewhere."""
    try:
        return path.exists()
    except OSError:
        return False
