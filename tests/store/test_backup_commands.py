"""`buendnis backup`, `restore` and `release`, as an admin types them."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from bots.cli.entry import cli
from bots.runtime.model.decision import Deliver
from bots.runtime.store.keys import FileKey, load_key
from bots.runtime.store.records import Order
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


def test_a_folder_gets_a_file_with_the_moment_in_its_name(file: Path, office: Path) -> None:
    folder = file.parent / "backups"
    folder.mkdir()
    assert run("backup", file, folder).exit_code == 0
    [archive] = folder.iterdir()
    assert archive.name.startswith("buendnis-state-20")
    assert archive.suffix == ".tar"


def test_settings_that_changed_since_stay_as_they_are(file: Path, office: Path) -> None:
    archive = file.parent / "b.tar"
    run("backup", file, archive)
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
