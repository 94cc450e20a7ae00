"""What must be so in everybody's phone, whatever path was taken."""

from __future__ import annotations

import re
from collections import Counter

from tests.clients.strict import StrictPerson

ADDRESS = re.compile(r"^[#!@]|:localhost|buendnis-[0-9a-f]{6}")
"""A name that is an alias or an id, or made of one."""


def all_are_readable(*people: StrictPerson) -> None:
    """Nobody reads "Unable to decrypt message", nothing bears a shield."""
    for person in people:
        assert person.unreadable() == [], f"{person.user_id}, matrix-js-sdk {person.version}"
        assert [x for x in person.seen() if x.shield is not None] == []


def all_have_names(*people: StrictPerson) -> None:
    """No chat was ever called by an address, and no two in a list are called the same."""
    for person in people:
        assert [name for name in person.names if ADDRESS.search(name)] == []
        shown = Counter(x.name for x in person.rooms.values() if x.mine in ("join", "invite"))
        assert [name for name, number in shown.items() if number > 1] == []
