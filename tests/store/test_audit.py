"""`buendnis audit`, and what a record says of itself when an older store comes back."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from bots.cli.entry import cli
from bots.runtime.kit.records import GAP, HEADS, Head, Record
from bots.runtime.store import backup, heads
from bots.runtime.store.keys import FileKey, load_key
from bots.runtime.store.recording import append, begin, entries
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction

SETTINGS = {
    "office": {"name": "Ombudsstelle", "state": "./state"},
    "homeserver": {"url": "https://matrix.example.org"},
    "account": {"user": "@ombuds:example.org"},
    "staff": ["@anna:example.org"],
}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BUENDNIS_OMBUDS_PASSWORD", "correct horse")
    path = tmp_path / "ombuds.yaml"
    path.write_text(yaml.safe_dump(SETTINGS, allow_unicode=True))
    (tmp_path / "state").mkdir()
    return path


def state(file: Path) -> Path:
    return file.parent / "state"


def run(file: Path, *works: Callable[[Transaction], object]) -> object:
    async def done() -> object:
        store = Store.open(state(file), FileKey(load_key(state(file) / "seal.key")))
        try:
            found = [await store.run("test", work) for work in works]
            return found[-1]
        finally:
            await store.close()

    return asyncio.run(done())


def record(file: Path, *whats: str) -> Head:
    """As an office does: it starts, and records."""
    beside = heads.read(state(file))
    run(
        file,
        lambda tx: begin(tx, beside),
        *(lambda tx, x=x: append(tx, [Record(x, {"case": 7, "staff": "@anna:x"})]) for x in whats),
    )
    head = run(file, lambda tx: tx.document(HEADS, "head"))
    return head if isinstance(head, Head) else Head()


def audit(*args: str | Path) -> Result:
    return CliRunner().invoke(cli, ["audit", *map(str, args)])


def exported(file: Path, *options: str) -> Path:
    target = file.parent / f"record-{len(list(file.parent.iterdir()))}.jsonl"
    result = audit("export", file, target, *options)
    assert result.exit_code == 0, result.output
    return target


def test_a_record_is_verified_without_the_office_and_its_key(file: Path) -> None:
    told = record(file, "opened", "closed").told
    record(file, "opened")
    target = exported(file)
    shutil.rmtree(state(file))
    assert "anna" not in target.read_text()
    result = audit("verify", target, "--head", told)
    assert result.exit_code == 0
    assert "Entries: 3." in result.output
    assert "confirm it up to entry 2" in result.output
    assert "Whoever holds the machine" in audit("verify", target).output


def test_names_are_told_if_asked_for_and_as_they_were_committed_to(file: Path) -> None:
    record(file, "opened")
    target = exported(file, "--names")
    assert "@anna:x" in target.read_text()
    assert audit("verify", target).exit_code == 0
    target.write_text(target.read_text().replace("@anna:x", "@bilal:x"))
    assert "Entry 1 (line 1) is not about what stands beside it." in audit("verify", target).output


def test_the_first_wrong_entry_is_named(file: Path) -> None:
    told = [record(file, x).told for x in ("a", "b", "c", "d")]
    target = exported(file)
    lines = target.read_text().splitlines(keepends=True)
    mails = file.parent / "mails.txt"
    mails.write_text("\n".join(f"Bitte aufheben:\n{x}\n" for x in told))
    for changed, said in {
        "".join(lines[:2]): "Entries are missing at the end: 3 to 4.",
        "".join([lines[0], *lines[2:]]): "Entries are missing before line 2: 2 to 2.",
        "".join(lines).replace('"b"', '"x"'): "Entry 2 (line 2) was changed",
        lines[0] + "what\n": "Entry 2 (line 2) is no entry",
    }.items():
        target.write_text(changed)
        result = audit("verify", target, "--heads", mails)
        assert result.exit_code == 1
        assert said in result.output
    assert "is no head" in audit("verify", target, "--head", "120").output


def _archived(file: Path) -> Path:
    target = file.parent / "backup.tar"
    backup.make(state(file), file, target)
    return target


def _restored(file: Path, archive: Path, *lost: str) -> None:
    for name in ("office.db", "office.db-wal", "office.db-shm", *lost):
        (state(file) / name).unlink(missing_ok=True)
    backup.restore(archive, state(file), FileKey(load_key(state(file) / "seal.key")))


def test_what_a_restored_backup_does_not_know_is_a_gap_that_is_said(file: Path) -> None:
    before = record(file, "one", "two")
    archive = _archived(file)
    lost = record(file, "three", "four")
    _restored(file, archive)
    after = record(file, "five")
    assert (after.number, after.gap) == (6, 5)
    result = audit("verify", exported(file), *_heads(before, lost, after))
    assert result.exit_code == 0, result.output
    assert "Entries 3 to 4 were lost" in result.output
    assert "The head of entry 4 can't be compared" in result.output
    assert "confirm it up to entry 6" in result.output


def _heads(*told: Head) -> list[str]:
    return [x for head in told for x in ("--head", head.told)]


def test_a_restored_backup_that_knows_everything_leaves_no_gap(file: Path) -> None:
    record(file, "one")
    archive = _archived(file)
    _restored(file, archive)
    head = record(file, "two")
    assert (head.number, head.gap) == (3, 0)
    assert [x.what for x in _entries(file)] == ["one", "restored", "two"]
    assert record(file, "three").number == 4, "it is told once"


def test_on_a_new_machine_nobody_knows_how_much_was_lost(file: Path) -> None:
    record(file, "one")
    archive = _archived(file)
    lost = record(file, "two", "three")
    _restored(file, archive, heads.NAME)
    after = record(file, "four")
    assert (after.number, after.gap) == (100_002, 100_001)
    result = audit("verify", exported(file), *_heads(lost, after))
    assert result.exit_code == 0, result.output
    assert "Entries from 2 on were lost; nobody knows how many." in result.output


def test_an_older_store_put_back_in_silence_is_a_gap_all_the_same(file: Path) -> None:
    record(file, "one")
    old = (state(file) / "office.db").read_bytes()
    record(file, "two", "three")
    (state(file) / "office.db").write_bytes(old)
    assert record(file, "four").gap == 4
    (gap,) = (x for x in _entries(file) if x.what == GAP)
    assert gap.facts == {"lost_from": 2, "lost_to": 3, "known": True}


def _entries(file: Path) -> list[Any]:
    found = run(file, entries)
    assert isinstance(found, list)
    return found


def test_a_start_without_loss_says_nothing(file: Path) -> None:
    assert record(file).number == 0
    assert record(file, "one").number == 1
    assert record(file).number == 1


def test_a_file_beside_that_is_behind_is_no_loss(file: Path) -> None:
    """A crash between the commit and the file."""
    first = record(file, "one")
    record(file, "two")
    (state(file) / heads.NAME).unlink()
    heads.write(state(file), first)
    assert record(file, "three").gap == 0
    assert heads.read(state(file)) == record(file)
