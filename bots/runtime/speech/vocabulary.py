"""Words that mean the same to every bot."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bots.runtime.model.decision import Phrase
from bots.runtime.speech.phrases import N_, Paragraphs, PerLanguage
from bots.runtime.understanding.commands import Command, Word

HELP = Command(
    "help",
    "de hilfe, en help, fr aide, tr yardım, uk допомога, ru помощь, ar مساعدة, fa کمک, ti ሓገዝ",
)
UNDO = Command(
    "undo",
    "de zurück zurueck, en undo, fr annuler, tr gerial, uk скасувати, ru отменить, ar تراجع, "
    "fa لغو",
)
CONFIRM = Command(
    "confirm",
    "de bestätigen bestaetigen, en confirm, fr confirmer, tr onayla, uk підтвердити, "
    "ru подтвердить, ar تأكيد, fa تأیید",
)
YES = Word("de ja, en yes, fr oui, tr evet, uk так, ru да, ar نعم, fa بله, ti እወ")
NO = Word("de nein, en no, fr non, tr hayır, uk ні, ru нет, ar لا, fa نه, ti ኣይፋልን")
"""As they are shown; what counts as an answer, `bots.runtime.understanding.answers` knows."""

KINDS: dict[str, Paragraphs] = {
    # Translators: what was sent, after "something that is not text:"
    "kind-image": N_("picture"),
    "kind-file": N_("file"),
    "kind-audio": N_("sound or voice message"),
    "kind-video": N_("video"),
    "kind-location": N_("place on a map"),
    "kind-sticker": N_("sticker"),
    "kind-poll": N_("poll"),
    "kind-other": N_("unknown kind"),
}
LISTS: dict[str, Paragraphs] = {
    "help-line": "{command} – {summary}",
    # Translators: what the command for help does
    "help-help": N_("shows this list"),
}


def with_word(command: Command, word: Word, rest: str = "") -> PerLanguage:
    """How a command is written with a word behind it."""
    return PerLanguage(lambda language: f"{command.shown(language)} {word.shown(language)}{rest}")


def listed(
    commands: Iterable[Command], shown: Callable[[Command], object] = lambda x: x
) -> tuple[Phrase, ...]:
    """Commands and what each does, a line each, in the language around them."""
    return tuple(
        Phrase("help-line", "", {"command": shown(x), "summary": Phrase(f"help-{x.name}", "")})
        for x in commands
    )
