"""An office that has announcements to send and no homeserver: whatever it says in rooms is noted.

`live` runs it on a store that `seed` has made.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bots.announcements.bot import AnnouncementsBot
from bots.announcements.documents.news import ITEMS, Announcement, State, Version
from bots.announcements.documents.people import READERS, Kind, Standing, Subscriber
from bots.announcements.settings import Settings
from bots.runtime.mail.documents import ADDRESSES, Address
from bots.runtime.mail.performer import Mail
from bots.runtime.mail.performer import Settings as MailSettings
from bots.runtime.office.office import Office, Post
from bots.runtime.process.clock import Clock, SystemClock
from bots.runtime.process.failpoints import VARIABLE, from_environment
from bots.runtime.speech.words import Words
from bots.runtime.store.records import Rings
from bots.runtime.store.sealing import Sealer
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from bridges.email import tokens
from bridges.email.composing import Composer
from bridges.email.dkim import Key
from bridges.email.letters import Letterhead, Mailbox
from bridges.email.smtp import Pool, Server
from federation.model.actions import Send
from federation.performing.perform import Outcome
from federation.syncing.recent import Recent
from federation.syncing.session import Session

BOT, ROOM, EDITOR = "@news:net.example", "!news", "@anna:net.example"
KEY = b"k" * 32
SECRET = b"s" * 32
SAID, LOG = "said.txt", "office.log"
LANGUAGES = ("en", "ar", "uk")
SETTINGS = Settings(
    account=BOT,
    room=ROOM,
    network="Bündnis",
    languages=LANGUAGES,
    timezone=ZoneInfo("Europe/Berlin"),
    public_url="https://net.example/",
    secret=SECRET,
    editors=(EDITOR,),
    undo=timedelta(0),
)
HEAD = Letterhead(
    Mailbox("news@net.example", "Bündnis"), "news.net.example", "https://net.example/u/"
)
TEXT = {
    "en": "# Meeting on Friday\n\n" + "We meet at **18:00** in the house at the lake. " * 60,
    "ar": "# اجتماع يوم الجمعة\n\n" + "نلتقي في الساعة السادسة مساءً. " * 60,
}


@dataclass
class NoHomeserver:
    """A session of an account that hears nothing."""

    account: str = BOT
    reachable: bool = True
    received_at: float = 0.0
    server: Any = None

    def __post_init__(self) -> None:
        self.came_back: Callable[[], None] = lambda: None
        self.recent = Recent(0)
        self.synced = asyncio.Event()
        self.synced.set()

    async def open(self) -> None:
        return None

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def mark_handled(self) -> None:
        return None


class Room:
    """Performs for the account: what it says is noted in a file."""

    def __init__(self, path: Path) -> None:
        self.ready = asyncio.Event()
        self.ready.set()
        self._path = path

    async def perform(self, action: Any, action_id: str) -> Outcome:
        text = getattr(action, "text", None)
        if text is not None:
            with self._path.open("a") as file:
                file.write(text.body.replace("\n", " ") + "\n")
        return Outcome(ROOM, f"${action_id}" if isinstance(action, Send) else None)

    async def close(self) -> None:
        return None


def reader_id(i: int) -> str:
    return tokens.mark(SECRET, "reader", address(i))


def address(i: int) -> str:
    return f"r{i}@mail.example"


async def seed(
    folder: Path, readers: int, announcements: int = 1, now: Callable[[], float] = time.time
) -> None:
    """A store with readers, and announcements whose time has come."""
    store = Store.open(folder, Sealer(KEY), now)
    await store.run("seed", lambda tx: _seed(tx, readers, announcements))
    await store.close()
    rsa_key = rsa.generate_private_key(65537, 2048)
    pem = rsa_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "dkim.pem").write_bytes(pem)


def _seed(tx: Transaction, readers: int, announcements: int) -> None:
    for i in range(readers):
        reader = reader_id(i)
        language = LANGUAGES[i % len(LANGUAGES)]
        known = Subscriber(reader, Standing.ACTIVE, language, Kind.IMMEDIATE)
        tx.keep(READERS, known)
        tx.keep(ADDRESSES, Address(reader, address(i)))
    for number in range(1, announcements + 1):
        announce(tx, number)


def announce(tx: Transaction, number: int) -> None:
    """It leaves as soon as the office looks at its timers."""
    texts = [Version(x, f"${x}{number}", EDITOR, TEXT[x]) for x in TEXT]
    item = Announcement(number, texts[0], State.PENDING, tuple(texts[1:]))
    tx.keep(ITEMS, item)
    tx.fill(f"announcement/{number}/offer", ROOM, f"$offer{number}")
    rings = Rings(f"due/{number}", "announcements", f"undo/{number}", tx.now)
    tx.set_timer(f"announcements/undo/{number}", tx.now, rings)


def office(
    folder: Path,
    port: int,
    connections: int = 4,
    timeout: float = 30.0,
    clock: Clock | None = None,
) -> Office:
    clock = clock or SystemClock()
    probe = from_environment(os.environ)
    store = Store.open(folder, Sealer(KEY), clock.now, probe, clock.running)
    key = Key.load("net.example", "s1", (folder / "dkim.pem").read_bytes())
    server = Server(
        "127.0.0.1",
        port,
        "none",
        name="localhost",
        connections=connections,
        timeout=timeout,
        content_timeout=timeout,
    )
    mail = Mail(
        store,
        Pool(server),
        Composer(HEAD, SECRET, (key,)),
        MailSettings("bounces@net.example"),
        clock.now,
    )
    posts = [Post(AnnouncementsBot(SETTINGS, _words()), cast(Session, NoHomeserver()))]
    return Office(store, posts, clock, bridges={"mail": mail, BOT: Room(folder / SAID)})


@cache
def _words() -> Words:
    return Words()


def live(folder: Path, port: int, point: str = "") -> None:
    """Run it in a process of its own, which ends with the one that wanted it, or at `point`."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.dup2(os.open(folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
    os.environ[VARIABLE] = point
    asyncio.run(office(folder, port, timeout=2.0).run())


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(3)
