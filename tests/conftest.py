"""What tests of every kind share: one Synapse a session, unique names, fresh accounts."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest

from federation.embedded import EmbeddedSynapse


@dataclass(frozen=True)
class Account:
    """An account on the session's Synapse; tests are kept apart by names, not by resets."""

    user_id: str
    password: str
    homeserver: str

    @property
    def localpart(self) -> str:
        """The part between `@` and the colon."""
        return self.user_id[1:].partition(":")[0]


def unique(name: str) -> str:
    """`anna` → `anna-3f9c1b02`: lower-case, usable as a localpart and as an alias."""
    return f"{name}-{secrets.token_hex(4)}"


@pytest.fixture(scope="session")
async def synapse(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedSynapse]:
    """One Synapse a session."""
    directory = tmp_path_factory.mktemp("synapse")
    async with await EmbeddedSynapse.start(directory) as running:
        yield running


@pytest.fixture(scope="session")
def new_account(synapse: EmbeddedSynapse) -> Callable[..., Awaitable[Account]]:
    """`await new_account("anna")` registers `@anna-3f9c1b02:…`; `admin=True` a server admin."""

    async def register(name: str = "user", *, admin: bool = False) -> Account:
        password = secrets.token_urlsafe(12)
        user_id = await synapse.register(unique(name), password, admin=admin)
        return Account(user_id, password, synapse.url)

    return register
