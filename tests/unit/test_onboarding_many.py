"""Many members, private rooms and wishes: a rule reads some, goes on, and forgets nobody."""

from __future__ import annotations

from dataclasses import replace

from bots.onboarding.documents import CHATS, WISHES, Chat
from bots.onboarding.rules.consent import AT_ONCE
from bots.runtime.kit.documents import MOST
from federation.model.actions import Leave
from tests.kit.onboarding import ANNA, BOT, COORDINATION, LEYLA, SETTINGS, Town

MINUTE = 60.0


def people(count: int) -> list[str]:
    return [f"@p{number}:a.example" for number in range(count)]


def renewed(town: Town, version: str) -> int:
    """How many are asked about these rules once they are the network's."""
    town.settings = replace(SETTINGS, rules_version=version)
    asked = town.start(2) + town.pass_time(10 * MINUTE)
    return len([x for x in town.keys(asked) if x in ("rules", "rules-changed")])


def test_everybody_who_agreed_is_asked_about_each_new_version_once() -> None:
    town = Town()
    town.start()
    members = people(2 * AT_ONCE + 1)
    for user in members:
        town.joins(user)
        town.agrees(user)
    assert renewed(town, "2") == len(members)
    assert town.pass_time(30 * MINUTE) == []
    town.agrees(members[0])
    assert renewed(town, "1") == len(members), "whoever has not answered is asked as well"
    assert renewed(town, "3") == len(members)
    assert renewed(town, "3") == 0


def test_every_private_room_is_left_however_many_there_are() -> None:
    town = Town()
    town.joins()
    rooms = {f"!extra-{number}" for number in range(MOST + 1)}
    for room in sorted(rooms):
        town.memory.put(CHATS, Chat(room, LEYLA))
    chat = town.member().chat or ""
    town.says("!erase")
    asked = town.says("ja") + town.pass_time(MINUTE)
    left = [x.room for x in asked if isinstance(x, Leave)]
    assert sorted(left) == sorted({*rooms, chat})
    assert not town.memory.all(CHATS)
    assert LEYLA not in town.memory.everything()


def test_who_waits_is_told_of_again_in_a_new_room_of_coordinators() -> None:
    town = Town()
    for user in people(30):
        town.knocks(user=user)
        town.pass_time(MINUTE)
    town.move(COORDINATION, BOT, "leave", by=ANNA)
    for handle in [x for x in town.memory.handles if "/wish/" in x or "/crowd/" in x]:
        del town.memory.handles[handle]
    asked = town.move(COORDINATION, BOT, "join") + town.pass_time(MINUTE)
    assert sorted(set(town.keys(asked))) == ["crowd", "knock-silent"]
    told = town.keys(asked).count("knock-silent")
    gathered = town.memory.lists["onboarding/wish", "gathered", ""]
    assert told + len(gathered) == len(town.memory.all(WISHES)) == 30
