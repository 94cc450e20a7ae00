"""What is turned on or off by a word behind a command: `!name on`, `!flags off`."""

from __future__ import annotations

from bots.runtime.speech.phrases import PerLanguage
from bots.runtime.speech.vocabulary import with_word
from bots.runtime.understanding import answers
from bots.runtime.understanding.commands import Command, Word

ON = Word(
    "de an ein einschalten anschalten, en on enable, fr activer activé oui, tr aç açık, "
    "uk увімкнути увімкни, ru включить включи включите, ar تشغيل تفعيل شغل, fa روشن, ti ወልዕ"
)
OFF = Word(
    "de aus ausschalten abschalten weg, en off disable, fr désactiver désactivé, tr kapat kapalı, "
    "uk вимкнути вимкни, ru выключить выключи выключите, ar إيقاف إطفاء, fa خاموش, ti ኣጥፍእ"
)


def switch(rest: str) -> bool | None:
    """`on` or `off`; None if it is neither. It takes the word to turn something on, no «ok»; to
    turn it off, a no will do."""
    if answers.means(rest, ON):
        return True
    return False if answers.means(rest, OFF) or answers.is_none(rest) else None


def switched(command: Command, *, on: bool) -> PerLanguage:
    """How a switch is written."""
    return with_word(command, ON if on else OFF)
