"""What everybody can read on the web: the announcements that were released."""

from __future__ import annotations

from bots.announcements.documents.news import PAGES, Announcement, Published
from bots.runtime.kit.documents import View

MOST = 20


def page_of(item: Announcement) -> Published:
    versions = (item.original, *item.translations)
    texts = tuple((x.language, x.text) for x in versions)
    return Published(item.number, item.released, texts, tuple(x.html for x in versions))


def published(view: View, most: int = MOST) -> tuple[Published, ...]:
    """What the web page shows, the newest first."""
    return view.find(PAGES, "all", most=most)
