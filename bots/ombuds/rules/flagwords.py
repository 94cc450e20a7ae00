"""What people write about flags: commands in rooms, and decisions in private chats."""

from __future__ import annotations

from enum import Enum

from bots.ombuds.rules.commands import HELP
from bots.runtime import answers
from bots.runtime.commands import Command, Commands, Invocation, Word, names
from bots.runtime.numbers import numbers, plain
from federation.links import event_of

KEYS = frozenset({"🚩"})
"""Variation selectors are gone by now."""
AGREE = "✅"
AGREES = frozenset("✅✔☑")

FLAGS = Command(
    names(
        "de flaggen, en flags, fr signalements, tr bayraklar, "
        "uk прапорці, ru флажки, ar أعلام, fa پرچم‌ها, ti ባንዴራታት"
    ),
    "flags",
)
FLAG = Command(
    names(
        "de flagge melden, en flag, fr signaler, tr bayrak, "
        "uk прапорець, ru флажок, ar علم, fa پرچم, ti ባንዴራ"
    ),
    "flag",
)
ON = Word(
    names(
        "de an ein, en on, fr activer oui, tr aç, uk увімкнути, ru включить, ar تشغيل, fa روشن, "
        "ti ወልዕ"
    )
)
OFF = Word(
    names(
        "de aus, en off, fr désactiver non, tr kapat, uk вимкнути, ru выключить, ar إيقاف, "
        "fa خاموش, ti ኣጥፍእ"
    )
)
MESSAGE = Word(
    names(
        "de nachricht, en message, fr message, tr mesaj, uk повідомлення, ru сообщение, "
        "ar رسالة, fa پیام, ti መልእኽቲ"
    )
)
ACCOMMODATION = Word(
    names(
        "de unterkunft heim lager, en accommodation shelter camp, fr hébergement foyer, "
        "tr barınma yurt, uk житло притулок, ru жильё приют, ar سكن, fa اقامتگاه, ti መንበሪ"
    )
)
NOTHING = Word(
    names(
        "de nichts, en nothing, fr rien, tr hiçbiri, uk нічого, ru ничего, ar لاشيء, fa هیچ, "
        "ti ዋላሓደ"
    )
)
SHOW = Word(
    names(
        "de zeigen zeig zeige zeigt, en show, fr montrer montre montrez, tr göster gösterin, "
        "uk показати покажи покажіть, ru показать покажи покажите, ar إظهار أظهر اعرض, "
        "fa نمایش نشان, ti ኣርኢ ኣርኢኹም"
    )
)
"""Lets the office read what somebody else wrote: a word that nobody says by the way."""
NO = Word(names("de nein, en no, fr non, tr hayır, uk ні, ru нет, ar لا, fa نه, ti ኣይፋል"))

_IN_ROOMS = Commands((FLAGS, HELP))
_IN_PRIVATE = Commands((FLAGS, FLAG))


class Choice(Enum):
    """What a flag is about. Its number counts as an answer as well."""

    MESSAGE = 1
    ACCOMMODATION = 2
    NOTHING = 3

    @property
    def key(self) -> str:
        """The reaction that stands for it, as clients send it."""
        return _KEYS[self]


# Not 1️⃣ 2️⃣ 3️⃣: Element's own emoji font shows them as black boxes.
_KEYS = {Choice.MESSAGE: "💬", Choice.ACCOMMODATION: "🏠", Choice.NOTHING: "✖\ufe0f"}
_SIGNS = {
    **{key.strip("\ufe0f"): choice for choice, key in _KEYS.items()},
    **dict.fromkeys("🗨🗯", Choice.MESSAGE),
    **dict.fromkeys("🏡🏘🏚", Choice.ACCOMMODATION),
    **dict.fromkeys("❌❎✕×", Choice.NOTHING),
}
"""What counts, without variation selectors: also what people take for the same sign."""
_WORDS = {
    Choice.MESSAGE: MESSAGE,
    Choice.ACCOMMODATION: ACCOMMODATION,
    Choice.NOTHING: NOTHING,
}


def in_room(text: str) -> Invocation | None:
    found = _IN_ROOMS.find(text)
    return found if isinstance(found, Invocation) else None


def in_private(text: str) -> Invocation | None:
    """A command about flags; what else begins with a `!` is not for us to judge."""
    found = _IN_PRIVATE.find(text)
    return found if isinstance(found, Invocation) else None


def link_in(text: str) -> str:
    """What may be a link: the text itself, or what follows the command to flag something."""
    found = in_private(text)
    return found.rest if found is not None and found.command is FLAG else text


def is_link(text: str) -> bool:
    return event_of(text) is not None


def switch(rest: str) -> bool | None:
    """`on` or `off`; None if it is neither."""
    if ON.is_meant(rest):
        return True
    return False if OFF.is_meant(rest) else None


def switched(language: str, *, on: bool) -> str:
    """How a switch is written."""
    return f"{FLAGS.shown(language)} {(ON if on else OFF).word(language)}"


def is_number(text: str) -> bool:
    return plain(text).strip(" .)#").isdecimal()


def choice(text: str) -> Choice | None:
    """What a reaction or a short text decides."""
    named = numbers(text)
    if len(named) == 1 and 1 <= named[0] <= len(Choice):
        return Choice(named[0])
    bare = text.strip().strip("\ufe0f")
    if bare in _SIGNS:
        return _SIGNS[bare]
    found = [x for x, word in _WORDS.items() if answers.means(text, word)]
    if not found and (answers.is_none(text) or answers.is_cancel(text)):
        return Choice.NOTHING
    return found[0] if len(found) == 1 else None


def languages_of(text: str) -> frozenset[str]:
    """The languages in which a decision was written."""
    return frozenset(x for word in _WORDS.values() for x in word.languages_of(text))


def shows(text: str) -> bool | None:
    """Whether the office may read what was flagged: for the sign or the word that was asked for,
    and for no other yes. None if it is neither that nor a no."""
    if text.strip().strip("\ufe0f") in AGREES or answers.means(text, SHOW, beside_yes=True):
        return True
    return False if answers.refuses(text) or choice(text) is Choice.NOTHING else None


def answers_something(text: str) -> bool:
    """Whether a text looks like an answer to one of our questions."""
    known = (choice(text), shows(text), answers.agreement(text))
    return any(x is not None for x in known) or is_number(text)
