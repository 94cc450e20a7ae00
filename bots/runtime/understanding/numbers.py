"""Numbers as people answer with them: «Nr. 2», «die zweite», «٢», «２», 2️⃣, «1 und 3», «1-3»."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from bots.runtime.understanding.answerwords import POLITE, YES, folded
from bots.runtime.understanding.folding import fold

LONGEST = 80
"""Characters of an answer that is a number, or several."""
WIDEST = 20
"""Numbers that «1 bis 20» names."""

_WORDS = (
    "eins ein erste erster erstes ersten erstens one first un une premier première bir birinci"
    " birincisi один одна перший перша перше першу первый первая первое первую واحد الأول الأولى"
    " أول أولى یک یکم اولی ሓደ ቀዳማይ ቀዳመይቲ",
    "zwei zwo zweite zweiter zweites zweiten zweitens two second deux deuxième second seconde iki"
    " ikinci ikincisi ikinciyi два дві другий друга друге другу две второй вторая второе вторую"
    " اثنان اثنين الثاني الثانية ثاني ثانية دو دوم دومی ክልተ ካልኣይ ካልአይ ካልኣይቲ",
    "drei dritte dritter drittes dritten drittens three third trois troisième üç üçüncü üçüncüsü"
    " три третій третя третє третю третий третья третье третью ثلاثة ثلاث الثالث الثالثة ثالث سه"
    " سوم سومی ሰለስተ ሳልሳይ",
    "vier vierte vierter viertes vierten four fourth quatre quatrième dört dördüncü чотири"
    " четвертий четверта четверту четыре четвёртый четвёртая четвёртую أربعة أربع الرابع الرابعة"
    " رابع چهار چهارم ኣርባዕተ ራብዓይ",
    "fünf fuenf fünfte fünfter fünften five fifth cinq cinquième beş beşinci п'ять п'ятий п'ята"
    " п'яту пять пятый пятая пятую خمسة خمس الخامس الخامسة پنج پنجم ሓሙሽተ ሓምሻይ",
    "sechs sechste sechster six sixth sixième altı altıncı шість шостий шоста шесть шестой шестая"
    " ستة ست السادس السادسة شش ششم ሽዱሽተ ሻድሻይ",
    "sieben siebte siebter seven seventh sept septième yedi yedinci сім сьомий сьома семь седьмой"
    " седьмая سبعة سبع السابع السابعة هفت هفتم ሸውዓተ ሻብዓይ",
    "acht achte achter eight eighth huit huitième sekiz sekizinci вісім восьмий восьма восемь"
    " восьмой восьмая ثمانية ثمان الثامن الثامنة هشت هشتم ሸሞንተ ሻምናይ",
    "neun neunte neunter nine ninth neuf neuvième dokuz dokuzuncu дев'ять дев'ятий девять девятый"
    " تسعة تسع التاسع التاسعة نه نهم ትሽዓተ ታሽዓይ",
    "zehn zehnte zehnter ten tenth dix dixième on onuncu десять десятий десятый عشرة العاشر ده دهم"
    " ዓሰርተ ዓስራይ",
    "elf elfte eleven onze onbir одинадцять одиннадцать یازده ዓሰርተሓደ",
    "zwölf zwoelf zwölfte twelve douze oniki дванадцять двенадцать دوازده ዓሰርተክልተ",
    "dreizehn thirteen treize onüç тринадцять тринадцать سیزده ዓሰርተሰለስተ",
    "vierzehn fourteen quatorze ondört чотирнадцять четырнадцать چهارده ዓሰርተኣርባዕተ",
    "fünfzehn fuenfzehn fifteen quinze onbeş п'ятнадцять пятнадцать پانزده ዓሰርተሓሙሽተ",
)
_NUMBERS = {
    fold(word): number for number, row in enumerate(_WORDS, start=1) for word in row.split()
}
_BESIDE = (
    "nr n no nos num nro nrs number numbers nummer nummern numero numéro numéros punkt punkte"
    " option antwort wahl zahl gruppe gruppen thema themen die der das den und u sowohl als auch"
    " nur von ich möchte nehme wähle will hätte gern gerne mich interessiert interessieren oder ist"
    " the and or i id like would want take choose only just group groups topic interested in am it"
    " is from la le les et ou je prends choisis voudrais veux groupe groupes de uniquement c'est"
    " ve veya numara nolu seçenek grup istiyorum sadece"
    " та і й або я номер пункт варіант група групу хочу обираю тільки з"
    " и или вариант группа группу выбираю только под номером с"
    " رقم و أو الرقم الخيار خيار أريد أختار المجموعة مجموعة فقط من"
    " شماره شماره‌ی گزینه گزینه‌ی گروه گروه‌ی را می‌خواهم میخواهم عدد نمبر یا فقط از"
    " ቁጽሪ ከምኡውን ጉጅለ n° № no. ve"
)
_TO = folded("bis to until till à до по إلى الى حتى لغاية تا ile ክሳብ")
_FIRST = folded("ersten first premiers premières ilk первые перші")
_COUNTS = folded(
    "zwei drei vier fünf two three four five deux trois quatre cinq iki üç dört beş два две дві"
    " три четыре чотири пять п'ять"
)
_BESIDES = POLITE | YES | _TO | _FIRST | folded(_BESIDE)
_SIGNS = re.compile("[\ufe0e\ufe0f]")
_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{4}|\d{4}-\d{1,2}-\d{1,2}|0\d[./]\d|\d{1,2}[./]0\d)"
)
_DASHES = "-–—‒−~…"
_RANGE = re.compile(
    rf"(?<![{_DASHES}.\d])(\d+)[^\S\n]*(?:[{_DASHES}]|\.\.\.?)[^\S\n]*(\d+)(?![{_DASHES}\d])"
)
_ORDINAL = re.compile(
    r"(?<=\d)[-'’]?(?:st|nd|rd|th|er|ère|re|e|ème|eme|te|ter|a|i|ı|u|ü|yi|yı|inci|ıncı|nci|ncı"
    r"|üncü|й|я|ю|а|у|е|ий|ій|ый|ой)\b",
    re.I,
)


def plain(text: str) -> str:
    """A text with ordinary digits in place of keycaps, circles and other scripts' digits."""
    kept = _SIGNS.sub("", text).replace("\u20e3", " ").replace("\U0001f51f", " 10 ")
    return unicodedata.normalize("NFKC", "".join(_digit(x) for x in kept))


def _digit(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    value = unicodedata.numeric(character, None)
    if value is None or unicodedata.category(character) != "No":
        return character
    return f" {value:g} ".replace(".", "/")  # «①»; a half is no number of a list


def numbers(text: str) -> tuple[int, ...]:
    """What a text names, if it names numbers and nothing else, each once."""
    if len(text) > LONGEST:
        return ()
    if has_date(text):
        return ()
    # «n°» and «№» would become letters of a word.
    bare = _RANGE.sub(r"\1 bis \2", plain(re.sub("[°º№]", " ", text)))
    return tuple(dict.fromkeys(_named(fold(_ORDINAL.sub("", bare)).split())))


def has_date(text: str) -> bool:
    """«12.03.2026» is no list of numbers."""
    return _DATE.search(plain(text)) is not None


def _named(said: list[str]) -> Iterator[int]:
    """Nothing at all, if one of the words is neither a number nor goes with one."""
    found = [_number(x) for x in said]
    strange = (x is None and not _is_beside(y) for x, y in zip(found, said, strict=True))
    if any(strange) or said[:2] == ["no", "one"]:  # nobody
        return
    for at, number in enumerate(found):
        if number is None or (said[at] == "one" and at and found[at - 1]):  # «the second one»
            continue
        yield from range(_since(said, found, at), number)
        yield number


def _since(said: list[str], found: list[int | None], at: int) -> int:
    """Where the numbers begin that end with this one: «1 bis 3», «die ersten drei»; else itself."""
    number, before = found[at] or 0, said[at - 1] if at else ""
    first = found[at - 2] if at > 1 and before in _TO else None
    if before in _FIRST and (said[at] in _COUNTS or said[at].isdecimal()):
        first = 1
    return first if first is not None and 0 < number - first < WIDEST else number


def _is_beside(word: str) -> bool:
    return word in _BESIDES or (word.startswith("و") and word[1:] in _BESIDES)


def _number(word: str) -> int | None:
    if word not in _NUMBERS and word.startswith("و"):  # «and», in Arabic a part of the word
        word = word[1:]
    return int(word) if word.isdecimal() and len(word) <= 6 else _NUMBERS.get(word)
