"""A round: one letter to many readers, each mail by itself, none twice and none forgotten.

Readers go into the outbox in chunks, so that no transaction grows with their number. A mail that
is refused for now comes back by a timer whose name says all there is to know of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bots.announcements import handles, kinds
from bots.announcements.handles import Mailing
from bots.announcements.letters import digest_letter
from bots.announcements.models import Announcement, Round
from bots.announcements.rules import suspending, watch
from bots.announcements.rules.addresses import unsubscribe_token
from bots.announcements.rules.turn import Turn
from bots.announcements.state import Strike
from bots.runtime.mail import documents
from bots.runtime.model.decision import NO_TIME, Deliver, Performed, Phrase, SetTimer
from bridges.email.letters import Letter

CHUNK = 200
LANES = 12
"""Mails that may be under way side by side: fewer than a performer takes on at once, so that a mail
that somebody waits for is never behind them. How many connections there are is the bridge's."""
TELL_EVERY = timedelta(seconds=10)
PAUSES = tuple(timedelta(minutes=x) for x in (5, 15, 60, 240, 720, 1_440, 1_440))
"""Before each further attempt at a mail that was refused for now: almost three days in all."""


def put_letter(turn: Turn, letter: Letter) -> None:
    turn.put(documents.LETTER, letter.key, documents.letter_data(letter))


def start(
    turn: Turn, circular: Round, readers: Sequence[tuple[str, str]], thread: str | None
) -> None:
    """`thread`: where it is told how far the round is; None: in the room itself."""
    values = _progress(circular)
    turn.tell("progress", values, thread=thread, handle=handles.progress(circular.key))
    chunks = [readers[i : i + CHUNK] for i in range(0, len(readers), CHUNK)]
    for i, chunk in enumerate(chunks):
        turn.put(kinds.CHUNK, handles.chunk_key(circular.key, i), [list(x) for x in chunk])
    if chunks:
        turn.keep_round(circular)
        turn.ask(SetTimer(handles.chunk_timer(circular.key, 0), after=NO_TIME))
        watch.begin(turn)
    else:
        _finish(turn, circular)


def due(turn: Turn, kind: str, _: str, number: int) -> None:
    if kind == "chunk":
        chunk_due(turn, number)
    else:
        telling_due(turn)


def chunk_due(turn: Turn, number: int) -> None:
    circular = turn.state.circular
    if circular is None or not turn.state.chunk:
        return
    turn.drop(kinds.CHUNK, handles.chunk_key(circular.key, number))
    turn.ask(SetTimer(handles.chunk_timer(circular.key, number + 1), after=NO_TIME))
    if circular.stopped:
        _count(turn, circular, gone=len(turn.state.chunk))
        return
    for reader, language in turn.state.chunk:
        _deliver(turn, Mailing(circular.key, language, reader))


def _deliver(turn: Turn, mailing: Mailing) -> None:
    reader = mailing.reader
    content = documents.mail(mailing.letter, reader, unsubscribe_token(turn.settings, reader))
    lane = f"{int(reader[:8], 16) % LANES}"
    turn.ask(Deliver(documents.BRIDGE, lane, content, handle=mailing.name, notify=True))


# -- what became of each ---------------------------------------------------------------------------


def performed(turn: Turn, event: Performed, mailing: Mailing) -> None:
    circular = turn.state.circular
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
    nobody = documents.word(error) == documents.NOBODY
    if circular.held:
        waits = _may_wait(circular, mailing)
        if waits:
            _wait(turn, mailing)
        _count(turn, circular, waiting=int(waits), failed=int(not waits))
        return
    strike = Strike(mailing, turn.state.reader, documents.reply(error), nobody)
    suspending.note(turn, circular, strike)
    circular = replace(circular, failed=circular.failed + 1)
    if suspending.too_many(circular):
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
    waiting = [x.mailing for x in turn.state.strikes if _may_wait(circular, x.mailing)]
    for mailing in waiting:
        _wait(turn, mailing)
    failed = circular.failed - len(waiting)
    suspending.clear(turn, circular)
    return replace(circular, held=True, failed=failed, waiting=circular.waiting + len(waiting))


def again(turn: Turn, mailing: Mailing) -> None:
    """The pause before a further attempt is over."""
    circular = turn.state.circular
    if circular is None:
        return
    if circular.stopped or not turn.state.address:
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
        turn.ask(SetTimer(handles.telling_timer(circular.key), after=TELL_EVERY))
    turn.keep_round(circular)


def telling_due(turn: Turn) -> None:
    circular = turn.state.circular
    if circular is None or circular.finished:
        return
    turn.keep_round(replace(circular, telling=False))
    watch.begin(turn)
    watch.due(turn)
    turn.tell("progress", _progress(circular), edits=handles.progress(circular.key))


def _progress(circular: Round) -> dict[str, object]:
    waiting: object = ""
    if circular.waiting:
        waiting = Phrase("waiting", "", {"n": circular.waiting})
    return {"done": circular.settled, "total": circular.total, "waiting": waiting}


def _finish(turn: Turn, circular: Round) -> None:
    turn.keep_round(replace(circular, finished=True, telling=False))
    for language in circular.editions:
        turn.drop(documents.LETTER, circular.letter(language))
    parts = (("failed", circular.failed), ("gone", circular.gone), ("unknown", circular.unknown))
    values = {
        "sent": Phrase("sent" if circular.total else "no-readers", "", {"n": circular.sent}),
        "rest": tuple(Phrase(key, "", {"n": n}) for key, n in parts if n),
    }
    turn.tell("finished", values, edits=handles.progress(circular.key))
    suspending.judge(turn, circular)


# -- taken back ------------------------------------------------------------------------------------


def stop(turn: Turn, circular: Round) -> None:
    """What is in the outbox finds no letter any more."""
    turn.keep_round(replace(circular, stopped=True))
    for language in circular.editions:
        turn.drop(documents.LETTER, circular.letter(language))


def leave_out(turn: Turn, digest: Round, number: int) -> None:
    """A digest that is on its way goes on without the announcement that was taken back."""
    numbers = [x for x in digest.items if x != number]
    left = tuple(x for x in turn.state.items if x.number in numbers)
    if not left:
        stop(turn, digest)
        return
    digest = turn.keep_round(replace(digest, items=tuple(x.number for x in left)))
    for language in digest.editions:
        put_letter(turn, digest_letter(turn.settings, turn.texts, left, digest, language))


def reword(turn: Turn, digest: Round, item: Announcement, language: str) -> None:
    """A digest that is on its way goes on without a translation that was taken back."""
    if item.number in digest.items and language in digest.editions:
        items = tuple(
            item if x.number == item.number else x
            for x in turn.state.items
            if x.number in digest.items
        )
        letter = digest_letter(turn.settings, turn.texts, items, digest, language)
        put_letter(turn, letter)
