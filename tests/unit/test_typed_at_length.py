"""Whatever fills a message to its end is read at once: here a scan of a scan would take minutes.
`python -m tests.bench typed_ms_max` measures it."""

from __future__ import annotations

import pytest

from bots.announcements.versions import Said, labelled
from bots.onboarding.commands import PRIVATE
from bots.runtime.understanding.commands import addressed
from federation.model.said import formatted
from tests.kit.announcements import WORDS

LENGTH = 60_000
FILL = ("\u200d", "\u2067", "\ufeff", " ", "*", "_", "`", "'", '"', "1. ", "> ", "- ", "(", "\\")


@pytest.mark.parametrize("piece", FILL)
def test_a_command_stands_at_the_beginning_or_nowhere(piece: str) -> None:
    text = piece * LENGTH
    assert PRIVATE.find(text) is None
    assert addressed(text, "@bot:example.org") == text


def html(shown: str) -> str | None:
    return formatted({"format": "org.matrix.custom.html", "formatted_body": shown})


def test_quoted_messages_go_and_all_else_stays() -> None:
    assert html("<mx-reply>old</mx-reply>new") == "new"
    assert html("a<MX-Reply>b<mx-reply>c</mx-reply>d<mx-reply>e</mx-reply>f") == "adf"
    assert html("a</mx-reply>b<mx-reply>c") == "a</mx-reply>b<mx-reply>c"
    unended = "<mx-reply>" * (LENGTH // 10)
    assert html(unended) == unended


@pytest.mark.parametrize("piece", FILL)
def test_a_label_is_short(piece: str) -> None:
    said = Said(piece * LENGTH)
    assert labelled(said, WORDS) == (None, said)
