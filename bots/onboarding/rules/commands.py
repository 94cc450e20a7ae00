"""What people can write: commands, and the words that answer a question."""

from __future__ import annotations

from bots.runtime.commands import Command, Commands, Invocation, Word, names
from bots.runtime.texts import clean
from bots.runtime.words import fold
from federation.events import TextMessage

HELP = Command(
    names(
        "de hilfe, en help, fr aide, tr yardım, uk допомога, ru помощь, ar مساعدة, fa کمک, ti ሓገዝ"
    ),
    "help",
    "help-help",
)
RULES = Command(
    names(
        "de regeln, en rules, fr règles, tr kurallar, "
        "uk правила, ru правила, ar قواعد القواعد, fa قوانین, ti ሕግታት"
    ),
    "rules",
    "help-rules",
)
TOPICS = Command(
    names(
        "de themen gruppen, en topics groups, fr thèmes groupes, tr konular, "
        "uk теми, ru темы, ar مواضيع, fa موضوعات, ti ኣርእስታት"
    ),
    "topics",
    "help-topics",
)
LEAVE = Command(
    names(
        "de gehen austreten, en leave, fr quitter, tr ayrıl, "
        "uk вийти, ru выйти, ar مغادرة, fa خروج, ti ምውጻእ"
    ),
    "leave",
    "help-leave",
)
ERASE = Command(
    names(
        "de löschen loeschen vergessen, en erase delete forget, fr effacer, tr sil, "
        "uk видалити, ru удалить, ar حذف, fa حذف, ti ምድምሳስ"
    ),
    "erase",
    "help-erase",
)
ADMIT = Command(
    names(
        "de einlassen, en admit, fr admettre, tr kabul, "
        "uk впустити, ru впустить, ar إدخال, fa پذیرش"
    ),
    "admit",
)
DECLINE = Command(
    names(
        "de ablehnen, en decline, fr refuser, tr reddet, uk відхилити, ru отклонить, ar رفض, fa رد"
    ),
    "decline",
)
OF_PEOPLE = (RULES, TOPICS, LEAVE, ERASE, HELP)
PRIVATE = Commands(OF_PEOPLE)
COORDINATION = Commands((ADMIT, DECLINE))

LATER = Word(
    names(
        "de später spaeter nachher keine, en later none skip, fr tard, tr sonra, "
        "uk пізніше потім, ru позже потом, ar لاحقًا لاحقا بعدين, fa بعدا بعداً, ti ደሓር"
    )
)
YES = Word(
    names(
        "de ja einverstanden stimmt stimme zustimmen, en yes ok okay agree accept yep, "
        "fr oui accord accepte, tr evet tamam kabul, uk так згода добре, ru да согласен согласна, "
        "ar نعم موافق موافقة اوافق, fa بله آری موافقم قبول, ti እወ"
    )
)
NO = Word(
    names("de nein nö, en no nope, fr non, tr hayır, uk ні, ru нет, ar لا كلا, fa نه خیر, ti ኣይፋልን")
)
_YES, _NO, _LATER = (
    frozenset(fold(x) for words in word.aliases.values() for x in words)
    for word in (YES, NO, LATER)
)
_AROUND = frozenset(
    fold(
        "ich bin i am je suis d m zu gerne gern bitte please danke thank thanks you merci plus the "
        "rules to them it das den regeln vielen dank vielleicht maybe lieber"
    ).split()
)
"""Words that may stand around a yes, a no or a later without changing it."""
YES_KEYS, NO_KEYS = frozenset("✅👍✔☑"), frozenset("❌👎✖")


def answer(text: str) -> bool | None:
    """Whether a message as a whole is a yes or a no; None if it is something else."""
    said = _said(text)
    if said & _YES and not said & _NO:
        return True if said <= _YES | _AROUND else None
    return False if said & _NO and said <= _NO | _AROUND else None


def is_later(text: str) -> bool:
    said = _said(text)
    return bool(said & (_LATER | _NO)) and said <= _LATER | _NO | _AROUND


def _said(text: str) -> set[str]:
    return set(fold(text).split()) if len(text) <= 60 else set()


def reaction(key: str) -> bool | None:
    """Whether a reaction is a yes or a no, whatever colour its hand has."""
    if key[:1] in YES_KEYS:
        return True
    return False if key[:1] in NO_KEYS else None


def of_coordinators(event: TextMessage) -> Invocation | None:
    body, _ = clean(event.body, reply=event.reply_to is not None)
    found = COORDINATION.find(body)
    return found if isinstance(found, Invocation) else None
