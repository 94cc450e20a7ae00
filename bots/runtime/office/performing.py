"""What carries actions out of an office: a homeserver's account, or a bridge (mail, later others).

A performer is given an action and its id, does it so that a repetition makes nothing twice, and
either tells the outcome, or raises `TryLater`, `Waits`, `Declined` or `Refused`.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from federation.client.outage import retry_after
from federation.model.actions import Invite, Join, SetState
from federation.model.errors import (
    AudienceRefused,
    Crowded,
    FederationError,
    KeysNotShared,
    MatrixError,
    NobodyMeant,
    NobodyThere,
    NotAHomeserver,
    NotThereYet,
    PlaintextRefused,
    RateLimited,
    StillInvited,
    TokenRevoked,
    TooSoon,
    Unreachable,
)
from federation.performing.perform import Outcome
from federation.performing.perform import Performer as Matrix
from federation.syncing.session import Session

STILL_AT_IT = 5.0
"""Seconds in which a homeserver may still be at a request whose answer was lost. State has no
transaction id: set again meanwhile, it would be in the room twice."""
INSISTS = 10
"""How often a join is tried that is refused while we are asked in: for two minutes at most."""
_OF_ANOTHER = (502, 503, 504)
"""What a homeserver answers to an invitation if that of the invited does not answer it."""
_PASSING = (Unreachable, KeysNotShared, NotAHomeserver, TokenRevoked)


class TryLater(Exception):
    """It may succeed later. `everything`: the performer asked for a pause of all it is given.
    `away`: nobody answered; it is worth another attempt once the homeserver does. `most`: after so
    many attempts it has failed for good, and the word says of what."""

    def __init__(
        self,
        word: str,
        after: float | None = None,
        *,
        everything: bool = False,
        away: bool = False,
        most: int | None = None,
    ) -> None:
        super().__init__(word)
        self.after = after
        """Seconds, where they are known; else the pauses grow."""
        self.everything = everything
        self.away = away
        self.most = most


class Waits(Exception):
    """It has to wait until one of these `people` comes into its room, or leaves it; until we are
    there ourselves, where nobody is named."""

    def __init__(self, people: frozenset[str] = frozenset(), pins: int | None = None) -> None:
        super().__init__("nobody there")
        self.people = people
        self.pins = pins
        """It waits until others are pinned than at this number (`federation.encryption.pins`)."""


class Refused(Exception):
    """It failed for good; `code` is what `Performed.error` will say."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Declined(Exception):
    """It was tried and came to nothing, as happens (a mailbox that is full): the rule is told the
    `code` as `Performed.error`, and nothing is set aside."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Performer(Protocol):
    ready: asyncio.Event
    """Set once earlier work that was done is known as done."""

    async def perform(self, action: Any, action_id: str) -> Outcome: ...


class Bridge(Performer, Protocol):
    """A performer to a world outside Matrix, with connections of its own."""

    async def close(self) -> None: ...


class AccountPerformer:
    """Performs on Matrix, as one account."""

    def __init__(self, session: Session) -> None:
        self.ready = session.synced
        self._matrix = Matrix(session)

    async def perform(self, action: Any, action_id: str) -> Outcome:
        try:
            return await self._matrix.perform(action, action_id)
        except RateLimited as error:
            after = error.retry_after or 1.0
            raise TryLater(type(error).__name__, after, everything=True) from None
        except _PASSING as error:
            if _is_hers(error, action):
                raise Declined("silent") from None
            pause = STILL_AT_IT if isinstance(action, SetState) else retry_after(error)
            raise TryLater(type(error).__name__, pause, away=pause is None) from None
        except TooSoon as error:
            raise TryLater(type(error).__name__, error.after) from None
        except StillInvited as error:
            raise TryLater(error.code, most=INSISTS) from None
        except (NobodyThere, NobodyMeant) as error:
            raise _waits(error) from None
        except FederationError as error:
            raise _for_good(error, action) from None


def _waits(error: NobodyThere | NobodyMeant) -> Waits:
    return Waits(error.people) if isinstance(error, NobodyThere) else Waits(pins=error.pins)


def _is_hers(error: FederationError, action: Any) -> bool:
    """Whether not our homeserver is in trouble, but that of somebody who is asked in."""
    if not isinstance(action, Invite) or not action.once or not isinstance(error, Unreachable):
        return False
    return error.code is not None and error.status in _OF_ANOTHER


def _for_good(error: FederationError, action: Any) -> Exception:
    match error:
        case Crowded():
            return Declined("crowd")
        case NotThereYet():
            return Declined(error.code) if isinstance(action, Join) else Waits()
        case AudienceRefused():
            return Refused("audience")
        case PlaintextRefused():
            return Refused("clear")
        case MatrixError():
            return Refused(error.code)
    return Refused(type(error).__name__)
