"""When something is in trouble, how long it is left alone: an outage counts once, however many
mails met it."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 900.0
MOMENT = 0.1
"""Seconds after a connection was lost, or was one too many."""


STUBBORN_AFTER = 300.0
"""Seconds in which others are served and one mail is not."""
REMEMBERED = 100
BAD_RUN = 5
"""Readers refused in a row, after whom it is not their fault."""


class Refusals:
    """Readers in a row whose mails were refused for good, though perhaps by no fault of theirs.
    Who is refused again while others are served is none of them: that is hers alone."""

    def __init__(self) -> None:
        self._first: OrderedDict[str, int] = OrderedDict()
        """How many had been served when each was first refused."""
        self._row: set[str] = set()
        self._served = 0

    def served(self, reader: str) -> None:
        self._served += 1
        self._row.clear()
        self._first.pop(reader, None)

    def are_too_many(self, reader: str) -> bool:
        """She was refused just now; whether that, by now, is not the readers' fault."""
        served = self._first.setdefault(reader, self._served)
        while len(self._first) > REMEMBERED:
            self._first.popitem(last=False)
        if served == self._served and len(self._row) <= BAD_RUN:
            self._row.add(reader)
        return len(self._row) > BAD_RUN


@dataclass(slots=True)
class Bearing:
    """Of the mail server, or of one letter. Times are seconds since the epoch."""

    trouble: int = 0
    """How often in a row."""
    refusals: Refusals = field(default_factory=Refusals)
    """Of a kind that may yet be the recipient's alone."""
    until: float = 0.0
    """Until then it is left alone."""
    _noted: float = -1.0
    _lost: bool = False
    """A connection was lost, and nothing has succeeded since."""

    def wait(self, now: float) -> float:
        return max(0.0, self.until - now)

    def failed(self, began: float, now: float) -> float:
        """An attempt that `began` then has failed; for how many seconds to wait now."""
        if began > self._noted:
            self.trouble += 1
            self._noted = now
            self.until = now + min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self.trouble - 1, 20))
        return max(MOMENT, self.wait(now))

    def lost(self, began: float, now: float) -> float:
        """A connection was lost: no matter, unless that is all that happens."""
        if self._lost:
            return self.failed(began, now)
        self._lost = True
        return MOMENT

    def served(self, reader: str, began: float) -> None:
        self._lost = False
        self.refusals.served(reader)
        if began > self._noted:  # else it was under way when the trouble came
            self.trouble = 0


class Stubborn:
    """Mails that a server refuses for now as if for a reason of its own, while it takes others: it
    is theirs then, and they must not hold up what waits behind them."""

    def __init__(self) -> None:
        self._since: OrderedDict[str, tuple[float, int]] = OrderedDict()
        """When each was first refused, and how many had been served by then."""
        self._served = 0

    def served(self, mail: str) -> None:
        self._served += 1
        self._since.pop(mail, None)

    def is_alone(self, mail: str, now: float) -> bool:
        since, served = self._since.setdefault(mail, (now, self._served))
        while len(self._since) > REMEMBERED:
            self._since.popitem(last=False)
        alone = now - since >= STUBBORN_AFTER and self._served > served
        if alone:
            self._since.pop(mail, None)
        return alone
