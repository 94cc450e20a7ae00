"""Mails and the page of news from right to left: measured in a real Chromium, by rectangles."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page

from bots.announcements.documents.mails import Matter, Round
from bots.announcements.documents.news import Announcement, Published, Version
from bots.announcements.letters import announcement_letter, digest_letter
from bots.announcements.site import rendered
from bots.runtime.speech.words import Words
from bridges.email import markup
from bridges.email.rendering import as_html
from tests.kit.announcements import SETTINGS
from tests.synapse.browser import chromium

WORDS = Words()
PHONE = {"width": 320, "height": 640}
TEXTS = {
    "ar": (
        "<p>Haus am See: نلتقي يوم الجمعة.</p><p>+49 30 1234567 هو رقم الهاتف</p>"
        "<ul><li>Tee والخبز</li><li>18:00 البداية</li></ul><p>اكتبوا إلى post@haus.example!</p>"
    ),
    "fa": (
        "<p>Haus am See: جمعه همدیگر را می‌بینیم.</p><p>+49 30 1234567 شمارهٔ تلفن است</p>"
        "<ul><li>Tee و نان</li><li>18:00 آغاز</li></ul><p>به post@haus.example بنویسید!</p>"
    ),
}
KEPT = ("Haus am See", "+49 30 1234567", "post@haus.example")
"""What is read from left to right, in one piece."""

WHERE = """(wanted) => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.data.indexOf(wanted);
    if (at < 0) continue;
    return [...wanted].map((_, i) => {
      const range = document.createRange();
      range.setStart(node, at + i); range.setEnd(node, at + i + 1);
      const box = range.getBoundingClientRect();
      return [box.left, box.right, box.top];
    });
  }
  return [];
}"""
BULLETS = """() => [...document.querySelectorAll('li')].map((item) => {
  const range = document.createRange();
  range.selectNodeContents(item);
  const list = item.parentElement.getBoundingClientRect();
  const text = range.getBoundingClientRect();
  return [text.left - list.left, list.right - text.right];
})"""
EDGES = """() => [...document.querySelectorAll('p')].map((x) => {
  const range = document.createRange();
  range.selectNodeContents(x);
  const box = x.getBoundingClientRect(), text = range.getBoundingClientRect();
  return [x.textContent, box.right - text.right];
})"""


@pytest.fixture(scope="module")
async def page() -> AsyncIterator[Page]:
    async with chromium() as browser:
        context = await browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
        yield await context.new_page()


def announcement(language: str) -> Announcement:
    html = TEXTS[language]
    return Announcement(1, Version(language, "$1", "@a:b", markup.plain(html), html))


def mail(language: str) -> str:
    circular = Round(Matter.ANNOUNCEMENT, 1, "$1", 1, (language,), (1,))
    return as_html(announcement_letter(SETTINGS, WORDS, announcement(language), circular, language))


def digest(language: str) -> str:
    circular = Round(Matter.DIGEST, 1, "digest 1", 1, (language,), (1, 2))
    items = (announcement(language), announcement(language))
    return as_html(digest_letter(SETTINGS, WORDS, items, circular, language))


def news(language: str) -> str:
    html = TEXTS[language]
    (found,) = rendered([Published(1, 0.0, ((language, markup.plain(html)),), (html,))], WORDS)
    return f'<body lang="{language}" dir="rtl">{found.texts[0][1]}</body>'


@pytest.mark.parametrize("kind", [mail, digest, news])
@pytest.mark.parametrize("language", sorted(TEXTS))
async def test_everything_stands_in_its_place(page: Page, kind: object, language: str) -> None:
    assert callable(kind)
    await page.set_content(kind(language))
    for kept in KEPT:
        glyphs = await page.evaluate(WHERE, kept)
        assert glyphs, kept
        assert len({round(top) for *_, top in glyphs}) == 1, f"{kept} is on one line"
        lefts = [left for left, _, _ in glyphs]
        assert lefts == sorted(lefts), f"{kept} is read from left to right"
    for free, indent in await page.evaluate(BULLETS):
        assert indent < 60, "the text begins at its bullet, on the right"
        assert free > indent
    for text, gap in await page.evaluate(EDGES):
        assert gap < 20, f"{text} begins at the right edge"


@pytest.mark.parametrize("language", sorted(TEXTS))
async def test_the_name_at_the_beginning_is_at_the_right(page: Page, language: str) -> None:
    await page.set_content(mail(language))
    *name, colon = await page.evaluate(WHERE, "Haus am See:")
    assert max(right for _, right, _ in name) > PHONE["width"] - 40
    assert colon[1] <= min(left for left, _, _ in name) + 1, "the colon follows it"
