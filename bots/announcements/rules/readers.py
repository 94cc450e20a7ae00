"""Readers: asked twice before the first mail, gone at the first word.

What somebody agreed to, in which words and when, is kept as proof, beside a fingerprint of the
address.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, replace

from bots.announcements import handles, kinds
from bots.announcements.models import Asked, Standing, Subscriber, Wish
from bots.announcements.rules import asking
from bots.announcements.rules.addresses import unsubscribe_token
from bots.announcements.rules.turn import Turn
from bots.runtime.mail import documents
from bots.runtime.model.decision import CancelTimer

# -- confirmed -------------------------------------------------------------------------------------


def confirm(turn: Turn) -> None:
    """What was asked for in the request that the link belongs to, whatever was asked since."""
    asked, address = turn.state.asked, turn.state.asked_address
    if turn.purpose != "confirm" or asked is None or address is None:
        return
    reader = turn.state.reader
    late = turn.seconds - asked.wish.asked > turn.settings.confirm_within.total_seconds()
    if late or (reader is not None and reader.left >= asked.wish.asked):
        return
    _welcome(turn, asked, reader)
    turn.put(documents.ADDRESS, asked.reader, address)
    turn.ask(CancelTimer(handles.expiry_timer(asked.id)))
    asking.drop(turn, asked)


def _welcome(turn: Turn, asked: Asked, reader: Subscriber | None) -> None:
    wish = asked.wish
    if reader is None:
        reader = Subscriber(asked.reader, Standing.ACTIVE, wish.language, wish.kind)
    turn.keep_reader(
        replace(
            reader,
            standing=Standing.ACTIVE,
            language=wish.language,
            kind=wish.kind,
            mailbox=asked.mailbox,
            confirmed=turn.seconds,
            failed=0.0,
        )
    )
    token = unsubscribe_token(turn.settings, reader.id)
    turn.put(kinds.TICKET, token, {"purpose": "unsubscribe", "reader": reader.id})
    turn.put(kinds.PROOF, f"{reader.id}/{turn.seconds!r}", _proof(wish, turn.seconds))


def _proof(wish: Wish, confirmed: float) -> dict[str, object]:
    version = hashlib.sha256(wish.consent.encode("utf-8", "replace")).hexdigest()[:16]
    return {**asdict(wish), "version": version, "confirmed": confirmed}


# -- gone ------------------------------------------------------------------------------------------


def unsubscribe(turn: Turn) -> None:
    reader = turn.state.reader
    if turn.purpose != "unsubscribe" or reader is None or reader.standing is Standing.GONE:
        return
    turn.keep_reader(replace(reader, standing=Standing.GONE, left=turn.seconds))
    turn.forget(documents.ADDRESS, reader.id)
    asking.drop_all(turn)


def expired(turn: Turn) -> None:
    """Nobody has confirmed in time: whoever asked may not have been who reads there."""
    asked = turn.state.asked
    if asked is None:
        return
    asking.drop(turn, asked)
