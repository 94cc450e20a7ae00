"""Connections to mail servers: a real one (aiosmtpd), and one that misbehaves in every way."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bridges.email.headers import Unsafe
from bridges.email.replies import Concerns
from bridges.email.smtp import Away, InDoubt, Later, Never, NotSent, Pool, Server
from tests.bench.mailsink import DROP, STALL, Sink, sink

MESSAGE = b"From: a@b.example\r\nTo: c@d.example\r\n\r\n.\r\n..two\r\nText\r\n.end\r\n"
SENDER, READER = "news@net.example", "anna@mail.example"


async def nothing() -> None:
    return None


def server(port: int, **fields: Any) -> Server:
    values = {
        "security": "none",
        "timeout": 0.5,
        "content_timeout": 0.5,
        "name": "localhost",
        "connections": 2,
    }
    return Server("127.0.0.1", port, **{**values, **fields})


async def send(pool: Pool, reader: str = READER) -> None:
    await pool.send(SENDER, reader, MESSAGE, nothing)


@asynccontextmanager
async def misbehaving(verb: str, answer: str, **fields: Any) -> AsyncIterator[tuple[Sink, Pool]]:
    """One that gives this answer to the first command of its kind, and is well after that."""
    told = [answer]

    def script(found: str, rest: str) -> str | None:
        return told.pop() if found == verb and told else None

    async with sink(script) as found, Pool(server(found.port, **fields)) as pool:
        yield found, pool


# -- a real server ---------------------------------------------------------------------------------


class Handler:
    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.sessions: set[int] = set()
        self.encrypted: list[bool] = []

    async def handle_DATA(  # noqa: N802
        self, smtp: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.envelopes.append(envelope)
        self.sessions.add(id(session))
        self.encrypted.append(session.ssl is not None)
        return "250 taken"


def certificate(folder: Path) -> Path:
    """For 127.0.0.1, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, SHA256())
    )
    path = folder / "cert.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(made.public_bytes(Encoding.PEM) + private)
    return path


@pytest.fixture
def tls(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    path = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return path, context


def login(server: SMTP, session: Session, envelope: Envelope, how: str, data: Any) -> Any:
    assert isinstance(data, LoginPassword)
    known = (data.login, data.password) == (b"news", b"secret")
    return AuthResult(success=known, handled=known)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def real(tls: tuple[Path, ssl.SSLContext]) -> Iterator[tuple[Handler, Controller]]:
    handler = Handler()
    controller = Controller(
        handler,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=tls[1],
        require_starttls=True,
        authenticator=login,
        auth_required=True,
    )
    controller.start()
    yield handler, controller
    controller.stop()


async def test_a_real_server_gets_the_bytes_by_one_connection_that_is_secret(
    real: tuple[Handler, Controller], tls: tuple[Path, ssl.SSLContext]
) -> None:
    handler, controller = real
    secure = server(
        controller.port,
        security="starttls",
        ca_file=str(tls[0]),
        user="news",
        password="secret",
        timeout=60.0,
        content_timeout=60.0,
    )
    async with Pool(secure) as pool:
        for i in range(5):
            await send(pool, f"r{i}@mail.example")
    assert [x.rcpt_tos for x in handler.envelopes] == [[f"r{i}@mail.example"] for i in range(5)]
    assert {x.content for x in handler.envelopes} == {MESSAGE}
    assert {x.mail_from for x in handler.envelopes} == {SENDER}
    assert len(handler.sessions) == 1
    assert all(handler.encrypted)


async def test_a_wrong_password_is_no_mails_fault(
    real: tuple[Handler, Controller], tls: tuple[Path, ssl.SSLContext]
) -> None:
    secure = server(
        real[1].port,
        security="starttls",
        ca_file=str(tls[0]),
        user="news",
        password="wrong",
        timeout=60.0,
    )
    async with Pool(secure) as pool:
        with pytest.raises(Away) as refused:
            await send(pool)
    assert refused.value.code == 535


async def test_a_server_that_somebody_else_answers_for_gets_nothing(
    real: tuple[Handler, Controller],
) -> None:
    async with Pool(server(real[1].port, security="starttls", timeout=60.0)) as pool:
        with pytest.raises(Away):
            await send(pool)
    assert not real[0].envelopes


async def test_no_mail_goes_in_the_clear_where_secrecy_was_asked_for() -> None:
    async with sink() as found, Pool(server(found.port, security="starttls")) as pool:
        with pytest.raises(Away):
            await send(pool)
    assert not found.mails
    assert "MAIL" not in found.commands


# -- connections -----------------------------------------------------------------------------------


async def test_connections_are_few_and_used_again() -> None:
    async with sink() as found, Pool(server(found.port, connections=3)) as pool:
        await asyncio.gather(*(send(pool, f"r{i}@mail.example") for i in range(40)))
        await asyncio.gather(*(send(pool, f"r{i}@mail.example") for i in range(40)))
        await pool.send(SENDER, READER, MESSAGE, nothing, urgent=True)
    assert found.count == 81
    assert found.connections == 2  # the last one is for what is urgent
    assert {x.message for x in found.mails} == {MESSAGE}


async def test_a_connection_is_replaced_after_so_many_mails() -> None:
    async with sink() as found, Pool(server(found.port, mails_per_connection=5)) as pool:
        for _ in range(12):
            await send(pool)
    assert found.connections == 3


async def test_a_connection_that_the_server_ended_meanwhile_costs_no_mail() -> None:
    async with sink() as found, Pool(server(found.port)) as pool:
        await send(pool)
        (connection,) = pool._idle
        assert connection._client.transport is not None
        connection._client.transport.close()
        await asyncio.sleep(0.05)
        await send(pool)
    assert found.count == 2


@pytest.mark.parametrize("answer", ["421 4.7.0 too many messages in this connection", DROP])
async def test_a_server_that_ends_connections_after_some_mails_costs_no_mail(answer: str) -> None:
    since = [0]

    def script(verb: str, _: str) -> str | None:
        since[0] = 0 if verb == "CONNECT" else since[0] + (verb == "MAIL")
        return answer if verb == "MAIL" and since[0] > 3 else None

    async with sink(script) as found, Pool(server(found.port, connections=1)) as pool:
        for i in range(10):
            await send(pool, f"r{i}@mail.example")
    assert found.count == 10
    assert found.connections == 4


async def test_a_server_that_serves_others_meanwhile_has_too_few_places() -> None:
    def script(verb: str, _: str) -> str | None:
        return STALL if verb == "CONNECT" and found.open > 1 else None

    async with sink() as found, Pool(server(found.port, connections=3)) as pool:
        found.script = script

        async def on_and_on() -> None:
            while True:
                await send(pool)

        both = [asyncio.create_task(on_and_on()) for _ in range(2)]
        ended, left = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
    (error,) = (task.exception() for task in ended)
    assert isinstance(error, Away)
    assert error.concerns is Concerns.CONNECTION


# -- a server that misbehaves ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "answer", "error"),
    [
        ("CONNECT", "554 go away", Away),
        ("CONNECT", "421 later", Away),
        ("CONNECT", "<html>", Away),
        ("CONNECT", STALL, Away),
        ("CONNECT", DROP, Away),
        ("EHLO", STALL, Away),
        ("MAIL", "451 4.3.0 later", Away),
        ("MAIL", "553 5.7.1 not from there", Away),
        ("MAIL", STALL, Away),
        ("MAIL", DROP, Away),
        ("RCPT", "450 4.2.1 greylisted", Later),
        ("RCPT", "452 too many", Later),
        ("RCPT", "421 4.3.2 closing", Away),
        ("RCPT", "550 5.1.1 nobody", Never),
        ("RCPT", STALL, Away),
        ("RCPT", DROP, Away),
        ("RCPT", "nonsense", Away),
        ("RCPT", "354 go on", Away),
        ("RCPT", "5", Away),
        ("RCPT", "550-5.1.1 Empf\udce4nger\r\n550 5.1.1 unbekannt", Never),
        ("RCPT", "452 4.5.3 too many recipients", Later),
        ("MAIL", "552 5.3.4 message too large", Away),
        ("DATA", "421 4.3.2 closing", Away),
        ("DATA", "451 later", Later),
        ("DATA", "554 no", Never),
        ("DATA", STALL, Away),
        ("DATA", DROP, Away),
        ("END", "451 4.3.0 later", Later),
        ("END", "452 4.3.1 disk full", Later),
        ("END", "554 5.6.0 no", Never),
        ("END", "550 spam", Never),
        ("END", "421 closing", Away),
        ("END", STALL, InDoubt),
        ("END", DROP, InDoubt),
        ("END", "nonsense", InDoubt),
        ("END", "354 go on", InDoubt),
        ("END", "552 5.3.4 message too large", Never),
    ],
)
async def test_each_refusal_is_told_apart_and_the_next_mail_goes(
    verb: str, answer: str, error: type[NotSent]
) -> None:
    async with misbehaving(verb, answer) as (found, pool):
        with pytest.raises(NotSent) as refused:
            await send(pool)
        assert type(refused.value) is error
        await send(pool, "next@mail.example")
    assert found.mails[-1].recipient == "next@mail.example"
    lost = [x for x in found.mails if x.recipient == READER]
    assert len(lost) == (error is InDoubt)


@pytest.mark.parametrize(
    ("answer", "address"),
    [
        ("550 5.1.1 no such user", True),
        ("550 5.1.10 null MX", True),
        ("550 no such user", False),
        ("553 no such user", False),
        ("550 5.7.1 blocked for spam", False),
        ("554 5.7.1 relay access denied", False),
        ("552 5.2.2 mailbox full", False),
        ("554 go away", False),
    ],
)
async def test_an_address_is_blamed_only_for_what_is_its_fault(answer: str, address: bool) -> None:
    async with misbehaving("RCPT", answer) as (_, pool):
        with pytest.raises(Never) as refused:
            await send(pool)
    assert refused.value.nobody is address


async def test_an_answer_after_the_content_never_blames_the_address() -> None:
    async with misbehaving("END", "550 5.1.1 no such user") as (_, pool):
        with pytest.raises(Never) as refused:
            await send(pool)
    assert not refused.value.nobody


async def test_what_a_server_says_is_not_carried_along() -> None:
    async with misbehaving("RCPT", "550 5.1.1 <anna@mail.example>: no such user") as (_, pool):
        with pytest.raises(Never) as refused:
            await send(pool)
    assert str(refused.value) == "550 5.1.1"


async def test_nobody_is_there() -> None:
    async with sink() as found:
        port = found.port
    async with Pool(server(port)) as pool:
        with pytest.raises(Away):
            await send(pool)


async def test_the_moment_of_doubt_begins_when_the_server_waits_for_the_content() -> None:
    seen: list[list[str]] = []
    async with sink() as found, Pool(server(found.port)) as pool:

        async def commit() -> None:
            seen.append([*found.commands, f"{found.count} taken"])

        await pool.send(SENDER, READER, MESSAGE, commit)
    assert [x[-2:] for x in seen] == [["DATA", "0 taken"]]


async def test_a_mail_that_could_not_be_noted_is_not_sent() -> None:
    async with sink() as found, Pool(server(found.port)) as pool:

        async def commit() -> None:
            raise OSError("disk full")

        with pytest.raises(OSError, match="disk full"):
            await pool.send(SENDER, READER, MESSAGE, commit)
        await send(pool, "next@mail.example")
    assert [x.recipient for x in found.mails] == ["next@mail.example"]


@pytest.mark.parametrize(
    "address", ["a@b.example\r\nDATA", "a@b.example> SIZE=1", "", "<a@b.example", "ä@b.example"]
)
async def test_an_address_adds_no_command(address: str) -> None:
    async with sink() as found, Pool(server(found.port)) as pool:
        with pytest.raises(Unsafe):
            await pool.send(SENDER, address, MESSAGE, nothing)
        with pytest.raises(Unsafe):
            await pool.send(address, READER, MESSAGE, nothing)
    assert found.connections == 0
