"""Connections to the server that takes our mail, kept open and used again.

What may succeed later (4xx, a server that is away) and what failed for good (5xx) are told apart,
and so is the one case that SMTP leaves open: the content went out and no answer came. Each tells
what it concerns: one recipient, the letter, the connection, or the server.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

import aiosmtplib
from aiosmtplib import SMTP, SMTPResponse

from bridges.email.addresses import is_safe
from bridges.email.headers import Unsafe
from bridges.email.replies import Concerns, Reply, Stage
from bridges.email.room import Room

log = logging.getLogger(__name__)

Security = Literal["tls", "starttls", "none"]


class NotSent(Exception):
    """`code`: the server's three digits, 0 where it said nothing; `status`: the enhanced status
    (RFC 3463), such as `5.1.1`, or nothing. What else a server says may hold an address."""

    concerns = Concerns.SERVER

    def __init__(self, code: int = 0, status: str = "", concerns: Concerns | None = None) -> None:
        super().__init__(f"{code} {status}".strip())
        self.code = code
        self.status = status
        if concerns is not None:
            self.concerns = concerns


class Away(NotSent):
    """The server can't be used at the moment; nothing was sent."""


class Later(NotSent):
    """The server refuses this mail for now."""


class Never(NotSent):
    """The server refuses this mail for good. `nobody`: nobody reads at this address."""

    def __init__(
        self,
        code: int,
        status: str = "",
        concerns: Concerns | None = None,
        *,
        nobody: bool = False,
    ) -> None:
        super().__init__(code, status, concerns)
        self.nobody = nobody


class InDoubt(NotSent):
    """The content went out, and the server did not say whether it has it."""

    concerns = Concerns.CONNECTION


@dataclass(frozen=True, slots=True)
class Server:
    """How the mail server is reached."""

    host: str
    port: int
    security: Security = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    name: str | None = None
    """How we name ourselves (EHLO); by default this machine's name."""
    connections: int = 5
    """At most. The last of several is kept for mails that somebody waits for."""
    timeout: float = 30.0
    """Seconds that it may take to answer a command."""
    content_timeout: float = 300.0
    """Seconds that it may take to accept a whole mail (RFC 5321 § 4.5.3.2.6)."""
    mails_per_connection: int = 100


Hook = Callable[[], Awaitable[None]]


class Pool:
    """At most `connections` at once, fewer where the server bears fewer; `async with`, or `close`
    at the end."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._room = Room(server.connections)
        self._idle: list[_Connection] = []
        self._served = 0

    async def __aenter__(self) -> Pool:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def send(
        self, sender: str, recipient: str, message: bytes, commit: Hook, *, urgent: bool = False
    ) -> None:
        """Hand one mail over. `commit` is awaited when the server is ready for the content: from
        then on until its answer, nobody knows whether it has the mail.

        Raises Away, Later, Never, InDoubt, Unsafe.
        """
        if not (is_safe(sender) and is_safe(recipient)):
            raise Unsafe("an address that can't be in a command")
        async with self._room.place(urgent=urgent):
            try:
                await self._hand_over(self._take, sender, recipient, message, commit)
            except _HadItsDayError:
                await self._hand_over(self._open, sender, recipient, message, commit)

    async def _hand_over(
        self,
        take: Callable[[], Awaitable[_Connection]],
        sender: str,
        recipient: str,
        message: bytes,
        commit: Hook,
    ) -> None:
        async with self._connection(take) as connection:
            await connection.send(sender, recipient, message, commit)
        self._served += 1

    async def close(self) -> None:
        idle, self._idle = self._idle, []
        for connection in idle:
            await connection.quit()

    async def check(self) -> None:
        """Connect, greet and log in, for `doctor`. Raises Away."""
        await self.offer()

    async def offer(self, sender: str = "", to: Sequence[str] = ()) -> list[NotSent | None]:
        """Ask whether a mail would be taken for each of these, and send none. Raises Away."""
        connection = await _Connection.open(self._server)
        try:
            return await connection.offer(sender, to) if to else []
        finally:
            await connection.quit()

    @asynccontextmanager
    async def _connection(
        self, take: Callable[[], Awaitable[_Connection]]
    ) -> AsyncIterator[_Connection]:
        connection = await take()
        try:
            yield connection
        finally:
            if connection.usable:
                self._idle.append(connection)
            else:
                connection.drop()

    async def _take(self) -> _Connection:
        while self._idle:
            connection = self._idle.pop()
            if connection.usable and await connection.is_awake():
                return connection
            connection.drop()
        return await self._open()

    async def _open(self) -> _Connection:
        others, served = self._room.taken > 1, self._served
        try:
            return await _Connection.open(self._server)
        except Away as error:
            # Alone it is no matter of how many we are. Where others are served meanwhile, it is.
            too_many = error.concerns is Concerns.CONNECTION or self._served > served
            if too_many and others:
                self._room.shrink()
                raise Away(error.code, error.status, Concerns.CONNECTION) from None
            raise Away(error.code, error.status, Concerns.SERVER) from None


_FAULTS = (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError)


class _HadItsDayError(Exception):
    """Servers end a connection after so many mails, or so long: nothing of this one has left, and a
    new connection may take it at once."""


class _Connection:
    def __init__(self, client: SMTP, server: Server) -> None:
        self._client = client
        self._server = server
        self._left = server.mails_per_connection
        self._began = self._left
        self._used = asyncio.get_running_loop().time()

    @classmethod
    async def open(cls, server: Server) -> _Connection:
        client = SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=None if server.security == "none" else _trust(server),
            local_hostname=server.name,
            timeout=server.timeout,
        )
        try:
            await client.connect()
            await client.ehlo()
        except _FAULTS as error:
            client.close()
            raise _not_reached(error) from None
        except BaseException:
            client.close()
            raise
        return cls(client, server)

    @property
    def usable(self) -> bool:
        return self._left > 0 and self._client.is_connected

    async def is_awake(self) -> bool:
        """Servers end connections that were idle for a while, some without a word."""
        if asyncio.get_running_loop().time() - self._used < 5.0:
            return True
        with suppress(*_FAULTS):
            return (await self._client.execute_command(b"NOOP")).code == 250
        return False

    async def send(self, sender: str, recipient: str, message: bytes, commit: Hook) -> None:
        try:
            await self._begin(sender, recipient)
            await commit()
            await self._content(sender, message)
        except Away:
            self.drop()
            raise
        except NotSent:
            if self.usable:
                await self._reset()
            raise
        except BaseException:
            self.drop()  # whatever it was amid, nobody can go on with it
            raise
        self._left -= 1
        self._used = asyncio.get_running_loop().time()

    async def _begin(self, sender: str, recipient: str) -> None:
        used = self._left < self._began
        try:
            await self._announce(sender, recipient)
        except Away as error:
            if used and error.concerns is Concerns.CONNECTION:
                raise _HadItsDayError from None
            raise

    async def offer(self, sender: str, to: Sequence[str]) -> list[NotSent | None]:
        if not all(map(is_safe, (sender, *to))):
            raise Unsafe("an address that can't be in a command")
        await self._from(sender)
        answers: list[NotSent | None] = []
        for recipient in to:
            try:
                await self._to(sender, recipient)
                answers.append(None)
            except (Later, Never) as error:
                answers.append(error)
        return answers

    async def _from(self, sender: str) -> None:
        answer = await self._ask(b"MAIL", f"FROM:<{sender}>".encode("ascii"))
        if answer.code // 100 != 2:
            # It takes no mail from us at all at the moment, whoever it is for.
            raise _away(answer, Stage.SENDER)

    async def _to(self, sender: str, recipient: str) -> None:
        answer = await self._ask(b"RCPT", f"TO:<{recipient}>".encode("ascii"))
        if answer.code // 100 != 2:
            raise _refusal(answer, Stage.RECIPIENT, sender)

    async def _announce(self, sender: str, recipient: str) -> None:
        await self._from(sender)
        await self._to(sender, recipient)
        answer = await self._ask(b"DATA")
        if answer.code != 354:
            raise _refusal(answer, Stage.CONTENT, sender)

    async def _ask(self, *command: bytes) -> SMTPResponse:
        try:
            answer = await self._client.execute_command(*command)
        except _FAULTS as error:
            raise Away(_code(error), concerns=Concerns.CONNECTION) from None
        if answer.code == 421:
            raise _away(answer, Stage.SENDER)
        return answer

    async def _content(self, sender: str, message: bytes) -> None:
        protocol = self._client.protocol
        if protocol is None:
            raise Away(concerns=Concerns.CONNECTION)
        if message.startswith(b"."):
            message = b"." + message
        try:
            protocol.write(message.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        except _FAULTS:
            raise Away(concerns=Concerns.CONNECTION) from None  # the connection had ended before
        try:
            answer = await protocol.read_response(timeout=self._server.content_timeout)
        except _FAULTS as error:
            self.drop()
            raise InDoubt(_code(error)) from None
        if answer.code == 421:
            raise _away(answer, Stage.CONTENT)
        if answer.code // 100 not in (2, 4, 5):
            self.drop()
            raise InDoubt(answer.code)
        if answer.code // 100 != 2:
            raise _refusal(answer, Stage.CONTENT, sender)

    async def _reset(self) -> None:
        try:
            answer = await self._client.execute_command(b"RSET")
        except _FAULTS:
            self.drop()
            return
        if answer.code != 250:
            self.drop()

    def drop(self) -> None:
        self._left = 0
        self._client.close()

    async def quit(self) -> None:
        with suppress(*_FAULTS):
            await self._client.execute_command(b"QUIT", timeout=2.0)
        self.drop()


def _trust(server: Server) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=server.ca_file)


def _code(error: BaseException) -> int:
    return error.code if isinstance(error, aiosmtplib.SMTPResponseException) else 0


def _not_reached(error: BaseException) -> Away:
    text = error.message if isinstance(error, aiosmtplib.SMTPResponseException) else str(error)
    reply = Reply(_code(error), text)
    return Away(reply.code, reply.status, reply.concerns(Stage.CONNECT))


def _away(answer: SMTPResponse, stage: Stage) -> Away:
    reply = Reply(answer.code, answer.message)
    return Away(reply.code, reply.status, reply.concerns(stage))


def _refusal(answer: SMTPResponse, stage: Stage, sender: str) -> NotSent:
    reply = Reply(answer.code, answer.message, sender)
    concerns = reply.concerns(stage)
    if answer.code // 100 not in (4, 5):  # an answer to something else, or no SMTP at all
        return Away(reply.code, concerns=Concerns.CONNECTION)
    if 400 <= answer.code < 500:
        return Later(reply.code, reply.status, concerns)
    nobody = stage is Stage.RECIPIENT and reply.nobody
    return Never(reply.code, reply.status, concerns, nobody=nobody)
