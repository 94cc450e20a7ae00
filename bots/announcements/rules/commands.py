"""The commands of editors, each also to be had by a reaction."""

from __future__ import annotations

from bots.runtime.commands import Command, Commands, Invocation, Unknown, addressed, names
from bots.runtime.texts import clean
from federation.events import TextMessage

RELEASE = Command(
    names(
        "de freigeben senden, en release send, fr publier envoyer, tr yayınla gönder, "
        "uk надіслати, ru отправить, ar إرسال, fa ارسال"
    ),
    "release",
    "help-release",
)
UNDO = Command(
    names(
        "de zurück zurueck, en undo, fr annuler, tr gerial, "
        "uk скасувати, ru отменить, ar تراجع, fa لغو"
    ),
    "undo",
    "help-undo",
)
DIGEST = Command(
    names(
        "de sammelbrief digest, en digest, fr recueil, tr toplu, "
        "uk добірка, ru подборка, ar مجمعة, fa گردآوری, ti እኩብ"
    ),
    "digest",
    "help-digest",
)
HELP = Command(
    names(
        "de hilfe, en help, fr aide, tr yardım, uk допомога, ru помощь, ar مساعدة, fa کمک, ti ሓገዝ"
    ),
    "help",
    "help-help",
)

ALL = (RELEASE, UNDO, DIGEST, HELP)
KNOWN = Commands(ALL)


def read(event: TextMessage) -> Invocation | Unknown | None:
    body, _ = clean(event.body)
    return KNOWN.find(addressed(body, event.origin.account, event.people))


def asks_for_digest(event: TextMessage) -> bool:
    found = read(event)
    return isinstance(found, Invocation) and found.command is DIGEST
