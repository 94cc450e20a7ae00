"""Another key for a store, and other data keys: nothing is lost, and the old ones open nothing."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bots.runtime.model.errors import KeyRefused
from bots.runtime.store import erased
from bots.runtime.store.backup import make, restore
from bots.runtime.store.holding import Second, stored
from bots.runtime.store.keyring import NAME, read_copy
from bots.runtime.store.keys import FileKey, Passphrase
from bots.runtime.store.rotation import SLICE, Rotation
from bots.runtime.store.rows.resealing import TABLES
from bots.runtime.store.sealing import Sealer
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from tests.store.canaried import READERS, fill, read_all, sealed_by
from tests.store.conftest import KEY, NOW

OLD, NEW = FileKey(KEY), Passphrase("five words that mean nothing", cost=2**10)


def opened(folder: Path, key: FileKey | Passphrase) -> Store:
    return Store.open(folder, key, lambda: NOW, running=lambda: 0.0)


def look(tx: Transaction) -> list[object]:
    """Everything that a store of `fill` holds."""
    return [read(tx) for read in READERS.values()]


async def filled(folder: Path) -> list[object]:
    store = opened(folder, OLD)
    await store.run("fill", fill)
    found = await store.run("look", look)
    await store.close()
    return found


async def seen(folder: Path, key: FileKey | Passphrase) -> list[object]:
    store = opened(folder, key)
    try:
        return await store.run("look", look)
    finally:
        await store.close()


async def test_every_table_with_sealed_rows_is_known(store: Store) -> None:
    def tables(tx: Transaction) -> set[str]:
        names = [x[0] for x in tx._sql("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {name: [x[1] for x in tx._sql(f"PRAGMA table_info({name})")] for name in names}
        return {name for name in names if "sealed" in columns[name]}

    assert await store.run("tables", tables) == set(TABLES)


async def test_a_new_key_opens_the_same_and_the_old_one_nothing(tmp_path: Path) -> None:
    before = await filled(tmp_path)
    store = opened(tmp_path, OLD)
    ids = store.sealer.action_id("cause", "slot")
    rotation = Rotation(store)
    assert await rotation.begin(NEW)
    assert not await rotation.begin(NEW), "it was begun before"
    assert rotation.status == {"opens": ["file", "passphrase"], "resealing": True}
    await rotation.reseal()
    await rotation.switch()
    assert rotation.status == {"opens": ["passphrase"], "resealing": False}
    assert store.sealer.action_id("cause", "slot") == ids, "rooms carry it"
    await store.close()
    assert sealed_by(tmp_path) == {2}
    assert await seen(tmp_path, NEW) == before
    with pytest.raises(KeyRefused, match="does not fit"):
        opened(tmp_path, OLD)
    copy = read_copy(tmp_path)
    assert copy is not None
    assert not copy.fits(OLD), "nor what lies beside the store"


async def test_the_first_start_with_the_new_key_shuts_the_old_one_out(tmp_path: Path) -> None:
    before = await filled(tmp_path)
    store = opened(tmp_path, OLD)
    await Rotation(store).begin(NEW)
    await Rotation(store).reseal()
    await store.close()
    assert await seen(tmp_path, OLD) == before, "the settings name the old one still"
    assert await seen(tmp_path, NEW) == before
    with pytest.raises(KeyRefused):
        opened(tmp_path, OLD)


async def test_what_was_begun_goes_on_in_another_life(tmp_path: Path) -> None:
    """By the old key alone: the new one is not at hand, so the old data key has to stay."""
    before = await filled(tmp_path)
    store = opened(tmp_path, OLD)
    await Rotation(store).begin(NEW)
    await store.run("one slice", lambda tx: tx._sql("SELECT 1"))
    await store.close()
    store = opened(tmp_path, OLD)
    await Rotation(store).reseal()
    assert Rotation(store).resealing
    await store.close()
    assert sealed_by(tmp_path) == {2}
    store = opened(tmp_path, NEW)
    await Rotation(store).reseal()
    assert not Rotation(store).resealing
    await store.close()
    assert await seen(tmp_path, NEW) == before


async def test_another_passphrase_before_the_first_is_in_its_place(tmp_path: Path) -> None:
    """It was mistyped, say."""
    before = await filled(tmp_path)
    store = opened(tmp_path, OLD)
    await Rotation(store).begin(Passphrase("not what was meant", cost=2**10))
    await Rotation(store).begin(NEW)
    await Rotation(store).reseal()
    await store.close()
    assert sealed_by(tmp_path) == {2}, "nothing is sealed twice"
    assert await seen(tmp_path, NEW) == before


async def test_the_same_key_is_no_other(tmp_path: Path) -> None:
    store = opened(tmp_path, OLD)
    with pytest.raises(ValueError, match="opens the office already"):
        await Rotation(store).begin(OLD)
    await store.close()


async def test_it_goes_on_working_meanwhile(tmp_path: Path) -> None:
    """More rows than a slice has, and others come, go and change while they are sealed anew."""
    store = opened(tmp_path, OLD)
    number = 5 * SLICE

    def many(tx: Transaction) -> None:
        for n in range(number):
            tx.put("kind", str(n), n)

    await store.run("many", many)
    rotation = Rotation(store)
    await rotation.begin(NEW)
    resealing = asyncio.create_task(rotation.reseal())
    turns = 0
    while not resealing.done():
        turns += 1
        at = turns % number

        def change(tx: Transaction, at: int = at, turns: int = turns) -> None:
            assert tx.get("kind", str(at)) is not None
            tx.put("kind", str(at), -turns)
            tx.put("more", str(turns), turns)

        await store.run("change", change)
        await asyncio.sleep(0)
    await resealing
    found = dict(await store.run("all", lambda tx: list(tx.scan("kind"))))
    assert len(found) == number
    assert turns > 5, "others had their turn"
    await rotation.switch()
    await store.close()
    assert sealed_by(tmp_path) == {2}


async def test_nothing_of_the_old_data_key_is_left_in_any_file(tmp_path: Path) -> None:
    """Whoever has learnt it reads nothing, in the write-ahead log neither."""
    await filled(tmp_path)
    store = opened(tmp_path, OLD)
    old = await store.run(
        "old",
        lambda tx: [
            row[0]
            for table in TABLES
            for row in tx._sql(f"SELECT sealed FROM {table} WHERE sealed IS NOT NULL").fetchall()  # noqa: S608
        ],
    )
    wrapped = (tmp_path / NAME).read_bytes()
    await Rotation(store).begin(NEW)
    await Rotation(store).reseal()
    await Rotation(store).switch()
    await store.close()
    content = b"".join(read_all(tmp_path).values())
    assert len(old) > 5
    assert not [row for row in old if row in content]
    assert json.loads(wrapped)["slots"][0]["data"].encode() not in content


def lose(folder: Path) -> None:
    for file in folder.glob("office.db*"):
        file.unlink()


# -- backups ---------------------------------------------------------------------------------------


def archived(folder: Path, name: str = "b.tar") -> Path:
    settings = folder.parent / "o.yaml"
    settings.touch()
    make(folder, settings, folder.parent / name)
    return folder.parent / name


async def test_a_backup_from_before_comes_back_with_the_key_of_its_time(tmp_path: Path) -> None:
    """And is opened by the key of today from then on; what was erased since stays erased."""
    folder = tmp_path / "state"
    before = await filled(folder)
    store = Store.open(folder, OLD, lambda: NOW)
    await store.run("put", lambda tx: tx.put("people", "anna", {"name": "Anna"}))
    await store.close()
    archive = archived(folder)
    store = Store.open(folder, OLD, lambda: NOW + 10)
    await store.run("erase", lambda tx: tx.forget("people", "anna"))
    await Rotation(store).begin(NEW)
    await Rotation(store).reseal()
    await Rotation(store).switch()
    identity = store.sealer.identity("x")
    await store.close()
    lose(folder)
    with pytest.raises(KeyRefused, match="--former-key"):
        restore(archive, folder, NEW)
    assert not (folder / "office.db").exists()
    restore(archive, folder, NEW, former=OLD)
    assert erased.read(folder)
    store = opened(folder, NEW)
    assert await store.run("anna", lambda tx: tx.get("people", "anna")) is None
    assert await store.run("case", READERS["vault"]) == before[0]
    assert store.sealer.identity("x") == identity
    await store.close()
    assert max(sealed_by(folder)) == 3
    assert len(sealed_by(folder)) == 1
    with pytest.raises(KeyRefused):
        opened(folder, OLD)


@pytest.mark.parametrize("key", [OLD, NEW])
async def test_a_backup_in_the_middle_is_opened_by_either(
    tmp_path: Path, key: FileKey | Passphrase
) -> None:
    folder = tmp_path / "state"
    await filled(folder)
    store = opened(folder, OLD)
    await Rotation(store).begin(NEW)
    archive = archived(folder)
    await store.close()
    restore(archive, tmp_path / "new", key)
    store = Store.open(tmp_path / "new", key)
    assert await store.run("case", READERS["vault"])
    await store.close()


PURPOSES = ("receipt", "receipt hash", "case number", "code")


def worked_out(tx: Transaction) -> list[bytes]:
    """What an office derives for people."""
    return [tx.secret(purpose, "!room $event") for purpose in PURPOSES]


def _worked_out(sealer: Sealer) -> list[bytes]:
    return [sealer.derived(purpose, "!room $event") for purpose in PURPOSES]


async def test_a_compromised_key_makes_somebody_else_of_the_office(tmp_path: Path) -> None:
    """Its identity is another one, also after an older backup; what it has done is still known."""
    folder = tmp_path / "state"
    await filled(folder)
    archive = archived(folder)
    store = opened(folder, OLD)
    await store.run("login", lambda tx: tx.write("login", "@a:b", b"token"))
    mark, secret, identity, derived = (
        store.sealer.mark("a", "b"), store.sealer.secret("x"), store.sealer.identity("x"),
        await store.run("derived", worked_out),
    )  # fmt: skip
    root = store.sealer.keys
    await Rotation(store).begin(NEW, compromised=True)
    await Rotation(store).reseal()
    await Rotation(store).switch()
    assert (store.sealer.mark("a", "b"), store.sealer.secret("x")) == (mark, secret)
    new = store.sealer.identity("x")
    assert new != identity
    anew = await store.run("derived", worked_out)
    assert not set(anew) & set(derived), "receipts, numbers and codes can't be worked out any more"
    former = Sealer(root)
    assert set(_worked_out(former)) == set(derived), "as whoever had the keys could"
    assert await store.run("login", lambda tx: tx.read("login", "@a:b")) is None
    await store.close()
    lose(folder)
    restore(archive, folder, NEW, former=OLD)
    store = opened(folder, NEW)
    assert store.sealer.identity("x") == new
    await store.close()


# -- lost and other stores -------------------------------------------------------------------------


async def test_a_lost_store_comes_back_as_the_same(tmp_path: Path) -> None:
    store = opened(tmp_path, OLD)
    kept = store.sealer.identity("x"), store.sealer.action_id("cause", "slot")
    await store.close()
    lose(tmp_path)
    store = opened(tmp_path, OLD)
    assert (store.sealer.identity("x"), store.sealer.action_id("cause", "slot")) == kept
    await store.close()


async def test_a_second_store_has_the_roots_of_the_first(tmp_path: Path) -> None:
    """Whichever is opened first."""
    creator = Store.open(tmp_path / "creator", Second(OLD, tmp_path))
    office = opened(tmp_path, OLD)
    assert creator.sealer.secret("x") == office.sealer.secret("x")
    await creator.close()
    await office.close()


async def test_a_key_alone_tells_nothing_about_an_office(tmp_path: Path) -> None:
    """Who finds the key file, and has the store only after the key was changed."""
    one, two = (Store.open(tmp_path / name, OLD) for name in ("one", "two"))
    assert one.sealer.mark("a", "b") != two.sealer.mark("a", "b")
    assert Sealer(KEY).mark("a", "b") not in {x.sealer.mark("a", "b") for x in (one, two)}
    for store in (one, two):
        await store.close()


def test_a_folder_with_a_passphrase_shows_neither_key_nor_name(tmp_path: Path) -> None:
    async def make_it() -> None:
        store = opened(tmp_path, NEW)
        await store.run("fill", fill)
        await store.close()

    asyncio.run(make_it())
    content = b"".join(read_all(tmp_path).values())
    assert b"canary" not in content
    keyring = stored(tmp_path)
    assert keyring is not None
    keys, _ = keyring.opened(NEW)
    for key in (keys.ids, keys.identity, *keys.data.values(), NEW.text.encode()):
        assert key not in content
        assert key.hex().encode() not in content
