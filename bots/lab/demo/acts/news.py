"""An announcement by mail, in the languages of its readers; and a digest."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from html import unescape

import aiohttp

from bots.lab.demo import papers
from bots.lab.demo.letterbox import Mail
from bots.lab.demo.telling import COORDINATOR, PATIENCE, Scene, want
from bots.lab.people.client import Seen

KARLA, AMAL, TOBIAS = (f"{name}@post.example" for name in ("karla", "amal", "tobias"))
READERS = ((KARLA, "de", "immediate"), (AMAL, "ar", "immediate"), (TOBIAS, "de", "digest"))
FIRST = """# Sommerfest im Park

Am **Samstag um 15 Uhr** feiern wir zusammen. Alle sind eingeladen.

- Musik aus fünf Ländern
- Spiele für Kinder
- Beratung in sechs Sprachen

Bringt Decken mit und etwas zu essen, das ihr gerne teilt."""
FIRST_ARABIC = """# حفلة صيفية في الحديقة

نحتفل معًا **يوم السبت في الساعة 15**. الدعوة عامة للجميع.

- موسيقى من خمسة بلدان
- ألعاب للأطفال
- استشارة بست لغات

يرجى إحضار بطانيات وطعام للمشاركة."""
SECOND = "# Deutschkurs ab Montag\n\nIm Haus am See, jeden Montag um 18 Uhr. Ohne Anmeldung."
_END = r"/([\w-]{22})"


async def play(scene: Scene) -> None:
    scene.tell.act("News by mail")
    async with aiohttp.ClientSession() as http:
        news = _News(scene, http, scene.rooms["rundbrief"])
        await news.readers_subscribe()
        await news.is_released()
        await news.is_signed()
        await news.is_on_a_page()
        await news.one_click_ends_it()
        await news.digest_follows()
        await news.is_taken_back()


@dataclass
class _News:
    scene: Scene
    http: aiohttp.ClientSession
    room: str
    first: dict[str, Mail] = field(default_factory=dict)
    second: str = ""
    """The other announcement, as an event."""

    # -- readers -------------------------------------------------------------------------------

    async def readers_subscribe(self) -> None:
        await self.scene.step(
            "Karla, Amal and Tobias ask for mails on a page, in two languages; each confirms by "
            "the link in a mail",
            "mailbox, HTTP",
            self._subscribed(),
        )

    async def _subscribed(self) -> None:
        page = f"{self.scene.stage.pages}/subscribe"
        async with self.http.get(page, params={"lang": "ar"}) as answer:
            html = await answer.text()
        want('dir="rtl"' in html, "the Arabic page does not run from right to left")
        await asyncio.gather(*(self._subscribe(page, *reader) for reader in READERS))

    async def _subscribe(self, page: str, address: str, language: str, kind: str) -> None:
        form = {"address": address, "language": language, "kind": kind}
        async with self.http.post(page, params={"lang": language}, data=form) as answer:
            want(answer.status == 200, f"the form answers {answer.status}")
        mail = await self._mail_to(address, 1)
        link = re.search(re.escape(f"{self.scene.stage.pages}/c") + _END, mail.text)
        want(link, "there is no link to confirm in the mail")
        assert link is not None  # noqa: S101  (wanted above)
        async with self.http.post(link[0]) as answer:
            want(answer.status == 200, f"the link answers {answer.status}")

    async def _mail_to(self, address: str, number: int) -> Mail:
        async with asyncio.timeout(PATIENCE):
            return await self.scene.stage.letterbox.mail_to(address, number)

    # -- an announcement -----------------------------------------------------------------------

    async def _offered(self, text: str, *translations: str) -> Seen:
        """Write an announcement; what the bot says beneath it."""
        anna = self.scene[COORDINATOR]
        event = await anna.send(self.room, text, markdown=True)
        offer = await self._bot_says("✅", thread=event)
        for translation in translations:
            await anna.send(self.room, translation, thread=event, markdown=True)
            await self._bot_says("العربية", edits=offer.event_id)
        return offer

    def _bot_says(self, pattern: str, **fields: str) -> Awaitable[Seen]:
        return self.scene.says(COORDINATOR, papers.ANNOUNCEMENTS, self.room, pattern, **fields)

    async def is_released(self) -> None:
        offer = await self._offered(FIRST, f"العربية:\n\n{FIRST_ARABIC}")
        await self.scene[COORDINATOR].react(self.room, offer.event_id, "✅")
        await self.scene.step(
            f"Anna releases an announcement with ✅; after {papers.NEWS_UNDO} s to take it back, "
            "it is there in German and Arabic",
            "mailbox",
            self._arrived(),
        )

    async def _arrived(self) -> None:
        for address, title, text in (
            (KARLA, "Sommerfest im Park", "Bringt Decken mit"),
            (AMAL, "حفلة صيفية في الحديقة", "يوم السبت"),
        ):
            mail = self.first[address] = await self._mail_to(address, 2)
            want(str(mail.message["Subject"]) == title, f"the subject for {address} is another")
            want(text in mail.text and text in unescape(mail.html), "the text is not in the mail")
        html = self.first[AMAL].html
        want('dir="rtl"' in html, "the Arabic mail does not run from right to left")

    async def is_signed(self) -> None:
        await self.scene.step(
            "Both are signed (DKIM), and the public key proves it", "mailbox", self._verified()
        )

    async def _verified(self) -> None:
        for mail in self.first.values():
            want(self._proves(mail.raw), "a signature is wrong")
            forged = mail.raw.replace(b"Rundbrief", b"Rundbriet", 1)
            want(not self._proves(forged), "a forged mail counts as signed")

    def _proves(self, raw: bytes) -> bool:
        import dkim

        record = self.scene.stage.dkim.encode()
        host = f"{papers.SELECTOR}._domainkey.{papers.DOMAIN}.".encode()
        found = dkim.DKIM(raw).verify(dnsfunc=lambda name, **_: record if name == host else b"")
        return bool(found)

    async def is_on_a_page(self) -> None:
        await self.scene.step(
            "Who wants no mails reads it on a page, in Arabic from right to left",
            "HTTP",
            self._page(lambda html: "يرجى إحضار بطانيات" in html and 'lang="ar" dir="rtl"' in html),
        )

    async def _page(self, fits: Callable[[str], bool]) -> None:
        """Wait until what a browser gets is as it should be."""
        address = f"{self.scene.stage.pages}/news"
        async with asyncio.timeout(PATIENCE):
            while True:
                async with self.http.get(address, params={"lang": "ar"}) as answer:
                    if answer.status == 200 and fits(await answer.text()):
                        return
                await asyncio.sleep(0.05)

    # -- one click, and a digest ---------------------------------------------------------------

    async def one_click_ends_it(self) -> None:
        message = self.first[KARLA].message
        link = str(message["List-Unsubscribe"]).strip("<>")
        post = str(message["List-Unsubscribe-Post"])
        want(post == "List-Unsubscribe=One-Click", "the mail offers no one-click (RFC 8058)")
        name, _, value = post.partition("=")
        async with self.http.post(link, data={name: value}, allow_redirects=False) as answer:
            want(answer.status == 200, f"unsubscribing answers {answer.status}")
        offer = await self._offered(SECOND)
        self.second = offer.thread or ""
        await self.scene[COORDINATOR].react(self.room, offer.event_id, "✅")
        await self.scene.step(
            "Karla leaves by one click (RFC 8058): the next one reaches Amal, and not her",
            "mailbox, HTTP",
            self._only_amal(),
        )

    async def _only_amal(self) -> None:
        mail = await self._mail_to(AMAL, 3)
        want("Deutschkurs" in mail.text, "the next announcement is not in the mail")
        await self._bot_says("An .?1.? Person gesendet")
        want(len(self.scene.stage.letterbox.to(KARLA)) == 2, "who has left got another mail")

    async def digest_follows(self) -> None:
        await self.scene[COORDINATOR].send(self.room, "!sammelbrief")
        await self.scene.step(
            "Anna calls for the digest: Tobias gets both announcements in one mail",
            "mailbox",
            self._digest(),
        )

    async def _digest(self) -> None:
        mail = await self._mail_to(TOBIAS, 2)
        want("Bringt Decken mit" in mail.text, "the first is not in the digest")
        want("Ohne Anmeldung" in mail.text, "the second is not in the digest")
        want(self._proves(mail.raw), "the digest is not signed")

    async def is_taken_back(self) -> None:
        await self._page(lambda html: "Ohne Anmeldung" in html)
        await self.scene[COORDINATOR].redact(self.room, self.second)
        await self.scene.step(
            "Anna deletes the second: it is gone from the page",
            "HTTP",
            self._page(lambda html: "Ohne Anmeldung" not in html),
        )
