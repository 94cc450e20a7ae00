"""An office in a process of its own, to be killed: `python -m tests.chaos.office`.

Told by `CHAOS_OFFICE` (JSON of `Told`) what to run. Says `ready` on standard output once it is in
step with the homeserver. A line of JSON on standard input, `{"key": …, "fields": …}`, is a form
that somebody sent; its key is said when it is committed. With the end of the input the office
ends, so that none is left behind.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from nio.crypto.olm_machine import Olm

from bots.ombuds.bot import OmbudsBot
from bots.ombuds.settings import Settings
from bots.runtime.kit.bot import Bot
from bots.runtime.model.decision import FormSubmitted
from bots.runtime.model.errors import StoreError
from bots.runtime.office import office
from bots.runtime.office.office import Office
from bots.runtime.office.serving import Account, assemble, run_until_signal
from bots.runtime.process import failpoints
from bots.runtime.speech.words import Words
from federation.client.interests import Interests
from federation.encryption import machine, trust
from federation.model.errors import FederationError
from federation.model.ports import Probe
from federation.performing import creating
from tests.chaos.bot import Busy
from tests.kit.founders import given

VARIABLE = "CHAOS_OFFICE"
READY = "ready"


@dataclass(frozen=True, slots=True)
class Told:
    homeserver: str
    user: str
    state: str
    """Its folder."""
    password: str | None = None
    token: str | None = None
    registration_secret: str | None = None
    display_name: str | None = None
    bot: str = "busy"
    staff: tuple[str, ...] = ()
    """Of the ombuds office."""
    undo: float = 60.0
    rooms: tuple[str, ...] | None = None
    members: bool = True
    mark_every: float = 1.0
    """What takes minutes in life takes seconds here, so that it happens within a story."""
    patience: float = 60.0
    rotate_after: int = 100
    fallback_key_age: float = 3600.0
    request_timeout: float = 60.0
    half_made: float = 60.0
    record: str | None = None
    """A file that gets the name of everything that can be interrupted."""

    def environment(self) -> dict[str, str]:
        return {VARIABLE: json.dumps(asdict(self))}

    def with_(self, **changes: Any) -> Told:
        return replace(self, **changes)


def _assemble(told: Told) -> Office:
    office.MARK_EVERY = told.mark_every
    machine.ROTATE_AFTER = told.rotate_after
    creating.HALF_MADE = told.half_made
    trust.FALLBACK_KEY_AGE = told.fallback_key_age
    Olm._unwedging_interval = timedelta(0)
    account = Account(
        homeserver=told.homeserver,
        user=told.user,
        password=told.password,
        token=told.token,
        registration_secret=told.registration_secret,
        display_name=told.display_name,
        interests=Interests(
            rooms=None if told.rooms is None else tuple(told.rooms),
            members=told.members,
            devices=told.bot == "ombuds",
            receipts=told.bot == "ombuds",
            undone=told.bot == "ombuds",
        ),
    )
    assembled = assemble(Path(told.state), [(_bot(told), account)], probe=_probe(told))
    assembled.store.patience = told.patience
    for post in assembled._posts:
        post.session.server._timeout = told.request_timeout
    return assembled


def _bot(told: Told) -> Bot:
    if told.bot == "busy":
        return Busy()
    return OmbudsBot(
        Settings(
            account=told.user,
            staff=tuple(told.staff),
            languages=("en", "de"),
            timezone=ZoneInfo("Europe/Berlin"),
            undo=timedelta(seconds=told.undo),
            codes=given(*told.staff),
        ),
        Words(),
    )


def _probe(told: Told) -> Probe:
    kill = failpoints.from_environment(os.environ)
    if told.record is None:
        return kill
    file = os.open(told.record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def probe(stage: str, name: str) -> None:
        os.write(file, f"{stage}:{name}\n".encode())
        kill(stage, name)

    return probe


def _listen(loop: asyncio.AbstractEventLoop, running: Office) -> None:
    with open(0, closefd=False) as lines:
        for line in lines:
            asyncio.run_coroutine_threadsafe(_submit(running, **json.loads(line)), loop)
    os._exit(3)


async def _submit(running: Office, key: str, fields: dict[str, str]) -> None:
    await running.submit(f"form/{key}", "busy", FormSubmitted("say", fields))
    print(key, flush=True)


async def _announce(running: Office) -> None:
    for post in running._posts:
        await post.session.synced.wait()
    print(READY, flush=True)


async def main() -> None:
    told = Told(**json.loads(os.environ[VARIABLE]))
    running = _assemble(told)
    listening = (asyncio.get_running_loop(), running)
    threading.Thread(target=_listen, args=listening, daemon=True).start()
    announcing = asyncio.create_task(_announce(running))
    try:
        await run_until_signal(running)
    except (FederationError, StoreError) as error:
        raise SystemExit(str(error)) from None
    finally:
        announcing.cancel()
        with suppress(asyncio.CancelledError):
            await announcing


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    asyncio.run(main())
