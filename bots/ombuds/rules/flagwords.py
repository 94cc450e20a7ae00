"""What people write about flags: commands in rooms, and decisions in private chats."""

from __future__ import annotations

import unicodedata
from enum import Enum

from bots.runtime.commands import Command, Commands, Invocation, Word, fold, names
from federation.links import event_of

KEYS = frozenset({"🚩"})
"""Variation selectors are gone by now."""
AGREE = "✅"

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
YES = Word(names("de ja, en yes, fr oui, tr evet, uk так, ru да, ar نعم, fa بله, ti እወ"))
NO = Word(names("de nein, en no, fr non, tr hayır, uk ні, ru нет, ar لا, fa نه, ti ኣይፋል"))

_IN_ROOMS = Commands((FLAGS,))
_IN_PRIVATE = Commands((FLAGS, FLAG))
_AROUND = " \t\n!！.,:;؟?،۔።\u2066\u2067\u2068\u2069"
_KEYCAP = str.maketrans("", "", "\ufe0f\u20e3")
"""Clients write 1️⃣ as a digit with these two behind it, and some leave out the first."""


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
    **{key.translate(_KEYCAP): choice for choice, key in _KEYS.items()},
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
    return text.translate(_KEYCAP).strip(_AROUND).isdecimal()


def choice(text: str) -> Choice | None:
    """What a reaction or a short text decides."""
    bare = text.translate(_KEYCAP).strip(_AROUND)
    if len(bare) == 1 and bare.isdecimal():
        number = unicodedata.digit(bare)
        return Choice(number) if 1 <= number <= len(Choice) else None
    if bare in _SIGNS:
        return _SIGNS[bare]
    return next((x for x, word in _WORDS.items() if word.is_meant(bare)), None)


def languages_of(text: str) -> frozenset[str]:
    """The languages in which a decision was written."""
    said = fold(text.strip(_AROUND))
    return frozenset(
        language
        for word in _WORDS.values()
        for language, words in word.aliases.items()
        if said in map(fold, words)
    )


def agrees(text: str) -> bool | None:
    """Yes or no; None if it is neither."""
    bare = text.strip(_AROUND)
    if bare == AGREE or YES.is_meant(bare):
        return True
    return False if NO.is_meant(bare) or choice(bare) is Choice.NOTHING else None
