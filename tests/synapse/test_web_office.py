"""Pages and a whole office: what is answered is kept, and worked on once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

import aiohttp
import pytest

from bots.announcements.site import of_office
from bots.offices.web import pages
from bots.runtime.kit.documents import View
from bots.runtime.kit.turn import Decision
from bots.runtime.model.decision import Event, FormSubmitted
from bots.runtime.office.serving import Account, assemble
from bots.runtime.speech.words import Words
from tests.conftest import Account as HomeserverAccount
from tests.kit.wordless import Wordless
from tests.synapse.offices import running
from tests.synapse.waiting import until
from tests.synapse.web import TOKEN, settings

NewAccount = Callable[..., Awaitable[HomeserverAccount]]

pytestmark = pytest.mark.synapse


class Clerk(Wordless):
    """Keeps each form that it is given."""

    name = "announcements"

    def __init__(self) -> None:
        self.seen: list[FormSubmitted] = []

    def rule(self, view: View, event: Event, now: datetime) -> Decision:
        if isinstance(event, FormSubmitted):
            self.seen.append(event)
        return Decision()


async def test_a_form_is_kept_before_it_is_answered_and_handled_once(
    new_account: NewAccount, tmp_path: Path
) -> None:
    bot = await new_account("clerk")
    account = Account(bot.homeserver, bot.user_id, bot.password)
    commits: list[str] = []
    clerk = Clerk()

    def probe(stage: str, name: str) -> None:
        if (stage, name) == ("after", "commit:submit"):
            commits.append(name)

    async with (
        running(tmp_path, [(clerk, account)], probe=probe) as office,
        pages(office, settings(), Words(), {"announcements": of_office}) as site,
        aiohttp.ClientSession() as client,
    ):
        form = {"nonce": "n" * 22, "address": "anna@example.org", "kind": "digest"}
        for expected in (1, 2):  # she presses twice
            async with client.post(f"{site.address}/subscribe?lang=de", data=form) as answer:
                assert answer.status == 200
                assert len(commits) == expected
        async with client.post(f"{site.address}/u/{TOKEN}") as answer:
            assert answer.status == 200
        await until(lambda: len(clerk.seen) == 2)
        metrics = ""

        async def reachable() -> bool:  # known after the first sync
            nonlocal metrics
            async with client.get(f"{site.metrics_address}/metrics") as answer:
                metrics = await answer.text()
            return "buendnis_homeserver_reachable 1.0" in metrics

        await until(reachable)
    assert [event.form for event in clerk.seen] == ["subscribe", "unsubscribe"]
    assert clerk.seen[0].fields["address"] == "anna@example.org"
    assert clerk.seen[1].fields == {"token": TOKEN}
    assert "buendnis_inbox_done" in metrics


async def test_pages_say_so_while_the_office_is_not_there_yet(
    new_account: NewAccount, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.offices.web.PATIENCE", 0.2)
    bot = await new_account("clerk")
    account = Account(bot.homeserver, bot.user_id, bot.password)
    office = assemble(tmp_path, [(Clerk(), account)])
    async with (
        pages(office, settings(), Words(), {"announcements": of_office}) as site,
        aiohttp.ClientSession() as client,
    ):
        async with client.get(f"{site.address}/healthz") as answer:
            assert answer.status == 503
        async with client.get(f"{site.address}/imprint") as answer:
            assert answer.status == 200
        async with client.post(f"{site.address}/c/{TOKEN}") as answer:
            assert answer.status == 503
    await office.close()
