"""What `buendnis doctor` looks at besides in a network: its rooms, mails and pages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from bots.cli.checkup.names import PORT, Names, Unanswered
from bots.cli.checkup.post import Sending, taken
from bots.cli.checkup.records import records
from bots.cli.checkup.spaces import CHECK, spaces
from bots.cli.checkup.subject import is_there
from bots.offices.checkup.finding import Finding, note, of_error, ok
from bots.offices.spaces.planning import FOLDER, planning
from bots.runtime.model.errors import AlreadyRunning, StoreError
from bots.runtime.store.store import FILE
from config.network.settings import NetworkConfig
from federation.model.errors import FederationError


def rooms(config: NetworkConfig) -> list[Finding]:
    """By the login that `plan` and `apply` keep; none is made here."""
    if not is_there(config.network.state / FOLDER / FILE):
        return [_unseen(config)]
    try:
        return asyncio.run(_planned(config))
    except AlreadyRunning:
        return [note(CHECK, "not looked at: a `plan` or `apply` is under way", "Look again later.")]
    except OSError as error:
        remedy = "Run doctor as the user who runs the office."
        return [note(CHECK, f"not looked at ({error.strerror})", remedy)]
    except (FederationError, StoreError, ValueError) as error:
        return [of_error(CHECK, error)]


async def _planned(config: NetworkConfig) -> list[Finding]:
    async with planning(config) as opened:
        if not await opened.is_known():
            return [_unseen(config)]
        return list(spaces(await opened.plan(), str(config.path)))


def _unseen(config: NetworkConfig) -> Finding:
    remedy = f"Run `buendnis plan {config.path}`; then doctor sees the rooms as well."
    return note(CHECK, "not looked at: nobody has planned or applied here", remedy)


def mails(sending: Sending | None, name_server: str | None) -> Iterator[Finding]:
    if sending is None:
        yield ok("mail server", "none is named; announcements stay in their room")
        return
    yield asyncio.run(taken(sending.server))
    try:
        names = Names.of_system() if name_server is None else _named(name_server)
    except (Unanswered, ValueError) as error:
        remedy = "Name one: --name-server 192.0.2.53"
        yield note("dns", f"nothing was looked up: {error}", remedy)
        return
    yield from records(names, sending.domain, sending.key, sending.server.host)


def _named(text: str) -> Names:
    """`192.0.2.53`, `192.0.2.53:5353` or `[2001:db8::53]:53`. Raises ValueError."""
    host, colon, port = text.rpartition(":")
    if text.count(":") > 1 and not text.startswith("["):
        host, colon, port = text, "", ""
    address = (host if colon else text).strip("[]")
    return Names.at(address, int(port) if colon else PORT)
