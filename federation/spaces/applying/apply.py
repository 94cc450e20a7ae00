"""Carries a plan out. Stopped anywhere, the next run goes on from there.

Steps of one room are taken one after another, different rooms at the same time; what needs a room
that is still to be made waits for it. Every step can be repeated: a room is created under its
alias, so that a second attempt finds the first one (`M_ROOM_IN_USE`) and only makes it whole.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from dataclasses import dataclass, field

from federation.client.homeserver import Homeserver
from federation.model.actions import Handle, Ref
from federation.model.errors import FederationError
from federation.model.network import Key
from federation.spaces.applying.performing import Performer
from federation.spaces.applying.references import References
from federation.spaces.applying.requests import NotMade, Refused, Requests
from federation.spaces.planning.plan import Plan
from federation.spaces.steps import Change, MakeAccount, MakeRoom, Unlink

Told = Callable[[Change, str | None], None]
"""Called after each change: None when it is done, else what went wrong."""


@dataclass
class Outcome:
    done: int = 0
    failed: list[tuple[Change, str]] = field(default_factory=list)
    unsettled: set[Key] = field(default_factory=set)
    """Rooms in which something went wrong, so that somebody may be without an invitation."""


async def apply(
    server: Homeserver,
    plan: Plan,
    changes: Sequence[Change],
    told: Told,
    at_once: int,
    pictures: MutableMapping[str, str],
) -> Outcome:
    """Carry out changes of a plan; accounts, which need secrets, are left out. `pictures`: where
    those are that were uploaded, by name; added to.

    What is refused is told, and the rest goes on. Raises Unreachable, NotAHomeserver,
    TokenRevoked: then nothing more could be done, and a later run goes on.
    """
    applying = _Applying(server, plan, told, at_once, pictures)
    lanes = _lanes(change for change in changes if not isinstance(change.step, MakeAccount))
    ended: Exception | None = None
    try:
        async with asyncio.TaskGroup() as tasks:
            for lane in lanes:
                tasks.create_task(applying.lane(lane))
    except* FederationError as errors:
        ended = errors.exceptions[0]
    if ended is not None:
        raise ended from None
    return applying.outcome


def _lanes(changes: Iterable[Change]) -> list[list[Change]]:
    """The changes of each room, in order."""
    lanes: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        lanes[_room(change)].append(change)
    return list(lanes.values())


def _room(change: Change) -> Ref:
    step = change.step
    if isinstance(step, MakeRoom):
        return Handle(step.room.key)
    if isinstance(step, Unlink):
        return step.link.room
    return "" if isinstance(step, MakeAccount) else step.room


class _Applying:
    def __init__(
        self,
        server: Homeserver,
        plan: Plan,
        told: Told,
        at_once: int,
        pictures: MutableMapping[str, str],
    ) -> None:
        requests = Requests(server, at_once)
        self._performer = Performer(
            requests, References(requests, plan.ids, pictures, plan.layout.server), plan
        )
        self._keys = {str(ref): key for key, ref in plan.ids.items()}
        self._told = told
        self.outcome = Outcome()

    async def lane(self, changes: Sequence[Change]) -> None:
        for change in changes:
            try:
                await self._performer.perform(change.step)
            except NotMade as error:
                if not change.implied:
                    self._failed(change, str(error))
            except Refused as error:
                self._failed(change, str(error))
            else:
                self.outcome.done += 1
                self._told(change, None)

    def _failed(self, change: Change, error: str) -> None:
        self.outcome.failed.append((change, error))
        self.outcome.unsettled |= {self._keys.get(str(_room(change)), "")} - {""}
        self._told(change, error)
