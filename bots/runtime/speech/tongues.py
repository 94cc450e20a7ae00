"""Languages: what rules need to know of them, and one that somebody asks for by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from bots.runtime.speech.phrases import Translator
from bots.runtime.understanding.answerwords import POLITE, YES, folded
from bots.runtime.understanding.folding import fold

LONGEST = 40
"""A longer text is something that somebody has to say."""
_AROUND = (
    POLITE
    | YES
    | folded(
        "auf in im nur sprache spreche sprechen rede schreibe ich wir möchte will lieber",
        "only language speak write i we want would like prefer en je nous parle parlons préfère",
        "dil dili dilinde konuşuyorum istiyorum ben мова мовою на розмовляю говорю я мы ми",
        "язык языке пишу по اللغة لغة أتكلم اتكلم أتحدث أريد انا أنا ب به با زبان من صحبت میکنم"
        " می‌کنم حرف میزنم می‌زنم کنم می ቋንቋ ኣነ እዛረብ ብ",
    )
)


class Tongues(Translator, Protocol):
    """`bots.runtime.speech.words.Words`, as far as a bot needs it that talks with people."""

    def language_named(self, text: str) -> str | None:
        """The language that somebody asks for by its name or tag."""

    def own_name(self, language: str) -> str:
        """How the language calls itself."""


class Texts(Tongues, Protocol):
    """The same, as far as any bot needs it."""

    @property
    def originals(self) -> tuple[str, ...]:
        """The languages shown beside a translation that nobody has checked."""


def own_names(tongues: Tongues, languages: Iterable[str]) -> str:
    """Languages as those who speak them call them."""
    return " · ".join(map(tongues.own_name, languages))


def asked_for(text: str, named: Callable[[str], str | None]) -> str | None:
    """The language, if a text asks for one, by its name alone or in a sentence that says
    no more; `named` tells whose name a text is."""
    if not 0 < len(text) <= LONGEST:
        return None
    bare = " ".join(x for x in fold(text).split() if x not in _AROUND)
    return named(text) or (named(bare) if bare else None)
