"""A round: one letter to many readers, each mail by itself, none twice and none forgotten.

Readers go into the outbox in chunks, so that no transaction grows with their number. A mail that
is refused for now comes back by a timer whose name says all there is to know of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bots.announcements import keys
from bots.announcements.documents import mails
from bots.announcements.documents.mails import (
    CHUNKS,
    ROUNDS,
    Mailing,
    Matter,
    Round,
    RoundMoves,
    Strike,
)
from bots.announcements.documents.news import ITEMS, Announcement
from bots.announcements.documents.people import READERS, Kind
from bots.announcements.letters import announcement_letter, digest_letter
from bots.announcements.rules.mails import suspending, watch
from bots.announcements.rules.mails.addresses import unsubscribe_token
from bots.announcements.rules.turn import Turn
from bots.runtime.mail import documents
from bots.runtime.mail.documents import ADDRESSES, LETTERS
from bots.runtime.model.decision import NO_TIME, Deliver, Performed, Phrase, SetTimer
from bots.runtime.speech.words import LANGUAGES

CHUNK = 200
LANES = 12
"""Mails that may be under way side by side: fewer than a performer takes on at once, so that a mail
that somebody waits for is never behind them. How many connections there are is the bridge's."""
TELL_EVERY = timedelta(seconds=10)
PAUSES = tuple(timedelta(minutes=x) for x in (5, 15, 60, 240, 720, 1_440, 1_440))
"""Before each further attempt at a mail that was refused for now: almost three days in all."""

REPLIES = 3
"""The most that the end of a round names: what servers said most often."""


def begin(
    turn: Turn, matter: Matter, number: int, event: str, items: Sequence[Announcement]
) -> None:
    """Of an announcement it is told in its thread how far it is, of a digest in the room."""
    at_once = matter is Matter.ANNOUNCEMENT
    readers = _readers(turn, Kind.IMMEDIATE if at_once else Kind.DIGEST)
    editions = tuple(sorted({language for _, language in readers}))
    numbers = tuple(x.number for x in items)
    circular = Round(matter, number, event, len(readers), editions, numbers)
    thread = event if at_once else None
    turn.tell("progress", _progress(circular), thread=thread, handle=circular.progress)
    if not readers:
        _finish(turn, circular)
        return
    turn.put(ROUNDS, circular)
    for language in editions:
        write(turn, circular, language)
    for i in range(0, len(readers), CHUNK):
        chunk = mails.Chunk(circular.key, i // CHUNK, tuple(readers[i : i + CHUNK]))
        turn.put(CHUNKS, chunk)
    _next_chunk(turn, circular, 0)
    watch.begin(turn)


def _readers(turn: Turn, kind: Kind) -> Sequence[tuple[str, str]]:
    """Everybody who gets mails of a kind, and their languages; in an order that stays the same."""
    found = {x.tag: turn.keys(READERS, "edition", f"{kind}/{x.tag}") for x in LANGUAGES}
    return sorted((reader, language) for language, ids in found.items() for reader in ids)


def write(turn: Turn, circular: Round, language: str) -> None:
    """The letter that the round brings in a language, as its announcements are by now."""
    items = [x for number in circular.items if (x := turn.get(ITEMS, str(number))) is not None]
    if circular.matter is Matter.DIGEST:
        letter = digest_letter(turn.settings, turn.texts, items, circular, language)
    else:
        letter = announcement_letter(turn.settings, turn.texts, items[0], circular, language)
    turn.put(LETTERS, letter)


def _next_chunk(turn: Turn, circular: Round, number: int) -> None:
    turn.ask(SetTimer(keys.CHUNK(chunk=f"{circular.key}/{number}"), after=NO_TIME))


def chunk_due(turn: Turn, chunk: mails.Chunk) -> None:
    circular = turn.get(ROUNDS, chunk.round)
    if circular is None:
        return
    turn.drop(CHUNKS, chunk.key)
    _next_chunk(turn, circular, chunk.number + 1)
    if circular.stopped:
        _count(turn, circular, gone=len(chunk.readers))
        return
    for reader, language in chunk.readers:
        _deliver(turn, Mailing(circular.matter, circular.number, language, reader))


def _deliver(turn: Turn, mailing: Mailing) -> None:
    reader = mailing.reader
    content = documents.mail(mailing.letter, reader, unsubscribe_token(turn.settings, reader))
    lane = f"{int(reader[:8], 16) % LANES}"
    turn.ask(Deliver(documents.BRIDGE, lane, content, handle=mailing.name, notify=True))


# -- what became of each ---------------------------------------------------------------------------


def performed(turn: Turn, event: Performed, **mail: Any) -> None:
    mailing = Mailing(**mail)
    circular = _under_way(turn, mailing)
    if circular is None:
        return
    match documents.word(event.error):
        case None:
            _count(turn, circular, sent=1)
        case documents.GONE:
            _count(turn, circular, gone=1)
        case documents.UNKNOWN:
            _count(turn, circular, unknown=1)
        case documents.LATER if _may_wait(circular, mailing):
            _wait(turn, mailing)
            _count(turn, _deferred(turn, circular, mailing, event.error), waiting=1)
        case _:
            _refused(turn, circular, mailing, event.error)


def _under_way(turn: Turn, mailing: Mailing) -> Round | None:
    """The round, as long as something of it is to be settled."""
    found = turn.get(ROUNDS, mailing.round)
    return found if found is not None and RoundMoves.mail_settled.may(found.state) else None


def _deferred(turn: Turn, circular: Round, mailing: Mailing, error: str | None) -> Round:
    """Tried again, and told of if so many are that it is not for the readers' sake."""
    reply = documents.reply(error)
    if circular.held or not _is_counted(mailing, reply):
        return circular
    circular = replace(circular, deferred=circular.deferred + 1)
    return _hold(turn, circular, reply) if suspending.too_many(circular) else circular


def _is_counted(mailing: Mailing, reply: str) -> bool:
    """Once a mail: refused for good at first, or for now once more after a pause, by which
    greylisting is over. What a full mailbox is told (4.2) is its reader's affair."""
    if mailing.attempt == 1:
        return reply.startswith("5")
    return mailing.attempt == 2 and reply.startswith("4") and " 4.2." not in reply


def _may_wait(circular: Round, mailing: Mailing) -> bool:
    return not circular.stopped and mailing.attempt <= len(PAUSES)


def _wait(turn: Turn, mailing: Mailing) -> None:
    name = replace(mailing, attempt=mailing.attempt + 1).name
    turn.ask(SetTimer(name, after=PAUSES[mailing.attempt - 1]))


def _refused(turn: Turn, circular: Round, mailing: Mailing, error: str | None) -> None:
    if circular.held and _may_wait(circular, mailing):
        _wait(turn, mailing)
        _count(turn, circular, waiting=1)
        return
    nobody = documents.word(error) == documents.NOBODY
    strike = turn.put(mails.STRIKES, mails.Strike(mailing, documents.reply(error), nobody))
    circular = replace(circular, failed=circular.failed + 1)
    if not circular.held and suspending.too_many(circular):
        circular = _hold(turn, circular, strike.reply)
    _count(turn, circular)


def _hold(turn: Turn, circular: Round, reply: str) -> Round:
    """It is the server's fault, or the letter's: nobody is given up, and all is tried again."""
    values = {
        "n": circular.failed + circular.deferred,
        "total": circular.total,
        "reply": reply or "5xx",
    }
    turn.tell("held", values)
    strikes = suspending.strikes(turn, circular)
    waiting = [x for x in strikes if _may_wait(circular, x.mailing)]
    for strike in waiting:
        turn.drop(mails.STRIKES, strike.key)
        _wait(turn, strike.mailing)
    failed = circular.failed - len(waiting)
    return replace(circular, held=True, failed=failed, waiting=circular.waiting + len(waiting))


def again(turn: Turn, **mail: Any) -> None:
    """The pause before a further attempt is over."""
    mailing = Mailing(**mail)
    circular = _under_way(turn, mailing)
    if circular is None:
        return
    if circular.stopped or turn.get(ADDRESSES, mailing.reader) is None:
        _count(turn, circular, waiting=-1, gone=1)
        return
    _count(turn, circular, waiting=-1)
    _deliver(turn, mailing)
    watch.begin(turn)


def _count(turn: Turn, circular: Round, **more: int) -> None:
    counts = {name: getattr(circular, name) + by for name, by in more.items()}
    circular = replace(circular, **counts)
    if circular.settled >= circular.total:
        _finish(turn, circular)
        return
    if not circular.telling:
        circular = replace(circular, telling=True)
        turn.ask(SetTimer(keys.TELLING(round=circular.key), after=TELL_EVERY))
    turn.put(ROUNDS, circular)


def telling_due(turn: Turn, circular: Round) -> None:
    if circular.finished:
        return
    turn.put(ROUNDS, replace(circular, telling=False))
    watch.begin(turn)
    watch.due(turn)
    turn.tell("progress", _progress(circular), edits=circular.progress)


def _progress(circular: Round) -> dict[str, object]:
    waiting: object = ""
    if circular.waiting:
        waiting = Phrase("waiting", "", {"n": circular.waiting})
    return {"done": circular.settled, "total": circular.total, "waiting": waiting}


def _finish(turn: Turn, circular: Round) -> None:
    state = RoundMoves.last_mail_settled(circular.state)
    turn.put(ROUNDS, replace(circular, state=state, telling=False))
    _drop_letters(turn, circular)
    strikes = suspending.strikes(turn, circular)
    values = {
        "sent": Phrase("sent" if circular.total else "no-readers", "", {"n": circular.sent}),
        "rest": tuple(_rest(circular, strikes)),
    }
    turn.tell("finished", values, edits=circular.progress)
    suspending.judge(turn, circular, strikes)


def _rest(circular: Round, strikes: Sequence[Strike]) -> Iterator[Phrase]:
    """What became of those that were not sent; of refusals, what servers said most."""
    said = Counter(x.reply for x in strikes if x.reply).most_common(REPLIES)
    replies = ", ".join(reply for reply, _ in said)
    if circular.failed:
        key = "failed-replied" if replies else "failed"
        yield Phrase(key, "", {"n": circular.failed, "replies": replies})
    for key, n in (("gone", circular.gone), ("unknown", circular.unknown)):
        if n:
            yield Phrase(key, "", {"n": n})


def _drop_letters(turn: Turn, circular: Round) -> None:
    for language in circular.editions:
        turn.drop(LETTERS, circular.letter(language))


# -- taken back ------------------------------------------------------------------------------------


def under_way(turn: Turn, item: Announcement) -> Sequence[Round]:
    """Rounds that hold it and have not finished."""
    return turn.find(ROUNDS, "under way", str(item.number))


def leave_out(turn: Turn, circular: Round, number: int) -> None:
    """It goes on without the announcement that was taken back. If nothing is left, what is in the
    outbox finds no letter any more."""
    left = tuple(x for x in circular.items if x != number)
    if not left:
        turn.put(ROUNDS, replace(circular, state=RoundMoves.stopped(circular.state)))
        _drop_letters(turn, circular)
        return
    circular = turn.put(ROUNDS, replace(circular, items=left))
    for language in circular.editions:
        write(turn, circular, language)
