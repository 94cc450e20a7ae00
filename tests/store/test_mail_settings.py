"""What `email` says in network.yaml, seen by the server that gets the mails."""

from __future__ import annotations

import asyncio
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from bots.offices import mailing
from bots.offices.reading import load_network
from bots.runtime.mail import documents
from bots.runtime.mail.documents import ADDRESSES, LETTERS, Address
from bots.runtime.model.decision import Deliver
from bots.runtime.store.sealing import Sealer
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from bridges.email import tokens
from bridges.email.letters import Block, Kind, Letter
from tests.bench.mailsink import Sink, sink

SECRET = b"s" * 32
SETTINGS = """\
network: {{name: Bündnis, languages: [de], state: ./state}}
homeserver: {{url: "https://matrix.example.org", server_name: example.org}}
accounts: {{creator: "@dienst:example.org", announcements: rundbrief}}
initiatives: []
rules: {{de: Wir hören einander zu.}}
email:
  from: Rundbrief <rundbrief@example.org>
{more}
  smtp: {{host: localhost, port: {port}, tls: none, max_per_hour: 1000000{smtp}}}
web: {{public_url: "https://a.example"}}
imprint: {{name: Verein, address: Weg 1, responsible: Anna, privacy: Wir.}}
"""
LETTER = Letter("a/1/de", "$1", "Betreff", "de", "ltr", (Block(Kind.TEXT, "Hallo", "de"),))


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUENDNIS_NETWORK_REGISTRATION_SECRET", "secret")


async def sent(folder: Path, count: int, *, more: str = "", smtp: str = "") -> Sink:
    """So many mails, all at once."""
    async with sink() as server:
        path = folder / "network.yaml"
        path.write_text(SETTINGS.format(more=more, port=server.port, smtp=smtp), encoding="utf-8")
        config = load_network(path)
        assert config.email is not None
        assert config.web is not None
        store = Store.open(folder / "office", Sealer(b"k" * 32))
        await store.run("test", lambda tx: _fill(tx, count))
        mail = mailing.mail(config, config.email, config.web, store, SECRET)
        contents = [
            documents.mail(LETTER.key, f"r{i}", tokens.token(SECRET, f"r{i}")) for i in range(count)
        ]
        actions = [Deliver(documents.BRIDGE, "1", content) for content in contents]
        await asyncio.gather(*(mail.perform(x, f"id-{i}") for i, x in enumerate(actions)))
        await mail.close()
        await store.close()
    return server


def _fill(tx: Transaction, count: int) -> None:
    tx.keep(LETTERS, LETTER)
    for i in range(count):
        tx.keep(ADDRESSES, Address(f"r{i}", f"r{i}@mail.example"))


@pytest.mark.parametrize(("connections", "used"), [(1, 1), (3, 2), (5, 4)])
async def test_no_more_connections_than_are_allowed_one_of_them_kept_free(
    tmp_path: Path, connections: int, used: int
) -> None:
    server = await sent(tmp_path, 30, smtp=f", connections: {connections}")
    assert server.count == 30
    assert server.most_open <= used


async def test_no_more_mails_by_a_connection_than_are_allowed(tmp_path: Path) -> None:
    server = await sent(tmp_path, 12, smtp=", connections: 1, mails_per_connection: 4")
    assert (server.count, server.connections) == (12, 3)


async def test_answers_and_what_comes_back_go_where_they_should(tmp_path: Path) -> None:
    more = "  reply_to: Büro <buero@example.org>\n  bounces: bounces@lists.example.org"
    (mail,) = (await sent(tmp_path, 1, more=more)).mails
    assert mail.sender == "bounces@lists.example.org"
    headers = message_from_bytes(mail.content, policy=policy.SMTP)
    assert str(headers["Reply-To"]) == "Büro <buero@example.org>"
    assert str(headers["From"]) == "Rundbrief <rundbrief@example.org>"


async def test_both_go_to_the_sender_by_default(tmp_path: Path) -> None:
    (mail,) = (await sent(tmp_path, 1)).mails
    assert mail.sender == "rundbrief@example.org"
    assert b"Reply-To:" not in mail.content
