"""After news the office speaks first, and only then asks for more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from bots.runtime.model.decision import Event, Request
from bots.runtime.office import delivering
from bots.runtime.office.serving import Account
from federation.model.actions import Join, Send, Text
from federation.model.events import Membership, MembershipKind, TextMessage
from tests.store.bots import Obedient
from tests.synapse.conftest import MakePerson, NewAccount
from tests.synapse.offices import running
from tests.synapse.waiting import until

pytestmark = pytest.mark.synapse

TIMES = 3


def answer(event: Event, now: datetime) -> Sequence[Request]:
    match event:
        case Membership(membership=MembershipKind.INVITE) if event.user == event.origin.account:
            return [Join(event.origin.room_id)]
        case TextMessage():
            return [Send(event.origin.room_id, Text(f"{event.body}, too"))]
    return []


async def test_what_follows_from_news_is_sent_before_more_is_asked_for(
    new_account: NewAccount,
    make_person: MakePerson,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivering, "SPEECH", 5.0)  # however slow this machine is at the moment
    account, anna = await new_account("bot"), await make_person("anna")
    body = {"preset": "private_chat", "invite": [account.user_id]}
    room = str((await anna.homeserver.call("POST", "/createRoom", body))["room_id"])
    stages: list[tuple[float, str]] = []

    def note(stage: str, name: str) -> None:
        stages.append((time.monotonic(), f"{stage} {name}"))

    post = Account(account.homeserver, account.user_id, account.password)
    async with running(tmp_path / "office", [(Obedient(answer), post)], probe=note):
        await anna.wait_for(room_id=room, state_key=account.user_id, sender=account.user_id)
        for number in range(TIMES):
            stages.clear()
            await anna.send(room, f"hello {number}")
            await anna.wait_for(room_id=room, body=f"hello {number}, too")
            await until(lambda: any(name == "after send" for _, name in stages))
            names = [name for _, name in stages]
            sent = names.index("after send")
            heard = max(n for n, name in enumerate(names[:sent]) if name == "after sync")
            assert "before sync" not in names[heard:sent], "nothing else was asked for meanwhile"


async def test_what_we_have_said_ourselves_is_no_news(
    new_account: NewAccount,
    make_person: MakePerson,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    account, anna = await new_account("bot"), await make_person("anna")
    body = {"preset": "private_chat", "invite": [account.user_id]}
    room = str((await anna.homeserver.call("POST", "/createRoom", body))["room_id"])
    waited: list[float] = []
    stages: list[str] = []

    async def spoken(self: delivering.Delivering) -> None:
        waited.append(time.monotonic())

    monkeypatch.setattr(delivering.Delivering, "spoken", spoken)
    post = Account(account.homeserver, account.user_id, account.password)
    async with running(
        tmp_path / "office",
        [(Obedient(answer), post)],
        probe=lambda stage, name: stages.append(f"{stage} {name}"),
    ):
        await anna.wait_for(room_id=room, state_key=account.user_id, sender=account.user_id)
        await _silence(stages)
        stages.clear()
        waited.clear()
        await anna.send(room, "hello")
        await anna.wait_for(room_id=room, body="hello, too")
        await until(lambda: stages.count("before sync") >= 2)
        assert len(waited) == 1, "for what anna said; our own answer came with the second sync"


async def _silence(stages: Sequence[str]) -> None:
    """Wait until the office only listens. It may have begun that beside the last thing it did."""
    before = -1
    while len(stages) > before or stages.count("before sync") == stages.count("after sync"):
        before = len(stages)
        await asyncio.sleep(0.5)
