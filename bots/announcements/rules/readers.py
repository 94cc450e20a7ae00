"""Readers: asked twice before the first mail, gone at the first word.

What somebody agreed to, in which words and when, is kept as proof, beside a fingerprint of the
address.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from bots.announcements import keys
from bots.announcements.documents.people import (
    PROOFS,
    READERS,
    REQUESTS,
    Asked,
    Proof,
    ReaderMoves,
    Standing,
    Subscriber,
)
from bots.announcements.rules import asking
from bots.announcements.rules.mails.addresses import unsubscribe_token
from bots.announcements.rules.turn import Turn
from bots.announcements.versions import token_in
from bots.runtime.mail.documents import ADDRESSES, Address
from bots.runtime.model.decision import CancelTimer, FormSubmitted, MailReceived

# -- confirmed -------------------------------------------------------------------------------------


def confirm(turn: Turn, event: FormSubmitted) -> None:
    """What was asked for in the request that the link belongs to, whatever was asked since."""
    found = turn.find(REQUESTS, "token", event.fields.get("token", ""), most=1)
    address = turn.get(ADDRESSES, found[0].id) if found else None
    if address is None:
        return
    asked = found[0]
    reader = turn.get(READERS, asked.reader)
    late = turn.seconds - asked.wish.asked > turn.settings.confirm_within.total_seconds()
    if late or (reader is not None and reader.left >= asked.wish.asked):
        return
    _welcome(turn, asked, reader)
    turn.put(ADDRESSES, Address(asked.reader, address.address))
    turn.ask(CancelTimer(keys.EXPIRY(request=asked.id)))
    asking.drop(turn, asked)


def _welcome(turn: Turn, asked: Asked, reader: Subscriber | None) -> None:
    wish = asked.wish
    known = reader or Subscriber(asked.reader, Standing.ACTIVE, wish.language, wish.kind)
    turn.put(
        READERS,
        replace(
            known,
            standing=ReaderMoves.confirmed_anew(known.standing),
            language=wish.language,
            kind=wish.kind,
            mailbox=asked.mailbox,
            token=unsubscribe_token(turn.settings, known.id),
            confirmed=turn.seconds,
            failed=0.0,
        ),
    )
    turn.put(PROOFS, Proof(known.id, wish, _version(wish.consent), turn.seconds))


def _version(consent: str) -> str:
    return hashlib.sha256(consent.encode("utf-8", "replace")).hexdigest()[:16]


# -- gone ------------------------------------------------------------------------------------------


def unsubscribe(turn: Turn, event: FormSubmitted) -> None:
    _leave(turn, event.fields.get("token", ""))


def unsubscribe_by_mail(turn: Turn, event: MailReceived) -> None:
    _leave(turn, token_in(str(event.content.get("subject", ""))))


def _leave(turn: Turn, token: str) -> None:
    for reader in turn.find(READERS, "token", token):
        if ReaderMoves.unsubscribed.may(reader.standing):
            standing = ReaderMoves.unsubscribed(reader.standing)
            turn.put(READERS, replace(reader, standing=standing, left=turn.seconds))
            turn.drop(ADDRESSES, reader.id, erase=True)
            asking.drop_all(turn, reader.mailbox)
