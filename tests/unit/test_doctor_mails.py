"""`buendnis doctor`: the mail server, and the pages as readers reach them."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from aiohttp import web

from bots.cli.checkup.alarming import Alarming, alarms
from bots.cli.checkup.pages import pages
from bots.cli.checkup.post import taken
from bots.offices.checkup.finding import Mark
from bridges.email.smtp import Server
from tests.bench.mailsink import DROP, Script, sink

PLAIN = Server("127.0.0.1", 0, "none")
KNOWN = replace(PLAIN, user="rundbrief", password="geheim")


# -- the mail server -------------------------------------------------------------------------------


async def test_a_server_that_takes_our_mails() -> None:
    async with sink() as mails:
        found = await taken(replace(PLAIN, port=mails.port))
        assert (found.mark, found.found) == (
            Mark.OK,
            f"127.0.0.1:{mails.port} answers; it asks for no login",
        )
        assert mails.mails == []
        assert "MAIL" not in mails.commands


def answering(**answers: str) -> Script:
    usual = {"EHLO": "250-sink\r\n250 AUTH PLAIN"}
    return lambda verb, _: {**usual, **answers}.get(verb)


async def test_the_login_is_tried() -> None:
    async with sink(answering(AUTH="235 2.7.0 welcome")) as mails:
        found = await taken(replace(KNOWN, port=mails.port))
        assert (found.mark, found.found) == (Mark.OK, f"127.0.0.1:{mails.port} takes our login")
        assert "AUTH" in mails.commands


@pytest.mark.parametrize(
    ("answers", "words", "remedy"),
    [
        ({"AUTH": "535 5.7.8 no"}, "refuses our login (535)", "password"),
        ({"CONNECT": "554 5.7.1 go away"}, "wants nothing from us (554)", "may send through it"),
        ({"CONNECT": DROP}, "answers, but not as it should", "email.smtp.tls"),
        ({"EHLO": "250 sink"}, "answers, but not as it should", "takes logins"),
    ],
)
async def test_a_server_that_does_not_let_us_in(
    answers: dict[str, str], words: str, remedy: str
) -> None:
    async with sink(answering(**answers)) as mails:
        found = await taken(replace(KNOWN, port=mails.port))
    assert (found.mark, words in found.found, remedy in str(found.remedy)) == (
        Mark.FAULT,
        True,
        True,
    ), found
    assert "geheim" not in f"{found.found}{found.remedy}"


async def test_another_protocol_than_was_said() -> None:
    async with sink() as mails:
        found = await taken(replace(PLAIN, port=mails.port, security="starttls"))
    assert (found.mark, "not as it should" in found.found) == (Mark.FAULT, True)


async def test_no_server() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        found = await taken(replace(PLAIN, port=port))
    assert (found.mark, found.found) == (Mark.FAULT, f"nothing listens at 127.0.0.1:{port}")
    assert "email.smtp.host" in str(found.remedy)


async def test_an_environment_without_the_password() -> None:
    found = await taken(replace(PLAIN, user="rundbrief"))
    assert (found.check, found.mark) == ("mail server", Mark.NOTE)


# -- who is told of alarms -------------------------------------------------------------------------

BOARD, CARRIER = "vorstand@example.org", "traeger@example.net"


def alarming(port: int, *to: str) -> Alarming:
    boxes = tuple((79 + x, box) for x, box in enumerate(to or (BOARD, CARRIER)))
    server = replace(PLAIN, port=port)
    return Alarming("ombuds.yaml", 77, server, 81, "bounces@example.org", boxes)


async def test_nobody_is_told_of_alarms() -> None:
    [found] = await alarms(Alarming("ombuds.yaml", 1))
    assert found.mark is Mark.NOTE
    assert found.found.startswith("ombuds.yaml:1: alarms: nobody is named")
    assert "ombuds.yaml shows how" in str(found.remedy)


async def test_each_mailbox_is_asked_for_and_nothing_is_sent() -> None:
    async with sink() as mails:
        found = await alarms(alarming(mails.port))
        assert [x.mark for x in found] == [Mark.OK, Mark.OK]
        assert found[1].found == "mailboxes that the mail server takes: 2"
        assert mails.mails == []
        assert mails.commands.count("RCPT") == 2
        assert "DATA" not in mails.commands


@pytest.mark.parametrize(
    ("answer", "mark", "words"),
    [
        ("550 5.1.1 nobody", Mark.FAULT, "takes no mail for this mailbox (550)"),
        ("450 4.2.0 greylisted", Mark.NOTE, "asked again later (450)"),
    ],
)
async def test_a_mailbox_that_is_refused(answer: str, mark: Mark, words: str) -> None:
    def script(verb: str, text: str) -> str | None:
        return answer if verb == "RCPT" and CARRIER in text else None

    async with sink(script) as mails:
        found = await alarms(alarming(mails.port))
    assert [x.mark for x in found] == [Mark.OK, Mark.OK, mark]
    assert found[2].found.startswith("ombuds.yaml:80: alarms.to[1]: the mail server")
    assert words in found[2].found
    assert not [x for x in found if CARRIER in f"{x.found}{x.remedy}"]


async def test_a_sender_that_is_refused() -> None:
    async with sink(answering(MAIL="553 5.7.1 not yours")) as mails:
        found = await alarms(alarming(mails.port))
    assert [x.mark for x in found] == [Mark.OK, Mark.FAULT]
    assert "ombuds.yaml:77: alarms.from: " in found[1].found


async def test_a_mail_server_for_alarms_that_is_away() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        [found] = await alarms(alarming(held.getsockname()[1]))
    assert found.mark is Mark.FAULT
    assert found.found.startswith("ombuds.yaml:81: alarms.smtp: nothing listens at")
    assert "alarms.smtp.host" in str(found.remedy)


# -- the pages -------------------------------------------------------------------------------------


@asynccontextmanager
async def proxy(status: int, body: str, **headers: str) -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.Response:
        assert request.path == "/buendnis/healthz"
        return web.Response(status=status, text=body, headers=headers)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/buendnis"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("status", "body", "mark", "words"),
    [
        (200, '{"status": "ready"}', Mark.OK, "answers through its proxy"),
        (503, '{"status": "not ready"}', Mark.NOTE, "not ready yet"),
        (503, "<h1>Unavailable</h1>", Mark.FAULT, "does not reach the office (503)"),
        (502, "<h1>Bad Gateway</h1>", Mark.FAULT, "does not reach the office (502)"),
        (200, "<h1>Welcome to nginx!</h1>", Mark.FAULT, "something else than the office"),
        (404, "", Mark.FAULT, "something else than the office answers (404)"),
        (301, "", Mark.FAULT, "something else than the office answers (301)"),
    ],
)
async def test_what_answers_there(status: int, body: str, mark: Mark, words: str) -> None:
    async with proxy(status, body, Location="https://elsewhere.example/") as url:
        reached, found = await pages(url, running=True)
    assert reached.mark is Mark.OK
    assert (found.check, found.mark, words in found.found) == ("pages", mark, True), found


async def test_pages_that_nobody_serves_yet() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{held.getsockname()[1]}"
        [found] = await pages(url, running=False)
        assert (found.mark, "web.public_url" in str(found.remedy)) == (Mark.NOTE, True)
        [found] = await pages(url, running=True)
        assert found.mark is Mark.FAULT
