"""What everybody can read on the web: the announcements that were released."""

from __future__ import annotations

from dataclasses import asdict

from bots.announcements import kinds
from bots.announcements.models import Announcement, Published
from bots.announcements.rules.turn import Turn


def publish(turn: Turn, item: Announcement) -> None:
    versions = (item.original, *item.translations)
    texts = tuple((x.language, x.text) for x in versions)
    html = tuple(x.html for x in versions)
    page = Published(item.number, item.released, texts, html)
    turn.put(kinds.PAGE, str(item.number), asdict(page))


def withdraw(turn: Turn, item: Announcement) -> None:
    turn.forget(kinds.PAGE, str(item.number))
