"""Whose words something was is settled when its key comes: whoever replaces cross-signing keys
later, or leaves them out, as a homeserver can, changes nothing of that and gets nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from federation.encryption.identities import Identity
from federation.encryption.machine import Machine
from federation.encryption.standing import Standing, identity_of, seen, standing
from federation.encryption.trust import CrossSigning
from federation.model.events import Doubt, Seen
from federation.model.ports import DEVICE, RawEvent
from tests.store.crypto import Phone, query
from tests.store.events import ANNA, BOT, ROOM

HERS = CrossSigning(ANNA, lambda usage: usage.encode().ljust(32))
FORGED = CrossSigning(ANNA, lambda usage: usage.encode().rjust(32))
MASTER, OTHER = HERS.public["master"], FORGED.public["master"]


@dataclass
class Scene:
    """Anna writes to the bot; her homeserver says whose her device is."""

    bot: Phone
    anna: Phone

    def answer(self, *signing: CrossSigning, master: CrossSigning | None = None) -> dict[str, Any]:
        """To `/keys/query`: her device, signed by these; her keys are those of the last."""
        owner = master or (signing[-1] if signing else None)
        found = query(self.anna, identities={ANNA: owner} if owner else None)
        devices = found["device_keys"][ANNA]
        for one in signing:
            devices["PHONE"] = one.sign_device(devices["PHONE"])
        return found

    async def told(self, answer: dict[str, Any]) -> list[str]:
        machine = self.bot.machine
        return await self.bot.store.run(
            "told", lambda v: machine.take_devices(v, answer, [ANNA], machine.changes)
        )

    async def changed(self) -> None:
        await self.bot.receives(device_lists={"changed": [ANNA]})

    async def writes(self, stated: dict[str, Any] | None = None) -> RawEvent:
        key = self.anna.key()
        wire = self.anna.message("hello")
        await self.bot.receives(await self.anna.wrapped(key, self.bot, stated))
        return wire

    async def whose(self, wire: RawEvent, *, asked: bool = False) -> Standing:
        def look(vault: Any) -> Standing:
            opened = self.bot.machine.decrypt(vault, ROOM, wire)
            assert opened is not None
            return standing(vault, BOT, ANNA, ROOM, opened[DEVICE], asked=asked)

        return await self.bot.store.run("whose", look)

    async def devices(self, *identities: str, machine: Machine | None = None) -> list[str]:
        """Which get a key."""
        one = machine or self.bot.machine
        only = frozenset(identities) if identities else None
        found, _ = await self.bot.store.run("who", lambda v: one.recipients(v, [ANNA], only))
        return [x.device_id for x in found]

    @property
    def key(self) -> str:
        return self.anna.device.ed25519

    def says(self, *signing: CrossSigning) -> dict[str, Any]:
        """Her device's keys as she knows them."""
        keys = self.anna.device_keys
        for one in signing:
            keys = one.sign_device(keys)
        return keys


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    bot, anna = await Phone.new(tmp_path, BOT), await Phone.new(tmp_path, ANNA)
    await anna.knows(bot)
    yield Scene(bot, anna)
    for one in (bot, anna):
        await one.close()


async def test_a_signed_device_of_hers(scene: Scene) -> None:
    await scene.told(scene.answer(HERS))
    wire = await scene.writes()
    assert await scene.whose(wire) == Standing(MASTER, scene.key, None)


async def test_a_key_that_comes_before_her_devices_are_known(scene: Scene) -> None:
    wire = await scene.writes()
    assert await scene.whose(wire) == Standing("", "", Doubt.UNKNOWN)
    await scene.told(scene.answer(HERS))
    assert await scene.whose(wire) == Standing(MASTER, scene.key, None)


async def test_a_device_that_she_has_not_signed_and_signs_later(scene: Scene) -> None:
    await scene.told(scene.answer(master=HERS))
    wire = await scene.writes()
    assert await scene.whose(wire) == Standing("", scene.key, Doubt.UNKNOWN)
    assert (await scene.whose(wire, asked=True)).doubt is Doubt.UNSIGNED
    await scene.told(scene.answer(HERS))
    assert await scene.whose(wire) == Standing(MASTER, scene.key, None)


@pytest.mark.parametrize("adopted", [False, True], ids=["new device", "device adopted"])
async def test_a_reset_makes_nothing_hers_and_nothing_the_others(
    scene: Scene, adopted: bool
) -> None:
    """Who makes new keys in her name can sign her device with them as well."""
    await scene.told(scene.answer(HERS))
    old = await scene.writes()
    answer = scene.answer(HERS, FORGED) if adopted else scene.answer(HERS, master=FORGED)
    await scene.changed()
    assert await scene.told(answer) == [ANNA]
    assert await scene.whose(old, asked=True) == Standing(MASTER, scene.key, Doubt.UNSIGNED)
    assert await scene.devices(MASTER) == []
    assert await scene.devices() == (["PHONE"] if adopted else [])


async def test_a_device_that_was_unsigned_is_no_part_of_a_later_identity(scene: Scene) -> None:
    await scene.told(scene.answer(master=HERS))
    ghost = await scene.writes()
    await scene.told(scene.answer(FORGED))
    assert await scene.whose(ghost, asked=True) == Standing("", scene.key, Doubt.UNSIGNED)


async def test_who_has_no_cross_signing_is_known_by_her_device(scene: Scene) -> None:
    await scene.told(scene.answer())
    wire = await scene.writes()
    assert await scene.whose(wire, asked=True) == Standing(scene.key, scene.key, Doubt.UNSIGNED)
    assert await scene.devices() == ["PHONE"]
    assert await scene.devices(scene.key) == ["PHONE"]
    assert await scene.devices(MASTER) == []


async def test_she_sets_up_cross_signing_while_a_session_is_in_use(scene: Scene) -> None:
    await scene.told(scene.answer())
    wire = await scene.writes()
    await scene.changed()
    assert await scene.told(scene.answer(HERS)) == [ANNA]
    assert await scene.whose(wire) == Standing(MASTER, scene.key, None)
    assert await scene.devices(scene.key) == ["PHONE"], "her device was known by its own key"


async def test_keys_that_are_left_out_are_withheld(scene: Scene) -> None:
    """Else all her devices would count, as of somebody who never signed any."""
    await scene.told(scene.answer(HERS))
    wire = await scene.writes()
    await scene.changed()
    assert await scene.told(scene.answer()) == [ANNA]
    assert await scene.devices() == []
    assert await scene.devices(MASTER) == []
    assert (await scene.whose(wire, asked=True)).doubt is Doubt.UNSIGNED
    look = await scene.bot.store.run("seen", lambda v: seen(v, BOT, ANNA))
    assert look == Seen(True, MASTER, True)
    assert await scene.told(scene.answer()) == [], "it is told once"
    assert await scene.told(scene.answer(HERS)) == [ANNA]
    assert await scene.whose(wire) == Standing(MASTER, scene.key, None)
    assert await scene.devices() == ["PHONE"]


@pytest.mark.parametrize("broken", [None, {}, {"keys": {}}, {"keys": {"ed25519:x": 5}}], ids=repr)
@pytest.mark.parametrize("part", ["master_keys", "self_signing_keys"])
async def test_broken_keys_are_withheld(scene: Scene, part: str, broken: Any) -> None:
    await scene.told(scene.answer(HERS))
    answer = scene.answer(HERS)
    answer[part][ANNA] = broken
    await scene.told(answer)
    owner = await scene.bot.store.run("owner", lambda v: identity_of(v, BOT, ANNA))
    assert (owner.master, owner.signed, owner.withheld) == (MASTER, frozenset(), True)
    assert await scene.devices() == []


async def test_nothing_is_withheld_of_who_never_had_keys() -> None:
    never = Identity(None, frozenset())
    assert never.after(never) == never


async def test_a_device_says_itself_who_has_signed_it(scene: Scene) -> None:
    await scene.told(scene.answer(HERS))
    wire = await scene.writes(scene.says(HERS))
    assert await scene.whose(wire) == Standing(MASTER, scene.key, None)


@pytest.mark.parametrize("later", [False, True], ids=["known", "asked for later"])
async def test_keys_made_in_her_name_are_not_those_that_her_device_knows(
    scene: Scene, later: bool
) -> None:
    """At a first meeting nothing else tells: the homeserver shows forged keys that sign her real
    device, and to herself it shows her own."""
    if not later:
        await scene.told(scene.answer(FORGED))
    wire = await scene.writes(scene.says(HERS))
    if later:
        await scene.told(scene.answer(FORGED))
    assert await scene.whose(wire, asked=True) == Standing("", scene.key, Doubt.UNSIGNED)


@pytest.mark.parametrize(
    "stated",
    [
        {},
        {"user_id": ANNA},
        {"user_id": ANNA, "device_id": "PHONE", "keys": {}, "signatures": {ANNA: {"ed25519:x": 1}}},
        {"user_id": BOT, "device_id": "PHONE", "keys": 5, "signatures": []},
    ],
    ids=repr,
)
async def test_a_device_that_says_nothing_we_understand(scene: Scene, stated: Any) -> None:
    await scene.told(scene.answer(HERS))
    assert await scene.whose(await scene.writes(stated)) == Standing(MASTER, scene.key, None)


async def test_a_stolen_name_in_a_key_is_nobodys(scene: Scene, tmp_path: Path) -> None:
    """A device says any key of itself; only what the owner's list has with both keys is hers."""
    await scene.told(scene.answer(HERS))
    ghost = await Phone.new(tmp_path / "ghost", ANNA)
    await ghost.knows(scene.bot)
    key, wire = ghost.key(), ghost.message("I am she")
    await ghost.hand(key, scene.bot)
    found = await scene.whose(wire, asked=True)
    assert found == Standing("", "", Doubt.UNSIGNED)
    await ghost.close()


async def test_notes_outlive_the_process(scene: Scene) -> None:
    wire = await scene.writes()
    await scene.told(scene.answer(HERS))
    scene.bot.machine = await scene.bot.reopened()
    assert await scene.whose(wire) == Standing(MASTER, scene.key, None)
