"""The office's texts: every one exists, is used, and is rendered without a way out of it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import bots.ombuds
from bots.ombuds.bot import OmbudsBot
from bots.ombuds.chats.wording import WITH_ORIGINAL
from bots.ombuds.commands import STAFF
from bots.ombuds.wording import PARAGRAPHS, RINGING, WORDING
from bots.runtime.kit import deadletters
from bots.runtime.model.decision import Phrase
from bots.runtime.speech import declining, unheeded, vocabulary
from bots.runtime.speech.phrases import Renderer, each
from bots.runtime.speech.words import Words
from federation.model.events import KNOWN_MEDIA
from tests.kit.looped import looped
from tests.kit.ombuds import SETTINGS
from tests.kit.world import EnglishWords

OTHER = {"bot", "documents", "keys"}
RULES = sorted(
    x
    for x in Path(bots.ombuds.__file__).parent.rglob("*.py")
    if x.stem not in OTHER and not x.stem.endswith("wording")
)
SPEAKING = frozenset({"tell", "tell_case", "say", "reply", "phrase", "_reply", "_unsent", "_show"})
EVIL = '<img src=x onerror="x">&amp;\n\u202e@room {number}'


def constants(tree: ast.AST) -> set[str]:
    return {
        x.value for x in ast.walk(tree) if isinstance(x, ast.Constant) and isinstance(x.value, str)
    }


def spoken(tree: ast.AST) -> set[str]:
    """The names of phrases that stand in calls, as they stand there."""
    result = set()
    for call in (x for x in ast.walk(tree) if isinstance(x, ast.Call)):
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        found = [x for x in call.args if isinstance(x, ast.Constant) and isinstance(x.value, str)]
        if name in SPEAKING and found:
            result.add(str(found[0].value))
    return result


TREES = [ast.parse(x.read_text()) for x in RULES]


def test_every_phrase_that_a_rule_uses_exists() -> None:
    used = set().union(*map(spoken, TREES))
    assert len(used) > 50
    assert used <= PARAGRAPHS.keys()


def test_every_phrase_is_used() -> None:
    used = set().union(*map(constants, TREES))
    made = {f"kind-{x}" for x in KNOWN_MEDIA} | {
        f"state-{x}" for x in ("open", "answered", "closed")
    }
    made |= {
        *declining.PHRASES.values(),
        *unheeded.UNKNOWN,
        *vocabulary.LISTS,
        deadletters.KEY,
        "keys-changed",
        *(f"help-{x.name}" for x in STAFF),
    }
    assert PARAGRAPHS.keys() - used == made


def test_what_rings_exists() -> None:
    assert PARAGRAPHS.keys() >= RINGING
    assert PARAGRAPHS.keys() >= WITH_ORIGINAL


def placeholders(key: str) -> set[str]:
    return {x for text in each(PARAGRAPHS[key]) for x in re.findall(r"\{(\w+)\}", str(text))}


@looped("key", sorted(PARAGRAPHS))
def test_nothing_a_person_writes_becomes_markup(key: str) -> None:
    text = Renderer(EnglishWords(), WORDING).render(
        Phrase(key, "en", dict.fromkeys(placeholders(key), EVIL))
    )
    assert text.html is not None
    assert "<img" not in text.html
    assert "{" not in text.html.replace("{number}", "")
    tags = set(re.findall(r"</?(\w+)", text.html))
    assert tags <= {"p", "br", "code", "blockquote", "a"}
    assert not re.search("[\ue000-\ue0ff]", text.html + text.body)


def test_phrases_within_phrases() -> None:
    inner = Phrase("media", "en", {"kind": Phrase("kind-image", "en"), "text": "<b>"})
    marks = (Phrase("mark-cut", "en"), Phrase("mark-changed", "en"))
    values = {
        "number": 7,
        "tag": "ar",
        "state": Phrase("state-open", "en"),
        "language": "العربية (ar)",
        "time": "x",
        "marks": marks,
        "text": inner,
    }
    text = Renderer(EnglishWords(), WORDING).render(Phrase("case-root", "en", values))
    assert text.body.startswith("Case 7 · \u2068ar\u2069\n\n")
    assert "open · language: \u2068العربية (ar)\u2069 · since" in text.body
    assert "not text: picture." in text.body
    assert "<blockquote>&lt;b&gt;</blockquote>" in (text.html or "")
    assert "Its end is missing.<br>The person has changed" in (text.html or "")
    assert text.notice, "what a person wrote rings on no lock screen"


def test_what_is_empty_is_left_out() -> None:
    values = {"time": "x", "marks": (), "text": "hello"}
    text = Renderer(EnglishWords(), WORDING).render(Phrase("followup", "en", values))
    assert text.body == "New message from the person, \u2068x\u2069:\n\nhello"


def test_links_stay_whole_and_commands_stand_out() -> None:
    url = "https://matrix.to/#/!a/$b"
    names = ("number", "text", "age", "language", "staff")
    values = {**dict.fromkeys(names, "x"), "state": Phrase("state-open", "en"), "link": url}
    text = Renderer(EnglishWords(), WORDING).render(Phrase("cases-line", "en", values))
    assert text.body.endswith(f" {url}")
    assert f'<a href="{url}">' in (text.html or "")
    hint = Renderer(EnglishWords(), WORDING).render(Phrase("command-amid", "en", {"command": "!x"}))
    assert "<code>!x</code>" in (hint.html or "")


@pytest.mark.parametrize("language", ["de", "ar", "fa", "ti"])
def test_the_catalogues_render(language: str) -> None:
    renderer = Renderer(Words(), WORDING)
    for key in PARAGRAPHS:
        values = dict.fromkeys(placeholders(key), "!x")
        assert renderer.render(Phrase(key, language, values)).body


def test_an_office_without_a_language_is_refused() -> None:
    from dataclasses import replace

    with pytest.raises(ValueError, match="language"):
        OmbudsBot(replace(SETTINGS, languages=()), EnglishWords())
