"""Checks that run inside an office, on its store and with the sessions that it has open."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from bots.offices.checkup import account, backlog, confirmed, room
from bots.offices.checkup.finding import LOOK, Finding, fault, note, of_error
from bots.runtime.office.office import Office, Post
from bots.runtime.process.logs import where
from federation.model.errors import FederationError
from federation.syncing.session import Session

EACH = 20.0
"""Seconds for one part; less than whoever asks has patience."""

Part = Coroutine[Any, Any, list[Finding]]


Look = Callable[[Post], Part]
"""What is looked at of each account besides what all have in common."""


def checking(office: Office, *more: Look) -> Callable[[], Coroutine[Any, Any, dict[str, Any]]]:
    """The control command `checkup` of an office."""
    return partial(_answer, office, more)


def of_ombuds(named: tuple[str, ...], settings: str) -> tuple[Look, Look]:
    """`named`: whom the settings name as staff; `settings`: their file."""
    return (
        lambda post: guarded("room", room.ombuds(post.session)),
        lambda post: guarded("confirmed", _confirmed(post.session, named, settings)),
    )


async def _confirmed(session: Session, named: tuple[str, ...], settings: str) -> list[Finding]:
    team = await session.store.run("checkup", lambda tx: confirmed.known(tx, session.account))
    return list(confirmed.confirmed(team, named, settings))


async def _answer(office: Office, more: Sequence[Look]) -> dict[str, Any]:
    return {"findings": [finding.as_json() for finding in await checkup(office, more)]}


async def checkup(office: Office, more: Sequence[Look] = ()) -> list[Finding]:
    if not office.ready.is_set():
        remedy = "It tries again by itself; see what is said of the homeserver."
        return [note("office", "runs, but has not reached its homeserver yet", remedy)]
    several = len(office.posts) > 1
    parts = [guarded("queue", backlog.queue(office.store))]
    for post in office.posts:
        found = [*_of(post.session), *(look(post) for look in more)]
        parts += [_named(post.bot.name, part) for part in found] if several else found
    return [finding for found in await asyncio.gather(*parts) for finding in found]


async def _named(bot: str, part: Part) -> list[Finding]:
    return [replace(finding, found=f"{bot}: {finding.found}") for finding in await part]


def _of(session: Session) -> list[Part]:
    return [
        guarded("sync", account.sync(session)),
        guarded("device", account.device(session)),
        guarded("keys", account.keys(session)),
    ]


async def guarded(check: str, part: Part) -> list[Finding]:
    """What goes wrong in one part is a finding, and takes no other with it."""
    try:
        async with asyncio.timeout(EACH):
            return await part
    except FederationError as error:
        return [of_error(check, error)]
    except TimeoutError:
        return [fault(check, f"no answer within {EACH:.0f} seconds", LOOK)]
    except Exception as error:  # noqa: BLE001  (its text may hold what somebody wrote)
        return [fault(check, f"could not be checked ({where(error)})", LOOK)]
