"""The ombuds room: who gets in, and who can change that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bots.offices.checkup.account import query
from bots.offices.checkup.chamber import Chamber, index
from bots.offices.checkup.finding import Finding, fault, note, ok
from bots.offices.checkup.staff import nobodies, people, readers
from bots.ombuds import keys
from bots.ombuds.documents.team import OFFICE, Office
from bots.runtime.store.transaction import Transaction
from federation.client.accounts import told_of
from federation.client.homeserver import path
from federation.encryption.machine import MEGOLM
from federation.model import power
from federation.syncing.session import Session

CHECK = "room"
TAMPERED = (
    "Only the office's own account can change this: somebody has used it, or the rights of the "
    "homeserver's admin. Change the account's password, ask the admin, and have it set back."
)
WANTED = (
    ("m.room.encryption", "algorithm", "", (MEGOLM,), "is not encrypted"),
    ("m.room.join_rules", "join_rule", "invite", ("invite",), "lets in whoever was not invited"),
    (
        "m.room.history_visibility",
        "history_visibility",
        "shared",
        ("invited", "joined"),
        "shows newcomers what was said before they were invited",
    ),
    ("m.room.guest_access", "guest_access", "forbidden", ("forbidden",), "lets guests in"),
)
"""State, its key, what holds without it, what may hold, and what is wrong otherwise."""
RULING = ("m.room.power_levels", "m.room.join_rules", "m.room.history_visibility")


async def ombuds(session: Session) -> list[Finding]:
    office, room_id, busy = await session.store.run("checkup", _read)
    if office.lost:
        return [_lost()]
    if room_id is None:
        return [_missing(busy)]
    events = await session.server.call_list("state", path("rooms", room_id, "state"))
    chamber = Chamber(session.account, index(events), office)
    answer = await query(session, chamber.staff) if chamber.staff else {}
    known = await told_of(session.server, chamber.staff)
    return [
        *rules(chamber),
        *rulers(chamber),
        *people(chamber),
        *nobodies(chamber.staff, known),
        *readers(chamber.staff, answer),
    ]


def _read(tx: Transaction) -> tuple[Office, str | None, bool]:
    office = tx.document(OFFICE, "office") or Office()
    made = None if office.lost else tx.made(keys.office(office.rooms))
    return office, made.room_id if made is not None else None, not tx.idle()


def _missing(busy: bool) -> Finding:
    if busy:
        return note(CHECK, "is still being made", "Look again in a minute.")
    remedy = "See what was set aside, and why in the log; a restart of the office tries again."
    return fault(CHECK, "the staff have none", remedy)


def _lost() -> Finding:
    remedy = (
        "Find out who put the office's account out of its room, or deleted it: nobody but the "
        "homeserver's admin can. The office makes a new room by itself, once an hour at most."
    )
    return fault(CHECK, "it was lost twice within an hour, and the staff have none", remedy)


def rules(chamber: Chamber) -> Iterator[Finding]:
    wrong = [
        text
        for kind, key, default, values, text in WANTED
        if chamber.content(kind).get(key, default) not in values
    ]
    if ("m.room.tombstone", "") in chamber.state:
        wrong.append("was replaced by another one")
    yield from (fault(CHECK, f"it {text}", TAMPERED) for text in wrong)
    if not wrong:
        yield ok(CHECK, "encrypted, by invitation alone, its past closed to newcomers")


def rulers(chamber: Chamber) -> Iterator[Finding]:
    create, levels = chamber.state.get(("m.room.create", "")), chamber.content(RULING[0])
    creators = power.creators(chamber.content("m.room.create"), str((create or {}).get("sender")))
    needed = max(_asked(levels))
    mine = power.level(chamber.account, levels, creators)
    if mine < needed:
        yield fault("power", "the office may not do all it has to do in its room", TAMPERED)
    ruling = min(power.needed(kind, levels) for kind in RULING)
    listed = levels.get("users")
    everybody = {*chamber.members("join", "invite"), *(listed or ()), *creators} - {chamber.account}
    others = sum(power.level(user, levels, creators) >= ruling for user in everybody)
    if others:
        told = f"others besides the office who can change who gets into its room: {others}"
        yield fault("power", told, TAMPERED)
    elif mine >= needed:
        yield ok("power", "the office alone rules its room")


def _asked(levels: Mapping[str, Any]) -> Iterator[float]:
    """The levels that all the office does there takes."""
    yield from (power.needed(kind, levels) for kind in RULING)
    for name, default in (("invite", 0), ("kick", 50), ("redact", 50), ("events_default", 0)):
        found = levels.get(name, default)
        yield float(found) if isinstance(found, int) else float(default)
