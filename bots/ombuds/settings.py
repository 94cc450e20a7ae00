"""The office's own YAML in the form that the rules need."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta, tzinfo

from bots.ombuds.codes import Given

NOTICES = frozenset({"notice", "notice-one-hand", "notice-network"})
"""What everybody is told before they write: usually, and where one party holds too much."""


@dataclass(frozen=True, slots=True)
class Settings:
    account: str
    staff: tuple[str, ...]
    """The first team; later changes are made in the ombuds room."""
    languages: tuple[str, ...]
    """Languages that people can choose; we speak to staff in the first."""
    timezone: tzinfo
    undo: timedelta = timedelta(seconds=60)
    forget_after: timedelta = timedelta(days=30)
    """How long after a person's last matter is closed we know who it was."""
    helplines: tuple[str, ...] = ("110", "112")
    name: str = "Ombudsstelle"
    """The account's name, by which people know the office."""
    room_name: str = ""
    federate: bool = False
    collect: timedelta = timedelta(seconds=60)
    """How long we wait before telling moderators about more flags."""
    absent: tuple[str, ...] = ()
    """People named as `staff` who have no account."""
    codes: tuple[Given, ...] = ()
    """Codes that were made on the host, for founders, and where nobody is known any more."""
    accounts: frozenset[str] = frozenset()
    """Bots and service accounts: they have power in rooms, and are not told about flags."""
    kept: timedelta = timedelta(days=365)
    """How long a closed case is kept."""
    holder: str = ""
    """Who runs the office's machine, where people are told before they write."""
    one_hand: bool = False
    """Whether the holder runs the homeserver, too."""
    alarms: tuple[str, ...] = field(default=(), repr=False)
    """Mail addresses of those who are to know that something is wrong."""

    def __post_init__(self) -> None:
        if not self.languages:
            raise ValueError("The office needs at least one language, its staff's own, as first")

    @property
    def notice(self) -> str:
        """What people are told before they write."""
        if not self.holder:
            return "notice"
        return "notice-one-hand" if self.one_hand else "notice-network"

    @property
    def spoken(self) -> str:
        """Languages side by side, where the person's is not known."""
        return " ".join(self.languages[:2])
