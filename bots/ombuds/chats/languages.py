"""Guesses the language of a message from its script, its letters and its commonest words.

It only decides which language the office speaks until the person chooses one. A wrong guess is
worse than none: Farsi does not help a reader of Pashto. So languages that we do not offer take part
in the count, and if none is ahead, we guess none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

_SCRIPTS = {
    "arabic": re.compile("[\u0600-\u06ff]"),
    "cyrillic": re.compile("[\u0400-\u04ff]"),
    "ethiopic": re.compile("[\u1200-\u137f]"),
    "latin": re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"),
}
OTHER = ""
"""A language that we do not offer."""

_LETTERS = {
    "arabic": {
        "fa": "پچژگکی",
        "ar": "ةأإؤىكي",
        # Pashto, Sorani, Urdu, Sindhi, Uyghur
        OTHER: "ټډړږښڼځڅېۍګڕڵۆێەٹڈڑںےھہٻڄڃڇڏڳڱۇۈۋ",
    },
    "cyrillic": {
        "ru": "ыэё",
        "uk": "іїєґ",
        # Belarusian, Serbian, Macedonian, Tajik, Kazakh, Kyrgyz, Mongolian; Bulgarian has ъ
        OTHER: "ўјљњћђџѓќѕӣӯҳҷқғәңөұүһъ",
    },
    "ethiopic": {"ti": "ኣሓቐቑቒቓቔቕቖኸኹኺኻኼኽኾ", OTHER: "አሐዐ"},
    "latin": {
        "de": "ß",
        "tr": "ığ",
        "fr": "œ",
        OTHER: "ýìòďťňůľñ¿¡áíóúãõłąęśźżćńřěšžůățșţəőűåøæāēīūģķļņđơưĩũ\u1ea0-\u1ef9ʻ",
    },
}
_WORDS = {
    "arabic": {
        "fa": "است را از که این برای با ما شما هستم هست دارم دارد نیست خیلی لطفا لطفاً در به آن"
        " می نمی میخواهم می‌خواهم کمک خواهم خانه اینجا بله چرا کجا هستیم کنید کنم دوست مرا ندارم"
        " درود خوب شده است آب نگهبان",
        "ar": "في على أن إلى هذا هذه أنا انا نحن لا ما مع عن هل لم لقد التي الذي مرحبا مرحبًا شكرا"
        " شكراً أريد اريد مساعدة يوجد عندي كان كيف لماذا أين ليس هنا هناك لكن أو يا كل لي نعم",
        OTHER: "زه دی ده چې په سره مرسته موږ دلته نه کوم ما ته هغه هیله لطفاً مې تاسو ستاسو مننه"
        " من ئەم لە بە کە ئێمە یارمەتی سوپاس تکایە کو کی کا ہم میں آپ مدد براہ کرم شکریہ ہوں نہیں",
    },
    "cyrillic": {
        "ru": "и что это как нет здравствуйте привет помогите меня мы они мне есть был была"
        " где когда"
        " пожалуйста спасибо нужна нужен помощь кто очень только почему здесь если или уже еще для"
        " хочу могу живу нам нас вас охранник добрый день вечер утро мой моя его ее от"
        " холодно комната комнате вода воды нету плохо",
        "uk": "що це як ні вітаю привіт допоможіть мене ми вони мені є був була де коли будь ласка"
        " дякую потрібна потрібен допомога хто дуже тільки чому тут якщо або вже ще для хочу можу"
        " живу нам нас вас охоронець добрий день вечір ранок мій моя його її від та але"
        " холодно кімната кімнаті вода води немає погано",
        OTHER: "моля съм има няма това аз ли защо се ме ми молим сам није шта помоћ помозите нисам"
        " здраво помагайте помогнете благодаря добър ден ман мо дар аст лутфан мен бар жок калай"
        " от на за и по как но той имам имаме нужда помощ студено се си ви ни ги към тук много нищо"
        " кой къде кога днес трябва искам може сме сте да не здравейте вода проблем помош немам"
        " добры дзень вады дапамажыце хладно је добар дан салам керек",
    },
    "ethiopic": {
        "ti": "ኣብ ናይ እዩ እየ ኣሎ ኣነ ንሕና ዘለኒ ሓገዝ እንታይ ከመይ ብዛዕባ ምስ ካብ የለን ኢና ኢኹም",
        OTHER: "ነው እና ላይ ውስጥ አለ እኔ እባክዎ አመሰግናለሁ እኛ ከ ምን እንዴት እርዳታ ያስፈልገኛል ናቸው ግን",
    },
    "latin": {
        "de": "ich und nicht der die das ist ein eine wir mich mir haben habe bitte hilfe"
        " mit zu auf"
        " sie uns von den dem es hat sind im für guten tag wie was kein keine auch sehr mein meine"
        " kann wurde hier heim zimmer bin aber wo warum schon seit brauche brauchen hallo",
        "en": "i and not the is we my have please help with to of they you your hello this that are"
        " was there for in it me our need can no do does what where why here thanks hi from at on",
        "fr": "je et ne pas le la les est un une nous mon ma avec dans suis ai vous il que bonjour"
        " besoin aide aidez moi des du au ce cette pour sur qui elle ils sont très ici pourquoi où"
        " bonsoir s'il plaît j'ai c'est notre",
        "tr": "ve bir bu ben için çok değil var yok bana beni biz lütfen yardım ile ama merhaba ne"
        " mi mı mu ev burada neden nerede kim benim bizim daha gibi kadar istiyorum edin oda selam"
        " yardim icin cok degil lutfen",
        OTHER: "hola ayuda por favor el los las y en un una necesito me es está con para gracias"
        " tengo estoy no que de la muy aquí buenos días ciao aiuto per il che non sono ho mi di"
        " grazie bisogno ajuda eu não você preciso obrigado ik het een niet van dat wij mij hebben"
        " alstublieft hallo help je en jest nie proszę pomoc mam się dzień dobry unë jam nuk dhe"
        " ju lutem ndihmë është më ez min ji bo li û ku heye spas silav me em dixwazim alîkarî"
        " alikari toi can giup xin chao khong sunt nu rog ajutor este am ja sam molim nije je se da"
        " waa waxaan iyo ma ka aan fadlan caawimaad caawi i nabad mimi ninahitaji msaada"
        " tafadhali habari saya tidak tolong hej jag och"
        " c'è è acqua stanza camera fredda freddo aiutatemi buongiorno buonasera ci del della nella"
        " abbiamo siamo le guardie guardia gli questo questa anche perché agua tenemos somos nos"
        " estamos hace frío água temos guarda com uma nós kemi ujë në të nga dhoma",
    },
}
_LETTER = {
    script: {x: re.compile(f"[{letters}]") for x, letters in of.items()}
    for script, of in _LETTERS.items()
}
_COMMON = {
    script: {x: frozenset(words.split()) for x, words in of.items()}
    for script, of in _WORDS.items()
}
_WORD = re.compile(r"[^\W\d_]+(?:['’\u200c][^\W\d_]+)*")
_ARTICLE = re.compile("ال.{3}")
_RUSSIAN_END = re.compile("(?:ит|ет|ят|ют|ешь|ишь|ая|ое|ться|тся)$")
_UKRAINIAN_END = re.compile("(?:ить|уть|ець|тися|ися)$")
_BACKED = frozenset({"fa", "ru"})
"""Languages whose letters others use as well (Urdu, Pashto; Belarusian, Mongolian): letters only
count along with a word or an ending of the language."""


def guess(text: str, offered: Collection[str]) -> str | None:
    """One of the offered languages, or None if the text gives no clue."""
    text = text[:2_000].casefold()
    counts = {script: len(letters.findall(text)) for script, letters in _SCRIPTS.items()}
    script = max(counts, key=lambda x: counts[x])
    if not counts[script]:
        return None
    points = _points(script, text)
    ahead = sorted(points, key=lambda x: points[x], reverse=True)[:2]
    if not points or (len(ahead) > 1 and points[ahead[0]] <= points[ahead[1]]):
        return None
    return ahead[0] if ahead[0] in offered else None


def _points(script: str, text: str) -> Counter[str]:
    words = [x.replace("’", "'") for x in _WORD.findall(text)]
    points: Counter[str] = Counter()
    for tongue, common in _COMMON[script].items():
        points[tongue] += sum(x in common for x in words)
    if script == "cyrillic":
        points.update(_endings(text, words))
    for tongue, letters in _LETTER[script].items():
        if tongue in _BACKED and not points[tongue]:
            continue
        # A letter that only one language has says more than a word that several may have.
        points[tongue] += len(letters.findall(text)) * (1 if script == "arabic" else 2)
    if script == "arabic":
        if not _LETTER[script]["fa"].search(text):  # «السلام علیکم» is said by all
            points["ar"] += sum(_ARTICLE.match(x) is not None for x in words)
        points[OTHER] += 3 * len(_LETTER[script][OTHER].findall(text))
    return +points


def _endings(text: str, words: list[str]) -> Counter[str]:
    points: Counter[str] = Counter()
    russian, ukrainian = (_LETTER["cyrillic"][x].findall(text) for x in ("ru", "uk"))
    if russian and ukrainian:
        points[OTHER] += 3 * len(russian)  # Belarusian has letters of both
    points["uk"] += 2 * sum(_UKRAINIAN_END.search(x) is not None for x in words)
    if not ukrainian:
        points["ru"] += sum(_RUSSIAN_END.search(x) is not None for x in words)
    return points
