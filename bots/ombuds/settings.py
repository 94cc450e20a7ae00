"""What the office's own YAML says, in the form that the rules need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class Settings:
    account: str
    staff: tuple[str, ...]
    """Who founds the office; later changes are made in its room."""
    languages: tuple[str, ...]
    """Offered to people who write; staff are spoken to in the first."""
    timezone: tzinfo
    undo: timedelta = timedelta(seconds=60)
    helplines: tuple[str, ...] = ("110", "112")
    name: str = "Ombudsstelle"
    """The account's name, by which people know the office."""
    room_name: str = ""
    federate: bool = False
    collect: timedelta = timedelta(seconds=60)
    """How long moderators who were told of flags are left in peace before they are told of more."""
    absent: tuple[str, ...] = ()
    """Who was named for `staff` and has no account."""
    accounts: frozenset[str] = frozenset()
    """Bots and service accounts: powerful in rooms, and not to be told of flags."""

    def __post_init__(self) -> None:
        if not self.languages:
            raise ValueError("The office needs at least one language, its staff's own, as first")

    @property
    def spoken(self) -> str:
        """Side by side, where nobody's language is known."""
        return " ".join(self.languages[:2])
