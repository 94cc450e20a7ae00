"""The catalogues are whole, and every kind of fault in them is found."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from config import translations

SOURCE = """
def N_(text): return text
def NP_(one, many): return one, many

# Translators: said at the door
HELLO = N_("Hello {name}.")
UNDO = N_("Write !undo or ✅.")
MANY = NP_("{n} message", "{n} messages")
"""
TEXTS = {
    "Hello {name}.": "Salut {name}.",
    "Write !undo or ✅.": "!undo / ✅",
}


def po(folder: str) -> Path:
    return translations.catalogue(folder)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small project whose catalogues are complete."""
    for name in translations.SOURCES:
        (tmp_path / name).mkdir()
    (tmp_path / "bots" / "wording.py").write_text(SOURCE, encoding="utf-8")
    translations.update(tmp_path)
    for folder in translations.PLURALS:
        path = tmp_path / po(folder)
        text = path.read_text(encoding="utf-8")
        for msgid, msgstr in TEXTS.items():
            text = text.replace(
                f'msgid "{msgid}"\nmsgstr ""', f'msgid "{msgid}"\nmsgstr "{msgstr}"'
            )
        text = re.sub(r'(msgstr\[\d\]) ""', r'\1 "{n} x"', text)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def faults(root: Path) -> list[str]:
    return [str(x) for x in translations.check(root)[0]]


def test_what_ships_is_complete(capsys: pytest.CaptureFixture[str]) -> None:
    assert translations.main(["check"]) == 0, capsys.readouterr().out
    assert "complete in 9 languages" in capsys.readouterr().out


def test_a_complete_project_passes(root: Path) -> None:
    found, good = translations.check(root)
    assert found == []
    assert good == ("3 texts complete in 9 languages; drafts that no native speaker has read: none")


def test_drafts_pass_and_are_counted(root: Path) -> None:
    path = root / po("ar")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('msgid "Write', '#, fuzzy\nmsgid "Write'), encoding="utf-8")
    found, good = translations.check(root)
    assert found == []
    assert good.endswith("read: ar 1")


def test_updating_again_changes_nothing(root: Path) -> None:
    def content() -> dict[Path, bytes]:
        return {x: x.read_bytes() for x in (root / translations.LOCALE).rglob("*.po*")}

    translations.update(root)
    before = content()
    assert translations.update(root) == "3 texts in 9 languages; 0 to translate, 0 dropped"
    assert content() == before
    for text in before.values():
        assert str(root).encode() not in text
        assert b"Date" not in text
        assert b"wording.py:" not in text


def test_an_update_keeps_what_was_translated(root: Path) -> None:
    source = root / "bots" / "wording.py"
    source.write_text(SOURCE + 'BYE = N_("Bye.")\n', encoding="utf-8")
    assert translations.update(root) == "4 texts in 9 languages; 9 to translate, 0 dropped"
    source.write_text(SOURCE.replace('"Hello {name}."', '"Hi {name}."'), encoding="utf-8")
    assert translations.update(root) == "3 texts in 9 languages; 9 to translate, 18 dropped"
    text = (root / po("ru")).read_text(encoding="utf-8")
    assert 'msgstr "!undo / ✅"' in text
    assert 'msgid "Hi {name}."\nmsgstr ""' in text


def test_what_translators_wrote_at_the_head_and_beside_a_text_stays(root: Path) -> None:
    path = root / po("uk")
    text = path.read_text(encoding="utf-8")
    text = text.replace("\n#. said at the door", "\n# formal\n#. said at the door")
    path.write_text(f"# Olena, 2026\n{text}", encoding="utf-8")
    translations.update(root)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Olena, 2026\n")
    assert "\n# formal\n#. said at the door\n" in text


def _replaced(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return change


HELLO = 'msgstr "Salut {name}."'


@pytest.mark.parametrize(
    ("change", "line", "what"),
    [
        (_replaced(HELLO, 'msgstr ""'), r"\d+", "not translated: “Hello {name}.”"),
        (_replaced(HELLO, 'msgstr "Salut."'), r"\d+", "the placeholders differ (write {name})"),
        (_replaced(HELLO, 'msgstr "Salut {nom}."'), r"\d+", "the placeholders differ"),
        (_replaced(HELLO, 'msgstr "{ Salut {name}."'), r"\d+", "a brace that belongs to no"),
        (_replaced(HELLO, 'msgstr "\u202bSalut {name}."'), r"\d+", "U+202A to U+202E"),
        (_replaced(HELLO, 'msgstr "\u2067Salut {name}."'), r"\d+", "without its partner"),
        (_replaced(HELLO, 'msgstr "\u2069Salut\u2067 {name}."'), r"\d+", "without its partner"),
        (_replaced('"!undo /', '"!zurück /'), r"\d+", "a command or an emoji differs"),
        (_replaced("/ ✅", "/ ☑"), r"\d+", "a command or an emoji differs"),
        (_replaced('msgstr[1] "{n} x"', 'msgstr[1] "x"'), r"\d+", "the placeholders differ"),
        (_replaced('msgstr[1] "{n} x"\n', ""), r"\d+", "not translated: “{n} message”"),
        (
            _replaced('msgstr[1] "{n} x"\n', 'msgstr[1] "{n} x"\nmsgstr[2] "{n}"\n'),
            r"\d+",
            "more translations than num_plurals",
        ),
        (_replaced("n != 1", "n > 1"), "1", "write `Plural-Forms: nplurals=2; plural=(n != 1);`"),
        (_replaced("nplurals=2", "nplurals=two"), r"\d+", "mend the entry"),
        (lambda text: f'{text}\n#~ msgid "Old"\n#~ msgstr "x"\n', r"\d+", "obsolete: “Old”"),
        (lambda text: f'{text}\nmsgid "Old"\nmsgstr "x"\n', r"\d+", "obsolete: “Old”"),
        (lambda text: f"{text}\nnonsense\n", r"\d+", "mend the entry"),
    ],
)
def test_faults_of_a_catalogue(
    root: Path, change: Callable[[str], str], line: str, what: str
) -> None:
    path = root / po("de")
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    found = faults(root)
    assert len(found) == 1
    assert re.match(f"config/locale/de/LC_MESSAGES/buendnis.po:{line}: ", found[0])
    assert what in found[0]


def test_the_line_is_that_of_the_entry(root: Path) -> None:
    path = root / po("fr")
    text = path.read_text(encoding="utf-8").replace(HELLO, 'msgstr ""')
    path.write_text(text, encoding="utf-8")
    line = 1 + text.split("\n").index('msgid "Hello {name}."')
    assert faults(root)[0].startswith(f"{po('fr').as_posix()}:{line}: ")


def test_a_missing_catalogue(root: Path) -> None:
    (root / po("ti")).unlink()
    assert faults(root) == [f"{po('ti').as_posix()}:1: is missing; {translations.UPDATE}"]


def test_a_text_that_no_catalogue_has(root: Path) -> None:
    source = root / "bots" / "wording.py"
    source.write_text(SOURCE + 'BYE = N_("Bye.")\n', encoding="utf-8")
    found = faults(root)
    line = SOURCE.count("\n") + 1
    assert sum(x.startswith(f"bots/wording.py:{line}: not in config/locale/") for x in found) == 9
    assert f"config/locale/buendnis.pot:1: differs from the sources; {translations.UPDATE}" in found


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('BAD = N_(f"Hello {1}")', "not a plain string"),
        ("BAD = N_(HELLO)", "not a plain string"),
        ('BAD = N_("Hello {Name}")', "a brace that belongs to no placeholder"),
        ('BAD = N_("a\u202eb")', "a bidi override"),
    ],
)
def test_faults_of_the_sources(root: Path, text: str, what: str) -> None:
    (root / "bots" / "wording.py").write_text(f"{SOURCE}{text}\n", encoding="utf-8")
    line = SOURCE.count("\n") + 1
    assert any(x.startswith(f"bots/wording.py:{line}: ") and what in x for x in faults(root))


def test_only_a_form_for_a_single_number_may_leave_it_out(root: Path) -> None:
    path = root / po("ar")
    whole = path.read_text(encoding="utf-8")
    for form, allowed in enumerate([True, True, True, False, False, False]):
        text = whole.replace(f'msgstr[{form}] "{{n}} x"', f'msgstr[{form}] "x"')
        path.write_text(text, encoding="utf-8")
        assert (faults(root) == []) is allowed


def test_faults_end_with_1_and_other_words_with_2(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / po("ti")).unlink()
    assert translations.main(["check"], root) == 1
    assert translations.main(["update"], root) == 0
    assert translations.main([], root) == 2
    assert "usage: python -m config.translations" in capsys.readouterr().err
