"""Numbers as people answer with them: «Nr. 2», «die zweite», «٢», «２», 2️⃣, «1 und 3»."""

from __future__ import annotations

import re
import unicodedata

from bots.runtime.words import fold

LONGEST = 80
"""Characters of an answer that is a number, or several."""

_WORDS = (
    "eins ein erste erster erstes ersten one first un une premier première bir birinci один перший"
    " перша перше первый первая первое واحد الأول الأولى اول یک یکم اولی ሓደ ቀዳማይ ቀዳመይቲ",
    "zwei zwo zweite zweiter zweites zweiten two second deux deuxième seconde iki ikinci два дві"
    " другий друга друге две второй вторая второе اثنان اثنين الثاني الثانية دو دوم دومی ክልተ ካልኣይ"
    " ካልአይ ካልኣይቲ",
    "drei dritte dritter drittes dritten three third trois troisième üç üçüncü три третій третя"
    " третє третий третья третье ثلاثة الثالث الثالثة سه سوم سومی ሰለስተ ሳልሳይ",
    "vier vierte vierter viertes vierten four fourth quatre quatrième dört dördüncü чотири"
    " четвертий"
    " четверта четыре четвёртый четвертая أربعة الرابع الرابعة چهار چهارم ኣርባዕተ ራብዓይ",
    "fünf fuenf fünfte fünfter fünften five fifth cinq cinquième beş beşinci п'ять п'ятий п'ята"
    " пять пятый пятая خمسة الخامس الخامسة پنج پنجم ሓሙሽተ ሓምሻይ",
    "sechs sechste sechster six sixth sixième altı altıncı шість шостий шоста шесть шестой шестая"
    " ستة السادس السادسة شش ششم ሽዱሽተ ሻድሻይ",
    "sieben siebte siebter seven seventh sept septième yedi yedinci сім сьомий сьома семь седьмой"
    " седьмая سبعة السابع السابعة هفت هفتم ሸውዓተ ሻብዓይ",
    "acht achte achter eight eighth huit huitième sekiz sekizinci вісім восьмий восьма восемь"
    " восьмой восьмая ثمانية الثامن الثامنة هشت هشتم ሸሞንተ ሻምናይ",
    "neun neunte neunter nine ninth neuf neuvième dokuz dokuzuncu дев'ять дев'ятий девять девятый"
    " تسعة التاسع التاسعة نه نهم ትሽዓተ ታሽዓይ",
    "zehn zehnte zehnter ten tenth dix dixième on onuncu десять десятий десятый عشرة العاشر ده دهم"
    " ዓሰርተ ዓስራይ",
)
_NUMBERS = {
    fold(word): number for number, row in enumerate(_WORDS, start=1) for word in row.split()
}
_BESIDE = (
    "nr n no num nro number nummer numero numéro punkt option antwort wahl die der das den und"
    " the and or oder ich möchte nehme bitte danke le la les et je prends s'il vous plaît merci"
    " i want take please thanks thank you ve numara lütfen та і й номер пункт будь ласка и"
    " пожалуйста رقم و من فضلك الرقم شماره لطفا گزینه ቁጽሪ ከምኡውን n° № ist it is c'est"
)
_AROUND = frozenset(map(fold, _BESIDE.split()))
_SIGNS = re.compile("[\ufe0e\ufe0f\u20e3]")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|ère|re|e|ème|eme|te|ter|inci|nci|й|я|ий)\b", re.I)


def plain(text: str) -> str:
    """A text with ordinary digits, as they stand in keycaps, circles and in other scripts."""
    kept = unicodedata.normalize("NFKC", _SIGNS.sub("", text))
    return "".join(str(unicodedata.decimal(x)) if x.isdecimal() else x for x in kept)


def numbers(text: str) -> tuple[int, ...]:
    """What a text names, if it names numbers and nothing else, each once."""
    if len(text) > LONGEST:
        return ()
    # «n°» and «№» would become letters of a word.
    said = fold(_ORDINAL.sub("", plain(re.sub("[°º№]", " ", text)))).split()
    found = [_number(x) for x in said]
    if any(x is None for x, word in zip(found, said, strict=True) if word not in _AROUND):
        return ()
    return tuple(dict.fromkeys(x for x in found if x is not None))


def _number(word: str) -> int | None:
    if word.isdecimal() and len(word) <= 6:
        return int(word)
    return _NUMBERS.get(word)
