"""The commands: what people can write instead of a 📣, and what moderators and authors can set."""

from __future__ import annotations

from bots.runtime.kit.routing import Typed
from bots.runtime.speech.vocabulary import CONFIRM, HELP
from bots.runtime.understanding.commands import Command, Commands, Invocation
from federation.model.events import TextMessage

SHARE_KEYS = frozenset("📣📢")

SHARE = Command(
    "share",
    "de teilen, en share, fr partager, tr paylaş, uk поділитися, ru поделиться, ar مشاركة شارك, "
    "fa اشتراک, ti ኣካፍል",
)
UNSHARE = Command(
    "unshare",
    "de zurücknehmen zuruecknehmen, en unshare takeback, fr retirer, tr gerial, uk відкликати, "
    "ru отозвать, ar سحب, fa پس‌گرفتن",
)
EXCHANGE = Command(
    "exchange",
    "de austausch, en exchange, fr échange, tr değişim, uk обмін, ru обмен, ar تبادل, fa تبادل",
)
NAME = Command("name", "de name, en name, fr nom, tr isim, uk ім'я імя, ru имя, ar اسم, fa نام")
FIND = Command(
    "find",
    "de suche suchen, en find search, fr chercher, tr ara bul, uk знайти пошук, ru найти поиск, "
    "ar بحث ابحث, fa جستجو جست‌وجو, ti ድለ",
)
DECIDING = (EXCHANGE,)
"""Those that count from devices of one's own alone."""
ALL = Commands((SHARE, UNSHARE, EXCHANGE, NAME, FIND, CONFIRM, HELP))
EVERYWHERE = (FIND, HELP)
"""Commands that also work in the exchange room."""


def is_for_all(_: object, __: TextMessage, found: Typed) -> bool:
    command = found.command if isinstance(found, Invocation) else found.guess
    return command in EVERYWHERE


def found(event: TextMessage) -> Invocation | None:
    """One of our commands, if the message is one."""
    invocation = ALL.read(event)
    return invocation if isinstance(invocation, Invocation) else None


def meant(event: TextMessage) -> str | None:
    """The message that a command is about: the one it replies to, or the root of its thread."""
    return event.reply_to or event.thread
