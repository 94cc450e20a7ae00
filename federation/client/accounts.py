"""Who has an account (§ Profiles). Nobody without one is asked in: whoever took the name later
would be let in, and hold what was meant for somebody else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from federation.client.homeserver import Homeserver, path
from federation.model.errors import (
    MatrixError,
    NotAHomeserver,
    RateLimited,
    TokenRevoked,
    Unreachable,
)

AT_ONCE, PATIENCE = 8, 15.0
"""How many people on other servers are asked for at once, and for how many seconds each."""


async def missing(server: Homeserver, users: Iterable[str]) -> frozenset[str]:
    """Those of the accounts of our server that are not there."""
    return frozenset([user for user in users if not await _exists(server, user)])


async def told_of(server: Homeserver, users: Iterable[str]) -> dict[str, bool]:
    """Of people on other servers: whether their server knows them. Those left out are not known yet
    (their server is away, or keeps that to itself)."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def ask(user: str) -> tuple[str, bool | None]:
        async with slots:
            try:
                await server.call("profile", "GET", path("profile", user), timeout=PATIENCE)
            except MatrixError as error:
                return user, False if error.status == 404 else None
            except (Unreachable, NotAHomeserver):
                return user, None
            return user, True

    answers = await asyncio.gather(*map(ask, users))
    return {user: there for user, there in answers if there is not None}


async def is_nobody(server: Homeserver, user: str) -> bool:
    """Whether her server says that there is no such account."""
    return not (await told_of(server, [user])).get(user, True)


async def _exists(server: Homeserver, user: str) -> bool:
    try:
        await server.call("profile", "GET", path("profile", user))
    except (RateLimited, TokenRevoked):
        raise
    except MatrixError as error:
        return error.status != 404
    return True
