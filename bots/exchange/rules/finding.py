"""`!find`: where copies stand that hold some words.

Never what they say: an answer with somebody's words in it would be one more copy to take back.
"""

from __future__ import annotations

from datetime import UTC, datetime

from bots.exchange.models import Found
from bots.exchange.rules import commands
from bots.exchange.rules.turn import Turn
from bots.runtime.commands import Invocation
from bots.runtime.decision import Phrase, Say
from bots.runtime.phrases import Link
from federation.events import TextMessage
from federation.links import link


def asked(turn: Turn, event: TextMessage, invocation: Invocation) -> None:
    language = invocation.language() or turn.settings.languages[0]
    found = turn.state.found
    key = _key(invocation, found)
    if not turn.reads_exchange(event.origin.sender):
        # An answer to who is not there would tell, word by word, what stands there.
        key, found = "find-members", ()
    values = {
        "find": commands.FIND.shown(language),
        "hits": tuple(_hit(x) for x in found),
        "n": len(found),
    }
    origin = event.origin
    turn.ask(
        Say(
            origin.room_id,
            Phrase(key, language, values),
            thread=event.thread,
            reply_to=None if event.thread else origin.event_id,
            whose=f"answer {origin.sender}",
        )
    )


def _key(invocation: Invocation, found: tuple[Found, ...]) -> str:
    if not invocation.rest:
        return "find-what"
    return "found" if found else "found-nothing"


def _hit(found: Found) -> Phrase:
    day = datetime.fromtimestamp(found.shared, UTC).date()
    label = Phrase("hit-label", "", {"initiative": found.initiative, "date": day})
    return Phrase("hit", "", {"link": Link(link(found.room, found.event, found.via), label)})
