"""The names under which the bot finds its messages, mails and timers again."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bots.runtime.kit.keys import Question
from federation.model.actions import Handle

DIGEST = "digest"
"""The timer of the next one."""
CONFIRM = "c"
CONFIRMING = "confirming"
"""The timer by which those wait their turn that ask to confirm."""
WATCH = "watch"
"""The timer by which the mail server is looked at while mails are under way."""

TEXT = Question("text/{item:int}")
"""What a message of an announcement says now."""

_ITEM = re.compile(r"announcement/(\d{1,9})/([a-z]+)", re.ASCII)
_CALL = re.compile(r"digest/(\d{1,9})/call", re.ASCII)
_ROUND_TIMER = re.compile(r"(chunk|telling)/([ad]/\d{1,9})(?:/(\d{1,6}))?", re.ASCII)
_SUSPENDED = re.compile(r"round/([ad]/\d{1,9})/suspended", re.ASCII)
_MAIL = re.compile(r"mail/(c|[ad]/\d{1,9})/([a-z-]{2,20})/([0-9a-f]{32})/(\d{1,3})", re.ASCII)


def offer(number: int) -> Handle:
    """What we said to a message that may go out; it shows how the matter stands."""
    return Handle(f"announcement/{number}/offer")


def call(number: int) -> Handle:
    """What we said when an editor asked for a digest out of turn."""
    return Handle(f"digest/{number}/call")


def progress(round_key: str) -> Handle:
    return Handle(f"round/{round_key}/progress")


def trouble(since: float) -> Handle:
    """What we said of a mail server that is away."""
    return Handle(f"trouble/{since!r}")


def suspended(round_key: str) -> Handle:
    """What we said of readers who were suspended after a round."""
    return Handle(f"round/{round_key}/suspended")


def suspended_of(handle: str | None) -> str | None:
    """The round."""
    found = _SUSPENDED.fullmatch(handle or "")
    return found[1] if found else None


def item_of(handle: str | None) -> int | None:
    found = _ITEM.fullmatch(handle or "")
    return int(found[1]) if found else None


def call_of(handle: str | None) -> int | None:
    found = _CALL.fullmatch(handle or "")
    return int(found[1]) if found else None


def announcement_round(number: int) -> str:
    return f"a/{number}"


def digest_round(number: int) -> str:
    return f"d/{number}"


def item_of_round(key: str) -> int | None:
    kind, _, number = key.partition("/")
    return int(number) if kind == "a" else None


# -- mails -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mailing:
    """One attempt at one mail: also the name of the timer that tries it again."""

    matter: str
    """The key of a round, or `c`: a mail that asks to confirm."""
    language: str
    reader: str
    """Or the request that is to be confirmed."""
    attempt: int = 1

    @property
    def letter(self) -> str:
        return f"{self.matter}/{self.language}"

    @property
    def name(self) -> str:
        return f"mail/{self.matter}/{self.language}/{self.reader}/{self.attempt}"


def mailing(name: str | None) -> Mailing | None:
    found = _MAIL.fullmatch(name or "")
    if found is None:
        return None
    matter, language, reader, attempt = found.groups()
    return Mailing(matter, language, reader, int(attempt))


# -- timers ----------------------------------------------------------------------------------------


def undo_timer(number: int) -> str:
    return f"undo/{number}"


def call_timer(number: int) -> str:
    return f"call/{number}"


def chunk_timer(round_key: str, chunk: int) -> str:
    return f"chunk/{round_key}/{chunk}"


def telling_timer(round_key: str) -> str:
    return f"telling/{round_key}"


def expiry_timer(request: str) -> str:
    return f"expiry/{request}"


def number_after(prefix: str, key: str) -> int | None:
    found = re.fullmatch(rf"{prefix}/(\d{{1,9}})", key, re.ASCII)
    return int(found[1]) if found else None


def round_due(key: str) -> tuple[str, str, int] | None:
    """`chunk` or `telling`, the round, and which chunk."""
    found = _ROUND_TIMER.fullmatch(key)
    return (found[1], found[2], int(found[3] or 0)) if found else None


def chunk_key(round_key: str, chunk: int) -> str:
    return f"{round_key}/{chunk}"
