"""A mail server that takes everything, as fast as Python can, or misbehaves as it is told.

`python -m tests.bench.mailsink` prints its port and goes on until its standard input ends; it
answers `count` on its standard input with the number of mails.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

STALL = "stall"
"""Say nothing."""
DROP = "drop"
"""End the connection instead of an answer."""
END = b"\r\n.\r\n"

Script = Callable[[str, str], str | None]
"""Verb (`CONNECT`, `EHLO`, …, `DATA`, `END`) and what stands behind it → an answer to give in place
of the usual one. `END` is the answer to a mail's content; behind it stands the recipient."""


@dataclass
class Received:
    sender: str
    recipient: str
    content: bytes = field(repr=False)

    @property
    def message(self) -> bytes:
        """Without what SMTP adds to lines that begin with a dot."""
        return self.content.replace(b"\r\n..", b"\r\n.")

    @property
    def message_id(self) -> str:
        start = self.content.index(b"Message-ID: ") + len(b"Message-ID: ")
        return self.content[start : self.content.index(b"\r\n", start)].decode()


class Sink:
    def __init__(self, script: Script | None = None, keep: bool = True) -> None:
        self.script = script
        self.keep = keep
        self.mails: list[Received] = []
        self.count = 0
        self.connections = 0
        self.open = 0
        self.most_open = 0
        self.commands: list[str] = []
        self.port = 0
        self.arrived = asyncio.Event()
        """Set with each mail."""

    def took(self, mail: Received) -> None:
        self.count += 1
        if self.keep:
            self.mails.append(mail)
        self.arrived.set()


class _Session(asyncio.Protocol):
    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._buffer = b""
        self._in_content = False
        self._sender = self._recipient = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._sink.connections += 1
        self._sink.open += 1
        self._sink.most_open = max(self._sink.most_open, self._sink.open)
        self._say("CONNECT", "", "220 sink")

    def connection_lost(self, exc: Exception | None) -> None:
        self._sink.open -= 1

    def _say(self, verb: str, rest: str, usual: str) -> bool:
        """Whether the usual answer was given."""
        told = self._sink.script(verb, rest) if self._sink.script is not None else None
        if told == DROP:
            self._transport.abort()
        elif told != STALL:
            self._transport.write((told or usual).encode("utf-8", "surrogateescape") + b"\r\n")
        return told is None

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while self._content() if self._in_content else self._command():
            pass

    def _command(self) -> bool:
        line, end, rest = self._buffer.partition(b"\r\n")
        if not end:
            return False
        self._buffer = rest
        verb, _, argument = line.decode("latin-1").partition(" ")
        verb = verb.upper()
        self._sink.commands.append(verb)
        usual = {"EHLO": "250-sink\r\n250 PIPELINING", "DATA": "354 go on", "QUIT": "221 bye"}
        if verb in ("MAIL", "RCPT"):
            self._note(verb, argument)
        if self._say(verb, argument, usual.get(verb, "250 2.0.0 fine")) and verb == "DATA":
            self._in_content = True
        return True

    def _note(self, verb: str, argument: str) -> None:
        address = argument[argument.find("<") + 1 : argument.find(">")]
        if verb == "MAIL":
            self._sender = address
        else:
            self._recipient = address

    def _content(self) -> bool:
        end = self._buffer.find(END)
        if end < 0:
            return False
        mail = Received(self._sender, self._recipient, self._buffer[: end + 2])
        self._buffer = self._buffer[end + len(END) :]
        self._in_content = False
        # Taken, then answered: whoever loses the answer does not know.
        script = self._sink.script
        told = script("END", mail.recipient) if script is not None else None
        if told is None or told[0] not in "45":
            self._sink.took(mail)
        if told == DROP:
            self._transport.abort()
        elif told != STALL:
            self._transport.write((told or "250 2.0.0 taken").encode() + b"\r\n")
        return True


@asynccontextmanager
async def sink(script: Script | None = None, *, keep: bool = True) -> AsyncIterator[Sink]:
    """A server on loopback for as long as the block lasts."""
    found = Sink(script, keep)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Session(found), "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()


async def _main() -> None:
    async with sink(keep=False) as found:
        print(found.port, flush=True)
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            if line.strip() == "count":
                print(found.count, flush=True)


if __name__ == "__main__":
    asyncio.run(_main())
