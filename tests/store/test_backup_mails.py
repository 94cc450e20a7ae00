"""After a restore: what left by mail is remembered by nobody, so what may have left waits."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from bots.runtime.kit.documents import View
from bots.runtime.kit.turn import Decision
from bots.runtime.model.decision import Deliver, Due, Event, Performed, SetTimer
from bots.runtime.office.deciding import Deciding
from bots.runtime.store.backup import make, restore
from bots.runtime.store.records import Rings
from bots.runtime.store.sealing import Sealer
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from federation.model.events import TextMessage
from tests.kit.wordless import Wordless

KEY = bytes(range(32))
BOT = "@bot:example.org"
ROOM = "!room:example.org"


class Clock:
    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Poster(Wordless):
    """Mails at each message, an hour after it, and after each mail."""

    name = "poster"

    def rule(self, view: View, event: Event, now: datetime) -> Decision:
        match event:
            case TextMessage():
                later = SetTimer(f"later {event.body}", at=now + timedelta(hours=1))
                return Decision((), (mail(event.body), later))
            case Due():
                return Decision((), (mail(event.key), SetTimer("week", at=now + timedelta(7))))
            case Performed():
                return Decision((), (mail("thanks"),))
        return Decision()


def mail(text: str) -> Deliver:
    return Deliver("mail", "lane", {"text": text})


def said(tx: Transaction, text: str, at: float) -> None:
    event = {
        "type": "m.room.message",
        "event_id": f"${text}",
        "sender": "@anna:example.org",
        "origin_server_ts": int(at * 1000),
        "content": {"msgtype": "m.text", "body": text},
    }
    tx.receive(BOT, ROOM, event, encrypted=False)


async def mails(folder: Path, clock: Clock, deciding: Deciding) -> dict[str, str]:
    """Decide all that is due; text of each mail → whether it is `ready` or `held`."""
    store = Store.open(folder, Sealer(KEY), clock)

    def decide(tx: Transaction) -> None:
        while deciding.some(tx).more:
            pass

    def result(tx: Transaction) -> dict[str, str]:
        before = {name for name, _ in texts(tx)}
        tx.release_held()
        return {name: "ready" if name in before else "held" for name, _ in texts(tx)}

    await store.run("decide", decide)
    found = await store.run("result", result)
    await store.close()
    return found


def texts(tx: Transaction) -> list[tuple[str, int]]:
    waiting = [(order.action, seq) for seq, order in tx.waiting()]
    return [(x.content["text"], seq) for x, seq in waiting if isinstance(x, Deliver)]


async def test_mails_that_a_lost_store_may_have_sent_wait(tmp_path: Path) -> None:
    hour, clock = 3600.0, Clock(1_000_000.0)
    deciding = Deciding({BOT: Poster()})
    folder, settings = tmp_path / "state", tmp_path / "office.yaml"
    settings.touch()
    store = Store.open(folder, Sealer(KEY), clock)

    def timers(tx: Transaction) -> None:
        for name, at in (("old", clock.now + 0.5 * hour), ("new", clock.now + 9 * hour)):
            tx.set_timer(f"poster/{name}", at, Rings(f"due/{name}", "poster", name, at))

    await store.run("timers", timers)
    await store.close()
    make(folder, settings, tmp_path / "b.tar")
    restored_at = clock.now + 2 * hour
    restore(tmp_path / "b.tar", tmp_path / "new", Sealer(KEY), lambda: restored_at)
    deciding.restored_at = restored_at
    clock.now = restored_at + 60

    store = Store.open(tmp_path / "new", Sealer(KEY), clock)
    await store.run("sync", lambda tx: said(tx, "replayed", restored_at - hour - 1))
    await store.run("sync", lambda tx: said(tx, "shortly before", restored_at - 60))
    await store.run("sync", lambda tx: said(tx, "fresh", restored_at + 30))
    await store.close()
    found = await mails(tmp_path / "new", clock, deciding)
    assert found == {
        "old": "held",
        "replayed": "held",
        "shortly before": "held",
        "fresh": "ready",
    }
    clock.now += hour
    found = await mails(tmp_path / "new", clock, deciding)
    assert found["later replayed"] == "held"  # the lost store's timer had rung already
    assert found["later shortly before"] == "ready"
    assert found["later fresh"] == "ready"
    clock.now += 9 * hour
    assert (await mails(tmp_path / "new", clock, deciding))["new"] == "ready"
    clock.now += 7 * 24 * hour
    assert (await mails(tmp_path / "new", clock, deciding))["week"] == "ready"
