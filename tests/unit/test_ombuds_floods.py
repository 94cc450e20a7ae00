"""Many write at once: nobody waits because of others, and staff are told of them together."""

from __future__ import annotations

from bots.ombuds import keys
from bots.runtime.kit.undo import SIGN
from bots.runtime.model.decision import Say
from federation.model.actions import React, Redact
from tests.kit.ombuds import OFFICE, World


def test_what_belongs_to_one_case_waits_for_no_other() -> None:
    world = World().found().with_chat()
    first, _ = world.write("one")
    world.chat("@samir:hs", "!other:hs")
    world.write("two", "@samir:hs", "!other:hs")
    world.staff("!answer one")
    world.marks(keys.NOTICE(case=1, number=1), SIGN)
    world.change(first, "one, changed")
    world.redact(first)
    world.staff("!cases", case=None)
    lanes: dict[str | None, list[str]] = {}
    for x in world.said:
        if isinstance(x, Say | React | Redact) and world.at(x) == OFFICE:
            named = x.phrase.key if isinstance(x, Say) else type(x).__name__
            lanes.setdefault(x.whose, []).append(named)
    assert set(lanes) == {"case 1", "case 2", None}
    assert lanes[None] == ["cases"]
    assert lanes["case 2"] == ["case-root", "opened"]
    assert lanes["case 1"][:4] == ["case-root", "ring-opened", "answer-pending", "React"]
