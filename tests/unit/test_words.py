"""A text in every language, with its values in their place and in their own direction."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.runtime.model.decision import Phrase
from bots.runtime.speech.words import LANGUAGES, Raw, Words

FSI, LRI, PDI = "\u2068", "\u2066", "\u2069"
LRM, RLM = "\u200e", "\u200f"
ISOLATES = re.compile("[\u2066-\u2069]")

PLURAL_FORMS = {
    "de": "nplurals=2; plural=(n != 1);",
    "ar": (
        "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
        "n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
    ),
    "fa": "nplurals=2; plural=(n > 1);",
}
ENTRIES = {
    "de": """
msgid "{name} wrote."
msgstr "{name} hat geschrieben."

msgid "Bye."
msgstr "Auf Wiedersehen."

#, fuzzy
msgid "Draft."
msgstr "Entwurf."

msgid "Broken {name}."
msgstr "Kaputt {nome}."

msgid "{n} message"
msgid_plural "{n} messages"
msgstr[0] "eine Nachricht"
msgstr[1] "{n} Nachrichten"
""",
    "de@simple": """
msgid "{name} wrote."
msgstr "Eine Nachricht von {name}."
""",
    "ar": """
msgid "{name} wrote."
msgstr "كتب {name}."

msgid "Write !undo here."
msgstr "اكتب !undo هنا."

msgid "Help:\\n!undo takes back"
msgstr "مساعدة:\\n!undo سحب"
""",
    "fa": """
msgid "{name} wrote."
msgstr "{name} نوشت."
""",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Words:
    root = tmp_path_factory.mktemp("locale")
    for folder, entries in ENTRIES.items():
        path = root / folder / "LC_MESSAGES" / "buendnis.po"
        path.parent.mkdir(parents=True)
        rule = PLURAL_FORMS.get(folder, PLURAL_FORMS["de"])
        header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        path.write_text(f'{header}"Plural-Forms: {rule}\\n"\n{entries}', encoding="utf-8")
    return Words(root)


@pytest.fixture(scope="module")
def words() -> Words:
    return Words()


def test_a_name_keeps_its_direction_to_itself(small: Words) -> None:
    assert small.text("{name} wrote.", "ar", {"name": "Ann"}) == f"كتب {FSI}Ann{PDI}."


@pytest.mark.parametrize(
    ("language", "mark"), [("de", LRM), ("fa", RLM), ("en", LRM)], ids=["de", "fa", "en"]
)
def test_a_line_that_begins_with_a_name_says_its_direction(
    small: Words, language: str, mark: str
) -> None:
    text = small.text("{name} wrote.", language, {"name": "يوسف"})
    assert text.startswith(f"{mark}{FSI}يوسف{PDI}")


def test_commands_stay_whole_in_right_to_left_texts(small: Words) -> None:
    assert small.text("Write !undo here.", "ar") == f"اكتب {LRI}!undo{PDI} هنا."
    assert small.text("Write !undo here.", "de") == "Write !undo here."
    lines = small.text("Help:\n!undo takes back", "ar").split("\n")
    assert lines == ["مساعدة:", f"{RLM}{LRI}!undo{PDI} سحب"]


def test_a_text_of_placeholders_alone_takes_the_direction_of_its_language(small: Words) -> None:
    shape, values = "{command} – {summary}", {"command": "!undo", "summary": "x"}
    assert small.text(shape, "ar", values).startswith(RLM)
    assert small.text(shape, "de", values).startswith(LRM)


def test_every_line_of_a_value_is_isolated(small: Words) -> None:
    text = small.text("{name} wrote.", "de", {"name": "سطر\n\nline"})
    assert f"{FSI}سطر{PDI}\n\n{FSI}line{PDI} hat" in text


def test_an_isolate_in_a_value_can_not_end_ours(small: Words) -> None:
    text = small.text("{name} wrote.", "ar", {"name": f"a{PDI}b{LRI}c"})
    assert text == f"كتب {FSI}abc{PDI}."


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (17, "17"),
        (date(2026, 3, 5), "05.03.2026"),
        (datetime(2026, 3, 5, 9, 7, tzinfo=UTC), "05.03.2026 09:07"),
        (time(23, 5), "23:05"),
        (Raw("https://example.org/{n}"), "https://example.org/{n}"),
        (Phrase("Bye.", "de"), "Auf Wiedersehen."),
        (Phrase("{name} wrote.", "ar", {"name": 1}), f"{FSI}كتب 1.{PDI}"),
        (("Ann", 2), f"{FSI}Ann{PDI}, 2"),
        ("", ""),
        (None, f"{FSI}None{PDI}"),
    ],
    ids=str,
)
def test_values_by_their_kind(small: Words, value: object, shown: str) -> None:
    text = small.text("{name} wrote.", "de", {"name": value})
    assert text == f"{LRM}{shown} hat geschrieben."


ANYTHING = st.text(
    st.one_of(
        st.sampled_from("{}%\\\"'\n\r\u2028\u2029\u200e\u200f\u202a\u202e\u2066\u2067\u2068\u2069"),
        st.characters(exclude_categories=["Cs"]),
    )
)


@given(value=ANYTHING, language=st.sampled_from(["de", "de-simple", "en", "ar", "fa", "xx", ""]))
def test_any_value_appears_as_it_was_written(small: Words, value: str, language: str) -> None:
    text = small.text("{name} wrote.", language, {"name": value, "name}": "!", "n": "{name}"})
    assert ISOLATES.sub("", value) in ISOLATES.sub("", text)
    for line in re.split("[\n\r\x1c-\x1e\x85\u2029]", text):
        assert line.count(FSI) == line.count(PDI)
        assert not re.search(f"{PDI}.*{FSI}", line)


@given(text=st.text())
def test_any_text_may_ask_for_a_language_or_be_one(small: Words, text: str) -> None:
    assert small.language_named(text) in (None, *small.languages)
    assert small.nearest(text) in small.languages
    assert small.text(text.replace("{", ""), text) is not None


def test_a_missing_text_comes_from_the_nearest_language(small: Words) -> None:
    assert small.text("Bye.", "de-simple") == "Auf Wiedersehen."
    assert small.text("Bye.", "ar") == "Bye."
    assert small.text("Nowhere.", "de-simple") == "Nowhere."
    assert small.text("{name} wrote.", "de-simple", {"name": 1}) == "Eine Nachricht von 1."


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("de-AT", "de"),
        ("de_simple", "de-simple"),
        ("DE-Simple", "de-simple"),
        ("ar-EG", "ar"),
        ("prs", "fa"),
        ("fa-AF", "fa"),
        ("uk", "en"),
        ("pl", "en"),
        ("", "en"),
    ],
)
def test_the_nearest_language(small: Words, asked: str, given: str) -> None:
    assert small.nearest(asked) == given


def test_a_draft_is_told_from_a_reviewed_text(small: Words) -> None:
    assert small.text("Draft.", "de") == "Entwurf."
    assert not small.reviewed("Draft.", "de")
    assert small.reviewed("Bye.", "de")
    assert small.reviewed("Bye.", "en")
    assert not small.reviewed("Bye.", "ar")


def test_a_translation_with_foreign_placeholders_is_left_out(small: Words) -> None:
    assert small.text("Broken {name}.", "de", {"name": 1}) == "Broken 1."


def test_plurals_of_the_source_and_of_a_catalogue(small: Words) -> None:
    def told(n: int, language: str) -> str:
        return small.plural("{n} message", "{n} messages", n, language).lstrip(LRM)

    assert [told(n, "en") for n in (0, 1, 2)] == ["0 messages", "1 message", "2 messages"]
    assert [told(n, "de") for n in (0, 1, 2)] == [
        "0 Nachrichten",
        "eine Nachricht",
        "2 Nachrichten",
    ]
    assert told(1, "ar") == "1 message"


@pytest.mark.parametrize(
    ("language", "numbers"),
    [
        ("ar", [[0], [1], [2], [3, 10, 103], [11, 99, 111], [100, 101, 202]]),
        ("uk", [[1, 21, 101], [2, 4, 22, 104], [0, 5, 11, 12, 14, 20, 111]]),
        ("ru", [[1, 21, 101], [2, 4, 22, 104], [0, 5, 11, 12, 14, 20, 111]]),
        ("fr", [[0, 1], [2, 100]]),
        ("de", [[1], [0, 2, 21]]),
        ("tr", [[1], [0, 2]]),
    ],
)
def test_plural_rules(words: Words, language: str, numbers: list[list[int]]) -> None:
    form = words._catalogues[language].form
    assert [sorted({form(n) for n in group}) for group in numbers] == [
        [i] for i in range(len(numbers))
    ]


def test_every_language_ships(words: Words) -> None:
    assert words.languages == tuple(x.tag for x in LANGUAGES)
    assert {x for x in words.languages if words.direction(x) == "rtl"} == {"ar", "fa"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("العربية", "ar"),
        ("عربي", "ar"),
        ("عربى", "ar"),
        ("اللُّغَة العَرَبِيّة", "ar"),
        ("Arabisch", "ar"),
        ("ar", "ar"),
        ("فارسی", "fa"),
        ("فارسي", "fa"),
        ("دری", "fa"),
        ("українська", "uk"),
        ("Украинский", "uk"),
        ("русский", "ru"),
        ("по-русски", "ru"),
        ("türkçe", "tr"),
        ("TÜRKÇE", "tr"),
        ("Turkce", "tr"),
        ("ትግርኛ", "ti"),
        ("Einfaches Deutsch", "de-simple"),
        ("leichte sprache", "de-simple"),
        ("de-simple", "de-simple"),
        (" Deutsch! ", "de"),
        ("english", "en"),
        ("francais", "fr"),
        (f"{RLM}{FSI}فارسی{PDI}", "fa"),
        ("", None),
        ("Hallo", None),
        ("Das ist auf Deutsch", None),
    ],
)
def test_a_language_is_known_by_its_names(words: Words, text: str, language: str | None) -> None:
    assert words.language_named(text) == language


def test_a_language_is_known_by_the_name_that_we_show(words: Words) -> None:
    assert all(words.language_named(words.own_name(x)) == x for x in words.languages)


def test_a_broken_catalogue_says_which(tmp_path: Path) -> None:
    path = tmp_path / "de" / "LC_MESSAGES" / "buendnis.po"
    path.parent.mkdir(parents=True)
    path.write_text('msgid "a"\nnonsense "b"\n')
    with pytest.raises(ValueError, match=r"de.*buendnis\.po"):
        Words(tmp_path)
