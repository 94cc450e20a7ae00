"""The demo's mail server: takes every mail on loopback, and keeps its bytes as they came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

END = b".\r\n"


@dataclass(frozen=True, slots=True)
class Mail:
    recipient: str
    raw: bytes = field(repr=False)

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)  # noqa: S101  (the policy makes it one)
        return parsed

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return "" if part is None else str(part.get_content())


class Letterbox:
    """Use `listening`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._news = asyncio.Event()
        self.mails: list[Mail] = []
        self.port = 0

    def to(self, address: str) -> list[Mail]:
        return [mail for mail in self.mails if mail.recipient == address]

    async def mail_to(self, address: str, number: int) -> Mail:
        """The mail with this number, from 1, to an address; waits for it."""
        while len(self.to(address)) < number:
            await self._news.wait()
        return self.to(address)[number - 1]

    def _take(self, mail: Mail) -> None:
        name = f"{len(self.mails):04}.eml"
        draft = self._folder / f".{name}"
        draft.write_bytes(mail.raw)
        draft.replace(self._folder / name)
        self.mails.append(mail)
        self._news.set()
        self._news = asyncio.Event()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection (RFC 5321, as far as one sender that behaves needs it)."""
        writer.write(b"220 the demo\r\n")
        recipient = ""
        with suppress(ConnectionError):
            while line := await reader.readline():
                verb, _, rest = line.decode("latin-1").strip().partition(" ")
                answer = b"250 fine"
                if verb.upper() == "RCPT":
                    recipient = rest[rest.find("<") + 1 : rest.find(">")]
                elif verb.upper() == "DATA":
                    writer.write(b"354 go on\r\n")
                    self._take(Mail(recipient, await _content(reader)))
                writer.write((b"221 bye" if verb.upper() == "QUIT" else answer) + b"\r\n")
                await writer.drain()
        writer.close()


async def _content(reader: asyncio.StreamReader) -> bytes:
    lines = []
    while (line := await reader.readline()) not in (END, b""):
        lines.append(line.removeprefix(b"."))
    return b"".join(lines)


@asynccontextmanager
async def listening(folder: Path) -> AsyncIterator[Letterbox]:
    """A letterbox that keeps its mails in `folder`, for as long as the block lasts."""
    box = Letterbox(folder)
    server = await asyncio.start_server(box.talk, "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
