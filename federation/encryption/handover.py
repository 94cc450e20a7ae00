"""From the device of a restored backup to a new one.

The old device's ratchets went on after the backup was made, and no place of a ratchet may be used
twice: the account logs in as a new device, under the same identity. Before that, the old one takes
in the room keys that wait for it on the homeserver, as far as it can still open them, since nobody
will send them again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from federation.client.homeserver import Homeserver, path
from federation.encryption.machine import Machine
from federation.model.errors import MatrixError, RateLimited
from federation.model.ports import Ledger, Transactor, Vault
from federation.model.shapes import listing, mapping

log = logging.getLogger(__name__)

FORMER = "former login"
_DEVICE_KINDS = ("olm account", "olm session", "olm sessions", "fallback key")
_NO_ROOMS = json.dumps({"room": {"rooms": []}, "presence": {"types": []}})


def retire(vault: Vault) -> None:
    """Let every login of a restored store be the last of its device."""
    for user, login in list(vault.rows("login")):
        vault.write(FORMER, user, login)
        vault.erase("login", user)


async def hand_over(server: Homeserver, store: Transactor, user: str) -> None:
    """Finish with a retired device, if there is one; the next login is another. Raises
    Unreachable, NotAHomeserver, RateLimited."""
    former = await store.run("former", lambda vault: vault.read(FORMER, user))
    if former is None:
        return
    account, token, device_id = json.loads(former)
    try:
        await _take_waiting(server, store, account, token, device_id)
    except RateLimited:
        raise
    except MatrixError as error:
        log.warning("keys that waited for the old device are lost (%s)", error.code)
    server.token = None
    await store.run("handed over", lambda vault: _forget_device(vault, user, account))


async def _take_waiting(
    server: Homeserver, store: Transactor, account: str, token: str, device_id: str
) -> None:
    server.token = token
    since = await store.run("token", lambda vault: vault.read("sync token", account))
    query = {"filter": _NO_ROOMS, "timeout": "0", "set_presence": "offline"}
    while True:
        if since is not None:
            query["since"] = since.decode()
        answer = await server.call("sync", "GET", path("sync"), query=query)
        if not listing(mapping(answer.get("to_device")).get("events")):
            return
        await store.run("last keys", partial(_take, account, device_id, answer))
        since = str(answer.get("next_batch", "")).encode()


def _take(account: str, device_id: str, answer: Mapping[str, Any], ledger: Ledger) -> None:
    machine = Machine.open(ledger, account, device_id)
    arrived = machine.take(ledger, {"to_device": answer["to_device"]})
    ledger.unlock(account, arrived, lambda room, raw: machine.decrypt(ledger, room, raw))


def _forget_device(vault: Vault, user: str, account: str) -> None:
    for kind in _DEVICE_KINDS:
        for key, _ in list(vault.rows(kind)):
            if key.split(" ")[0] == account:
                vault.erase(kind, key)
    vault.erase(FORMER, user)
