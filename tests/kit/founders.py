"""Codes of founders, as `init` prints them, and how people use them."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from bots.lab.people.person import Person
from bots.offices.codes import FILE, written
from bots.ombuds import codes
from bots.ombuds.codes import Given

ANY_TIME = 4e9
"""When they were made: tests have clocks of their own."""


def code_of(user: str) -> str:
    """The code that this founder was handed."""
    return codes.drawn(hashlib.sha256(user.encode()).digest())


def given(*users: str) -> tuple[Given, ...]:
    """What the office knows of the codes of these founders."""
    return tuple(
        Given(user, "salt", codes.digest("salt", code_of(user)), ANY_TIME, founder=True)
        for user in users
    )


def hand_out(state: Path, *users: str) -> None:
    """As `init` does, for an office that keeps what it knows there."""
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    (state / FILE).write_text(written(given(*users)))


async def joins(person: Person, *, code: str | None = None) -> str:
    """A founder comes into the room to which she is invited, and types her code there; the room."""
    invitation = await person.wait_until(
        lambda: next(iter(person.invited_rooms), None), "the invitation"
    )
    room = await person.join(invitation)
    await confirms(person, room, code=code)
    return room


async def confirms(person: Person, room: str, *, code: str | None = None) -> None:
    """She types her code, and the office says that it knows her."""
    await person.wait_for(room_id=room, encrypted=True, decrypted=True)
    await person.send(room, code or codes.shown(code_of(person.user_id)))
    await person.wait_for(room_id=room, body=_confirmed(person))


async def reads_out(person: Person, room: str, to: Person) -> None:
    """She is given a code that only her own keys can read, and a colleague types it."""
    await person.send(room, "It is me.")
    code = re.compile(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){2}")
    told = await person.wait_for(room_id=room, decrypted=True, body=code)
    found = code.search(told.body or "")
    assert found is not None
    await to.send(room, found[0])
    await person.wait_for(room_id=room, body=_confirmed(person))


def _confirmed(person: Person) -> re.Pattern[str]:
    return re.compile(re.escape(person.user_id) + r"\W*(is confirmed|ist bestätigt)")
