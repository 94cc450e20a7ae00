"""The pages in a real Chromium: without scripts, on a small phone, from right to left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from email.message import EmailMessage

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from bridges.web.mailbox import showing
from tests.synapse.browser import chromium
from tests.synapse.waiting import until
from tests.synapse.web import LANGUAGES, TOKEN, Recorder, site

PAGES = ("/", "/subscribe", f"/c/{TOKEN}", f"/u/{TOKEN}", "/imprint", "/privacy", "/nowhere")
PHONE = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


@pytest.fixture
async def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
async def address(recorder: Recorder) -> AsyncIterator[str]:
    async with site(recorder) as running:
        yield running.address


@pytest.fixture
async def phone(browser: Browser) -> AsyncIterator[Page]:
    """A small screen, scripts switched off."""
    context = await browser.new_context(java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]
    yield await context.new_page()
    await context.close()


async def test_subscribing_without_scripts(phone: Page, address: str, recorder: Recorder) -> None:
    await phone.goto(f"{address}/?lang=ar")
    await phone.locator(".button").click()
    await phone.locator("#address").fill("nobody")
    await phone.locator("button").click()
    assert await phone.locator("[role=alert]").is_visible()
    assert await phone.locator("#address").input_value() == "nobody"
    await phone.locator("#address").fill("anna@example.org")
    await phone.locator("#language").select_option("fa")
    await phone.locator("input[value=digest]").check()
    await phone.locator("button").click()
    assert phone.url == f"{address}/subscribe/sent?lang=ar"
    [(form, fields, _)] = recorder.submitted
    assert form == "subscribe"
    wanted = {"address": "anna@example.org", "language": "fa", "kind": "digest"}
    assert {key: fields[key] for key in wanted} == wanted


@pytest.mark.parametrize(("page", "form"), [("c", "confirm"), ("u", "unsubscribe")])
async def test_a_link_from_a_mail_asks_first(
    phone: Page, address: str, recorder: Recorder, page: str, form: str
) -> None:
    await phone.goto(f"{address}/{page}/{TOKEN}?lang=uk")
    assert recorder.submitted == []
    await phone.locator("button").dblclick()
    # Not by waiting for a navigation: the second press breaks off that of the first.
    wanted = f"{address}/{form.removesuffix('e')}ed?lang=uk"
    await until(lambda: phone.url == wanted, wanted)
    assert {(name, key) for name, _, key in recorder.submitted} == {
        (form, recorder.submitted[0][2])
    }


async def test_choosing_a_language(phone: Page, address: str) -> None:
    await phone.goto(f"{address}/u/{TOKEN}")
    await phone.get_by_role("link", name="فارسی").click()
    assert phone.url == f"{address}/u/{TOKEN}?lang=fa"
    assert await phone.locator("html").get_attribute("dir") == "rtl"


LAYOUT = """() => ({
    width: document.documentElement.scrollWidth,
    small: [...document.querySelectorAll('a:not(.skip), button, select, .option')]
        .filter(x => x.getBoundingClientRect().height < 44).map(x => x.outerHTML)
})"""
"""A touch target has 44 pixels: more than WCAG 2.2 asks for, 24 (2.5.8)."""


@pytest.mark.parametrize("language", LANGUAGES)
async def test_everything_fits_on_a_small_phone(phone: Page, address: str, language: str) -> None:
    for path in PAGES:
        await phone.goto(f"{address}{path}?lang={language}")
        layout = await phone.evaluate(LAYOUT)
        assert (path, layout) == (path, {"width": PHONE["width"], "small": []})


@pytest.mark.parametrize(("language", "start"), [("ar", "right"), ("fa", "right"), ("de", "left")])
async def test_lines_begin_where_they_should(
    phone: Page, address: str, language: str, start: str
) -> None:
    await phone.goto(f"{address}/subscribe?lang={language}")
    label = phone.locator("label").first
    edges = await label.evaluate(
        "x => { const range = document.createRange(); range.selectNodeContents(x);"
        "const text = range.getBoundingClientRect(), box = x.getBoundingClientRect();"
        "return {left: text.left - box.left, right: box.right - text.right} }"
    )
    other = "left" if start == "right" else "right"
    assert edges[start] < 2 < edges[other]
    assert await phone.locator("#address").evaluate("x => getComputedStyle(x).direction") == "ltr"


@pytest.mark.parametrize(("language", "scheme"), [("de", "light"), ("ar", "dark")])
async def test_axe_finds_nothing(
    browser: Browser, address: str, language: str, scheme: str
) -> None:
    context = await browser.new_context(viewport=PHONE, color_scheme=scheme)  # type: ignore[arg-type]
    page = await context.new_page()
    wrong: dict[str, list[str]] = {}
    for path in PAGES:
        await page.goto(f"{address}{path}?lang={language}")
        wrong[path] = await violations(page)
    await page.goto(f"{address}/subscribe?lang={language}")
    await page.locator("button").click()  # an empty address: the form with its fault
    wrong["fault"] = await violations(page)
    await context.close()
    assert {path: found for path, found in wrong.items() if found} == {}


async def violations(page: Page) -> list[str]:
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = await Axe().run(page, options={"runOnly": tags})
    assert len(found.response["passes"]) > 5
    return [violation["id"] for violation in found.response["violations"]]


async def test_the_keyboard_reaches_the_content_first(phone: Page, address: str) -> None:
    await phone.goto(f"{address}/subscribe?lang=de")
    await phone.keyboard.press("Tab")
    skip = phone.locator(".skip")
    assert await skip.evaluate("x => x === document.activeElement")
    assert (await skip.bounding_box() or {"y": -1})["y"] >= 0
    await phone.keyboard.press("Enter")
    await phone.keyboard.press("Tab")
    assert await phone.locator("#address").evaluate("x => x === document.activeElement")


# -- captured mails ------------------------------------------------------------------------------

EVIL = (
    "<p style='color: #123456'>Hallo</p><img src='http://127.0.0.1:PORT/pixel.png'>"
    "<script>document.title = 'taken'; top.location = '/gone'</script>"
    "<form action='/gone' method=post><button>go</button></form>"
)


def captured(port: int) -> bytes:
    mail = EmailMessage()
    mail["From"] = "Rundbrief <rundbrief@example.org>"
    mail["To"] = "anna@example.org"
    mail["Subject"] = "<b>Neues</b> im März"
    mail["List-Unsubscribe"] = "<https://example.org/u/abcdefgh12345678>"
    mail.set_content("Hallo, https://example.org/mehr und Tschüss")
    mail.add_alternative(EVIL.replace("PORT", str(port)), subtype="html")
    return bytes(mail)


async def test_a_captured_mail_is_shown_and_can_do_nothing(browser: Browser) -> None:
    visits = 0

    def visit(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal visits
        visits += 1
        writer.close()

    tracker = await asyncio.start_server(visit, "127.0.0.1", 0)
    port = tracker.sockets[0].getsockname()[1]
    page = await browser.new_page()
    async with tracker, showing(lambda: [captured(port)]) as address:
        await page.goto(address)
        await page.locator(".mails a").first.click()
        frame = page.frame_locator("iframe")
        paragraph = frame.locator("p")
        colour = await paragraph.evaluate("x => getComputedStyle(x).color")
        assert (await paragraph.inner_text(), colour) == ("Hallo", "rgb(18, 52, 86)")
        await frame.locator("button").click()
        await page.wait_for_timeout(300)
        assert await page.title() == "<b>Neues</b> im März"
        assert page.url == f"{address}/0"
        assert await paragraph.is_visible()
        links = [await link.inner_text() for link in await page.locator(".links a").all()]
        assert links == ["https://example.org/u/abcdefgh12345678", "https://example.org/mehr"]
        headers = await page.locator("pre").last.inner_text()
        assert "List-Unsubscribe: <https://example.org/u/abcdefgh12345678>" in headers
        assert await violations(page) == []
    await page.close()
    assert visits == 0


async def test_a_mail_that_nobody_could_write_is_shown_too(browser: Browser) -> None:
    broken = [b"", b"\xff\xfe\x00", b"Subject: =?x?q?=ff\r\nContent-Type: multipart/x\r\n\r\nhi"]
    page = await browser.new_page()
    async with showing(lambda: broken) as address:
        for number in range(len(broken)):
            answer = await page.goto(f"{address}/{number}")
            assert answer is not None
            assert answer.status == 200
        missing = await page.goto(f"{address}/3")
        assert missing is not None
        assert missing.status == 404
    await page.close()
