"""The commands of editors, each also to be had by a reaction."""

from __future__ import annotations

from bots.runtime.speech.vocabulary import CONFIRM, HELP, UNDO
from bots.runtime.understanding.commands import Command, Commands

RELEASE = Command(
    "release",
    "de freigeben senden, en release send, fr publier envoyer, tr yayınla gönder, uk надіслати, "
    "ru отправить, ar إرسال, fa ارسال",
)
DIGEST = Command(
    "digest",
    "de sammelbrief digest, en digest, fr recueil, tr toplu, uk добірка, ru подборка, ar مجمعة, "
    "fa گردآوری, ti እኩብ",
)

DECIDING = (RELEASE, DIGEST)
"""Those that count from devices of one's own alone."""
ALL = (RELEASE, UNDO, DIGEST, CONFIRM, HELP)
KNOWN = Commands(ALL)
