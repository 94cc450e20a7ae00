"""`!find`: links to copies that contain some words.

Never their text: an answer that quotes somebody would be one more copy to take back.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import islice

from bots.exchange import commands, keys
from bots.exchange.documents import SHARES, Shared
from bots.exchange.rules.turn import Turn
from bots.exchange.words import words
from bots.runtime.model.decision import Phrase, Say
from bots.runtime.model.made import Made
from bots.runtime.speech.phrases import Link
from bots.runtime.understanding.commands import Invocation
from federation.model.events import TextMessage
from federation.model.links import link, servers

MOST_FOUND = 10
SPARE = 2
"""Extra hits to read, because some copies may not have been sent yet."""
MOST_WANTED = 8


def asked(turn: Turn, event: TextMessage, invocation: Invocation) -> None:
    language = invocation.language() or turn.settings.languages[0]
    hits: tuple[Phrase, ...] = ()
    if not turn.reads_exchange(event.origin.sender):
        # An answer to an outsider would reveal, word by word, what is shared there.
        key = "find-members"
    elif not invocation.rest:
        key = "find-what"
    else:
        hits = tuple(islice(_hits(turn, invocation.rest), MOST_FOUND))
        key = "found" if hits else "found-nothing"
    values = {"find": commands.FIND.shown(language), "hits": hits, "n": len(hits)}
    origin = event.origin
    turn.ask(
        Say(
            origin.room_id,
            Phrase(key, language, values),
            thread=event.thread,
            reply_to=None if event.thread else origin.event_id,
            whose=f"answer {turn.asker}",
        )
    )


def _hits(turn: Turn, text: str) -> Iterator[Phrase]:
    """Newest first; leaves out copies that have been removed."""
    wanted = words(text)[:MOST_WANTED]
    if not wanted:
        return
    via = cache(lambda room: servers(turn.view.room(turn.settings.account, room)))
    for shared in turn.find(SHARES, "word", *wanted, most=MOST_FOUND + SPARE):
        made = turn.view.made(keys.COPY(number=shared.number))
        if made is not None:
            yield _hit(shared, made, via(made.room_id))


def _hit(shared: Shared, made: Made, via: tuple[str, ...]) -> Phrase:
    day = datetime.fromtimestamp(shared.shared, UTC).date()
    label = Phrase("hit-label", "", {"initiative": shared.initiative, "date": day})
    return Phrase("hit", "", {"link": Link(link(made.room_id, made.event_id, via), label)})
