"""Asking whoever reads at an address whether they want mails: by a mail, which waits its turn.

The forms answer everybody alike, so that nobody learns from them who gets mails.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bots.announcements import keys, waiting
from bots.announcements.documents.people import (
    BUDGETS,
    MAILBOXES,
    READERS,
    REQUESTS,
    WAITING,
    Asked,
    Kind,
    Mailbox,
    Wish,
)
from bots.announcements.letters import confirm_letter
from bots.announcements.rules.mails import watch
from bots.announcements.rules.mails.addresses import confirm_token, fingerprint, request_id
from bots.announcements.rules.mails.rounds import PAUSES
from bots.announcements.rules.turn import Turn
from bots.announcements.waiting import AT_ONCE, Budget, Waiting, chosen, next_look
from bots.runtime.mail import documents
from bots.runtime.mail.documents import ADDRESSES, LETTERS, Address
from bots.runtime.model.decision import NO_TIME, Deliver, FormSubmitted, Performed, SetTimer

URGENT, LANES = "urgent", 4
"""The lanes of mails that somebody waits for."""
MOST, AGAIN = 2, 15 * 60.0
"""Mails that ask one mailbox to confirm, until somebody has or the time for it is over: the second
is for who did not get the first, and comes so many seconds after it at the earliest. Nobody can
fill a stranger's mailbox by our form."""
TRIED = "tried"
"""As whose mails those count that are tried again."""
MOMENT = 0.001
"""Seconds: clocks are rounded."""
LOOK_AGAIN = 60.0
"""Seconds after which it is looked again who is next, whatever became of the mails before."""
_TRIED_AGAIN = frozenset({documents.LATER, documents.NOBODY, documents.REFUSED})
"""Whatever a server says: the fault may be its own, and somebody waits."""


def subscribe(turn: Turn, event: FormSubmitted) -> None:
    fields = event.fields
    known = fingerprint(turn.settings, fields.get("address", ""))
    if known is None:
        return
    since = turn.seconds - turn.settings.confirm_within.total_seconds()
    reader = turn.get(READERS, known.id)
    answered = reader.confirmed if reader is not None else 0.0
    lately = [x for x in _asked_there(turn, known.mailbox) if x[0] > since]
    before = [at for at, _ in lately if at > answered]
    if len(before) >= MOST:
        return
    wish = _wish(turn, fields)
    id_ = request_id(turn.settings, known, wish)
    token = confirm_token(turn.settings, id_)
    asked = turn.put(REQUESTS, Asked(id_, known.id, known.mailbox, known.domain, token, wish))
    turn.put(ADDRESSES, Address(id_, known.address))
    expires = turn.now + turn.settings.confirm_within
    turn.ask(SetTimer(keys.EXPIRY(request=id_), at=expires))
    turn.put(MAILBOXES, Mailbox(known.mailbox, (*lately, (turn.seconds, asked.id))))
    visitor = fields.get("visitor", "")[:64] or asked.id
    earliest = before[-1] + AGAIN if before else 0.0
    _queue(turn, Waiting(asked.id, wish.language, visitor, known.domain, turn.seconds, earliest))


def _wish(turn: Turn, fields: Mapping[str, str]) -> Wish:
    language, kind = fields.get("language", ""), fields.get("kind", "")
    return Wish(
        language if language in turn.settings.languages else turn.language,
        Kind(kind) if kind in set(Kind) else Kind.IMMEDIATE,
        turn.seconds,
        fields.get("consent", "")[:2_000],
        fields.get("consent_language", "")[:20],
    )


def _asked_there(turn: Turn, mailbox: str) -> tuple[tuple[float, str], ...]:
    found = turn.get(MAILBOXES, mailbox)
    return found.asked if found is not None else ()


def drop(turn: Turn, asked: Asked) -> None:
    """The request was confirmed, or nobody has in time: whoever asked may not have been who reads
    there."""
    _drop(turn, asked.id)
    left = tuple(x for x in _asked_there(turn, asked.mailbox) if x[1] != asked.id)
    if left:
        turn.put(MAILBOXES, Mailbox(asked.mailbox, left))
    else:
        turn.drop(MAILBOXES, asked.mailbox)


def drop_all(turn: Turn, mailbox: str) -> None:
    """Whoever reads there wants no mails any more."""
    for _, request in _asked_there(turn, mailbox):
        _drop(turn, request, erase=True)


def _drop(turn: Turn, request: str, *, erase: bool = False) -> None:
    turn.drop(ADDRESSES, request, erase=erase)
    turn.drop(REQUESTS, request)
    turn.drop(WAITING, request)


# -- whose turn it is ------------------------------------------------------------------------------


def _queue(turn: Turn, new: Waiting) -> None:
    """Who comes first and is allowed to goes at once; else their turn is looked for later."""
    budget = _budget(turn)
    alone = not turn.view.count(WAITING, "all")
    if alone and chosen((new,), budget, turn.seconds, _pace(turn)) is not None:
        turn.put(BUDGETS, _send(turn, new, budget))
        return
    turn.put(WAITING, new)
    _look_at(turn, budget, (new,))


def due(turn: Turn) -> None:
    """Somebody may be next by now."""
    found = (turn.get(WAITING, x) for x in turn.keys(WAITING, "all"))
    left = {x.request: x for x in found if x is not None}
    for over in waiting.too_many([*left.values()]):
        turn.drop(WAITING, over.request)
        del left[over.request]
    budget = _budget(turn)
    out = tuple(x for x in budget.out if turn.view.is_coming(x))
    budget = replace(budget, out=out, due=0.0)
    while (next_ := chosen([*left.values()], budget, turn.seconds, _pace(turn))) is not None:
        turn.drop(WAITING, next_.request)
        budget = _send(turn, next_, budget)
        del left[next_.request]
    _look_at(turn, budget, [*left.values()])


def _look_at(turn: Turn, budget: Budget, those: Sequence[Waiting]) -> None:
    """Set the timer for when one of them may go, unless it rings before that."""
    at = next_look(those, budget, _pace(turn))
    if at is not None:
        full = len(budget.out) >= AT_ONCE  # whatever becomes of one of those wakes us
        at = max(at + MOMENT, turn.seconds + (LOOK_AGAIN if full else 0.0))
        if not budget.due or at < budget.due:
            budget = replace(budget, due=at)
            turn.ask(SetTimer(keys.CONFIRMING(), at=datetime.fromtimestamp(at, UTC)))
    turn.put(BUDGETS, budget)


def _budget(turn: Turn) -> Budget:
    return turn.get(BUDGETS, "budget") or Budget()


def _pace(turn: Turn) -> waiting.Pace:
    return waiting.pace(turn.settings.confirmations)


# -- on its way ------------------------------------------------------------------------------------


def _send(turn: Turn, who: Waiting, budget: Budget) -> Budget:
    letter = turn.put(LETTERS, confirm_letter(turn.settings, turn.texts, who.language))
    name = keys.CONFIRM(language=who.language, request=who.request, attempt=who.attempt)
    token = confirm_token(turn.settings, who.request)
    content = documents.mail(letter.key, who.request, token, urgent=True)
    lane = f"{URGENT}-{int(who.request[:8], 16) % LANES}"
    turn.ask(Deliver(documents.BRIDGE, lane, content, handle=name, notify=True))
    watch.begin(turn)
    return budget.served(who, name, turn.seconds, _pace(turn))


def performed(turn: Turn, event: Performed, language: str, request: str, attempt: int) -> None:
    """What became of a mail that asks to confirm."""
    refused = documents.word(event.error) in _TRIED_AGAIN
    if refused and turn.get(REQUESTS, request) is not None and attempt <= len(PAUSES):
        again_ = keys.CONFIRM_AGAIN(language=language, request=request, attempt=attempt + 1)
        turn.ask(SetTimer(again_, after=PAUSES[attempt - 1]))
    budget = _budget(turn)
    budget = replace(budget, out=tuple(x for x in budget.out if x != event.handle))
    if turn.view.count(WAITING, "all") and len(budget.out) < AT_ONCE:
        budget = replace(budget, due=turn.seconds)
        turn.ask(SetTimer(keys.CONFIRMING(), after=NO_TIME))
    turn.put(BUDGETS, budget)


def again(turn: Turn, language: str, request: str, attempt: int) -> None:
    """The pause before a further attempt is over."""
    asked = turn.get(REQUESTS, request)
    if asked is not None:
        who = Waiting(asked.id, language, TRIED, asked.domain, turn.seconds)
        _queue(turn, replace(who, attempt=attempt))
