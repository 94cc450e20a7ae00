"""What the network's YAML says, in the form that rules and letters need."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from bots.announcements import commands
from bots.runtime.kit.standing.rules import Grace


@dataclass(frozen=True, slots=True)
class DigestTime:
    hour: int = 17
    minute: int = 0
    weekday: int | None = 4
    """0 is Monday; None: every day."""


@dataclass(frozen=True, slots=True)
class Settings:
    account: str
    room: str
    """Its id, or the handle under which we made it."""
    network: str
    """What the alliance is called."""
    languages: tuple[str, ...]
    """Offered to readers; editors are spoken to in the first."""
    timezone: tzinfo
    public_url: str
    """Where the pages are: `…/u/`, `…/c/`."""
    secret: bytes = field(repr=False)
    """Of the office; tokens and fingerprints are derived from it."""
    editors: tuple[str, ...] = ()
    """Besides everybody who has the power of a moderator in the room."""
    in_words: bool = False
    """A ✅ of those who decide does not count: they have to write."""
    unsigned: timedelta = timedelta(days=14)
    """How long what they write counts from devices that they have not signed."""
    undo: timedelta = timedelta(seconds=120)
    digest: DigestTime = field(default_factory=DigestTime)
    confirm_within: timedelta = timedelta(days=7)
    confirmations: int = 36_000
    """How many mails that ask to confirm may leave in an hour."""

    def __post_init__(self) -> None:
        if not self.languages:
            raise ValueError("Announcements need at least one language, the editors' own, as first")

    @property
    def grace(self) -> Grace:
        return Grace(self.account, self.languages[0], self.unsigned, commands.DECIDING)

    def page(self, path: str) -> str:
        return f"{self.public_url.rstrip('/')}/{path}"


def next_digest(when: DigestTime, timezone: tzinfo, now: datetime) -> datetime:
    """The next time after `now` that the clock on the wall shows it, summer or winter."""
    local = now.astimezone(timezone)
    for days in range(9):
        day = (local + timedelta(days=days)).date()
        at = datetime(day.year, day.month, day.day, when.hour, when.minute, tzinfo=timezone)
        fits = when.weekday is None or day.weekday() == when.weekday
        if fits and at.timestamp() > now.timestamp():
            return at
    raise ValueError(f"a week has no day {when.weekday}")
