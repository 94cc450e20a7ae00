"""What is recorded, in a real store: one chain, in the commit of the decision, of no use to
whoever wants to know whom it is about."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from bots.runtime.kit.records import (
    BEGINNING,
    COMMITTED,
    ENTRIES,
    HEADS,
    Entry,
    Head,
    Record,
    Word,
    commitment,
)
from bots.runtime.store.recording import append
from bots.runtime.store.sealing import Sealer
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction

T = TypeVar("T")
SEALER = Sealer(b"k" * 32)


def done(folder: Path, *works: Callable[[Transaction], T]) -> list[T]:
    """One after the other, each in a transaction of its own."""

    async def run() -> list[T]:
        store = Store.open(folder, SEALER)
        try:
            return [await store.run("test", work) for work in works]
        finally:
            await store.close()

    return asyncio.run(run())


def noted(*records: Record) -> Callable[[Transaction], None]:
    return lambda tx: append(tx, records)


def chain(tx: Transaction) -> list[Entry]:
    head = tx.document(HEADS, "head") or Head()
    found = [tx.document(ENTRIES, str(x)) for x in range(1, head.number + 1)]
    return [x for x in found if x is not None]


def test_each_entry_follows_the_one_before(tmp_path: Path) -> None:
    one, two = Record("closed", {"case": 1, "staff": "@anna:x"}), Record("opened", {"case": 2})
    *_, found = done(tmp_path, noted(one, two), noted(one), chain)
    assert found is not None
    assert [(x.number, x.what) for x in found] == [(1, "closed"), (2, "opened"), (3, "closed")]
    assert [x.before for x in found] == [BEGINNING, found[0].digest, found[1].digest]
    assert [x.sealed() for x in found] == found
    assert found[0].hidden != found[2].hidden, "the same person is not seen to be the same"


def test_what_is_rolled_back_was_never_recorded(tmp_path: Path) -> None:
    def failing(tx: Transaction) -> None:
        append(tx, [Record("lost")])
        raise LookupError

    def stumbling(tx: Transaction) -> None:
        tx.savepoint()
        append(tx, [Record("lost")])
        tx.back()
        append(tx, [Record("kept")])

    with pytest.raises(LookupError):
        done(tmp_path, noted(Record("first")), failing)
    *_, found = done(tmp_path, stumbling, chain)
    assert found is not None
    assert [(x.number, x.what) for x in found] == [(1, "first"), (2, "kept")]
    assert found[1].before == found[0].digest


def test_an_entry_names_nobody_and_stays_whole_when_its_salt_is_forgotten(tmp_path: Path) -> None:
    record = Record("hidden", {"case": 7, "how": Word("code"), "who": "@yusra:x", "sure": True})

    def forgotten(tx: Transaction) -> list[Entry]:
        (entry,) = chain(tx)
        kept = tx.document(COMMITTED, entry.hidden["who"])
        assert kept is not None
        assert kept.value == "@yusra:x"
        assert kept.commitment == commitment(kept.salt, "who", kept.value)
        tx.discard(COMMITTED, kept.commitment)
        return chain(tx)

    *_, found = done(tmp_path, noted(record), forgotten)
    assert found is not None
    (entry,) = found
    assert entry.facts == {"case": 7, "how": "code", "sure": True}
    assert "yusra" not in repr(entry)
    assert entry.sealed() == entry
    *_, erased = done(tmp_path, Transaction.erased)
    assert len(erased) == 1, "no backup brings it back"


def test_all_that_is_asked_at_once_makes_one_chain(tmp_path: Path) -> None:
    async def many() -> list[Entry]:
        store = Store.open(tmp_path, SEALER)
        work = (store.run("test", noted(Record("x", {"n": x}))) for x in range(50))
        await asyncio.gather(*work)
        found = await store.run("test", chain)
        await store.close()
        return found

    found = asyncio.run(many())
    assert [x.number for x in found] == list(range(1, 51))
    assert {x.facts["n"] for x in found} == set(range(50))
    before = [BEGINNING, *(x.digest for x in found)]
    assert [x.before for x in found] == before[:-1]


def test_only_text_and_numbers_are_recorded() -> None:
    with pytest.raises(TypeError, match="who of the record x"):
        Record("x", {"who": object()})
    assert Record("x", {"at": 3.7}).open == {"at": 3}
    assert "secret" not in repr(Record("x", {"who": "secret"}))
