"""The office's account as its homeserver has it: signed, supplied with keys, heard from."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from bots.offices.checkup.finding import Finding, fault, note, ok
from federation.client.homeserver import path, told_by_name
from federation.encryption.identities import devices, identity
from federation.model.shapes import number
from federation.syncing.session import Session

ONE_TIME = "signed_curve25519"
SILENT = 180.0
"""Seconds without an answer to a long poll of 30."""
RESTART = "Restart the office: it puts its keys in order when it starts."


async def sync(session: Session) -> list[Finding]:
    now = await session.store.run("checkup", lambda tx: tx.now)
    silence = max(0.0, now - session.received_at)
    if session.received_at and silence < SILENT and session.reachable:
        return [ok("sync", f"heard from the homeserver {silence:.0f} s ago")]
    since = f"for {silence / 60:.0f} minutes" if session.received_at else "since the start"
    remedy = "It tries again by itself; see what is said of the homeserver, and its log."
    return [fault("sync", f"nothing was heard from the homeserver {since}", remedy)]


async def query(session: Session, users: Collection[str]) -> dict[str, Any]:
    """`/keys/query`, straight from the homeserver: what we remember is not what is checked."""
    body: dict[str, Any] = {"device_keys": {user: [] for user in users}}
    answer = await session.server.call("keys/query", "POST", path("keys", "query"), body)
    told_by_name(answer, "device_keys")
    return answer


async def device(session: Session) -> list[Finding]:
    answer = await query(session, [session.account])
    ours, found = session.machine.device_id, identity(session.account, answer)
    if found.master is None:
        return [fault("device", "the account has no cross-signing keys", RESTART)]
    if ours not in found.signed:
        told = "this office's device is not signed by its account; people see a warning"
        return [fault("device", told, RESTART)]
    others = len(set(devices(session.account, answer)) - {ours})
    if others:
        remedy = (
            "Whoever holds one of them reads along. If it is not the office on another machine, "
            "change the account's password and log the others out."
        )
        return [note("device", f"cross-signed; other devices of the account: {others}", remedy)]
    return [ok("device", "cross-signed, and the account's only one")]


async def keys(session: Session) -> list[Finding]:
    """An upload of nothing is answered with what there is (§ POST /keys/upload)."""
    answer = await session.server.call("keys/upload", "POST", path("keys", "upload"), {})
    left = number(told_by_name(answer, "one_time_key_counts").get(ONE_TIME), 0)
    has_fallback = await session.store.run(
        "checkup", lambda tx: tx.read("fallback key", session.account) is not None
    )
    if not has_fallback:
        told = "there is no fallback key: once the one-time keys are used up, nobody can write"
        return [fault("keys", told, RESTART)]
    fallback = "used, and soon replaced" if session.machine.needs_fallback_key else "unused"
    found = f"{left} one-time keys on the homeserver; the fallback key is {fallback}"
    if left == 0:
        return [note("keys", found, "New ones are made after the next sync; look again then.")]
    return [ok("keys", found)]
