"""Messages in several directions, as Element shows them: measured in a real Chromium.

Element puts a message into one element with `dir=auto`, and its sanitizer lets no `dir`, `style` or
`bdi` of ours through. What is measured is where each character stands.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from playwright.async_api import Page

from bots.ombuds import commands, flagwords
from bots.ombuds.bot import OmbudsBot
from bots.ombuds.chats.wording import WITH_ORIGINAL
from bots.onboarding.bot import OnboardingBot
from bots.onboarding.wording import WORDING
from bots.runtime.model.decision import Phrase
from bots.runtime.speech import vocabulary
from bots.runtime.speech.phrases import Written
from bots.runtime.speech.switches import switched
from bots.runtime.speech.words import Words
from federation.model.actions import Text
from tests.kit import ombuds as test_ombuds_story
from tests.kit import onboarding as test_onboarding_story
from tests.synapse.browser import chromium

WORDS = Words()
PHONE = {"width": 320, "height": 640}
ELEMENT = """<!doctype html><meta charset="utf-8"><style>
  body { font: 15px/1.4 sans-serif; margin: 8px } p, blockquote { margin: 0 0 8px }
  .mx_EventTile_body { overflow-wrap: anywhere }
</style><div class="mx_EventTile_line"><div dir="auto" class="mx_EventTile_body markdown-body">
%s</div></div>"""
ALLOWED = re.compile(r'</?(?:p|br|hr|code|blockquote)>|<a href="[^"]*">|</a>')

MEASURE = """() => {
  const body = document.querySelector('.mx_EventTile_body');
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    for (let i = 0; i < node.length; i++) {
      const range = document.createRange();
      range.setStart(node, i); range.setEnd(node, i + 1);
      const box = range.getClientRects()[0];
      found.push([node.data[i], box ? box.left : 0, box ? box.top : 0, box ? box.width : 0]);
    }
  return found;
}"""
RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufefc]")
HIDDEN = re.compile("[\u200b-\u200f\u2066-\u2069\\s]")


@dataclass(frozen=True)
class Glyph:
    sign: str
    left: float
    top: float
    width: float


@pytest.fixture(scope="module")
async def page() -> AsyncIterator[Page]:
    async with chromium() as browser:
        context = await browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
        yield await context.new_page()


async def glyphs(page: Page, html: str) -> list[Glyph]:
    assert ALLOWED.sub("", html).count("<") == 0, "Element would take this out"
    await page.set_content(ELEMENT % html)
    return [Glyph(*x) for x in await page.evaluate(MEASURE)]


def lines(shown: list[Glyph]) -> list[list[Glyph]]:
    """What stands on one line of the screen, in the order in which it is read."""
    found: list[list[Glyph]] = []
    for glyph in shown:
        if found and glyph.sign == " " and glyph.width:
            found[-1].append(glyph)
        if HIDDEN.match(glyph.sign) or not glyph.width:
            continue
        if not found or abs(found[-1][-1].top - glyph.top) > 8:
            found.append([])
        found[-1].append(glyph)
    return found


def text(line: list[Glyph]) -> str:
    return "".join(x.sign for x in line).replace(" ", "")


def scrambled(shown: list[Glyph]) -> list[str]:
    """Lines that can't be read from one end to the other."""
    return [text(line) for line in lines(shown) if not _in_order(line)]


def _in_order(line: list[Glyph]) -> bool:
    signs = text(line)
    if not RTL.search(signs):
        return _runs(line, 1)
    if not re.search("[A-Za-zÄÖÜäöüß0-9]", signs):
        return _runs(line, -1)
    # Both: each run by itself, and the first letter of the line at the edge where it begins.
    return all(_runs(run, -1 if RTL.match(run[0].sign) else 1) for run in _split(line))


def _split(line: list[Glyph]) -> list[list[Glyph]]:
    """Letters of one script that stand together, without what is between the runs."""
    found: list[list[Glyph]] = [[]]
    for glyph in line:
        own = bool(RTL.match(glyph.sign))
        if not (own or glyph.sign.isalnum()):
            found.append([])
        elif found[-1] and bool(RTL.match(found[-1][-1].sign)) != own:
            found.append([glyph])
        else:
            found[-1].append(glyph)
    return [x for x in found if x]


def _runs(line: list[Glyph], way: int) -> bool:
    return all((b.left - a.left) * way > -1 for a, b in pairwise(line))


def where(shown: list[Glyph], wanted: str) -> list[float]:
    """The left edges of a text's characters, wherever it stands first."""
    kept = [x for x in shown if not HIDDEN.match(x.sign) or x.sign == " "]
    at = "".join(x.sign for x in kept).index(wanted)
    return [x.left for x in kept[at : at + len(wanted)] if x.width]


def rising(edges: list[float]) -> bool:
    return edges == sorted(edges)


# -- our own texts ---------------------------------------------------------------------------------

VALUES: dict[str, object] = {
    "languages": "Deutsch · English · العربية · فارسی",
    "helplines": "Polizei: 110, Notruf: +49 30 1234567",
    "link": "https://matrix.to/#/!raum/$ereignis",
    "command": commands.NEW,
    "on": switched(flagwords.FLAGS, on=True),
    "off": switched(flagwords.FLAGS, on=False),
    "message": flagwords.MESSAGE,
    "accommodation": flagwords.ACCOMMODATION,
    "nothing": flagwords.NOTHING,
    "show": flagwords.SHOW,
    "yes": vocabulary.YES,
    "no": vocabulary.NO,
    "leave": "!gehen",
    "erase": "!vergessen",
    "word": "!hilfee",
    "guess": "",
    "help": vocabulary.HELP,
    "kept": "",
    "network": "Bündnis Nord",
    "rules": Written({"de": "Wir hören zu. Bei Gefahr: +49 30 1234567!"}),
    "count": 3,
    "number": 17,
    "before": 734,
    "time": datetime(2026, 3, 5, 18, 30, tzinfo=UTC),
    "date": datetime(2026, 3, 12, tzinfo=UTC),
    "delete": commands.DELETE,
    "receipt": commands.RECEIPT,
    "holder": "Verein Nord",
    "single": (),
}


def ombuds(key: str, languages: str) -> Text:
    return OmbudsBot(test_ombuds_story.SETTINGS, WORDS).render(Phrase(key, languages, VALUES))


def onboarding(key: str, languages: str) -> Text:
    settings = replace(test_onboarding_story.SETTINGS, languages=("de", "ar"))
    values = {
        **VALUES,
        "rules": VALUES["rules"] if key not in ("refused", "rules-open") else "!regeln",
    }
    return OnboardingBot(settings, WORDS).render(Phrase(key, languages, values))


RELIED_ON = [
    *((ombuds, key) for key in sorted(WITH_ORIGINAL)),
    *((onboarding, key) for key in sorted(WORDING.consent - {"reminder"})),
]


@pytest.mark.parametrize("languages", ["ar", "fa", "de ar", "ar de en", "en fa"])
async def test_each_language_is_read_from_its_own_side(page: Page, languages: str) -> None:
    for bot, key in RELIED_ON:
        shown = bot(key, languages)
        assert (key, scrambled(await glyphs(page, shown.html or ""))) == (key, [])


@pytest.mark.parametrize("language", ["ar", "fa"])
async def test_without_isolates_they_are_scrambled(page: Page, language: str) -> None:
    """What is measured can fail: so it looked before."""
    for bot, key in ((ombuds, "evidence-ask"), (ombuds, "flag-question"), (onboarding, "rules")):
        bare = re.sub("[\u2066-\u2069]", "", bot(key, language).html or "")
        assert scrambled(await glyphs(page, bare))


async def test_commands_numbers_and_telephones(page: Page) -> None:
    shown = await glyphs(page, onboarding("rules", "ar").html or "")
    assert rising(where(shown, "+49 30 1234567!"))
    shown = await glyphs(page, ombuds("notice", "fa").html or "")
    assert rising(where(shown, "+49 30 1234567"))
    for language in ("ar", "fa"):
        shown = await glyphs(page, ombuds("reporter-help", language).html or "")
        new = commands.NEW.shown(language)
        mark, *letters = where(shown, new)
        assert mark > max(letters), "where it begins, as it is typed"
        assert rising(where(shown, "!neu"))


# -- what people wrote -----------------------------------------------------------------------------

WROTE = "سلام، اتاق ۲۱۴ سرد است.\nTel. +49 30 1234567!\nدر Haus am See هستم."


async def test_her_words_among_those_of_staff(page: Page) -> None:
    """Hers in the staff's language, and theirs in hers."""
    bot = OmbudsBot(test_ombuds_story.SETTINGS, WORDS)
    for language in ("de", "ar"):
        phrase = Phrase("answer", language, {"number": 17, "text": WROTE})
        shown = await glyphs(page, bot.render(phrase).html or "")
        assert rising(where(shown, "+49 30 1234567!"))
        assert rising(where(shown, "Haus am See"))
        assert where(shown, "است.")[-1] < where(shown, "است.")[0]
        assert where(shown, "سلام")[0] > where(shown, "است.")[0]
