"""Links to people, rooms and messages that somebody pastes: nobody reads an id in their place."""

from __future__ import annotations

from typing import Any

import pytest

from bots.exchange.wording import WORDING as EXCHANGE
from bots.ombuds.wording import WORDING as OMBUDS
from bots.runtime.model.decision import Phrase
from bots.runtime.speech.phrases import Exact, Quote, Renderer
from bots.runtime.speech.words import Words
from federation.model import said
from federation.model.actions import Text

WORDS = Words()
GUARD = "@guard:secret.example"
LINK = f"https://matrix.to/#/{GUARD}"
BOT = "@bot:x.org"
ROOM = "https://matrix.to/#/#north:x.org"


def content(body: str, html: str = "", *mentions: str) -> dict[str, Any]:
    shown = {"format": "org.matrix.custom.html", "formatted_body": html} if html else {}
    return {"msgtype": "m.text", "body": body, **shown, "m.mentions": {"user_ids": [*mentions]}}


@pytest.mark.parametrize(
    ("written", "reads"),
    [
        (content(f"[Guard]({LINK}) hit me"), "Guard hit me"),
        (content(f"{LINK} hit me", f'<a href="{LINK}">Guard</a> hit me'), "Guard hit me"),
        (content(f"{GUARD} hit me", f'<a href="{LINK}">Guard</a> hit me'), "Guard hit me"),
        (content(f"{GUARD} hit me", f'<a href="{LINK}">{GUARD}</a> hit me'), f"{LINK} hit me"),
        (content(f"{GUARD}. No.", "", GUARD), f"{LINK}. No."),
        (content(f"[{GUARD}]({LINK}) hit me"), f"{LINK} hit me"),
        (content(f"[{LINK}]({LINK}) hit me"), f"{LINK} hit me"),
        (content(f"[North]({ROOM})"), f"North {ROOM}"),
        (content("[our page](https://example.org)"), "[our page](https://example.org)"),
        (content(f"I mean {GUARD}"), f"I mean {GUARD}"),  # she wants it to be known
        (content(BOT + ": !help", "", BOT), BOT + ": !help"),
    ],
)
def test_names_stand_where_clients_put_ids(written: dict[str, Any], reads: str) -> None:
    assert said.words(written, answers=False, account=BOT) == reads


def staff(key: str, text: str, **values: object) -> Text:
    return Renderer(WORDS, OMBUDS).render(Phrase(key, "de", {"text": text, **values}))


@pytest.mark.parametrize("text", [LINK, ROOM, f"{ROOM}/$event"])
def test_staff_read_no_id(text: str) -> None:
    shown = staff("followup", f"Dort: {text}.", time=1, marks=())
    for secret in ("matrix", "secret", "north", "event"):
        assert secret not in shown.body + (shown.html or "")
    assert "Dort: [ein" in shown.body


def test_what_staff_answer_stays_as_they_wrote_it() -> None:
    assert LINK in staff("answer", Exact(f"Fragen Sie {LINK}"), number=1).body


def test_a_copy_leads_where_its_author_meant_it_to() -> None:
    values = {"from": "", "medium": "", "cut": "", "link": ""}
    event = "matrix:roomid/abc:x.org/e/xyz"
    tricks = f"{ROOM}?x={GUARD} javascript://#/!room"
    text = Quote(f"{LINK} {ROOM} {event} {tricks}")
    shown = Renderer(WORDS, EXCHANGE).render(Phrase("copy", "en", {**values, "text": text}))
    assert shown.body == "[a person] [a room] [a message] [a room] [a room]"
    assert shown.html is not None
    assert f'<a href="{ROOM}">[a room]</a> <a href="{event}">[a message]</a>' in shown.html
    assert shown.html.count("<a ") == 2
