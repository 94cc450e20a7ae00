"""Answers as people write them: yes and no, numbers, all and none, not now.

A word counts in any language and in any of its usual forms. What stands around it out of
politeness changes nothing; any other word does, and then the text is no answer but something that
somebody has to say. Nothing that negates is ever a yes.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from bots.runtime.commands import Word
from bots.runtime.words import fold

LONGEST = 60
"""Characters of an answer."""


def _folded(*tables: str) -> frozenset[str]:
    return frozenset(fold(word) for table in tables for word in table.split())


_YES = _folded(
    "ja jaa jaja jo joa jap jep jepp jup jupp jawohl jawoll",
    "yes yess yees yeah yea yep yepp yup yap ye yas yah",
    "oui ouii ouais ouai oué wi",
    "evet ewet eved",
    "так ага угу авжеж еге да",
    "نعم ايوه أيوا اي ايه أجل بلى إيوه ايوة نعمم",
    "بله بلی آره اره آری ارى بلي",
    "እወ ኣወ እዎ",
    "aywa aiwa aywah aywah eywa naam na3am balle baleh bale areh",
)
"""What is a yes whatever stands around it, and no answer at all beside a no."""
_AGREED = _folded(
    "einverstanden einverstande einverstanten einferstanden einverstandn eiverstanden",
    "stimmt stimme stimmen zustimmen zugestimmt zustimme akzeptiere akzeptieren akzeptiert",
    "dabei klar gerne gern passt natürlich natuerlich selbstverständlich sicher richtig"
    " korrekt ordnung",
    "ok okay okey oki oke okee okei k okk okkk",
    "agree agreed agreee agre aggree accept accepted accepting sure fine alright certainly correct",
    "absolutely definitely course confirm",
    "accord daccord dacord dakor daccor accepte jaccepte acceptons acceptes acceptee naccepte",
    "volontiers parfait entendu",
    "tamam tamamdır tamamdir kabul ediyorum ederim ediyoruz ettim ederiz onaylıyorum onaylarım",
    "onayliyorum olur katılıyorum katiliyorum peki elbette tabii tabi anlaştık kabulüm",
    "згоден згодна згодний згодні погоджуюсь погоджуюся погоджуємось погоджуємося приймаю"
    " приймаємо",
    "добре гаразд звісно звичайно окей ок давай",
    "согласен согласна согласны соглашаюсь соглашаемся принимаю принимаем хорошо ладно конечно",
    "сагласен сагласна согласин",
    "موافق موافقا موافقة موافقه موافقون موافقين موافقات أوافق نوافق اوفق أقبل نقبل قبلت قبول مقبول",
    "تمام حسنا حسناً طيب أكيد ماشي اوك اوكي أوكيه",
    "موافقم موافقیم قبوله میپذیرم می‌پذیرم پذیرم میکنم می‌کنم کنم باشه باشد حتما حتماً اوکی",
    "ይስማዕማዕ እስማዕማዕ ንስማዕማዕ እቕበል ንቕበል ሕራይ ተቐቢለ ይቕበል",
    "mwafeq mouafiq muwafiq muafiq mwafe2 mashi tayeb tayyeb akid bashe basheh ghabul qabul",
    "soglasen soglasna zgoden zgodna horosho dobre kabul",
)
"""What is a yes unless something negates it."""
_NO = _folded(
    "nein neein nö noe nee ne nicht nie niemals keinesfalls keineswegs ned net ohne lehne ablehnen",
    "abgelehnt uneinverstanden",
    "no noo nope nah not dont never disagree refuse refused reject decline doesnt wont cannot cant",
    "non nan nann pas jamais refuse refusé refusee",
    "hayır hayir yok değil degil olmaz istemiyorum etmiyorum etmem etmiyoruz onaylamıyorum",
    "onaylamiyorum katılmıyorum katilmiyorum reddediyorum reddederim",
    "ні не нє незгоден незгодна відмовляюсь відмовляюся ніколи ніт",
    "нет неа несогласен несогласна отказываюсь никогда нету",
    "لا لأ كلا مش غير لست لسنا لن أرفض ارفض مو موش ليس ماني",
    "نه خیر نخیر نیستم نیستیم ندارم نمیکنم نمی‌کنم نمیپذیرم نمی‌پذیرم نمی هرگز",
    "ኣይፋል ኣይፋልን ኣይፋሉን ኣይኮነን ኣይስማዕማዕን ኣይቕበልን ኣይ",
    "nakheir kheir laa hayr",
)
_AROUND = _folded(
    "ich bin wir sind i am we are im is it its je suis nous sommes on ce c d m da das dem den der",
    "die es damit zu in auf jeden fall alles so doch und mit von mir uns dir euch sehr zur regeln",
    "bitte danke dank vielen gut herzlich schön schon please thank thanks you yours merci beaucoup",
    "plus the to them that this do does of with all very much rules rule terms and gladly indeed",
    "règles regles les la le des aux avec bien sûr tout à fait a vous te plaît svp cela ça sil",
    "lütfen teşekkürler teşekkür ederim sağ ol ben biz bunu şartları kuralları kurallari evt",
    "я ми мы це це з цим с этим будь ласка пожалуйста спасибо дякую дуже очень вам правилами",
    "правила усім всем усе все",
    "أنا انا نحن على ذلك هذا شكرا شكراً لك لكم من فضلك القواعد هذه مع و",
    "من ما را با این ممنون ممنونم مرسی لطفا لطفاً قوانین تشکر هستم هستیم دارم و می هم قبول",
    "ኣነ ንሕና በጃኹም የቐንየለይ የቐንየልና ምስቲ ሕግታት ነቲ",
    "j o will möchte moechte würde wollen want would like veux voudrais istiyorum хочу أريد"
    " میخواهم",
    "hallo hello hi vielleicht maybe lieber rather eher plutôt",
)
_WHOLE_YES = _folded("j y o da tak si sí sim t2mam д т")
"""One word that is a yes when nothing stands beside it."""
_WHOLE_NO = _folded("n la ni nn niet nyet net na naa н")
_LATER = _folded(
    "später spaeter spater nachher irgendwann überspringen ueberspringen weiter",
    "later skip afterwards next",
    "tard passer ignorer",
    "sonra geç atla",
    "пізніше потім згодом пропустити",
    "позже потом позднее пропустить",
    "لاحقا لاحقاً بعدين تخطي فيما بعد",
    "بعدا بعداً بعد رد",
    "ደሓር ዝለል ድሕሪ ጽናሕ",
)
_NOT_NOW = _folded(
    "jetzt noch gerade grade heute now yet today maintenant encore şimdi simdi şu an зараз"
    " ще сейчас пока"
    " الآن بعد حاليا الان فعلا ሕጂ"
)
_NONE = _folded(
    "keine keins keines keiner keinen kein nichts nix garnichts niemand",
    "none nothing neither nobody",
    "aucun aucune rien ni",
    "hiçbiri hicbiri hiç hic hiçbirini hiçbirşey",
    "жодна жодної жоден жодну жодного жодне нічого ніяка ніякої",
    "никакая никакие никакой ничего ниодна ниодной никакую никто",
    "لاشيء شيء ولا واحد واحدة",
    "هیچ هیچکدام هیچ‌کدام هیچی هیچیک کدام",
    "ዋላ ሓደ ዋላሓደ ሓንቲ ዋላሓንቲ ምንም",
)
_CANCEL = _folded(
    "abbrechen abbruch stopp stop halt zurück zurueck cancel abort quit annuler annule"
    " arrêter iptal"
    " vazgeç vazgectim vazgeçtim dur скасувати скасуй стоп відміна відмінити отмена отменить отмени"
    " الغاء إلغاء ألغ توقف لغو انصراف ሰርዝ ኣቋርጽ"
)
_ALL = _folded(
    "alle alles allen beide beiden sämtliche",
    "all everything every both everyone",
    "tous toutes tout toute",
    "hepsi hepsini tümü tumu tümünü tamamı bütün hepsine ikisi",
    "усі всі все усе обидва обидві",
    "всё все всех оба обе",
    "الكل كل كلها كلهم جميع جميعها كلاهما",
    "همه تمام همگی همه‌شان هردو",
    "ኩሉ ኩሎም ኩለን ኩሉም ኹሉ",
)
_YES_SIGNS = frozenset("✅✔☑👍👌🆗🙋")
_NO_SIGNS = frozenset("❌✖✕❎👎🚫🙅⛔🛑×")
_COLOURS = re.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f\u20e3\u200d♀♂]")


def agreement(text: str) -> bool | None:
    """Whether a text as a whole is a yes or a no; None if it is something else."""
    signs, said = _read(text)
    if said is None:
        return None
    if not said:
        return signs
    if len(said) == 1 and (said[0] in _WHOLE_YES or said[0] in _WHOLE_NO):
        spoken: bool | None = said[0] in _WHOLE_YES
    else:
        spoken = _spoken(set(said))
    return None if signs is not None and signs is not spoken else spoken


def _spoken(said: set[str]) -> bool | None:
    if not said <= _YES | _AGREED | _NO | _AROUND:
        return None
    if said & _NO:
        return None if said & _YES else False
    return True if said & (_YES | _AGREED) else None


def refuses(text: str) -> bool:
    """A no, or a wish to stop, to have nothing of it, or to have it later."""
    return agreement(text) is False or is_later(text) or is_cancel(text)


def is_later(text: str) -> bool:
    """Not now, or none of what is offered."""
    signs, said = _read(text)
    if not said or signs is True:
        return False
    words = set(said)
    if not words <= _LATER | _NO | _NONE | _NOT_NOW | _AROUND | _WHOLE_NO:
        return False
    return bool(words & (_LATER | _NONE)) or agreement(text) is False or _not_now(words)


def _not_now(words: set[str]) -> bool:
    return bool(words & _NO and words & _NOT_NOW)


def is_cancel(text: str) -> bool:
    return _only(text, _CANCEL)


def is_all(text: str) -> bool:
    return _only(text, _ALL)


def is_none(text: str) -> bool:
    return _only(text, _NONE, _NO)


def means(text: str, word: Word, *, beside_yes: bool = False) -> bool:
    """Whether a text is this word, politeness aside; or a yes with this word, if that is enough."""
    if word.is_meant(text):
        return True
    said = set(_read(text)[1] or ())
    spoken = {fold(x) for words in word.aliases.values() for x in words}
    beside = _AROUND | _YES if beside_yes else _AROUND
    return bool(said & spoken) and said <= spoken | beside


def _only(text: str, words: Collection[str], beside: Collection[str] = ()) -> bool:
    said = set(_read(text)[1] or ())
    return bool(said & set(words)) and said <= {*words, *beside, *_AROUND}


def sign(key: str) -> bool | None:
    """Whether an emoji is a yes or a no, whatever colour its hand has."""
    found = set(_COLOURS.sub("", key).strip())
    if found and found <= _YES_SIGNS:
        return True
    return False if found and found <= _NO_SIGNS else None


def _read(text: str) -> tuple[bool | None, list[str] | None]:
    """What the signs of a short text say, and its words; no words where signs contradict."""
    if len(text) > LONGEST:
        return None, None
    kept = _COLOURS.sub("", text)
    yes, no = (any(x in signs for x in kept) for signs in (_YES_SIGNS, _NO_SIGNS))
    if yes and no:
        return None, None
    return (True if yes else False if no else None), [_short(x) for x in fold(kept).split()]


_STRETCHED = re.compile(r"(.)\1{2,}")


def _short(word: str) -> str:
    """«jaaaa» is «ja»."""
    return _STRETCHED.sub(r"\1", word)
