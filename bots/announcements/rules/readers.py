"""Readers: asked twice before the first mail, gone at the first word.

The forms answer everybody alike, so that nobody learns from them who gets mails. What somebody
agreed to, in which words and when, is kept as proof, beside a fingerprint of the address.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, replace

from bots.announcements import handles, kinds
from bots.announcements.handles import Mailing
from bots.announcements.letters import confirm_letter
from bots.announcements.models import Kind, Standing, Subscriber, Wish
from bots.announcements.rules import watch
from bots.announcements.rules.addresses import (
    Known,
    confirm_token,
    fingerprint,
    unsubscribe_token,
)
from bots.announcements.rules.rounds import PAUSES, put_letter
from bots.announcements.rules.turn import Turn
from bots.mail import documents
from bots.runtime.decision import CancelTimer, Deliver, Performed, SetTimer

URGENT, LANES = "urgent", 4
"""The lanes of mails that somebody waits for."""
MOST_A_DAY = 3
"""Mails that ask one address to confirm: nobody can fill a stranger's mailbox by our form."""
DAY = 24 * 3600.0
_TRIED_AGAIN = frozenset({documents.LATER, documents.NOBODY, documents.REFUSED})
"""Whatever a server says: the fault may be its own, and somebody waits."""


def subscribe(turn: Turn, fields: Mapping[str, str]) -> None:
    known = fingerprint(turn.settings, fields.get("address", ""))
    if known is None:
        return
    reader = turn.state.reader
    if reader is None:
        reader = Subscriber(known.id, Standing.WAITING, turn.language, Kind.IMMEDIATE)
    since_first = turn.seconds - reader.asked_first
    if since_first < DAY and reader.asked >= MOST_A_DAY:
        return
    if since_first >= DAY:
        reader = replace(reader, asked=0, asked_first=turn.seconds)
    # A restored backup may still call somebody active who has left: her address is gone for good.
    known_there = reader.standing in (Standing.ACTIVE, Standing.SUSPENDED) and turn.state.address
    standing = reader.standing if known_there else Standing.WAITING
    wish = _wish(turn, fields)
    reader = replace(reader, standing=standing, asked=reader.asked + 1, wish=wish)
    turn.keep_reader(reader)
    _ask(turn, known, wish)


def _wish(turn: Turn, fields: Mapping[str, str]) -> Wish:
    language, kind = fields.get("language", ""), fields.get("kind", "")
    return Wish(
        language if language in turn.settings.languages else turn.language,
        Kind(kind) if kind in set(Kind) else Kind.IMMEDIATE,
        turn.seconds,
        fields.get("consent", "")[:2_000],
        fields.get("consent_language", "")[:20],
    )


def _ask(turn: Turn, known: Known, wish: Wish) -> None:
    turn.put(documents.ADDRESS, known.id, known.address)
    token = confirm_token(turn.settings, known.id, wish.asked)
    ticket = {"purpose": "confirm", "reader": known.id, "asked": wish.asked}
    turn.put(kinds.TICKET, token, ticket)
    letter = confirm_letter(turn.settings, turn.texts, wish.language)
    put_letter(turn, letter)
    _send(turn, Mailing(handles.CONFIRM, wish.language, known.id, once=repr(wish.asked)))
    turn.ask(SetTimer(handles.expiry_timer(known.id), turn.now + turn.settings.confirm_within))


def _send(turn: Turn, mailing: Mailing) -> None:
    token = confirm_token(turn.settings, mailing.reader, float(mailing.once))
    content = documents.mail(
        mailing.letter,
        mailing.reader,
        token,
        once=mailing.once,
        urgent=True,
    )
    lane = f"{URGENT}-{int(mailing.reader[:8], 16) % LANES}"
    turn.ask(Deliver(documents.BRIDGE, lane, content, handle=mailing.name, notify=True))
    watch.begin(turn)


def performed(turn: Turn, event: Performed, mailing: Mailing) -> None:
    """What became of a mail that asks to confirm."""
    reader = turn.state.reader
    refused = documents.word(event.error) in _TRIED_AGAIN
    if reader is not None and refused and mailing.attempt <= len(PAUSES):
        again = replace(mailing, attempt=mailing.attempt + 1)
        turn.ask(SetTimer(again.name, turn.now + PAUSES[mailing.attempt - 1]))


def again(turn: Turn, mailing: Mailing) -> None:
    reader = turn.state.reader
    if reader is not None and reader.wish is not None and turn.state.address:
        _send(turn, mailing)


# -- confirmed -------------------------------------------------------------------------------------


def confirm(turn: Turn) -> None:
    ticket, reader = turn.state.ticket, turn.state.reader
    if ticket is None or ticket.purpose != "confirm" or reader is None or reader.wish is None:
        return
    late = turn.seconds - ticket.asked > turn.settings.confirm_within.total_seconds()
    if late or reader.left >= ticket.asked or not turn.state.address:
        return
    wish = reader.wish
    turn.keep_reader(
        replace(
            reader,
            standing=Standing.ACTIVE,
            language=wish.language,
            kind=wish.kind,
            wish=None,
            confirmed=turn.seconds,
            failed=0.0,
        )
    )
    turn.ask(CancelTimer(handles.expiry_timer(reader.id)))
    token = unsubscribe_token(turn.settings, reader.id)
    ticket_ = {"purpose": "unsubscribe", "reader": reader.id, "asked": 0.0}
    turn.put(kinds.TICKET, token, ticket_)
    turn.put(kinds.PROOF, f"{reader.id}/{turn.seconds!r}", _proof(wish, turn.seconds))


def _proof(wish: Wish, confirmed: float) -> dict[str, object]:
    version = hashlib.sha256(wish.consent.encode("utf-8", "replace")).hexdigest()[:16]
    return {**asdict(wish), "version": version, "confirmed": confirmed}


# -- gone ------------------------------------------------------------------------------------------


def unsubscribe(turn: Turn) -> None:
    ticket, reader = turn.state.ticket, turn.state.reader
    if ticket is None or ticket.purpose != "unsubscribe" or reader is None:
        return
    if reader.standing is Standing.GONE:
        return
    turn.keep_reader(replace(reader, standing=Standing.GONE, left=turn.seconds, wish=None))
    turn.forget(documents.ADDRESS, reader.id)
    turn.ask(CancelTimer(handles.expiry_timer(reader.id)))


def expired(turn: Turn) -> None:
    """Nobody has confirmed in time: whoever asked may not have been who reads there."""
    reader = turn.state.reader
    if reader is None or reader.wish is None:
        return
    if turn.seconds - reader.wish.asked < turn.settings.confirm_within.total_seconds():
        return
    if reader.standing is Standing.WAITING:
        _forget(turn, reader)
    else:
        turn.keep_reader(replace(reader, wish=None))


def _forget(turn: Turn, reader: Subscriber) -> None:
    if reader.wish is not None:
        turn.drop(kinds.TICKET, confirm_token(turn.settings, reader.id, reader.wish.asked))
    turn.drop(documents.ADDRESS, reader.id)
    if reader.left:
        turn.keep_reader(replace(reader, standing=Standing.GONE, wish=None))
    else:
        turn.drop(kinds.READER, reader.id)
