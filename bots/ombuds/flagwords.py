"""What people write about flags: commands in rooms, decisions in private chats."""

from __future__ import annotations

from enum import Enum

from bots.runtime.speech.vocabulary import HELP, NO
from bots.runtime.understanding import answers
from bots.runtime.understanding.answerwords import NO as REFUSED
from bots.runtime.understanding.answerwords import YES, folded
from bots.runtime.understanding.commands import Command, Commands, Invocation, Word
from bots.runtime.understanding.numbers import numbers, plain

KEYS = frozenset({"🚩"})
"""Without variation selectors."""
AGREES = frozenset("✅✔☑✓")

FLAGS = Command(
    "flags",
    "de flaggen, en flags, fr signalements, tr bayraklar, uk прапорці, ru флажки, ar أعلام, "
    "fa پرچم‌ها, ti ባንዴራታት",
)
FLAG = Command(
    "flag",
    "de flagge melden, en flag, fr signaler, tr bayrak, uk прапорець, ru флажок, ar علم, fa پرچم, "
    "ti ባንዴራ",
)
MESSAGE = Word(
    "de nachricht, en message, fr message, tr mesaj mesajın, uk повідомлення, "
    "ru сообщение сообщении, ar رسالة الرسالة, fa پیام پیغام, ti መልእኽቲ"
)
ACCOMMODATION = Word(
    "de unterkunft heim lager wohnheim flüchtlingsheim gemeinschaftsunterkunft, "
    "en accommodation shelter camp accomodation acommodation acomodation housing, "
    "fr hébergement foyer lhébergement logement, tr barınma yurt yurdumuz kamp konut, "
    "uk житло притулок гуртожиток помешкання табір, ru жильё приют жилье общежитие лагерь, "
    "ar سكن السكن مسكن المسكن المخيم مخيم الهايم هايم, fa اقامتگاه خوابگاه کمپ هایم اقامت, "
    "ti መንበሪ ካምፕ"
)
NOTHING = Word(
    "de nichts versehen irrtum fehler vergiss vergessen versehentlich, "
    "en nothing mistake accident forget, fr rien erreur personne oubliez oublie, "
    "tr hiçbiri yanlış yanlışlıkla hata kimse, uk нічого нікому ніхто помилка помилково випадково, "
    "ru ничего никому никто ошибка ошибке случайно, ar لاشيء خطأ بالخطأ غلط بالغلط أحد, "
    "fa هیچ اشتباه اشتباهی هیچکس چیز, ti ዋላሓደ ጌጋ ብጌጋ"
)
SHOW = Word(
    "de zeigen zeig zeige zeigt anzeigen, en show, fr montrer montre montrez, "
    "tr göster gösterin gösterebilirsiniz, uk показати покажи покажіть показуйте показувати, "
    "ru показать покажи покажите показывайте показывать, "
    "ar إظهار أظهر اعرض أظهروا أظهره عرض تظهر تعرض, fa نمایش نشان, ti ኣርኢ ኣርኢኹም ኣርእዩ"
)
"""Lets the office read what somebody else wrote: a word that nobody uses in passing."""
HIDE = Word("de verbergen, en hide, tr gösterme göstermeyin, ar عدم, fa ندهید نده, ti ኣይተርኢ")
"""A no to that in one word."""
_ABOUT = folded(
    "es geht um diese selbst unsere unserer aus war kommt sie ein eine",
    "about this itself our it was by my sorry an ce cette lui-même lui même de par c'est à une",
    "bu kendisi саме само это про о по هذه نفسها كان مكان خود این بود محل እቲ ቦታ",
)
_TEXT = folded(
    "es sie können kann darf dürfen ihn text it you can may text le les pouvez vous",
    "ви можете вы بده بدهید دهید",
)

SHOWN = {
    "message": MESSAGE,
    "accommodation": ACCOMMODATION,
    "nothing": NOTHING,
    "show": SHOW,
    "no": NO,
}
"""The words as our questions name them, in the language of the question."""
_IN_ROOMS = Commands((FLAGS, HELP))
_IN_PRIVATE = Commands((FLAGS, FLAG))


class Choice(Enum):
    """What a flag is about. Its number counts as an answer as well."""

    MESSAGE = 1
    ACCOMMODATION = 2
    NOTHING = 3

    @property
    def key(self) -> str:
        """The reaction that means the same, as clients send it."""
        return _KEYS[self]


# Not 1️⃣ 2️⃣ 3️⃣: Element's own emoji font shows them as black boxes.
_KEYS = {Choice.MESSAGE: "💬", Choice.ACCOMMODATION: "🏠", Choice.NOTHING: "✖\ufe0f"}
_SIGNS = {
    **{key.strip("\ufe0f"): choice for choice, key in _KEYS.items()},
    **dict.fromkeys("🗨🗯", Choice.MESSAGE),
    **dict.fromkeys("🏡🏘🏚", Choice.ACCOMMODATION),
    **dict.fromkeys("❌❎✕×", Choice.NOTHING),
}
"""Signs that count, without variation selectors, including similar ones."""
_WORDS = {
    Choice.MESSAGE: MESSAGE,
    Choice.ACCOMMODATION: ACCOMMODATION,
    Choice.NOTHING: NOTHING,
}


def in_room(text: str) -> Invocation | None:
    found = _IN_ROOMS.find(text)
    return found if isinstance(found, Invocation) else None


def in_private(text: str) -> Invocation | None:
    """A command about flags; None for other text, even if it begins with `!`."""
    found = _IN_PRIVATE.find(text)
    return found if isinstance(found, Invocation) else None


def tells(found: Invocation) -> bool:
    """Whether the command is followed by words instead of a link: a message for the office."""
    return found.command is FLAG and "matrix" not in found.rest and len(found.rest.split()) > 1


def link_in(text: str) -> str:
    """What may be a link: the text itself, or what follows the command."""
    found = in_private(text)
    return found.rest if found is not None and found.command is FLAG else text


def is_number(text: str) -> bool:
    return plain(text).strip(" .)#").isdecimal()


def choice(text: str) -> Choice | None:
    """What a reaction or a short text decides. If a sign and a word differ, nothing."""
    if answers.asks(text):
        return None
    signs = {_SIGNS[x] for x in text if x in _SIGNS}
    said = "".join(x for x in text if x not in _SIGNS)
    if not any(map(str.isalnum, said)) and signs:
        return signs.pop() if len(signs) == 1 else None
    spoken = _spoken(said)
    return spoken if not signs or signs == {spoken} else None


def _spoken(text: str) -> Choice | None:
    named = numbers(text)
    if len(named) == 1 and 1 <= named[0] <= len(Choice):
        return Choice(named[0])
    if answers.is_none(text) or answers.is_cancel(text):
        return Choice.NOTHING
    found = [x for x, word in _WORDS.items() if answers.means(text, word, _ABOUT, YES)]
    return found[0] if len(found) == 1 else None


def languages_of(text: str) -> frozenset[str]:
    """The languages in which a decision was written."""
    return frozenset(x for word in _WORDS.values() for x in word.languages_of(text))


def shows(text: str) -> bool | None:
    """Whether the office may read what was flagged: yes only for the sign or word we asked for.
    None if the text is neither that nor a no."""
    bare = set(text.strip()) - {"\ufe0f"}
    if (bare and bare <= AGREES) or answers.means(text, SHOW, _TEXT, YES):
        return True
    if bare & AGREES:
        return None
    declined = answers.refuses(text) or answers.denies(text, SHOW, _TEXT)
    hidden = answers.means(text, HIDE, _TEXT, REFUSED, SHOW.forms)
    return False if declined or hidden or choice(text) is Choice.NOTHING else None


def answers_something(text: str) -> bool:
    """Whether a text looks like an answer to one of our questions, or repeats its words in a
    question."""
    text = answers.unasked(text)
    known = (choice(text), shows(text), answers.agreement(text))
    return any(x is not None for x in known) or is_number(text)
