"""Documents in a real store: found as in dictionaries, whatever was changed before."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.runtime.kit.documents import MOST, Collection, Drop, Put, View
from bots.runtime.model.errors import StoreError
from bots.runtime.store import viewing
from bots.runtime.store.rows.documents import PAGE
from bots.runtime.store.sealing import Sealer
from bots.runtime.store.store import FILE, Store
from bots.runtime.store.transaction import Transaction
from tests.kit.memory import Memory
from tests.store.conftest import KEY, NOW

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Note:
    id: str
    by: str = ""
    words: tuple[str, ...] = ()
    open: bool = True


NOTES = Collection(
    "test/note",
    Note,
    key=lambda x: x.id,
    indexes={"by": lambda x: (x.by,), "word": lambda x: x.words, "open": lambda x: ("",) * x.open},
    erases=lambda x: not x.open,
)


async def seen(store: Store, read: Callable[[View], R]) -> R:
    def work(tx: Transaction) -> R:
        with viewing.view(tx) as view:
            return read(view)

    return await store.run("test", work)


async def change(store: Store, *changes: Any) -> None:
    await store.run("test", lambda tx: viewing.apply(tx, changes))


notes = st.builds(
    Note,
    id=st.sampled_from("abcdefgh"),
    by=st.sampled_from(("anna", "bert")),
    words=st.lists(st.sampled_from(("sofa", "bed", "tea")), unique=True).map(tuple),
    open=st.booleans(),
)
changes = st.one_of(
    notes.map(lambda x: Put(NOTES, x)), st.sampled_from("abcdefgh").map(lambda x: Drop(NOTES, x))
)
PLACES = [("by", "anna"), ("by", "bert"), ("open", ""), *(("word", x) for x in ("sofa", "bed"))]


@settings(max_examples=40, deadline=None)
@given(st.lists(changes, max_size=60), st.integers(1, 3))
async def test_a_store_finds_what_dictionaries_find(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Any], page: int
) -> None:
    folder, memory = tmp_path_factory.mktemp("store"), Memory()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bots.runtime.store.rows.documents.PAGE", page)
        store = Store.open(folder, Sealer(KEY), lambda: NOW)
        for step in steps:
            await change(store, step)
            memory.apply([step])
        for index, value in PLACES:
            found = await seen(store, lambda x, i=index, v=value: x.find(NOTES, i, v))  # type: ignore[misc]
            assert found == memory.find(NOTES, index, value)
            count = await seen(store, lambda x, i=index, v=value: x.count(NOTES, i, v))  # type: ignore[misc]
            assert count == len(found) == memory.count(NOTES, index, value)
            both = await seen(store, lambda x, i=index, v=value: x.find(NOTES, i, v, "bed"))  # type: ignore[misc]
            assert both == memory.find(NOTES, index, value, "bed")
            some = await seen(store, lambda x, i=index, v=value: x.find(NOTES, i, v, most=2))  # type: ignore[misc]
            assert some == found[:2]
            old = await seen(store, lambda x, i=index, v=value: x.find(NOTES, i, v, oldest=True))  # type: ignore[misc]
            assert old == found[::-1]
            keys = await seen(store, lambda x, i=index, v=value: x.keys(NOTES, i, v))  # type: ignore[misc]
            assert keys == tuple(x.id for x in old) == memory.keys(NOTES, index, value)
        await change(store, *(Drop(NOTES, x) for x in "abcdefgh"))
        left = await store.run("test", lambda tx: list(tx.rows("test/note lists")))
        await store.close()
    assert left == [], "a list that nobody needs is gone"


@pytest.mark.parametrize("wanted", [False, True])
async def test_what_was_erased_is_not_found_after_an_older_backup(
    tmp_path: Path, store: Store, wanted: bool
) -> None:
    """Since documents like it are erased, or since somebody wanted it."""
    for id_ in "abc":
        await change(store, Put(NOTES, Note(id_, "anna", ("sofa",), open=wanted)))
    shutil.copy(tmp_path / FILE, tmp_path / "backup.db")
    wal = tmp_path / f"{FILE}-wal"
    shutil.copy(wal, tmp_path / "backup.db-wal")
    await change(store, Drop(NOTES, "b", erase=wanted))
    erased = await store.run("test", lambda tx: tx.erased())
    older = tmp_path / "older"
    older.mkdir()
    shutil.copy(tmp_path / "backup.db", older / FILE)
    shutil.copy(tmp_path / "backup.db-wal", older / f"{FILE}-wal")
    restored = Store.open(older, Sealer(KEY), lambda: NOW)
    assert await seen(restored, lambda x: x.count(NOTES, "word", "sofa")) == 3
    await restored.run("test", lambda tx: tx.forget_again(erased, NOW - 1))
    found = await seen(restored, lambda x: x.find(NOTES, "word", "sofa"))
    assert [x.id for x in found] == ["c", "a"]
    assert await seen(restored, lambda x: x.count(NOTES, "word", "sofa")) == 2
    await restored.close()


async def test_what_was_erased_is_known_as_such_though_it_was_not_there(store: Store) -> None:
    """A document may have gone long before somebody wanted all of it erased."""
    assert not await seen(store, lambda x: x.was_erased(NOTES, "a"))
    await change(store, Drop(NOTES, "a"))
    assert not await seen(store, lambda x: x.was_erased(NOTES, "a"))
    await change(store, Drop(NOTES, "a", erase=True))
    assert await seen(store, lambda x: x.was_erased(NOTES, "a"))
    assert not await seen(store, lambda x: x.was_erased(NOTES, "b"))


async def test_nothing_of_a_document_or_of_its_lists_can_be_read_in_the_file(
    tmp_path: Path, store: Store
) -> None:
    for i in range(100):
        await change(store, Put(NOTES, Note(f"nobody-{i}", "sabine", ("geheimwort",))))
    rows = await store.run("test", lambda tx: tx._sql("SELECT kind, key FROM vault").fetchall())
    lists = [key for kind, key in rows if kind == "test/note lists"]
    assert len(lists) == len(set(lists)) == 3 * -(-100 // PAGE), (
        "a row for each page, not one for each document"
    )
    files = b"".join((tmp_path / x).read_bytes() for x in (FILE, f"{FILE}-wal"))
    for word in ("nobody-", "sabine", "geheimwort"):
        assert word.encode() not in files


async def test_what_could_not_be_read_again_is_the_fault_of_who_made_it(
    store: Store, recwarn: pytest.WarningsRecorder
) -> None:
    wrong: Any = 5551234
    with pytest.raises(ValueError, match="could not be read again") as caught:
        await change(store, Put(NOTES, Note("a", wrong)))
    assert not isinstance(caught.value, StoreError)
    assert "5551234" not in f"{caught.value} {[x.message for x in recwarn]}"
    assert await seen(store, lambda x: (x.get(NOTES, "a"), x.count(NOTES, "open"))) == (None, 0)


async def test_a_view_is_closed_when_the_rule_has_decided(store: Store) -> None:
    kept = await seen(store, lambda x: x)
    with pytest.raises(RuntimeError, match="longer than it decides"):
        kept.get(NOTES, "a")


async def test_a_view_shows_nothing_of_what_is_not_declared(store: Store) -> None:
    with pytest.raises(KeyError, match="no index 'colour'"):
        await seen(store, lambda x: x.find(NOTES, "colour"))
    with pytest.raises(ValueError, match=str(MOST)):
        await seen(store, lambda x: x.find(NOTES, "open", most=MOST + 1))


async def test_an_older_document_is_brought_up_to_date_and_a_newer_one_is_no_rules_fault(
    store: Store,
) -> None:
    await change(store, Put(NOTES, Note("a", "anna")))
    newer = Collection(
        "test/note",
        Note,
        key=lambda x: x.id,
        version=2,
        upgrades={1: lambda data: {**data, "by": data["by"].upper()}},
    )
    assert await seen(store, lambda x: x.get(newer, "a")) == Note("a", "ANNA")
    await change(store, Put(newer, Note("b", "bert")))
    with pytest.raises(StoreError, match="newer buendnis"):
        await seen(store, lambda x: x.get(NOTES, "b"))
    await store.run("test", lambda tx: tx.put("test/note", "c", {"v": 1, "is": {"by": "secret"}}))
    with pytest.raises(StoreError, match="can't be understood") as caught:
        await seen(store, lambda x: x.get(NOTES, "c"))
    assert "secret" not in json.dumps(repr(caught.value))
