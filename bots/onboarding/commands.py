"""What people can write: commands, and the words that answer a question."""

from __future__ import annotations

import re

from bots.runtime.speech.vocabulary import CONFIRM, HELP
from bots.runtime.understanding.commands import Command, Commands, Word

RULES = Command(
    "rules",
    "de regeln, en rules, fr règles, tr kurallar, uk правила, ru правила, ar قواعد القواعد, "
    "fa قوانین, ti ሕግታት",
)
TOPICS = Command(
    "topics",
    "de themen gruppen, en topics groups, fr thèmes groupes, tr konular, uk теми, ru темы, "
    "ar مواضيع, fa موضوعات, ti ኣርእስታት",
)
LEAVE = Command(
    "leave",
    "de gehen austreten, en leave, fr quitter, tr ayrıl, uk вийти, ru выйти, ar مغادرة, fa خروج, "
    "ti ምውጻእ",
)
ERASE = Command(
    "erase",
    "de löschen loeschen vergessen, en erase delete forget, fr effacer, tr sil, uk видалити, "
    "ru удалить, ar حذف, fa حذف, ti ምድምሳስ",
)
ADMIT = Command(
    "admit",
    "de einlassen, en admit, fr admettre, tr kabul, uk впустити, ru впустить, ar إدخال, fa پذیرش",
)
DECLINE = Command(
    "decline",
    "de ablehnen, en decline, fr refuser, tr reddet, uk відхилити, ru отклонить, ar رفض, fa رد",
)
OF_PEOPLE = (RULES, TOPICS, LEAVE, ERASE, HELP)
PRIVATE = Commands(OF_PEOPLE)
DECIDING = (ADMIT, DECLINE)
"""Those that count from devices of one's own alone."""
OF_COORDINATORS = (*DECIDING, CONFIRM, HELP)

LATER = Word(
    "de später, en later, fr tard, tr sonra, uk пізніше, ru позже, ar لاحقًا, fa بعدا, ti ደሓር"
)


def number(rest: str) -> str | None:
    """The number of somebody in a list, if that is all that is written."""
    found = re.fullmatch(r"\s*[#№]?\s*(\d{1,9})\s*[.:]?\s*", rest)
    return str(int(found[1])) if found else None
