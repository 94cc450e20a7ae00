"""`buendnis backup`, `restore` and `release`, as an admin types them."""

from __future__ import annotations

import asyncio
import stat
from functools import partial
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from bots.cli.entry import cli
from bots.runtime.kit.records import HEADS, Record
from bots.runtime.model.decision import Deliver
from bots.runtime.store import heads
from bots.runtime.store.backup import keep_settings
from bots.runtime.store.keys import FileKey, Passphrase, load_key
from bots.runtime.store.recording import append
from bots.runtime.store.records import Order
from bots.runtime.store.rotation import Rotation
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
    return path


@pytest.fixture
def office(file: Path) -> Path:
    """A state folder with a store that knows Anna and has a mail on its way."""
    folder = file.parent / "state"
    folder.mkdir()
    asyncio.run(_fill(folder))
    return folder


async def _fill(folder: Path) -> None:
    store = Store.open(folder, FileKey(load_key(folder / "seal.key")))
    order = Order("mail", "echo", Deliver("mail", "lane", {"to": "anna"}))
    await store.run("put", lambda tx: tx.put("people", "anna", {"name": "Anna"}))
    await store.run("put", lambda tx: tx.append("m", "lane", order))
    text = (folder.parent / "ombuds.yaml").read_bytes()
    await store.run("settings", partial(keep_settings, text))
    await store.run("record", lambda tx: append(tx, [Record("case-opened")]))
    await store.close()


async def _look(folder: Path) -> tuple[object, int]:
    store = Store.open(folder, FileKey(load_key(folder / "seal.key")))
    found = await store.run("look", lambda tx: tx.get("people", "anna"))
    counts = await store.run("look", Transaction.counts)
    await store.close()
    return found, counts["outbox_held"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def lose(folder: Path, *, key: bool = False) -> None:
    for path in folder.iterdir():
        if key or path.name != "seal.key":
            path.unlink()


def test_there_and_back(file: Path, office: Path) -> None:
    archive = file.parent / "b.tar"
    made = run("backup", file, archive)
    assert made.exit_code == 0
    assert f"needs the sealing key as well ({office / 'seal.key'})" in made.output
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    lose(office)
    back = run("restore", file, archive)
    assert back.exit_code == 0
    assert f"Start it with `buendnis run {file}`" in back.output
    assert "may have left already: 1." in back.output
    assert asyncio.run(_look(office)) == ({"name": "Anna"}, 1)
    assert run("release", file).output == "Mails that leave when the office runs: 1.\n"
    assert asyncio.run(_look(office)) == ({"name": "Anna"}, 0)


def test_onto_a_new_machine_with_the_key_in_it(file: Path, office: Path) -> None:
    archive = file.parent / "b.tar"
    made = run("backup", "--with-key", file, archive)
    assert "The sealing key is in it" in made.output
    key = (office / "seal.key").read_text()
    lose(office, key=True)
    file.unlink()
    back = run("restore", file, archive)
    assert back.exit_code == 0
    assert f"{file}: written from the archive." in back.output
    assert (office / "seal.key").read_text() == key
    assert stat.S_IMODE((office / "seal.key").stat().st_mode) == 0o600
    assert asyncio.run(_look(office))[0] == {"name": "Anna"}


def test_without_the_key_it_says_so_and_makes_none(file: Path, office: Path) -> None:
    archive = file.parent / "b.tar"
    run("backup", file, archive)
    lose(office, key=True)
    back = run("restore", file, archive)
    assert back.exit_code == 1
    assert "There is no sealing key in" in back.output
    assert list(office.iterdir()) == []


def test_nobody_is_named_in_a_backup_and_a_bare_machine_gets_its_settings(
    file: Path, office: Path
) -> None:
    archive, kept = file.parent / "b.tar", file.parent / "ombuds.key"
    assert run("backup", file, archive).exit_code == 0
    found = archive.read_bytes()
    for name in (b"anna", b"Anna", b"@ombuds:", b"matrix.example.org", b"example.org"):
        assert name not in found
    kept.write_text((office / "seal.key").read_text())
    before = file.read_bytes()
    lose(office, key=True)
    file.unlink()
    refused = run("restore", file, archive)
    assert refused.exit_code == 1
    assert "--key FILE" in refused.output
    assert not file.exists()
    back = run("restore", file, archive, "--key", kept)
    assert back.exit_code == 0, back.output
    assert file.read_bytes() == before
    assert asyncio.run(_look(office))[0] == {"name": "Anna"}


def test_settings_go_along_as_they_are_if_somebody_asks_for_it(file: Path, office: Path) -> None:
    archive = file.parent / "b.tar"
    assert run("backup", "--with-settings", file, archive).exit_code == 0
    assert file.read_bytes() in archive.read_bytes()


WORDS = "five words that mean nothing"


def opened_by(kind: str, file: Path) -> bytes:
    """What somebody then writes into the settings."""
    text = file.read_text().replace("  name: O", f"  opened_by: {kind}\n  name: O")
    assert kind in text
    file.write_text(text)
    return text.encode()


async def _to_passphrase(folder: Path, settings: bytes) -> None:
    """As `key rotate --to=passphrase`, and a start."""
    store = Store.open(folder, FileKey(load_key(folder / "seal.key")))
    await Rotation(store).begin(Passphrase(WORDS, cost=2**10))
    await Rotation(store).reseal()
    await Rotation(store).switch()
    await store.run("settings", partial(keep_settings, settings))
    await store.close()


def test_a_bare_machine_asks_for_the_passphrase_once(file: Path, office: Path) -> None:
    archive = file.parent / "b.tar"
    asyncio.run(_to_passphrase(office, opened_by("passphrase", file)))
    assert run("backup", file, archive).exit_code == 0
    before = file.read_bytes()
    lose(office, key=True)
    file.unlink()
    wrong = CliRunner().invoke(cli, ["restore", str(file), str(archive)], input="mistyped\n")
    assert wrong.exit_code == 1
    assert "does not fit" in wrong.output
    assert not file.exists()
    back = CliRunner().invoke(cli, ["restore", str(file), str(archive)], input=f"{WORDS}\n")
    assert back.exit_code == 0, back.output
    assert file.read_bytes() == before
    store = Store.open(office, Passphrase(WORDS))
    assert asyncio.run(_person(store)) == {"name": "Anna"}


def test_settings_that_are_there_and_a_passphrase(file: Path, office: Path) -> None:
    archive = file.parent / "b.tar"
    asyncio.run(_to_passphrase(office, opened_by("passphrase", file)))
    run("backup", file, archive)
    lose(office, key=True)
    wrong = CliRunner().invoke(cli, ["restore", str(file), str(archive)], input="mistyped\n")
    assert wrong.exit_code == 1
    assert "the passphrase was mistyped" in wrong.output
    back = CliRunner().invoke(cli, ["restore", str(file), str(archive)], input=f"{WORDS}\n")
    assert back.exit_code == 0, back.output
    assert asyncio.run(_person(Store.open(office, Passphrase(WORDS)))) == {"name": "Anna"}


async def _person(store: Store) -> object:
    try:
        return await store.run("look", lambda tx: tx.get("people", "anna"))
    finally:
        await store.close()


def test_a_credential_comes_back_from_the_copy_that_was_kept(file: Path, office: Path) -> None:
    archive, kept = file.parent / "b.tar", file.parent / "ombuds.key"
    opened_by("credential", file)
    run("backup", file, archive)
    kept.write_text((office / "seal.key").read_text())
    lose(office, key=True)
    told = run("restore", file, archive)
    assert told.exit_code == 1
    assert "--key FILE" in told.output
    back = run("restore", file, archive, "--key", kept)
    assert back.exit_code == 0, back.output
    assert not (office / "seal.key").exists(), "systemd keeps it, not the disk"


def test_a_restore_tells_where_the_record_ends(file: Path, office: Path) -> None:
    archive = file.parent / "b.tar"
    run("backup", file, archive)
    store = Store.open(office, FileKey(load_key(office / "seal.key")))
    head = asyncio.run(_head(store))
    lose(office)
    told = run("restore", file, archive).output
    assert f"The record ends with {head}." in told
    assert heads.read(office) is None


async def _head(store: Store) -> str:
    try:
        found = await store.run("head", lambda tx: tx.document(HEADS, "head"))
        assert found is not None
        return found.told
    finally:
        await store.close()


def test_a_folder_gets_a_file_with_the_moment_in_its_name(file: Path, office: Path) -> None:
    folder = file.parent / "backups"
    folder.mkdir()
    assert run("backup", file, folder).exit_code == 0
    [archive] = folder.iterdir()
    assert archive.name.startswith("buendnis-state-20")
    assert archive.suffix == ".tar"


def test_settings_that_changed_since_stay_as_they_are(file: Path, office: Path) -> None:
    archive = file.parent / "b.tar"
    run("backup", "--with-settings", file, archive)
    lose(office)
    changed = {**SETTINGS, "staff": ["@berta:example.org"]}
    file.write_text(yaml.safe_dump(changed))
    back = run("restore", file, archive)
    assert back.exit_code == 0
    assert "differs from the settings in the archive; it stays as it is" in back.output
    assert yaml.safe_load(file.read_text()) == changed


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("backup", "{file}", "{file}"), "exists already"),
        (("backup", "{file}", "/nonexistent/b.tar"), "can't be written"),
        (("backup", "/nonexistent.yaml", "b.tar"), "there is no such file"),
        (("restore", "{file}", "/nonexistent.tar"), "There is no file"),
        (("restore", "{file}", "{file}"), "no backup of an office"),
    ],
)
def test_what_is_wrong_is_a_sentence(
    file: Path, office: Path, arguments: tuple[str, ...], told: str
) -> None:
    result = run(*(argument.format(file=file) for argument in arguments))
    assert result.exit_code == 1
    assert told in result.output
    assert "Traceback" not in result.output


def test_nothing_is_released_where_nothing_is(file: Path) -> None:
    (file.parent / "state").mkdir()
    (file.parent / "state" / "seal.key").write_text("ab" * 32)
    (file.parent / "state" / "seal.key").chmod(0o600)
    result = run("release", file)
    assert result.exit_code == 1
    assert "There is no store in" in result.output
    assert not (file.parent / "state" / "office.db").exists()
