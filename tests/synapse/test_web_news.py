"""The page of what was released, as a browser gets it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import aiohttp
import pytest

from bots.announcements.documents.news import Published
from bots.announcements.site import News, rendered, site
from bots.runtime.speech.words import Words
from bridges.web.models import Ports
from bridges.web.server import serving
from tests.synapse.web import Recorder, settings

DAY = datetime(2026, 3, 5, 12, tzinfo=UTC).timestamp()
GERMAN = "# Treffen\n\nAm **Freitag**. <script>alert(1)</script> https://net.example"
ARABIC = "# اجتماع\n\nيوم الجمعة"


async def read(found: Sequence[Published], language: str) -> str:
    async def news() -> Sequence[News]:
        return rendered(found, Words())

    recorder = Recorder()
    ports = Ports(Words(), lambda: True, recorder.numbers)
    async with (
        serving(settings(), ports, [site(recorder.submit, news)]) as running,
        aiohttp.ClientSession(running.address) as http,
        http.get("/news", params={"lang": language}) as answer,
    ):
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-cache"
        return await answer.text()


BOTH = Published(
    1,
    DAY,
    (("de", GERMAN), ("ar", ARABIC)),
    (
        "<h1>Treffen</h1><p>Am <strong>Freitag</strong>. <script>alert(1)</script>"
        '<a href="https://net.example">hier</a></p>',
        "<h1>اجتماع</h1><p>يوم الجمعة</p>",
    ),
)


async def test_each_reader_gets_her_language() -> None:
    german, arabic = await read([BOTH], "de"), await read([BOTH], "ar")
    assert '<div lang="de" dir="ltr"><h2>Treffen</h2>' in german
    assert '<div lang="ar" dir="rtl"><h2>اجتماع</h2>' in arabic
    assert "اجتماع" not in german
    assert 'datetime="2026-03-05"' in german


@pytest.mark.parametrize("language", ["uk", "fa"])
async def test_who_has_no_translation_gets_the_original_and_is_told(language: str) -> None:
    page = await read([BOTH], language)
    assert '<div lang="de" dir="ltr">' in page
    assert "Deutsch" in page
    assert page.count("<h1") == 1


async def test_easy_german_is_german_where_there_is_no_other() -> None:
    page = await read([BOTH], "de-simple")
    assert "Treffen" in page
    assert "nicht über·setzt" not in page


async def test_nothing_of_what_editors_type_runs() -> None:
    page = await read([BOTH], "de")
    assert "<script" not in page
    assert "alert(1)" not in page
    assert '<a href="https://net.example" rel="noopener noreferrer">' in page


async def test_nothing_yet_is_told_too() -> None:
    assert "<article" not in await read([], "de")
    assert "<article" in await read([BOTH], "de")
