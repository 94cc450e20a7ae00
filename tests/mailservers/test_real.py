"""Servers as hosters run them (Exim, Postfix, and postgrey before it), and what comes of a round.
Limits by the minute are by the second here, and no test depends on how quick this machine is: how
long a round takes is shown by `test_scripted`, in the office's own time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from tests.mailservers.exim import exim
from tests.mailservers.offices import DAY, Jumping, Mailing, mailing
from tests.mailservers.postfix import Postfix, postfix, postgrey
from tests.mailservers.running import Log

READERS = 20
UNIT = 2
"""Seconds in place of a minute."""
GREY = 3
Open = Callable[[int, int], AbstractAsyncContextManager[Mailing]]

NOT_OURS = {"smtpd_sender_restrictions": "check_sender_access static:{550 5.1.8 Domain not found}"}
WAYS = {
    "sender": NOT_OURS,
    "closed": {"smtpd_relay_restrictions": "reject"},
    "two": {"smtpd_client_connection_count_limit": "2"},
    "few": {"smtpd_client_message_rate_limit": "20"},
}


@pytest.fixture
def scene(tmp_path: Path) -> Open:
    @asynccontextmanager
    async def opened(port: int, readers: int) -> AsyncIterator[Mailing]:
        async with mailing(tmp_path / f"office-{port}", port, readers, Jumping()) as office:
            yield office

    return opened


@pytest.fixture(scope="module")
async def real(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Postfix]:
    """One Postfix for all tests, with a port for each way to be."""
    folder = tmp_path_factory.mktemp("postfix")
    async with postgrey(folder / "postgrey", GREY) as socket:
        asks = {"smtpd_recipient_restrictions": f"check_policy_service unix:{socket}"}
        ways = {**WAYS, "grey": asks}
        async with postfix(folder / "postfix", ways, unit=UNIT) as server:
            yield server


def got(log: Log, number: int) -> Callable[[], bool]:
    return lambda: sum(log.mails().values()) >= number


async def two_rounds_refused(office: Mailing, log: Log, words: str) -> None:
    await office.announce()
    await office.until(lambda: "reject" in log.text)
    await office.until_sooner(office.told(words))
    office.leap(1.5 * DAY)
    await office.announce()
    await office.until_sooner(lambda: log.text.count("reject") > READERS)
    assert await office.standings() == {"active": READERS}


# -- Exim ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "refusal",
    [
        "relay not permitted",
        "Domain net.example has exceeded the max emails per hour (500/500 (100%)) allowed.",
    ],
)
async def test_exim_that_refuses_all_suspends_nobody(
    tmp_path: Path, scene: Open, refusal: str
) -> None:
    async with exim(tmp_path / "exim") as server, scene(server.port, READERS) as office:
        server.refuses(refusal)
        await two_rounds_refused(office, server.log, "said: \u2068550")
        server.refuses(None)
        await office.until_sooner(got(server.log, 2 * READERS))
        await office.until_told(f"Sent to {READERS}", 2)
        assert await office.standings() == {"active": READERS}
        assert set(server.log.mails().values()) == {2}


async def test_exim_away_for_a_while_gets_all(tmp_path: Path, scene: Open) -> None:
    async with exim(tmp_path / "exim") as server:
        port = server.port
    async with scene(port, 50) as office:
        await office.announce()
        await office.until_trouble()
        async with exim(tmp_path / "again", port=port) as server:
            await office.until(got(server.log, 50))


async def test_exim_that_bears_two_connections_and_few_mails_by_each(
    tmp_path: Path, scene: Open
) -> None:
    async with (
        exim(tmp_path / "exim", connections=2, mails=7) as server,
        scene(server.port, 100) as office,
    ):
        await office.announce()
        await office.until(got(server.log, 100))


async def test_exim_that_counts_mails_gets_them_as_it_bears_them(
    tmp_path: Path, scene: Open
) -> None:
    counts = f"  defer ratelimit = 20 / {UNIT}s / leaky / per_mail\n message = slow down"
    async with exim(tmp_path / "exim", at_mail=counts) as server, scene(server.port, 50) as office:
        await office.announce()
        await office.until(got(server.log, 50))


async def test_a_letter_that_exim_refuses_holds_up_no_confirmation(
    tmp_path: Path, scene: Open
) -> None:
    async with exim(tmp_path / "exim") as server, scene(server.port, 60) as office:
        server.dislikes("r[0-9]")
        await office.announce()
        await office.until_told("said: \u2068550")
        await office.ask_for_mails("anna@mail.example")
        await office.until(got(server.log, 1))
        assert server.log.mails() == {"anna": 1}


# -- Postfix ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("way", "status"), [("sender", "550 5.1.8"), ("closed", "554 5.7.1")])
async def test_postfix_that_refuses_all_suspends_nobody(
    real: Postfix, scene: Open, way: str, status: str
) -> None:
    async with scene(real.ports[way], READERS) as office:
        await two_rounds_refused(office, real.log, status)


async def test_who_has_no_mailbox_is_suspended_told_and_brought_back(
    tmp_path: Path, scene: Open
) -> None:
    folder = tmp_path / "postfix"
    async with postfix(folder, {"well": {}}) as server:
        (folder / "mailboxes").write_text("!/^r3@/ all/\n")
        async with scene(server.ports["well"], READERS) as office:
            await office.announce()
            await office.until_told("Sent to 19")
            await office.until_told("could not be delivered (\u2068550 5.1.1")
            assert await office.standings() == {"active": READERS}
            office.leap(1.5 * DAY)
            await office.announce()
            await office.until_told("nobody reads there (\u2068550 5.1.1")
            assert await office.standings() == {"active": READERS - 1, "suspended": 1}
            await office.bring_back()
            await office.until_told("1 address gets mails again")
            assert await office.standings() == {"active": READERS}


@pytest.mark.parametrize(("way", "readers"), [("two", 100), ("few", 50)])
async def test_postfix_gets_all_as_it_bears_them(
    real: Postfix, scene: Open, way: str, readers: int
) -> None:
    """Two connections at once; so many mails in a while."""
    before = sum(real.log.mails().values())
    async with scene(real.ports[way], readers) as office:
        await office.announce()
        await office.until(got(real.log, before + readers))


async def test_postgrey_costs_one_pause(real: Postfix, scene: Open) -> None:
    before = sum(real.log.mails().values())
    async with scene(real.ports["grey"], READERS) as office:
        await office.announce()
        await office.until_round(lambda x: x.waiting == READERS)
        await office.until_sooner(got(real.log, before + READERS))
