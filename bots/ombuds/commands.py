"""The commands: their names in several languages, what they take and what they do."""

from __future__ import annotations

import re
import unicodedata

from bots.runtime.speech.phrases import PerLanguage
from bots.runtime.speech.vocabulary import CONFIRM, HELP, UNDO
from bots.runtime.understanding.commands import (
    Command,
    Commands,
    Invocation,
    Unknown,
    Word,
    is_asking,
)

ANSWER = Command(
    "answer",
    "de antwort antworten, en answer reply, fr réponse répondre, tr cevap yanıt, uk відповідь, "
    "ru ответ, ar جواب رد, fa پاسخ",
)
CLOSE = Command(
    "close",
    "de schließen schliessen, en close, fr fermer, tr kapat, uk закрити, ru закрыть, ar إغلاق, "
    "fa بستن",
)
REOPEN = Command(
    "reopen",
    "de öffnen oeffnen, en reopen open, fr rouvrir, tr aç, uk відкрити, ru открыть, ar فتح, "
    "fa بازکردن",
)
TAKE = Command(
    "take",
    "de nehmen übernehmen, en take, fr prendre, tr al, uk взяти, ru взять, ar أخذ, fa گرفتن",
)
CASES = Command(
    "cases",
    "de fälle faelle, en cases, fr affaires, tr dosyalar, uk справи, ru дела, "
    "ar حالات قضايا, fa موردها پرونده‌ها",
)
TEAM = Command(
    "team",
    "de team, en team staff, fr équipe, tr ekip, uk команда, ru команда, ar فريق, fa گروه",
)
NEW = Command(
    "new",
    "de neu, en new, fr nouveau, tr yeni, uk нове, ru новое, ar جديد, fa جدید, ti ሓድሽ",
)

DELETE = Command(
    "delete",
    "de löschen loeschen, en delete, fr supprimer, tr sil, uk видалити, ru удалить, ar حذف, "
    "fa حذف, ti ደምስስ",
)
HOLD = Command(
    "hold",
    "de behalten halten, en hold, fr garder, tr sakla, uk зберегти, ru сохранить, ar احتفاظ, "
    "fa نگهداری",
)

RELEASE = Command(
    "release",
    "de freigeben, en release, fr libérer, tr serbest, uk звільнити, ru освободить, ar تحرير, "
    "fa آزاد",
)
ERASE = Command(
    "erase",
    "de vergessen, en erase, fr effacer, tr unut, uk стерти, ru стереть, ar محو, fa پاک, ti ኣጥፍእ",
)

ORIGINAL = Command(
    "original",
    "de original, en original, fr original, tr orijinal, uk оригінал, ru оригинал, ar الأصل, "
    "fa اصل, ti ኦርጂናል",
)

RECEIPT = Command(
    "receipt",
    "de geheimzahl, en secret, fr secret, tr gizli, uk секрет, ru секрет, ar سري, fa رمز, ti ምስጢር",
)
NOTED = Command(
    "noted",
    "de notiert, en noted, fr noté, tr yazdım, uk записано, ru записано, ar كتبت, fa نوشتم, ti ጽሒፈ",
)
LINK = Command(
    "link",
    "de verbinden, en link, fr relier, tr bağla, uk поєднати, ru связать, ar ربط, fa پیوند, "
    "ti ኣራኽብ",
)

SHOW = Command(
    "show",
    "de zeigen, en show, fr montrer, tr göster, uk показати, ru показать, ar عرض, fa نشان",
)
BLOCK = Command(
    "block",
    "de sperren, en block, fr bloquer, tr engelle, uk заблокувати, ru заблокировать, ar حظر, "
    "fa مسدود",
)
UNBLOCK = Command(
    "unblock",
    "de entsperren, en unblock, fr débloquer, tr engelkaldır, uk розблокувати, "
    "ru разблокировать, ar رفع_الحظر, fa رفع_مسدودی",
)

IDENTITY = Command(
    "identity",
    "de identität identitaet, en identity, fr identité, tr kimlik, uk особа, ru личность, "
    "ar هوية, fa هویت",
)
POSTPONE = Command(
    "postpone",
    "de verschieben, en postpone, fr reporter, tr ertele, uk відкласти, ru отложить, ar تأجيل, "
    "fa تعویق",
)

RECORD = Command(
    "record",
    "de protokoll, en record, fr registre, tr kayıt, uk журнал, ru журнал, ar سجل, fa دفتر",
)

ABSENT = Command(
    "absent",
    "de abwesend, en absent away, fr absence, tr yokum, uk відсутність, ru отсутствие, ar غياب, "
    "fa غیبت",
)
BACK = Command(
    "back",
    "de anwesend wiederda, en back present, fr retour, tr buradayım, uk повернення, "
    "ru возвращение, ar عودة, fa بازگشت",
)

STAFF = (
    *(ANSWER, UNDO, CASES, TAKE, SHOW, CLOSE, REOPEN, HOLD, RELEASE),
    *(IDENTITY, POSTPONE, ERASE),
    *(BLOCK, UNBLOCK, TEAM, CONFIRM, ABSENT, BACK, RECORD, HELP),
)
REPORTER = (NEW, HELP, DELETE, ERASE, ORIGINAL, RECEIPT, NOTED, LINK)
OF_CASE = frozenset(
    x.name
    for x in (
        *(ANSWER, UNDO, CLOSE, REOPEN, TAKE, HOLD, RELEASE, SHOW, BLOCK, UNBLOCK),
        *(IDENTITY, POSTPONE, ERASE),
    )
)
"""Commands about one case: the thread's, or the one whose number comes first."""
TAKING = frozenset(
    x.name for x in (ANSWER, CASES, TEAM, HOLD, IDENTITY, POSTPONE, ERASE, ABSENT, RECORD)
)
"""Commands that need text after them, or may have some."""
IN_SILENCE = (CLOSE, BLOCK, UNBLOCK, ERASE)
"""They show no case that is on the shelf."""
WITH_NUMBERS = (ANSWER, HOLD)
"""What follows may well begin with a number that names no case."""


def full(command: Command, number: str = "") -> PerLanguage:
    """A command with its arguments."""
    takes = " …" if command.name in TAKING else ""
    return PerLanguage(lambda language: f"{command.shown(language)}{number}{takes}")


def numbered(command: Command) -> PerLanguage:
    """How to write it outside the thread of a case."""
    return full(command, " 17")


def with_days() -> PerLanguage:
    """How to hold what was taken back."""
    return full(HOLD, " 14")


def absent_for() -> PerLanguage:
    """How to say for how many days one is away."""
    return PerLanguage(lambda language: f"{ABSENT.shown(language)} 14")


def absent_until() -> PerLanguage:
    """The same, by the last day."""
    return PerLanguage(lambda language: f"{ABSENT.shown(language)} 24.12.")


def unblocking(case: int) -> PerLanguage:
    return full(UNBLOCK, f" {case}")


SHELF = Word(
    "de zurückgestellt, en shelved, fr mises-de-côté, tr bekleyen, uk відкладені, ru отложенные, "
    "ar مؤجلة, fa کنارگذاشته"
)
OPEN = Word(
    "de offen offene, en open, fr ouvertes ouvert, tr açık, uk відкриті, ru открытые, "
    "ar مفتوح مفتوحة, fa باز"
)
MINE = Word("de meine, en mine, fr mes miennes, tr benim, uk мої, ru мои, ar لي, fa من")
EVERYTHING = Word(
    "de alles, en everything all, fr tout, tr hepsini hepsi, uk усе все, ru всё все, ar الكل كل, "
    "fa همه, ti ኩሉ"
)
ALL = Word("de alle, en all, fr toutes tous, tr hepsi, uk усі всі, ru все, ar الكل, fa همه")
ADD = Word(
    "de hinzufügen dazu neu, en add, fr ajouter, tr ekle, uk додати, ru добавить, ar إضافة, "
    "fa افزودن"
)
REMOVE = Word(
    "de entfernen weg, en remove, fr retirer, tr çıkar, uk видалити, ru удалить, ar إزالة, fa حذف"
)

TRUSTEE = Word(
    "de vertrauensperson, en trustee, fr confiance, tr güvenilen, uk довірена, ru доверенный, "
    "ar ثقة, fa معتمد"
)


OF_STAFF = Commands(STAFF)
_REPORTER = Commands(REPORTER)
_NUMBER = re.compile(
    r"(?:(?:case|fall|anliegen|affaire|dossier|demande|дело|справа|звернення|обращение|dosya|vaka"
    r"|başvuru|الحالة|حالة|القضية|قضية|موضوع|مورد|پروندهٔ|پرونده‌ی|پرونده|ጉዳይ)\s*)?"
    r"(?:(?:nr|no|n°|nº|№|nummer|number|numéro|numero|номер|numara|رقم|شماره|ቁጽሪ)[.:]?\s*)?"
    r"[#(\[]*((?!0)\d{1,9})\ufe0f?\u20e3?[.:,;)\]]*(?:\s+|$)",
    re.IGNORECASE,
)


def of_reporter(text: str) -> Invocation | Unknown | None:
    """The command in a person's message; None if it is a message for the office."""
    if is_asking(text):
        return Invocation(HELP)
    found = _REPORTER.find(text)
    if isinstance(found, Invocation):
        # «!help me, they are at the door» is no question about commands.
        confirms = found.command is ERASE and EVERYTHING.is_meant(found.rest)
        takes = found.command in (NEW, LINK) or confirms
        return None if found.rest and not takes else found
    return found if found is not None and found.guess is not None and not found.rest else None


def split_number(rest: str) -> tuple[int | None, str]:
    """The case number at the beginning, and the rest."""
    if unicodedata.category(rest[:1] or " ") == "No":  # «②»
        rest = f"{unicodedata.numeric(rest[0]):g}{rest[1:]}"
    found = _NUMBER.match(rest)
    return (int(found[1]), rest[found.end() :].strip()) if found else (None, rest)
