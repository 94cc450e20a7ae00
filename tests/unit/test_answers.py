"""What people answer, in all languages, to each question of each bot: what counts, and what must
not. A row is a language; its answers are split at `|`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import pytest
from _pytest.mark import ParameterSet

from bots.ombuds import flagwords
from bots.ombuds.commands import split_number
from bots.ombuds.flagwords import Choice
from bots.onboarding.rules import options
from bots.onboarding.settings import Initiative
from bots.runtime.speech.switches import switch
from bots.runtime.understanding import answers
from bots.runtime.understanding.texts import clean

Table = dict[str, str]
M = TypeVar("M")


def wrong(row: str, read: Callable[[str], object], meant: object) -> dict[str, object]:
    """What is read otherwise, and how."""
    said = (clean(x)[0] for x in row.split("|"))
    return {x: found for x in said if (found := read(x)) != meant}


def each(tables: Mapping[M, Table]) -> list[ParameterSet]:
    return [
        pytest.param(meant, row, id=f"{meant}-{name}")
        for meant, table in tables.items()
        for name, row in table.items()
    ]


# -- yes and no ------------------------------------------------------------------------------------

YES: Table = {
    "de": (
        "ja | Ja | JA | ja! | ja. | „Ja“ | jaaa | Ja bitte | Ja, bitte! | ja gerne | Gerne"
        " | Ja klar | Klar | Na klar | aber ja | Aber klar! | Aber gerne | Jawohl | jo | jep"
        " | Jaja | einverstanden | Bin einverstanden | Ich bin einverstanden."
        " | Ich bin damit einverstanden | Ja, ich bin einverstanden! | Wir sind einverstanden"
        " | Ich stimme zu | Ja, ich stimme zu | Ich stimme den Regeln zu | Ich akzeptiere"
        " | ich akzeptiere die Regeln | Akzeptiert | In Ordnung | Geht in Ordnung"
        " | Alles klar | Passt | Passt schon | Stimmt | Natürlich | natuerlich"
        " | Selbstverständlich | Auf jeden Fall | Genau | Sehr gerne | Ja, sehr gern"
        " | jaaaaa | jaa!! | sehr gerne, danke | logo | ok super | Ja, perfekt"
        " | ich habe die Regeln gelesen und bin einverstanden | gelesen und akzeptiert"
        " | Ja danke | Ja, das ist ok | OK | ok. | Okay | o.k. | Oki | Ja, mach das"
        " | Mach das | Bestätigt | Ich bestätige | Ja ich will | Guten Tag, ja"
        " | Hallo, ja bitte | Ja, vielen Dank | ja 😊 | Ja 🙏 | Ja!!! | ja, ok"
    ),
    "de@simple": "ja, bitte | Ja gut | gut | Ist gut | Ist gut so",
    "en": (
        "yes pls | sure thing | yes I have read them | I have read the rules and agree | yes ma'am"
        " | count me in | great | yes | Yes | YES! | yes please | Yes, please. | yes thanks"
        " | yeah | yep | yup | ye"
        " | y | yess | yesss | sure | Sure! | of course | Certainly | absolutely | definitely"
        " | agreed | I agree | yes I agree | I do agree | I agree to the rules | I accept"
        " | I accept the rules | accepted | ok | OK | okay | Okay! | k | alright | all right"
        " | fine | that's fine | That is fine | fine with me | sounds good | yes, I do | I do"
        " | yes I am | go ahead | yes go ahead | please do | Yes, of course!"
        " | I'm okay with that | confirmed | I confirm | Hello, yes | ✅ yes | yes 👍 | 👍"
        " | good | very good | right | correct | yes sir | Yes, it is ok"
    ),
    "ar": (
        "نعم قرأت وأوافق | موافق تماما | إي والله | نعععم | نعم | نعم. | نَعَم | نعم! | نعم،"
        " | نعــم | نعم من فضلك | نعم شكرا | نعم، شكراً لكم"
        " | أجل | اجل | ايوه | أيوه | ايوا | أيوا | إيوه | ايه | إي | اي | بلى | موافق"
        " | موافقة | مُوافِق | أنا موافق | انا موافقة | نعم أنا موافق | نعم أنا موافقة"
        " | أوافق | اوافق | نعم أوافق | أوافق على القواعد | أوافق على ذلك | نوافق | أقبل"
        " | اقبل | قبلت | مقبول | تمام | حسنا | حسنًا | حسناً | طيب | ماشي | أكيد | اكيد"
        " | بالتأكيد | طبعا | طبعاً | بكل سرور | اوكي | أوك | اوكيه | نعم\u200f"
        " | \u202bنعم\u202c | naam | na3am | aywa | aiwa | tamam | mwafe2 | tayeb"
        " | السلام عليكم نعم | إن شاء الله نعم | نعم إن شاء الله"
    ),
    "fa": (
        "بله خواندم و قبول دارم | بلهههه | چشم | بله | بله. | بلي | بلی | بله لطفا"
        " | بله لطفاً | بله، ممنون | آره | اره | آری"
        " | بله موافقم | موافقم | مُوافقم | من موافقم | من موافق هستم | موافق هستم | موافقیم"
        " | موافقيم | قبول | قبول دارم | قبول می\u200cکنم | قبول ميکنم | قبول میكنم"
        " | قبول می کنم | بله قبول دارم | می\u200cپذیرم | میپذیرم | می پذیرم"
        " | قوانین را می\u200cپذیرم | باشه | باشد | حتما | حتماً | البته | اوکی | اوکیه"
        " | درسته | درست است | بلە | بلہ | بلھ | بله\u200c | bale | baleh | areh | بلی صاحب"
        " | بلی تشکر | سلام بله"
    ),
    "uk": (
        "так, я прочитав і згоден | так | Так | ТАК! | так, будь ласка | Так, дякую | ага"
        " | угу | авжеж | звичайно"
        " | звісно | Так, звісно | згоден | згодна | Я згоден | Я згодна | Так, я згодна"
        " | згодні | Ми згодні | погоджуюсь | погоджуюся | Я погоджуюся з правилами"
        " | Я приймаю правила | приймаю | добре | гаразд | окей | ок | Так, добре | давайте"
        " | хорошо | tak | zgoden | Добрий день, так | підтверджую"
    ),
    "ru": (
        "даа | да, я прочитал и согласен | я за | да | Да | ДА! | да, пожалуйста"
        " | Да, спасибо | ага | угу | конечно | Да, конечно"
        " | согласен | согласна | Я согласен | Я согласна | Да, я согласна | согласны"
        " | Мы согласны | соглашаюсь | я соглашаюсь с правилами | принимаю"
        " | Я принимаю правила | хорошо | ладно | ок | окей | давайте | Да, хорошо"
        " | естественно | разумеется | подтверждаю | da | soglasen | Здравствуйте, да"
    ),
    "fr": (
        "ça marche | oui j'ai lu les règles | ok pour moi | oui | Oui | OUI !"
        " | oui, s'il vous plaît | Oui s’il vous plait | Oui merci | ouais"
        " | ouii | d'accord | D’accord | daccord | Je suis d'accord | Oui, je suis d’accord"
        " | OK d'accord | j'accepte | J’accepte | Oui, j'accepte | j'accepte les règles"
        " | Je l'accepte | Nous acceptons | bien sûr | Bien sur | Oui, bien sûr | volontiers"
        " | entendu | parfait | tout à fait | certainement | absolument | avec plaisir | ok"
        " | C'est bon | c'est d'accord | Je confirme | Bonjour, oui | oui oui | Je veux bien"
        " | mais oui"
    ),
    "tr": (
        "evet okudum | tmm | evet | Evet | EVET! | EVET | evet lütfen | Evet, lütfen."
        " | evet teşekkürler | ewet"
        " | kabul | kabul ediyorum | Kabul Ediyorum | KABUL EDİYORUM | Evet, kabul ediyorum"
        " | kabul ederim | kabul ettim | kabul ediyoruz | Şartları kabul ediyorum"
        " | kuralları kabul ediyorum | onaylıyorum | onayliyorum | onaylarım | katılıyorum"
        " | tamam | Tamam! | tamamdır | olur | peki | elbette | tabii | tabii ki | tabi ki"
        " | Evet tabii ki | aynen | uygun | uygundur | anlaştık | memnuniyetle"
        " | Merhaba, evet"
    ),
    "ti": (
        "እወእወ | እሺ | እወ ኣንቢበዮ | እወ ጽቡቕ እዩ | እወ | እወ። | እወ! | ኣወ | አወ | እዎ | እወ በጃኹም"
        " | እወ የቐንየለይ | ይስማዕማዕ | እስማዕማዕ | ኣነ ይስማዕማዕ"
        " | እወ ይስማዕማዕ | ንስማዕማዕ | እቕበል | እወ እቕበል | ተቐቢለ | ሕራይ | ጽቡቕ | ሕራይ እወ | ሰላም እወ"
    ),
    "signs": (
        "✅ | ✔ | ✔️ | ☑️ | 👍 | 👍🏻 | 👍🏼 | 👍🏽 | 👍🏾 | 👍🏿 | 👌 | 👌🏽 | 🆗 | 🙋🏽‍♀️"
        " | ✅✅ | 👍👍 | 👍🏽👍🏿 | ✅ 🙏 | ✅ Ja | 👍🏿 نعم | ja ✅ | ✓ | 👍️"
    ),
    "marks": (
        "\u200bja | ja\u200b | \u2068ja\u2069 | \u200fنعم\u200e | \ufeffyes | **ja** | _ja_"
        " | `ja` | ja\u00a0bitte | j\u00ada | ｊａ | > ja | ja\u2060 | (ja) | - ja | * ja"
        " | »ja«"
    ),
}
NO: Table = {
    "de": (
        "neiin | nein nein | ich bin dagegen | kein Interesse | Nein, kein Interesse"
        " | nee, lass mal"
        " | nein | Nein | NEIN! | nein danke | Nein, danke. | nee | nö | ne | noe"
        " | Nein, bitte nicht | Lieber nicht | eher nicht | Nicht einverstanden"
        " | Ich bin nicht einverstanden | Nein, ich bin nicht einverstanden"
        " | Ich bin damit nicht einverstanden | Ich stimme nicht zu | Ich lehne ab"
        " | abgelehnt | Auf keinen Fall | Auf gar keinen Fall | niemals | Nein, niemals"
        " | keinesfalls | Ich will nicht | Ich möchte nicht | Ich möchte das nicht"
        " | Das will ich nicht | Bloß nicht | Nein, leider nicht | nicht | natürlich nicht"
        " | nix da | nein 😢 | neeein"
    ),
    "en": (
        "no | No | NO! | no thanks | no, thank you | nope | nah | never | I do not agree"
        " | I don't agree | I don’t agree | No, I disagree | disagree | I refuse | I decline"
        " | declined | not really | rather not | I'd rather not | please don't | don't"
        " | do not | no way | no no | I do not want to | I don't want | I don't want that"
        " | of course not | not at all | no sir"
    ),
    "ar": (
        "لا | لا. | لَا | لأ | كلا | لا شكرا | لا، شكراً | لا من فضلك | لا أوافق | لا اوافق"
        " | غير موافق | أنا غير موافق | انا غير موافقة | لست موافقا | لست موافقة | لا أقبل"
        " | أرفض | ارفض | مرفوض | لا أريد | لا اريد | لا اريد ذلك | مو موافق | مش موافق"
        " | لا لا | أبدا | أبداً | la | laa"
    ),
    "fa": (
        "نه | نه. | نه ممنون | نه، متشکرم | نه تشکر | خیر | خير | نخیر | نخير | موافق نیستم"
        " | موافق نيستم | من موافق نیستم | نه موافق نیستم | قبول ندارم | قبول نمی\u200cکنم"
        " | قبول نمیکنم | قبول نمي كنم | نمی\u200cپذیرم | نمی پذیرم | نمی\u200cخواهم"
        " | نمیخواهم | نمی خواهم | نمیخوام | هرگز | na | kheir"
    ),
    "uk": (
        "ні | Ні | НІ! | ні, дякую | ні дякую | не згоден | не згодна | Я не згоден"
        " | Я не згодна | незгоден | не погоджуюсь | Я не погоджуюся | не приймаю"
        " | відмовляюсь | відмовляюся | ніколи | не хочу | Я не хочу | нє | краще ні"
        " | ні в якому разі"
    ),
    "ru": (
        "нет | Нет | НЕТ! | нет, спасибо | нет спасибо | не согласен | не согласна"
        " | Я не согласен | несогласна | не соглашаюсь | не принимаю | отказываюсь | никогда"
        " | не хочу | Я не хочу | неа | net | лучше нет | лучше не надо | не надо"
        " | ни в коем случае | конечно нет"
    ),
    "fr": (
        "non | Non | NON ! | non merci | Non, merci. | nan | je ne suis pas d'accord"
        " | Je ne suis pas d’accord | pas d'accord | Non, pas d'accord | je refuse"
        " | Je n'accepte pas | je n’accepte pas | jamais | pas du tout | surtout pas"
        " | je ne veux pas | je veux pas | plutôt non | non non | bien sûr que non | refusé"
    ),
    "tr": (
        "hayır | Hayır | HAYIR! | HAYIR | hayir | hayır teşekkürler | Hayır, teşekkür ederim"
        " | Hayır, sağ olun | yok | olmaz | kabul etmiyorum | Kabul etmem"
        " | Hayır kabul etmiyorum | istemiyorum | hayır istemiyorum | onaylamıyorum"
        " | katılmıyorum | reddediyorum | asla | yoo"
    ),
    "ti": (
        "ኣይፋል | ኣይፋል። | ኣይፋልን | አይፋል | ኣይፋሉን | ኣይኮነን | ኣይስማዕማዕን | ኣነ ኣይስማዕማዕን | ኣይፋል የቐንየለይ"
        " | ኣይቕበልን | ኣይደልን"
    ),
    "signs": (
        "❌ | ✖ | ✖️ | ❎ | 👎 | 👎🏻 | 👎🏿 | 🚫 | 🙅🏽‍♀️ | ⛔ | ❌❌ | 👎🏽👎🏽 | ❌ Nein"
        " | no 👎 | ✗ | ✘ | ×"
    ),
    "marks": "\u200bnein | \u2068nein\u2069 | \u200fلا\u200e | **nein** | n | ｎｅｉｎ | > no",
}
NEITHER: Table = {
    "both": (
        "ja nein | yes no | no yes | ja oder nein | نعم لا | بله نه | да нет | так ні"
        " | oui non | evet hayır | ✅❌ | ja ❌ | nein ✅ | 👍👎 | እወ ኣይፋል | ja und nein"
        " | yes and no | jein | 👍 nein"
    ),
    "but": (
        "ja, aber nicht meinen Namen | yes but not my name | yes but only in the north"
        " | ja aber nur in Nord | oui mais sans mon nom | evet ama adım olmasın"
        " | نعم ولكن بدون اسمي | بله ولی اسم من نه | да, но без имени | так, але без імені"
        " | ja, wenn niemand es erfährt | yes if nobody knows | ok but later | ja, später"
    ),
    "asked": (
        "ja? | yes? | Yes?? | нет? | نعم؟ | بله؟ | oui ? | evet? | ja ? | እወ፧ | ok? | 👍?"
        " | ja？ | Warum? | was heißt das? | wirklich? | really? | ✅?"
    ),
    "unsure": (
        "vielleicht | maybe | peut-être | belki | можливо | может быть | ربما | شاید | hm"
        " | hmm | weiß nicht | ich weiß nicht | ich weiß es nicht | I don't know | not sure"
        " | I'm not sure | nicht sicher | ich bin nicht sicher | ich bin mir nicht sicher"
        " | je ne sais pas | je ne suis pas sûr | je ne suis pas sûre | bilmiyorum"
        " | emin değilim | не знаю | не уверен | не впевнений | لا أعرف | لا اعرف"
        " | لست متأكدا | نمی\u200cدانم | مطمئن نیستم | ኣይፈልጥን | vielleicht ja | maybe yes"
        " | eher vielleicht | Alles gut | إن شاء الله"
    ),
    "other": (
        "danke | please | bitte | Hallo | سلام | merhaba | Nord | 12 | 2 | ? | … | . | 🙂"
        " | 😢 | 🙏 | ❤️ | was"
        " | Ja das ist mein Name und ich wohne in der Unterkunft in der Hauptstraße in Nord"
        " | Jana | Neinhaus | Jan | nonne | Danke | ich | the rules | die Regeln | هستم | من"
        " | الآن | Sind Sie sicher? Ja | Nobody told me | can you explain | Jan Gerne | je"
        " | un | I am fine | I'm good | teşekkür ederim | Rica ederim | تشکر می\u200cکنم"
        " | ممنون | شكرا جزيلا | Дякую | Здравствуйте"
    ),
    "negated": (
        "ja nicht | nicht ja | not yes | pas oui | не да | kein ja | kein Problem"
        " | ich habe sie nicht gelesen | noch nicht gelesen | I have not read them | не прочитал"
        " | لم أقرأها | je n'ai pas lu les règles"
        " | no problem | pas de problème | sorun yok | без проблем | я не против | я не проти"
        " | لا مانع | مشکلی نیست"
    ),
}


@pytest.mark.parametrize(("meant", "row"), each({True: YES, False: NO, None: NEITHER}))
def test_yes_and_no(meant: bool | None, row: str) -> None:
    assert wrong(row, answers.agreement, meant) == {}


# -- which groups ----------------------------------------------------------------------------------

NAMES = ("Nähcafé", "Asyl im Süden", "Chor am See", "Rad & Tat", "Yedi Tepe")
GROUPS = tuple(Initiative(f"i{x}", name) for x, name in enumerate(NAMES, start=1))
OFFERED = tuple(x.id for x in GROUPS)


def topics(text: str) -> tuple[int, ...] | str:
    """As the rule reads an answer: numbers of what is picked, or that she decides later."""
    body = clean(text)[0]
    if answers.is_later(body) or answers.is_cancel(body):
        return "later"
    picked = options.choose(body, GROUPS, OFFERED).picked
    return tuple(int(x.id[1:]) for x in picked)


TOPICS: dict[tuple[int, ...] | str, Table] = {
    (2,): {
        "de": (
            "2 | 2. | 2) | (2) | #2 | Nr. 2 | Nr.2 | nr 2 | Nummer 2 | Nummer zwei | Die 2"
            " | die 2. | zwei | Zwei | zwo | die zweite | Die zweite bitte | das zweite"
            " | zweitens | Punkt 2 | Option 2 | Gruppe 2 | Thema 2 | Zahl 2 | 2 bitte"
            " | Bitte 2 | ich möchte 2 | Ich nehme die 2 | Ich hätte gern die 2 | Ich wähle 2"
            " | Mich interessiert 2 | Nur die 2 | Asyl im Süden | asyl | ja, 2 | 2, danke"
            " | Hallo, die 2 bitte | 2!"
        ),
        "en": (
            "number 2 | No. 2 | no 2 | num 2 | two | Two. | the second | the second one"
            " | second | 2nd | option two | group 2 | I choose 2 | I want 2 | I'd like 2"
            " | I take 2 | only 2 | just 2 | 2 please | please 2 | yes 2"
            " | I am interested in 2"
        ),
        "ar": (
            "٢ | 2 | ۲ | رقم ٢ | رقم 2 | الرقم 2 | اثنان | إثنان | اثنين | الثاني | الثانية"
            " | ثاني | الخيار ٢ | أريد 2 | أريد رقم ٢ | أختار ٢ | المجموعة ٢ | ٢ من فضلك | ٢."
        ),
        "fa": (
            "۲ | ٢ | شماره ۲ | شمارهٔ ۲ | شماره\u200cی ۲ | دو | دوم | دومی | گزینه ۲"
            " | گزینه دو | من ۲ | ۲ لطفا | شماره دو | گروه ۲ | ۲ را می\u200cخواهم | عدد ۲"
            " | نمبر ۲"
        ),
        "uk": (
            "два | дві | друга | другий | друге | другу | номер 2 | № 2 | №2 | номер два"
            " | пункт 2 | варіант 2 | 2, будь ласка | я хочу 2 | група 2 | 2-а | обираю 2"
        ),
        "ru": (
            "два | две | второй | вторая | второе | вторую | номер 2 | № 2 | №2 | номер два"
            " | пункт 2 | вариант 2 | 2, пожалуйста | я хочу 2 | группа 2 | 2-я | выбираю 2"
            " | под номером 2"
        ),
        "fr": (
            "deux | la deuxième | le deuxième | le second | la seconde | n° 2 | n°2"
            " | numéro 2 | numero deux | 2ème | 2e | le 2 | la 2 | option 2 | groupe 2"
            " | je choisis 2 | je prends le 2 | je voudrais le 2 | 2 s'il vous plaît | nº 2"
            " | le numéro 2"
        ),
        "tr": (
            "iki | ikinci | İki | İKİNCİ | ikincisi | numara 2 | 2 numara | no 2 | no: 2 | 2."
            " | 2 lütfen | 2 istiyorum | seçenek 2 | grup 2 | 2'yi | 2 nolu | 2'nci"
            " | ikinciyi"
        ),
        "ti": "ክልተ | ካልኣይ | ካልአይ | ካልኣይቲ | ቁጽሪ 2 | ቁጽሪ ክልተ | 2 በጃኹም | ፪ | ጉጅለ 2",
        "signs": (
            "2️⃣ | ② | ２ | ❷ | ⓶ | ➁ | 2️⃣ 🙏 | 2 👍 | \u200f2\u200f | ⑵ | ⒉ | **2** | `2` | 2\u200b"
        ),
    },
    (1, 3): {
        "all": (
            "1, bitte auch 3 | 1, 3 | 1,3 | 1 3 | 1 und 3 | 1 u. 3 | 1 + 3 | 1+3 | 1/3"
            " | 1 & 3 | 1; 3 | 3 und 1"
            " | 1 and 3 | 1 et 3 | 1 ve 3 | 1 та 3 | 1 і 3 | 1 и 3 | ١ و ٣ | ١، ٣ | ۱ و ۳"
            " | 1 ከምኡውን 3 | 1️⃣ 3️⃣ | 1️⃣3️⃣ | eins und drei | one and three | un et trois"
            " | bir ve üç | один и три | один та три | واحد وثلاثة | یک و سه"
            " | die erste und die dritte | the first and the third | first and third"
            " | Nr. 1 und Nr. 3 | Nr. 1, Nr. 3 | № 1 и № 3 | sowohl 1 als auch 3 | ①③"
            " | Nummern 1 und 3 | Nähcafé, Chor am See | Nähcafé und Chor | numbers 1 and 3"
            " | les numéros 1 et 3 | رقم ١ ورقم ٣ | ١ و٣ | 1\n3 | 1.\n3. | 1 oder 3"
        ),
    },
    (1, 2, 3): {
        "all": (
            "1-3 | 1 - 3 | 1–3 | 1 bis 3 | von 1 bis 3 | 1 to 3 | from 1 to 3 | 1 à 3"
            " | de 1 à 3 | 1…3 | 1..3 | 1 до 3 | с 1 по 3 | з 1 до 3 | من ١ إلى ٣ | از ۱ تا ۳"
            " | ١-٣ | 1 2 3 | 1, 2 und 3 | 1,2,3 | 1.2.3 | eins bis drei | die ersten drei"
            " | the first three"
        ),
    },
    (1, 2, 3, 4, 5): {
        "all": (
            "alle | Alle! | alle bitte | Alles | alle fünf | alle 5 | Ich möchte alle | all"
            " | all of them | all please | everything | all five | all 5 | tous | toutes"
            " | tous les cinq | tout | hepsi | Hepsini | hepsi lütfen | hepsini istiyorum"
            " | tümü | усі | всі | всі п'ять | все | Все! | все пять | الكل | كلها | الجميع"
            " | جميعها | كل شيء | كلهم | همه | همه را | هر پنج | همه\u200cی آنها"
            " | همهٔ آن\u200cها | ኩሎም | ኩሉ | ኩለን | 1-5 | ja, alle | yes, all | alle davon"
            " | alle Gruppen | all groups | tous les groupes | toutes les groupes"
            " | все группы | всі групи | كل المجموعات | همه گروه\u200cها"
        ),
    },
    "later": {
        "de": (
            "spääter | erst morgen | nächste Woche | später | Später. | spaeter"
            " | lieber später | vielleicht später | später bitte"
            " | nachher | jetzt nicht | noch nicht | nicht jetzt | Im Moment nicht"
            " | gerade nicht | heute nicht | ein andermal | keine | Keine! | keins"
            " | keine davon | keine von denen | nichts | nichts davon | gar nichts | nein"
            " | Nein danke | überspringen | weiter | abbrechen | stopp | erstmal nicht"
        ),
        "en": (
            "later | Later! | maybe later | later please | not now | not yet | not today"
            " | another time | skip | none | none of them | none of these | nothing | no"
            " | no thanks | next time | cancel | stop | no one | not at the moment | neither"
            " | nope | I will decide later"
        ),
        "ar": (
            "لاحقا | لاحقًا | لاحقاً | بعدين | فيما بعد | ليس الآن | مو الآن | مش الآن"
            " | ليس بعد | لا شيء | لاشيء | ولا واحد | ولا واحدة | لا | لا شكرا | تخطي | إلغاء"
            " | الغاء | في وقت لاحق | ولا شي | لا أريد"
        ),
        "fa": (
            "بعدا | بعداً | بعدأ | بعدا لطفا | الان نه | فعلا نه | فعلاً نه | حالا نه"
            " | نه الان | هیچ | هیچکدام | هیچ\u200cکدام | هیچ کدام | هيچكدام | هیچی | نه"
            " | نه ممنون | لغو | رد | هیچ یک"
        ),
        "uk": (
            "пізніше | потім | згодом | не зараз | ще ні | поки ні | жодна | жодної | жодну"
            " | нічого | ні | ні, дякую | пропустити | скасувати | стоп | іншим разом | ніяку"
        ),
        "ru": (
            "позже | потом | позднее | не сейчас | пока нет | ещё нет | еще нет | никакая"
            " | никакую | ничего | ни одной | ни одна | ни одну | нет | нет, спасибо"
            " | пропустить | отмена | стоп | в другой раз"
        ),
        "fr": (
            "plus tard | Plus tard ! | plus tard svp | peut-être plus tard | pas maintenant"
            " | pas encore | aucun | aucune | aucun d'entre eux | rien | rien du tout | non"
            " | non merci | passer | annuler | une autre fois | ni l'un ni l'autre"
            " | pour l'instant non | pas pour l'instant"
        ),
        "tr": (
            "sonra | daha sonra | sonra lütfen | belki sonra | şimdi değil | henüz değil"
            " | şu an değil | hiçbiri | hiç biri | hiçbirini | hiçbir şey | hayır"
            " | hayır teşekkürler | geç | atla | iptal | vazgeç | başka zaman"
            " | şimdilik hayır"
        ),
        "ti": "ደሓር | ድሓር | ሕጂ ኣይፋልን | ዋላ ሓደ | ዋላሓደ | ዋላ ሓንቲ | ኣይፋልን | ካልእ ግዜ",
    },
    (): {
        "all": (
            "12.03.2026 | 3.1.2026 | 03.01. | 2026-03-01 | 1/3/2026 | ١٢.٠٣.٢٠٢٦"
            " | am 3. März | 17:30"
            " | 99 | 0 | 7 | 2 weiß ich nicht | was ist 2 | wer seid ihr"
            " | ich wohne seit 2 Jahren hier | 2 Kinder | I have 2 children"
            " | tout le monde me dit non | ? | alle außer 2 | all but 2 | tous sauf 2"
            " | nicht 2 | not 2 | don't know | weiß nicht | 12 | 1000000"
        ),
    },
}


@pytest.mark.parametrize(("meant", "row"), each(TOPICS))
def test_groups(meant: tuple[int, ...] | str, row: str) -> None:
    assert wrong(row, topics, meant) == {}


# -- what a flag is about --------------------------------------------------------------------------

CHOICES: dict[Choice | None, Table] = {
    Choice.MESSAGE: {
        "de": (
            "Nachricht | die Nachricht | Die Nachricht selbst | nachricht bitte"
            " | diese Nachricht | 1 | Nr. 1 | eins | die erste | Es geht um die Nachricht"
            " | um die Nachricht"
        ),
        "en": (
            "message | Message. | the message | the message itself | this message | one"
            " | number 1 | it is about the message"
        ),
        "ar": "رسالة | الرسالة | رساله | هذه الرسالة | الرسالة نفسها | ١ | رقم ١",
        "fa": "پیام | پيام | این پیام | خود پیام | ۱ | شماره ۱ | پیغام",
        "uk": "повідомлення | це повідомлення | саме повідомлення | 1 | один",
        "ru": "сообщение | Сообщение! | это сообщение | само сообщение | о сообщении | 1",
        "fr": "message | le message | ce message | le message lui-même | 1",
        "tr": "mesaj | Mesaj | bu mesaj | mesajın kendisi | 1 | MESAJ",
        "ti": "መልእኽቲ | እቲ መልእኽቲ | 1",
        "signs": "💬 | 🗨️ | 💬💬 | 1️⃣ | ١ | ① | 💬 Nachricht",
    },
    Choice.ACCOMMODATION: {
        "de": (
            "Unterkunft | die Unterkunft | unsere Unterkunft | UNTERKUNFT | unterkunft bitte"
            " | Heim | Wohnheim | das Heim | Lager | Camp | 2 | Nr. 2 | zwei | die zweite"
            " | Die Unterkunft, bitte | Es geht um die Unterkunft | Flüchtlingsheim"
            " | ja, Unterkunft"
        ),
        "en": (
            "accommodation | the accommodation | acommodation | accomodation | shelter | camp"
            " | housing | our accommodation | two | number two | No. 2"
            " | it is about the accommodation"
        ),
        "ar": (
            "سكن | السكن | المسكن | مسكن | مكان السكن | المخيم | ٢ | رقم ٢ | الهايم | السكن من فضلك"
        ),
        "fa": "اقامتگاه | خوابگاه | کمپ | كمپ | هایم | ۲ | شماره ۲ | اقامتگاه لطفا | محل اقامت",
        "uk": "житло | гуртожиток | притулок | 2 | два | про житло | помешкання",
        "ru": "жильё | жилье | общежитие | приют | лагерь | 2 | два | о жилье",
        "fr": (
            "hébergement | l'hébergement | hebergement | foyer | le foyer | logement"
            " | le logement | camp | 2 | n° 2 | deux"
        ),
        "tr": "barınma | yurt | kamp | yurdumuz | konut | 2 | iki | numara 2 | BARINMA | barinma",
        "ti": "መንበሪ | መንበሪ ቦታ | ካምፕ | 2 | ክልተ",
        "signs": "🏠 | 🏡 | 🏘️ | 2️⃣ | ② | 🏠🏠 | 🏠 Unterkunft",
    },
    Choice.NOTHING: {
        "de": (
            "nichts | Nichts! | gar nichts | nix | nein | Nein danke | keins | keine"
            " | keines von beiden | keins davon | niemand | 3 | drei | Nr. 3 | Versehen"
            " | aus Versehen | war ein Versehen | Das war ein Versehen | Irrtum | ein Irrtum"
            " | abbrechen | stopp | vergiss es | Vergessen Sie es | Fehler | ein Fehler"
            " | nichts, danke"
        ),
        "en": (
            "nothing | Nothing. | none | none of these | no one | nobody | no | no thanks"
            " | neither | three | mistake | a mistake | by mistake | it was a mistake"
            " | my mistake | cancel | stop | forget it | an accident | by accident"
            " | sorry, a mistake | nothing, sorry"
        ),
        "ar": (
            "لا شيء | لاشيء | لا شي | ولا شيء | لا | لا أحد | خطأ | بالخطأ | كان خطأ | غلط"
            " | بالغلط | ٣ | إلغاء"
        ),
        "fa": (
            "هیچ | هيچ | هیچی | هیچ چیز | هیچ\u200cکدام | نه | هیچکس | اشتباه | اشتباهی"
            " | اشتباه بود | ۳ | لغو"
        ),
        "uk": (
            "нічого | ні | нікому | ніхто | жодне | помилка | помилково | випадково | 3 | скасувати"
        ),
        "ru": (
            "ничего | нет | никому | никто | ошибка | по ошибке | случайно | 3 | отмена"
            " | ни то ни другое"
        ),
        "fr": (
            "rien | rien du tout | non | personne | à personne | erreur | une erreur"
            " | par erreur | c'est une erreur | 3 | annuler | ni l'un ni l'autre"
        ),
        "tr": (
            "hiçbiri | hiçbir şey | hiç | hayır | hiç kimse | kimse | yanlışlıkla | yanlış"
            " | hata | 3 | iptal"
        ),
        "ti": "ዋላሓደ | ዋላ ሓደ | ኣይፋል | ብጌጋ | ጌጋ | 3",
        "signs": "✖ | ✖️ | ❌ | ❎ | ✗ | 3️⃣ | ③ | × | 🚫 | ❌ nichts",
    },
    None: {
        "other": (
            "4 | 1 2 | 1-2 | ja | ok | okay | yes | نعم | да | ✅ | 👍 | Hallo | Unterkunft?"
            " | 2? | message? | Nachricht oder Unterkunft | message and accommodation | both"
            " | beides | weiß nicht | Wir sind 3 | we are 2 | 2 Kinder | nicht die Nachricht"
            " | not the message | Die Nachricht war beleidigend"
            " | In der Unterkunft gibt es kein Wasser | Nothing works in our shelter"
            " | Niemand hilft uns | Nobody helps us | nichts funktioniert hier | danke | 🏠💬"
            " | 🏠 nichts"
        ),
    },
}


@pytest.mark.parametrize(("meant", "row"), each(CHOICES))
def test_what_a_flag_is_about(meant: Choice | None, row: str) -> None:
    assert wrong(row, flagwords.choice, meant) == {}


# -- whether the office may read it ----------------------------------------------------------------

SHOWS: dict[bool | None, Table] = {
    True: {
        "de": (
            "zeigen | Zeigen! | zeig | zeige | Zeigen Sie es | bitte zeigen | Ja, zeigen"
            " | ja bitte zeigen | zeig es | Sie können es zeigen | ich zeige es | anzeigen"
        ),
        "en": (
            "show | Show. | SHOW | show it | yes, show | yes show it | please show it"
            " | show it please | you can show it | you may show it | show the text"
        ),
        "ar": (
            "إظهار | اظهار | أظهر | اظهر | اعرض | نعم إظهار | نعم، أظهروا | إظهار من فضلك"
            " | عرض | أظهره"
        ),
        "fa": (
            "نمایش | نمايش | نشان | نشان بده | نشان بدهید | نشان دهید | بله نمایش"
            " | بله، نشان دهید | نمایش بده"
        ),
        "uk": (
            "показати | покажи | покажіть | так, показати | так, покажіть"
            " | Покажіть, будь ласка | показуйте"
        ),
        "ru": (
            "показать | покажи | покажите | да, показать | да, покажите"
            " | Покажите, пожалуйста | показывайте"
        ),
        "fr": (
            "montrer | montrez | montre | oui, montrer | oui, montrez | montrez-le"
            " | vous pouvez montrer"
        ),
        "tr": (
            "göster | GÖSTER | goster | gösterin | evet, göster | evet gösterin"
            " | göster lütfen | gösterebilirsiniz"
        ),
        "ti": "ኣርኢ | አርኢ | ኣርኢኹም | እወ ኣርኢ | ኣርእዩ",
        "signs": "✅ | ✔ | ✔️ | ☑️ | ✅✅ | ✅ zeigen | ✓",
    },
    False: {
        "de": (
            "nein | Nein! | nein danke | nicht zeigen | bitte nicht zeigen"
            " | Nein, nicht zeigen | nichts zeigen | lieber nicht | später | keins | stopp"
            " | abbrechen | nie"
        ),
        "en": (
            "no | no thanks | don't show | do not show it | don't show it | no, don't show it"
            " | never | later | cancel | nothing | not show"
        ),
        "ar": "لا | لا شكرا | لا تظهر | لا تعرض | عدم إظهار | لا إظهار | لاحقا",
        "fa": "نه | نه ممنون | نشان ندهید | نشان نده | نه نشان ندهید | بعدا",
        "uk": "ні | не показувати | не показуйте | ні, не показуйте | пізніше",
        "ru": "нет | не показывать | не показывайте | нет, не показывайте | позже",
        "fr": "non | ne pas montrer | ne montrez pas | non, ne montrez pas | plus tard",
        "tr": "hayır | gösterme | göstermeyin | hayır gösterme | sonra",
        "ti": "ኣይፋል | ኣይፋልን | ኣይተርኢ",
        "signs": "❌ | ✖️ | 👎🏽 | 🚫",
    },
    None: {
        "yes": (
            "ja | Ja! | ja bitte | ok | OK | okay | yes | sure | gerne | einverstanden | نعم"
            " | نعم موافق | بله | موافقم | так | згоден | да | согласен | oui | d'accord"
            " | evet | tamam | kabul ediyorum | እወ | 👍 | 👍🏽 | 👌 | 🆗 | 🙋 | In Ordnung"
            " | you can | go ahead | alles klar"
        ),
        "other": (
            "zeigen? | show? | show what? | was zeigen Sie | Who can see it"
            " | Die Heimleitung zeigt uns an | show me | Zeigen Sie mir den Weg"
            " | Ich will das nicht allen zeigen müssen | maybe show | vielleicht zeigen"
            " | ja nein | ✅❌ | ✅ nein | show but not my name"
            " | zeigen, aber nicht meinen Namen | показать?"
        ),
    },
}


@pytest.mark.parametrize(("meant", "row"), each(SHOWS))
def test_what_lets_the_office_read(meant: bool | None, row: str) -> None:
    assert wrong(row, flagwords.shows, meant) == {}


# -- switches, and numbers of cases ----------------------------------------------------------------

SWITCHES: dict[bool | None, Table] = {
    True: {
        "all": (
            "an | AN | an. | an bitte | ein | einschalten | on | ON | on please | on!"
            " | activer | activé | oui | aç | açık | AÇ | увімкнути | увімкни | включить"
            " | включи | تشغيل | تفعيل | شغل | روشن | روشن کن | ወልዕ | `an` | „an“ | bitte an"
        ),
    },
    False: {
        "all": (
            "aus | AUS | aus. | bitte aus | aus bitte | ausschalten | off | OFF | off please"
            " | désactiver | desactiver | non | kapat | kapalı | вимкнути | вимкни"
            " | выключить | выключи | إيقاف | ايقاف | إطفاء | خاموش | خاموش کن | ኣጥፍእ | nein"
            " | no | нет | hayır | لا | نه | weg"
        ),
    },
    None: {
        "all": (
            "| ? | an? | ok | OK | okay | ja | yes | نعم | да | so | anders | Anna | an aus"
            " | an oder aus | on my message | aus Nord | Anna Vogel | 1 | 👍 | ✅"
            " | vielleicht an"
        ),
    },
}


@pytest.mark.parametrize(("meant", "row"), each(SWITCHES))
def test_switches(meant: bool | None, row: str) -> None:
    assert wrong(row, switch, meant) == {}


NUMBERED = (
    "2 | #2 | Nr. 2 | nr 2 | No. 2 | no 2 | n° 2 | nº 2 | № 2 | №2 | Fall 2 | Fall Nr. 2 | case 2"
    " | case #2 | Case no. 2 | Anliegen 2 | affaire 2 | affaire n° 2 | dossier 2 | дело 2"
    " | дело № 2 | справа 2 | звернення 2 | dosya 2 | قضية ٢ | القضية رقم ٢ | الحالة رقم ٢ | مورد ۲"
    " | پرونده ۲ | پروندهٔ ۲"
    " | ۲ | ٢ | ２ | ② | 2️⃣ | numéro 2 | номер 2 | رقم ٢ | شماره ۲ | numara 2 | Nummer 2 | 2: | 2."
    " | 2) | (2) | 2, | ጉዳይ 2 | [2] | #2:"
)
UNNUMBERED = (
    "Zwei Leute kommen | 2024-05-01 kommen wir | 2er-Zimmer | 12:30 Uhr | 2,5 Stunden | Nr. zwei"
    " | № | Nummer | Wir sind 2 | +49 30 1234567 | 0151 2345678 | 24.12. ist zu | 2/3 | 02"
)


@pytest.mark.parametrize("behind", ["", "Wir kommen um 3."])
def test_the_number_of_a_case(behind: str) -> None:
    def read(text: str) -> object:
        return split_number(f"{text} {behind}".strip())

    assert wrong(NUMBERED, read, (2, behind)) == {}


def test_what_begins_like_one() -> None:
    assert wrong(UNNUMBERED, lambda x: split_number(x)[0], None) == {}
