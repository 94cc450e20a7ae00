"""The commands of editors, each also to be had by a reaction."""

from __future__ import annotations

from bots.runtime.commands import Command, Commands, names

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
HELP = Command(
    names(
        "de hilfe, en help, fr aide, tr yardım, uk допомога, ru помощь, ar مساعدة, fa کمک, ti ሓገዝ"
    ),
    "help",
    "help-help",
)

ALL = (RELEASE, UNDO, HELP)
KNOWN = Commands(ALL)
