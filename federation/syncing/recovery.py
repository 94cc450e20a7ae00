"""After a lost store: where to begin again.

The account keeps a mark on the homeserver (private account data): everything that came before
that time was handled. A new store reads each room back to there. What was answered already is
known by the mark that our own events carry, so nothing is answered twice.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from federation.client.homeserver import Homeserver, path
from federation.client.sync import JoinedRoom, back
from federation.model.errors import MatrixError, NotAHomeserver, RateLimited, TokenRevoked
from federation.model.ports import RawEvent

log = logging.getLogger(__name__)

HANDLED = "org.buendnis.handled"
MARGIN_MS = 10 * 60 * 1000
"""Clocks of homeservers differ; events that were handled already do no harm."""
ECHO_MARGIN_MS = 60 * 60 * 1000


async def read_mark(server: Homeserver, account: str) -> int | None:
    """Milliseconds since the epoch, or None if this account never ran an office."""
    try:
        answer = await server.call("account_data", "GET", _path(account))
    except MatrixError as error:
        if error.code == "M_NOT_FOUND":
            return None
        raise
    if "ts" not in answer:
        raise NotAHomeserver("The homeserver's answer about its account says nothing.")
    mark = answer["ts"]
    return mark if isinstance(mark, int) else None


async def write_mark(server: Homeserver, account: str, ts: int) -> None:
    await server.call("account_data", "PUT", _path(account), {"ts": ts})


def _path(account: str) -> str:
    return path("user", account, "account_data", HANDLED)


async def read_back(
    server: Homeserver, account: str, room: JoinedRoom, mark: int | None, types: Sequence[str]
) -> None:
    """Leave in the room's timeline what a new store must look at: nothing that was said before an
    account's first office, and of a lost store's rooms what came since the mark."""
    if mark is None:
        room.keep([])
        return
    found = list(room.timeline)
    if room.prev_batch is not None:
        found = [*await _earlier(server, room, room.prev_batch, mark, types), *found]
    room.keep([event for event in found if is_due(event, mark, account)])


async def _earlier(
    server: Homeserver, room: JoinedRoom, start: str, mark: int, types: Sequence[str]
) -> list[RawEvent]:
    try:
        return await since_mark(server, room.room_id, start, mark, types)
    except (RateLimited, TokenRevoked):
        raise
    except MatrixError as error:
        log.warning("a room could not be read back: %s", error)
        return []


async def since_mark(
    server: Homeserver, room_id: str, start: str, mark: int, types: Sequence[str]
) -> list[RawEvent]:
    """A room's events since the mark and, a while longer, our own; oldest first."""
    found: list[RawEvent] = []
    async for page in back(server, room_id, start, types):
        found += page
        if page and max(map(_time, page)) < mark - ECHO_MARGIN_MS:
            break  # one forged date must not hide what came after it
    return list(reversed(found))


def is_due(event: RawEvent, mark: int, account: str) -> bool:
    """Whether a new store must look at this event: handled no longer ago than the mark, or ours."""
    age = _time(event)
    if event.get("sender") == account:
        return age >= mark - ECHO_MARGIN_MS
    return age >= mark - MARGIN_MS


def _time(event: RawEvent) -> int:
    ts = event.get("origin_server_ts")
    return ts if isinstance(ts, int) else 0
