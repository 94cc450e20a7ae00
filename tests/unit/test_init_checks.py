"""What an answer to `buendnis init` may be, and what is said of others."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest

from bots.cli.installing import checks, wording
from bots.cli.installing.checks import Texts, Wrong
from bots.cli.installing.questions import QUESTIONS, answered
from bots.runtime.speech.words import Words
from tests.kit.looped import looped

GIVEN = {"name": "Bündnis", "domain": "verein.example"}
Check = Callable[[str, Texts], str]

GOOD: list[tuple[Check, str, str]] = [
    (checks.name, "  Bündnis \t Nord ", "Bündnis Nord"),
    (checks.languages, "de, EN;ar", "de en ar"),
    (checks.languages, "deutsch farsi de", "de fa"),
    (checks.domain, " Verein.Example. ", "verein.example"),
    (checks.hosts, "M.verein.example, c.verein.example w.other.example",
     "m.verein.example c.verein.example w.other.example"),
    (checks.yes_or_no, "JA", "yes"),
    (checks.yes_or_no, "n", "no"),
    (checks.person, "anna", "@anna:verein.example"),
    (checks.person, "@anna:verein.example", "@anna:verein.example"),
    (checks.address, "Post@Verein.example", "Post@verein.example"),
    (checks.imprint, "Verein e. V. ;Weg 1,  Ort; Anna", "Verein e. V.; Weg 1, Ort; Anna"),
    (checks.mail, "", ""),
    (checks.mail, "Mail.verein.example post", "mail.verein.example:587 post"),
    (checks.mail, "mail.verein.example:465 p@verein.example",
     "mail.verein.example:465 p@verein.example"),
    (checks.staff, "", ""),
    (checks.staff, "anna, @bilal:verein.example anna",
     "@anna:verein.example @bilal:verein.example"),
]  # fmt: skip

BAD: list[tuple[Check, str, str]] = [
    (checks.name, "", "one line"),
    (checks.name, "a\u202eb", "one line"),
    (checks.name, "x" * 101, "100"),
    (checks.languages, "", "ar"),
    (checks.languages, "klingon", "klingon"),
    (checks.domain, "https://www.verein.example/start", "such as verein.example."),
    (checks.domain, "anna@verein.example", "such as verein.example."),
    (checks.domain, "bündnis.example", "xn--bndnis-3ya.example"),
    (checks.domain, "localhost", "example.org"),
    (checks.domain, "192.0.2.1", "example.org"),
    (checks.domain, "verein.example:8448", "example.org"),
    (checks.hosts, "matrix.verein.example", "chat.verein.example"),
    (checks.hosts, "a.verein.example a.verein.example b.verein.example", "three different"),
    (checks.hosts, "verein.example a.verein.example b.verein.example", "three different"),
    (checks.yes_or_no, "vielleicht", "yes or no"),
    (checks.person, "Anna", "@anna:verein.example"),
    (checks.person, "@anna:other.example", "@anna:verein.example"),
    (checks.person, "dienst", "another name"),
    (checks.address, "verein.example", "kontakt@verein.example"),
    (checks.address, "a b@verein.example", "kontakt@verein.example"),
    (checks.imprint, "Verein; Weg 1", "semicolons"),
    (checks.imprint, "Verein; ; Anna", "semicolons"),
    (checks.mail, "mail.verein.example", "rundbrief@verein.example"),
    (checks.mail, "mail.verein.example:99999 post", "rundbrief@verein.example"),
    (checks.staff, "anna", "two people"),
    (checks.staff, "anna ombuds", "another name"),
]


@pytest.mark.parametrize(("check", "text", "kept"), GOOD)
def test_good_answers_are_kept_in_one_form(check: Check, text: str, kept: str) -> None:
    assert check(text, GIVEN) == kept
    assert check(kept, GIVEN) == kept


@pytest.mark.parametrize(("check", "text", "said"), BAD)
@pytest.mark.parametrize("language", ["en", "de"])
def test_others_are_told_what_to_write(check: Check, text: str, said: str, language: str) -> None:
    with pytest.raises(Wrong) as caught:
        check(text, GIVEN)
    sentence = Words().text(caught.value.text, language, dict(caught.value.values))
    assert not re.search(r"[{}]", sentence)
    if language == "en":
        assert said in re.sub("[\u2066-\u2069]", "", sentence)


@looped("language", Words().languages)
def test_yes_and_no_are_taken_as_they_are_shown(language: str) -> None:
    words = Words()
    assert checks.yes_or_no(words.text(wording.YES, language), {}) == "yes"
    assert checks.yes_or_no(words.text(wording.NO, language), {}) == "no"


def test_there_are_ten_questions_at_most() -> None:
    assert len(QUESTIONS) <= 10


def test_each_example_and_default_is_an_answer() -> None:
    kept: dict[str, str] = {}
    for question in QUESTIONS:
        example = question.check(question.example(kept), kept)
        if question.default is not None:
            question.check(question.default(kept), kept)
        kept[question.key] = example
    assert checks.understood(kept).domain == kept["domain"]


def test_every_fault_of_a_file_is_told_at_once() -> None:
    given = {"name": "", "domain": "verein.example", "imprint": "Verein", "colour": "blue"}
    _, refusals = answered(given)
    assert {refusal.key for refusal in refusals} == {
        "name", "imprint", "coordinator", "contact", "colour",
    }  # fmt: skip


def test_what_builds_on_a_wrong_answer_is_not_blamed() -> None:
    given: Mapping[str, str] = {"name": "B", "domain": "localhost", "coordinator": "anna"}
    _, refusals = answered(given)
    assert [x.key for x in refusals] == ["domain", "imprint"]


def test_the_questions_stand_in_german_too() -> None:
    words = Words()
    texts = [text for name, text in vars(wording).items() if name.isupper() and name != "N_"]
    assert len(texts) > 30
    untold = [text for text in texts if not words.reviewed(text, "de")]
    assert untold == []
