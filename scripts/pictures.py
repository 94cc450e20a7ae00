"""Take the README's pictures again: `make pictures`.

Plays the demo as far as the mails, and photographs an Arabic mail and an Arabic page in Chromium.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from bots.lab.demo.acts import network, news
from bots.lab.demo.screen import Screen
from bots.lab.demo.stage import Stage, stage
from bots.lab.demo.story import cast
from bots.lab.demo.telling import CONTACT, COORDINATOR, STAFF, Scene

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
PHONE = {"width": 400, "height": 500}


async def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("Chromium is needed: apt-get install chromium")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="buendnis-pictures-") as place:
        async with (
            stage(Path(place), STAFF, (COORDINATOR,), CONTACT) as found,
            async_playwright() as playwright,
        ):
            scene = Scene(found, Screen())
            await cast(scene)
            await network.play(scene)
            await news.play(scene)
            browser = await playwright.chromium.launch(executable_path=chromium, args=[*FLAGS])
            await _take(browser, _arabic_mail(found), "mail")
            await _take(browser, f"{found.pages}/subscribe?lang=ar", "page")
            await browser.close()


def _arabic_mail(found: Stage) -> str:
    mails = found.letterbox.mails
    number = next(i for i, mail in enumerate(mails) if mail in found.letterbox.to(news.AMAL)[1:])
    return f"{found.mails}/{number}/html"


async def _take(browser: Browser, address: str, name: str) -> None:
    context = await browser.new_context(
        java_script_enabled=False,
        viewport=PHONE,  # type: ignore[arg-type]
        device_scale_factor=1.5,
        locale="ar",
    )
    page = await context.new_page()
    await page.goto(address)
    await page.screenshot(path=FOLDER / f"{name}.png")
    await context.close()


if __name__ == "__main__":
    asyncio.run(main())
