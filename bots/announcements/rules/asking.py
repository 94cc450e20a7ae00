"""Asking whoever reads at an address whether they want mails: by a mail, which waits its turn.

The forms answer everybody alike, so that nobody learns from them who gets mails.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime

from bots.announcements import handles, kinds
from bots.announcements.handles import Mailing
from bots.announcements.letters import confirm_letter
from bots.announcements.models import Asked, Kind, Wish, to_json
from bots.announcements.rules import watch
from bots.announcements.rules.addresses import Known, confirm_token, fingerprint, request_id
from bots.announcements.rules.rounds import PAUSES, put_letter
from bots.announcements.rules.turn import Turn
from bots.announcements.rules.waiting import (
    AT_ONCE,
    Budget,
    Pace,
    Waiting,
    chosen,
    next_look,
    pace,
    too_many,
)
from bots.runtime.mail import documents
from bots.runtime.model.decision import NO_TIME, Deliver, Performed, SetTimer

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


def subscribe(turn: Turn, fields: Mapping[str, str]) -> None:
    known = fingerprint(turn.settings, fields.get("address", ""))
    if known is None:
        return
    since = turn.seconds - turn.settings.confirm_within.total_seconds()
    answered = turn.state.reader.confirmed if turn.state.reader is not None else 0.0
    before = [at for at, _ in turn.state.mailbox if at > max(since, answered)]
    if len(before) >= MOST:
        return
    wish = _wish(turn, fields)
    id_ = request_id(turn.settings, known, wish)
    asked = Asked(id_, known.id, known.mailbox, known.domain, wish)
    _keep(turn, asked, known, [x for x in turn.state.mailbox if x[0] > since])
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


def _keep(turn: Turn, asked: Asked, known: Known, before: list[tuple[float, str]]) -> None:
    turn.put(kinds.REQUEST, asked.id, to_json(asked))
    turn.put(documents.ADDRESS, asked.id, known.address)
    ticket = {"purpose": "confirm", "request": asked.id}
    turn.put(kinds.TICKET, confirm_token(turn.settings, asked.id), ticket)
    turn.put(kinds.MAILBOX, known.mailbox, [*before, (turn.seconds, asked.id)])
    turn.ask(SetTimer(handles.expiry_timer(asked.id), at=turn.now + turn.settings.confirm_within))


def drop(turn: Turn, asked: Asked) -> None:
    """The request was confirmed, or nobody has in time."""
    turn.drop(documents.ADDRESS, asked.id)
    _drop(turn, asked.id)
    left = [x for x in turn.state.mailbox if x[1] != asked.id]
    turn.put(kinds.MAILBOX, asked.mailbox, left or None)


def drop_all(turn: Turn) -> None:
    """Whoever reads in the mailbox at hand wants no mails any more."""
    for _, request in turn.state.mailbox:
        turn.forget(documents.ADDRESS, request)
        _drop(turn, request)


def _drop(turn: Turn, request: str) -> None:
    turn.drop(kinds.REQUEST, request)
    turn.drop(kinds.TICKET, confirm_token(turn.settings, request))
    turn.drop(kinds.WAITING, request)


# -- whose turn it is ------------------------------------------------------------------------------


def _queue(turn: Turn, new: Waiting) -> None:
    """Who comes first and is allowed to goes at once; else their turn is looked for later."""
    budget = turn.state.budget
    if not budget.waiting and chosen((new,), budget, turn.seconds, _pace(turn)) is not None:
        _keep_budget(turn, _send(turn, new, budget))
        return
    turn.put(kinds.WAITING, new.request, asdict(new))
    _look_at(turn, replace(budget, waiting=budget.waiting + 1), (new,))


def due(turn: Turn) -> None:
    """Somebody may be next by now."""
    given_up = {x.request for x in too_many(turn.state.waiting)}
    for request in given_up:
        turn.drop(kinds.WAITING, request)
    left = {x.request: x for x in turn.state.waiting if x.request not in given_up}
    budget = replace(turn.state.budget, due=0.0)
    while (found := chosen([*left.values()], budget, turn.seconds, _pace(turn))) is not None:
        turn.drop(kinds.WAITING, found.request)
        budget = _send(turn, found, budget)
        del left[found.request]
    _look_at(turn, replace(budget, waiting=len(left)), [*left.values()])


def _look_at(turn: Turn, budget: Budget, waiting: tuple[Waiting, ...] | list[Waiting]) -> None:
    """Set the timer for when one of them may go, unless it rings before that."""
    at = next_look(waiting, budget, _pace(turn))
    if at is not None:
        full = len(budget.out) >= AT_ONCE  # whatever becomes of one of those wakes us
        at = max(at + MOMENT, turn.seconds + (LOOK_AGAIN if full else 0.0))
        if not budget.due or at < budget.due:
            budget = replace(budget, due=at)
            turn.ask(SetTimer(handles.CONFIRMING, at=datetime.fromtimestamp(at, UTC)))
    _keep_budget(turn, budget)


def _keep_budget(turn: Turn, budget: Budget) -> None:
    turn.state = replace(turn.state, budget=budget)
    turn.put(kinds.BUDGET, kinds.BUDGET, asdict(budget))


def _pace(turn: Turn) -> Pace:
    return pace(turn.settings.confirmations)


# -- on its way ------------------------------------------------------------------------------------


def _send(turn: Turn, who: Waiting, budget: Budget) -> Budget:
    mailing = Mailing(handles.CONFIRM, who.language, who.request, who.attempt)
    put_letter(turn, confirm_letter(turn.settings, turn.texts, who.language))
    token = confirm_token(turn.settings, who.request)
    content = documents.mail(mailing.letter, who.request, token, urgent=True)
    lane = f"{URGENT}-{int(who.request[:8], 16) % LANES}"
    turn.ask(Deliver(documents.BRIDGE, lane, content, handle=mailing.name, notify=True))
    watch.begin(turn)
    return budget.served(who, mailing.name, turn.seconds, _pace(turn))


def performed(turn: Turn, event: Performed, mailing: Mailing) -> None:
    """What became of a mail that asks to confirm."""
    refused = documents.word(event.error) in _TRIED_AGAIN
    if turn.state.asked is not None and refused and mailing.attempt <= len(PAUSES):
        again_ = replace(mailing, attempt=mailing.attempt + 1)
        turn.ask(SetTimer(again_.name, after=PAUSES[mailing.attempt - 1]))
    budget = turn.state.budget
    out = tuple(x for x in budget.out if x != mailing.name)
    budget = replace(budget, out=out)
    if budget.waiting and len(out) < AT_ONCE:
        budget = replace(budget, due=turn.seconds)
        turn.ask(SetTimer(handles.CONFIRMING, after=NO_TIME))
    _keep_budget(turn, budget)


def again(turn: Turn, mailing: Mailing) -> None:
    """The pause before a further attempt is over."""
    asked = turn.state.asked
    if asked is not None:
        who = Waiting(asked.id, mailing.language, TRIED, asked.domain, turn.seconds)
        _queue(turn, replace(who, attempt=mailing.attempt))
