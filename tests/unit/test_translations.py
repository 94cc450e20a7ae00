"""The catalogues are whole, and every kind of fault in them is found."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bots.runtime.speech.words import Raw, Words
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


def test_what_ships_has_no_faults(capsys: pytest.CaptureFixture[str]) -> None:
    assert translations.main(["check"]) == 0, capsys.readouterr().out
    assert "in 9 languages" in capsys.readouterr().out


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
    assert 'msgid "Hi {name}."\nmsgstr "Salut {name}."' in text


# -- a text that has changed -----------------------------------------------------------------------


def said(root: Path, old: str, new: str) -> None:
    """Change a text in the sources, and take it into the catalogues."""
    source = root / "bots" / "wording.py"
    text = source.read_text(encoding="utf-8")
    assert old in text
    source.write_text(text.replace(old, new), encoding="utf-8")
    translations.update(root)


def entry(root: Path, folder: str, start: str) -> str:
    """From its comments to its translation."""
    entries = (root / po(folder)).read_text(encoding="utf-8").split("\n\n")
    return next(x for x in entries if f'\nmsgid "{start}' in x)


def german(root: Path, start: str, text: str) -> None:
    """What somebody does who speaks it."""
    path, before = root / po("de"), entry(root, "de", start)
    after = re.sub(r"^#(\||, fuzzy).*\n", "", before, flags=re.MULTILINE)
    after = re.sub(r'msgstr ".*"', f'msgstr "{text}"', after)
    path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")


def test_a_changed_text_keeps_its_translation_for_whoever_translates_it_anew(root: Path) -> None:
    said(root, '"Hello {name}."', '"Hi {name}."')
    for folder in translations.PLURALS:
        assert entry(root, folder, "Hi").endswith(
            '\n#, fuzzy, python-brace-format\n#| msgid "Hello {name}."\n'
            'msgid "Hi {name}."\nmsgstr "Salut {name}."'
        )


def test_whoever_changes_a_text_needs_no_language_but_english_and_german(root: Path) -> None:
    said(root, '"Hello {name}."', '"Hi {name}."')
    [fault] = faults(root)
    assert re.match(r"config/locale/de/.*:\d+: “Hi {name}.”: its German is a draft; ", fault)
    german(root, "Hi", "Hallo {name}.")
    found, good = translations.check(root)
    assert found == []
    counts = "de@simple 1, ar 1, fa 1, uk 1, ru 1, fr 1, tr 1, ti 1"
    assert good == (
        "3 texts in 9 languages; drafts that no native speaker has read: none; "
        f"shown in English or German until somebody translates them: {counts}"
    )


def test_nobody_is_shown_what_the_english_no_longer_says(root: Path) -> None:
    said(root, '"Hello {name}."', '"Hi {name}."')
    german(root, "Hi", "Hallo {name}.")

    def shown(language: str) -> str:
        words = Words(root / translations.LOCALE)
        return words.text("Hi {name}.", language, {"name": Raw("Ann")})

    assert shown("de") == shown("de-simple") == "Hallo Ann."
    assert shown("ar") == shown("tr") == "Hi Ann."
    assert not Words(root / translations.LOCALE).reviewed("Hi {name}.", "ar")
    path = root / po("tr")  # a draft again: somebody has put it right, and wants it read
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('#| msgid "Hello {name}."\n', ""), encoding="utf-8")
    assert shown("tr") == "Salut Ann."
    assert "read: tr 1" in translations.check(root)[1]


def test_what_a_translation_follows_stays_while_the_text_changes_on(root: Path) -> None:
    said(root, '"Hello {name}."', '"Hi {name}."')
    before = (root / po("fr")).read_bytes()
    translations.update(root)
    assert (root / po("fr")).read_bytes() == before
    said(root, '"Hi {name}."', '"Hi {name}!"')
    assert '#| msgid "Hello {name}."\nmsgid "Hi {name}!"' in entry(root, "fr", "Hi")


def test_a_long_text_and_one_with_a_number_keep_theirs_too(root: Path) -> None:
    long = 'Say "so", and how.\n' + "Many words, more than a line has. " * 12
    said(root, "HELLO =", f"LONG = N_({long!r})\nHELLO =")
    path = root / po("ru")
    text = path.read_text(encoding="utf-8")
    untranslated = entry(root, "ru", '"\n"Say')
    path.write_text(text.replace(untranslated, f'{untranslated[:-1]}long"'), encoding="utf-8")
    said(root, "and how", "and why")
    said(root, "{n} messages", "{n} letters")
    told, many = entry(root, "ru", '"\n"Say'), entry(root, "ru", "{n} message")
    assert '\n#| msgid ""\n#| "Say \\"so\\", and how.\\n"\n#| "Many words' in told
    assert told.endswith('msgstr "long"')
    assert '\n#| msgid "{n} message"\n#| msgid_plural "{n} messages"\nmsgid ' in many
    assert many.count('"{n} x"') == 3
    assert "\n# |" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Hello {name}.", "Hello {person}."),
        ("Hello {name}.", "The office is closed until {name} is back."),
        ("Write !undo or ✅.", "Write !redo or ✅."),
    ],
)
def test_what_would_not_fit_stays_untranslated_and_is_shown_in_english(
    root: Path, old: str, new: str
) -> None:
    said(root, f'"{old}"', f'"{new}"')
    assert entry(root, "uk", new).endswith('\nmsgstr ""')
    assert len(faults(root)) == 1
    german(root, new, new)
    assert faults(root) == []
    told = Words(root / translations.LOCALE).text(new, "uk", {"name": "x", "person": "x"})
    assert told.startswith(new[:5])


def test_what_is_half_translated_or_blank_is_a_fault_in_every_language(root: Path) -> None:
    path = root / po("ar")
    whole = path.read_text(encoding="utf-8")
    for old, new in (('msgstr[3] "{n} x"', 'msgstr[3] ""'), ('"Salut {name}."', '" "')):
        path.write_text(whole.replace(old, new), encoding="utf-8")
        assert ["not translated" in x for x in faults(root)] == [True]
    assert Words(root / translations.LOCALE).text("Hello {name}.", "ar", {"name": 1}) == "Hello 1."


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
    path = root / po("de")
    text = path.read_text(encoding="utf-8").replace(HELLO, 'msgstr ""')
    path.write_text(text, encoding="utf-8")
    line = 1 + text.split("\n").index('msgid "Hello {name}."')
    assert faults(root)[0].startswith(f"{po('de').as_posix()}:{line}: ")


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
