"""An office of announcements, its editors and its readers."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric import rsa

from bots.announcements.settings import Settings
from bots.lab.people.client import Seen
from bots.lab.people.person import Person
from bots.runtime.mail.performer import Mail
from bots.runtime.mail.performer import Settings as MailSettings
from bots.runtime.model.decision import FormSubmitted
from bots.runtime.office.office import Office
from bridges.email.composing import Composer
from bridges.email.dkim import Key
from bridges.email.letters import Letterhead, Mailbox
from bridges.email.smtp import Pool, Server
from tests.bench.mailsink import Received, Sink
from tests.conftest import Account as HomeserverAccount
from tests.conftest import unique

NewAccount = Callable[..., Awaitable[HomeserverAccount]]
KEY = Key("net.example", "s1", rsa.generate_private_key(65537, 2048))
HEAD = Letterhead(
    Mailbox("news@net.example", "Bündnis"), "news.net.example", "https://net.example/u/"
)


@dataclass
class House:
    office: Office
    account: str
    room: str
    anna: Person
    bilal: Person
    """Of no power."""
    sink: Sink

    async def sees(self, text: str, **fields: Any) -> Seen:
        return await self.anna.wait_for(
            room_id=self.room, sender=self.account, body=re.compile(text), **fields
        )

    async def form(self, form: str, **fields: str) -> None:
        await self.office.submit(unique("form"), "announcements", FormSubmitted(form, fields))

    async def mail_to(self, address: str, number: int = 1) -> Received:
        """The mail with this number that came to an address."""

        async with asyncio.timeout(60):
            while len(mails := [x for x in self.sink.mails if x.recipient == address]) < number:
                self.sink.arrived.clear()
                await self.sink.arrived.wait()
            return mails[number - 1]

    async def subscribe(self, address: str, language: str, kind: str = "immediate") -> None:
        await self.form("subscribe", address=address, language=language, kind=kind, consent="Ja")
        mail = await self.mail_to(address)
        await self.form("confirm", token=token_in(mail, "c"))


def token_in(mail: Received, page: str) -> str:
    found = re.search(rf"https://net\.example/{page}/([\w-]{{22}})", text_of(mail))
    assert found is not None
    return found[1]


def parsed(mail: Received) -> EmailMessage:
    message = message_from_bytes(mail.message, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(mail: Received) -> str:
    body = parsed(mail).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


async def make_room(anna: Person, bot: str, bilal: Person, encrypted: bool) -> str:
    algorithm = {"algorithm": "m.megolm.v1.aes-sha2"}
    state = [{"type": "m.room.encryption", "state_key": "", "content": algorithm}] * encrypted
    body = {"preset": "private_chat", "invite": [bot, bilal.user_id], "initial_state": state}
    answer = await anna.homeserver.call("POST", "/createRoom", body)
    room = str(answer["room_id"])
    await bilal.join(room)
    return room


def settings(account: str, room: str) -> Settings:
    return Settings(
        account=account,
        room=room,
        network="Bündnis",
        languages=("en", "ar"),
        timezone=ZoneInfo("Europe/Berlin"),
        public_url="https://net.example",
        secret=b"s" * 32,
        undo=timedelta(seconds=1),
    )


def mail(office: Office, port: int) -> Mail:
    server = Server("127.0.0.1", port, "none", name="localhost")
    composer = Composer(HEAD, b"s" * 32, (KEY,))
    post = MailSettings("bounces@net.example")
    return Mail(office.store, Pool(server), composer, post, time.time)
