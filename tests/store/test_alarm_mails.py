"""What `alarms` says in ombuds.yaml, seen by the server that gets the mails."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from bots.offices import mailing
from bots.offices.ombuds import ombuds_settings
from bots.ombuds import mails
from bots.ombuds.team import alarms
from bots.ombuds.turn import Turn
from bots.runtime.kit.turn import Decision
from bots.runtime.mail.documents import BRIDGE
from bots.runtime.model.decision import Deliver, Started
from bots.runtime.speech.words import Words
from bots.runtime.store import viewing
from bots.runtime.store.sealing import Sealer
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from config.loading import load
from config.ombuds.settings import OmbudsConfig
from tests.bench.mailsink import sink

SETTINGS = """\
office: {{name: Stelle, languages: [de], state: ./state}}
homeserver: {{url: "https://matrix.example.org"}}
account: {{user: "@ombuds:example.org"}}
staff: ["@anna:example.org", "@bilal:example.org"]
alarms:
  to: [Vorstand <vorstand@verein.example>, post@carrier.example]
  from: Ombudsstelle <ombuds@example.org>
  smtp: {{host: localhost, port: {port}, tls: none}}
"""
ACCOUNT = "@ombuds:example.org"
NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUENDNIS_OMBUDS_PASSWORD", "secret")


def alarmed(tx: Transaction, config: OmbudsConfig) -> Decision:
    with viewing.view(tx) as view:
        turn = Turn(view, ombuds_settings(config), Words(), NOW)
        alarms.started(turn, Started(ACCOUNT, 1))
        mails.alarm(turn, "intruder")
        decision = turn.decision()
    viewing.apply(tx, decision.changes)
    return decision


async def test_everybody_named_gets_a_mail_that_says_no_more_than_look(tmp_path: Path) -> None:
    async with sink() as server:
        path = tmp_path / "ombuds.yaml"
        path.write_text(SETTINGS.format(port=server.port), encoding="utf-8")
        config = load(path)
        assert config.alarms is not None
        store = Store.open(tmp_path / "office", Sealer(b"k" * 32))
        bridge = mailing.alarms(config, config.alarms, store, b"s" * 32)
        decision = await store.run("test", lambda tx: alarmed(tx, config))
        deliveries = [x for x in decision.requests if isinstance(x, Deliver)]
        assert {x.bridge for x in deliveries} == {BRIDGE}
        for number, delivery in enumerate(deliveries):
            await bridge.perform(delivery, f"id-{number}")
        await bridge.close()
        await store.close()
    found = [message_from_bytes(x.content, policy=policy.default) for x in server.mails]
    assert {x["To"] for x in found} == {"vorstand@verein.example", "post@carrier.example"}
    for message in found:
        assert message["From"] == "Ombudsstelle <ombuds@example.org>"
        assert message["List-Id"] is None
        assert message["List-Unsubscribe"] is None
        body = message.get_body(("plain",))
        assert body is not None
        assert "In der Ombudsstelle ist etwas geschehen" in body.get_content()
        assert "intruder" not in message.as_string()
