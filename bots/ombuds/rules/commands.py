"""The commands, declared: names in several languages, what they take, what they do."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Takes(Enum):
    NOTHING = "nothing"
    TEXT = "text"
    FILTER = "a word"
    CHANGE = "a change and an address"


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    takes: Takes
    of_case: bool
    """It is about one case: the thread's, or the one whose number is named first."""
    aliases: Mapping[str, tuple[str, ...]]
    """By language; the first is the one that is shown."""
    summary: str
    """Key of a phrase."""

    def word(self, language: str) -> str:
        base = language.partition("-")[0]
        return "!" + self.aliases.get(base, self.aliases["en"])[0]

    def shown(self, language: str) -> str:
        return self.word(language) + ("" if self.takes is Takes.NOTHING else " …")

    def numbered(self, language: str, number: int = 17) -> str:
        """How it is written outside a thread."""
        return self.shown(language).replace(self.word(language), f"{self.word(language)} {number}")


def _names(table: str) -> dict[str, tuple[str, ...]]:
    rows = (row.split() for row in table.split(","))
    return {language: tuple(words) for language, *words in rows}


def _fold(word: str) -> str:
    """Without case, accents and marks that a keyboard may leave out."""
    spread = unicodedata.normalize("NFKD", word.casefold()).replace("ı", "i")
    return "".join(x for x in spread if unicodedata.category(x) not in ("Mn", "Cf"))


ANSWER = Command(
    "answer",
    Takes.TEXT,
    True,
    _names(
        "de antwort antworten, en answer reply, "
        "fr réponse répondre, tr cevap yanıt, "
        "uk відповідь, ru ответ, ar جواب رد, fa پاسخ"
    ),
    "help-answer",
)
UNDO = Command(
    "undo",
    Takes.NOTHING,
    True,
    _names(
        "de zurück zurueck, en undo, "
        "fr annuler, tr gerial, "
        "uk скасувати, ru отменить, ar تراجع, fa لغو"
    ),
    "help-undo",
)
CLOSE = Command(
    "close",
    Takes.NOTHING,
    True,
    _names(
        "de schließen schliessen, en close, "
        "fr fermer, tr kapat, "
        "uk закрити, ru закрыть, ar إغلاق, fa بستن"
    ),
    "help-close",
)
REOPEN = Command(
    "reopen",
    Takes.NOTHING,
    True,
    _names(
        "de öffnen oeffnen, en reopen open, "
        "fr rouvrir, tr aç, "
        "uk відкрити, ru открыть, ar فتح, fa بازکردن"
    ),
    "help-reopen",
)
TAKE = Command(
    "take",
    Takes.NOTHING,
    True,
    _names(
        "de nehmen übernehmen, en take, fr prendre, tr al, uk взяти, ru взять, ar أخذ, fa گرفتن"
    ),
    "help-take",
)
CASES = Command(
    "cases",
    Takes.FILTER,
    False,
    _names(
        "de fälle faelle, en cases, "
        "fr affaires, tr dosyalar, "
        "uk справи, ru дела, ar قضايا, fa پرونده‌ها"
    ),
    "help-cases",
)
TEAM = Command(
    "team",
    Takes.CHANGE,
    False,
    _names("de team, en team staff, fr équipe, tr ekip, uk команда, ru команда, ar فريق, fa گروه"),
    "help-team",
)
CONFIRM = Command(
    "confirm",
    Takes.NOTHING,
    False,
    _names(
        "de bestätigen bestaetigen, en confirm, "
        "fr confirmer, tr onayla, "
        "uk підтвердити, ru подтвердить, ar تأكيد, fa تأیید"
    ),
    "help-confirm",
)
HELP = Command(
    "help",
    Takes.NOTHING,
    False,
    _names(
        "de hilfe, en help, fr aide, tr yardım, uk допомога, ru помощь, ar مساعدة, fa کمک, ti ሓገዝ"
    ),
    "help-help",
)
NEW = Command(
    "new",
    Takes.NOTHING,
    False,
    _names("de neu, en new, fr nouveau, tr yeni, uk нове, ru новое, ar جديد, fa جدید, ti ሓድሽ"),
    "",
)

ORIGINAL = Command(
    "original",
    Takes.NOTHING,
    False,
    _names(
        "de original, en original, fr original, tr orijinal, uk оригінал, ru оригинал, "
        "ar الأصل, fa اصل, ti ኦርጂናል"
    ),
    "",
)

STAFF = (ANSWER, UNDO, CASES, TAKE, CLOSE, REOPEN, TEAM, CONFIRM, HELP)
REPORTER = (NEW, HELP, ORIGINAL)


@dataclass(frozen=True, slots=True)
class Option:
    """A word that may follow a command, by language; the first is the one that is shown."""

    aliases: Mapping[str, tuple[str, ...]]

    def word(self, language: str) -> str:
        return self.aliases.get(language.partition("-")[0], self.aliases["en"])[0]

    def is_meant(self, word: str) -> bool:
        return any(_fold(word) in map(_fold, words) for words in self.aliases.values())


OPEN = Option(
    _names(
        "de offen offene, en open, fr ouvertes ouvert, tr açık, "
        "uk відкриті, ru открытые, ar مفتوح مفتوحة, fa باز"
    )
)
MINE = Option(_names("de meine, en mine, fr mes miennes, tr benim, uk мої, ru мои, ar لي, fa من"))
ALL = Option(
    _names("de alle, en all, fr toutes tous, tr hepsi, uk усі всі, ru все, ar الكل, fa همه")
)
ADD = Option(
    _names(
        "de hinzufügen dazu neu, en add, fr ajouter, tr ekle, "
        "uk додати, ru добавить, ar إضافة, fa افزودن"
    )
)
REMOVE = Option(
    _names(
        "de entfernen weg, en remove, fr retirer, tr çıkar, "
        "uk видалити, ru удалить, ar إزالة, fa حذف"
    )
)


@dataclass(frozen=True, slots=True)
class Invocation:
    command: Command
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    word: str
    guess: Command | None


_COMMAND = re.compile(r"[!！]([^\W\d_](?:\w|[\u200c\u0300-\u036f-])*)[:,]?")
_NUMBER = re.compile(r"#?(\d{1,9})(?:\s+|$)")


def _index(commands: tuple[Command, ...]) -> dict[str, Command]:
    result: dict[str, Command] = {}
    for command in commands:
        for word in (word for words in command.aliases.values() for word in words):
            if result.setdefault(_fold(word), command) is not command:
                raise ValueError(f"Two commands are called {word!r}; rename one of them")
    return result


_STAFF = _index(STAFF)
_REPORTER = _index(REPORTER)


def of_staff(text: str) -> Invocation | Unknown | None:
    """The command that a cleaned text of staff is; None for a plain note."""
    found = _COMMAND.match(text)
    if found is None:
        return None
    word = _fold(found[1])
    if command := _STAFF.get(word):
        return Invocation(command, text[found.end() :].strip())
    close = difflib.get_close_matches(word, _STAFF, n=1)
    return Unknown(found[0][:40], _STAFF[close[0]] if close else None)


def of_reporter(text: str) -> Command | None:
    """The command that a message is as a whole; anything else is what she has to say."""
    if text in ("?", "؟"):
        return HELP
    found = _COMMAND.fullmatch(text)
    return _REPORTER.get(_fold(found[1])) if found else None


def split_number(rest: str) -> tuple[int | None, str]:
    """The number of a case named first, and what follows."""
    found = _NUMBER.match(rest)
    return (int(found[1]), rest[found.end() :].strip()) if found else (None, rest)
