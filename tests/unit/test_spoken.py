"""German on the command line: nothing that it can print is missing from the catalogue."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest
from babel.messages.pofile import read_po

from bots.cli.entry import cli
from bots.cli.terminal import in_words, run
from bots.offices.checkup.finding import Mark
from config.cli import spoken as speaking
from config.cli.spoken import spoken
from tests.kit.looped import looped
from tests.kit.spoken_texts import ENGLISH, ROOT, blank, labels, sentences, sources

CATALOGUE = ROOT / "config" / "cli" / "de.po"
NOT_SAID = frozenset(
    {
        *("bold red", "buendnis-{}-{}.tar", "chown -R {} {}", "file:{}?mode=ro{}", "action id"),
        *("{name}: Treffpunkt", "{name}: Offene Runde", "Ombudsstelle: Team"),  # in rooms
        *("Feuerwehr und Rettung", "leichte sprache", "einfache sprache", "simple german"),
        *("kurdish sorani", "account seen", "rooms unsettled", "creator shown"),  # in the store
        *("put state", "put alias", "delete alias", "no such table"),  # of requests and SQLite
        *("nested too deeply", "quoted scalar", "flow sequence", "flow mapping", "document start"),
        *("could not find expected ':'", "mapping values are not allowed", "block scalar"),
        *("sequence entries are not", "expected <block end>", "mapping values"),
        *("another document", "<block end>", "{}:` and below it, indented, `"),  # PyYAML's words
        *("v=DKIM1; k=rsa; p={}", "v=DKIM1; k=ed25519; p={}"),  # records of the DNS
        *("v=1; a={}; c=relaxed/relaxed; d={};", "the placeholder is in a piece of the body"),
        *("PRAGMA wal_checkpoint(TRUNCATE)", "OmbudsConfig | NetworkConfig", "action id"),
        *("SELECT wrapped FROM keyring", "SELECT 1 FROM vault LIMIT 1", "buendnis data keys"),
        *("buendnis roots", "buendnis key rotate {}"),
        "BEGIN;\n{}\nPRAGMA user_version = {};\nCOMMIT;",
    }
)
"""What looks like a sentence in the sources and is none that anybody is shown."""


@pytest.fixture(autouse=True)
def in_german(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")


@pytest.fixture(scope="module")
def known() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, abort_invalid=True) if m.id}


def files() -> list[Path]:
    return [file for file in sources() if str(file.relative_to(ROOT)) not in ENGLISH]


@looped("file", files())
def test_every_sentence_of_the_sources_is_in_the_catalogue(
    file: Path, known: dict[str, str]
) -> None:
    there = set(map(blank, known))
    missing = [x for x in sentences(file) if blank(x) not in there and x not in NOT_SAID]
    assert missing == [], "write them into config/cli/de.po"
    untold = [x for x in labels(file) if x not in known]
    assert untold == [], "what doctor looks at, in a word"


def test_the_catalogue_holds_nothing_that_nobody_says(known: dict[str, str]) -> None:
    said = {blank(x) for file in files() for x in sentences(file)}
    said |= {x for file in files() for x in labels(file)} | set(map(str, Mark))
    with CATALOGUE.open("rb") as file:
        parts = {str(m.id) for m in read_po(file) if m.id and "parts" in m.auto_comments}
    assert [x for x in known if blank(x) not in said and x not in parts] == []


def test_each_is_translated_with_what_is_put_in(known: dict[str, str]) -> None:
    for msgid, german in known.items():
        assert german, msgid
        fields = [sorted(speaking._FIELD.findall(text)) for text in (msgid, german)]
        assert fields[0] == fields[1], msgid
        assert len(set(fields[0])) == len(fields[0]), msgid
        commands = [text.count("`") for text in (msgid, german)]
        assert commands[0] <= commands[1], msgid


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("a.yaml:3: staff[0]: is missing", "a.yaml:3: staff[0]: fehlt"),
        (
            "room “Tee, invites all”, open to the alliance, encrypted, invites 3",
            "Raum “Tee, invites all”, offen für das Bündnis, verschlüsselt, lädt ein: 3",
        ),
        (
            "power of @a:x: 0 → 50, power to set m.room.name: 50 → 100",
            "Rechte von @a:x: 0 → 50, Recht, m.room.name zu setzen: 50 → 100",
        ),
        ("topic: nothing → “nothing”", "Thema: nichts → “nothing”"),
        ("a:1: x: is missing\na:2: y: is missing", "a:1: x: fehlt\na:2: y: fehlt"),
        (
            "@a:x could not be invited (X); @b:x could not be invited (X)",
            "@a:x ließ sich nicht einladen (X); @b:x ließ sich nicht einladen (X)",
        ),
        ("what nobody has written", "what nobody has written"),
        ("No office runs on /x. Start it with `buendnis run f`.",
         "Für /x läuft keine Stelle. Starten Sie sie mit `buendnis run f`."),
    ],
)  # fmt: skip
def test_what_is_put_together_is_spoken_part_by_part(english: str, german: str) -> None:
    assert spoken(english) == german


def test_without_german_it_stays_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    for language in ("C.UTF-8", "fr_FR.UTF-8", "en_GB.UTF-8"):
        monkeypatch.setenv("LC_ALL", language)
        assert spoken("is missing") == "is missing"


def test_nothing_is_printed_around_the_catalogue() -> None:
    """A command says a text of its own by `say`, `complain` or `give_up`."""
    assert list(_bare()) == []


def _bare() -> Iterator[str]:
    for file in files():
        if file.parent.name not in ("cli", "commands") or file.name in ("entry.py", "saying.py"):
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("click.echo"):
                texts = [x for x in node.args if isinstance(x, ast.Constant | ast.JoinedStr)]
                parts = [y for x in texts for y in getattr(x, "values", [x])]
                words = [str(x.value) for x in parts if isinstance(x, ast.Constant)]
                if any(re.search(r"[a-z]{3}", word) for word in words):
                    yield f"{file.name}:{node.lineno}: {ast.unparse(node)}"


def test_help_is_german_for_every_command() -> None:
    with CATALOGUE.open("rb") as file:
        known = {str(m.id) for m in read_po(file) if m.id}
    for name in cli.list_commands(click.Context(cli)):
        command = import_module(f"bots.cli.commands.{name}").command
        options = [x.help for x in command.params if isinstance(x, click.Option) and x.help]
        for text in (inspect.cleandoc(command.callback.__doc__), *options):
            assert text in known, name


REFUSED = (
    *(["chek"], ["nonsense"], ["check"], ["plan", "--foo"], ["stop"], ["stop", "a", "b"]),
    *(["schema", "foo"], ["apply", "--at-once", "77"], ["apply", "--at-once", "x"]),
    *(["init", "x", "--answers", "/nowhere"], ["backup", "a"], ["check", "/nowhere.yaml"]),
    *(["restore", "/nowhere.yaml", "/nowhere.tar"], ["run", "/"], ["doctor", "/nowhere.yaml"]),
)
LEFT = re.compile(r"(?i)\b(the|is|are|was|not|no|missing|try|error|usage|invalid|of|for|this)\b")


@pytest.mark.parametrize("arguments", REFUSED, ids=" ".join)
def test_what_is_refused_is_refused_in_german(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        raise SystemExit(run(in_words(cli), "buendnis", arguments))
    assert ended.value.code in (1, 2)
    told = "".join(capsys.readouterr())
    assert told.strip()
    assert not LEFT.search(told), told
