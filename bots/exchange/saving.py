"""Writes what a decision of the exchange has changed, and is the one place that takes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bots.exchange import index
from bots.exchange.models import Person, Restless, Shared, ShareState, answer_from, to_json
from bots.exchange.state import State
from bots.exchange.store import (
    ANSWER,
    EDIT,
    MARK,
    NUMBER,
    OFFICE,
    PERSON,
    PLACE,
    REMOVED,
    RESTLESS,
    SHARED,
)
from bots.runtime.bot import Docs


class Follower(Protocol):
    """What else holds something of a shared message: a page, a queue of mails.

    Called in the transaction that changes the archive, so none of them can lag behind another.
    """

    def shared(self, docs: Docs, shared: Shared) -> None:
        """It was shared, or its text has changed."""

    def taken_back(self, docs: Docs, shared: Shared) -> None:
        """Nothing of it may remain anywhere; `docs.forget` keeps backups from bringing it back."""


def save(docs: Docs, state: State, followers: Sequence[Follower]) -> None:
    """Write what the decision has changed."""
    now, before = state.known, state.before
    if now.office != before.office:
        docs.put(OFFICE, "office", to_json(now.office))
    if now.place != before.place:
        docs.put(PLACE, state.room, to_json(now.place))
    for user, person in now.people.items():
        _save_person(docs, user, person, before.people[user])
    if now.removed and not before.removed:
        docs.put(REMOVED, state.event, True)
    _save_restless(docs, state.event, now.restless, before.restless)
    if now.answer is not None:
        docs.put(ANSWER, now.answer.event, to_json(now.answer))
    for old, new in zip(before.mine, now.mine, strict=True):
        _save_shared(docs, new, old, followers)
    _save_shares(docs, now.shared, before.shared, followers)
    for shared in () if now.behind else before.behind:
        take_back(docs, shared, followers)


def _save_restless(docs: Docs, source: str, now: Restless, before: Restless) -> None:
    if now == before:
        return
    if now.times:
        docs.put(RESTLESS, source, to_json(now))
    else:
        docs.delete(RESTLESS, source)


def _save_person(docs: Docs, user: str, now: Person, before: Person) -> None:
    if now == before:
        return
    if now == Person():
        docs.delete(PERSON, user)
    else:
        docs.put(PERSON, user, to_json(now))


def _save_shares(
    docs: Docs, now: Shared | None, before: Shared | None, followers: Sequence[Follower]
) -> None:
    if before is not None and now is None:
        take_back(docs, before, followers)
    elif before is not None and now is not None and before.number not in (0, now.number):
        # To be shared anew. A backup that knows the message must find it, to do the same.
        _clear(docs, before, followers)
        _save_shared(docs, now, None, followers)
    elif now is not None:
        _save_shared(docs, now, before, followers)


def _save_shared(
    docs: Docs, now: Shared, before: Shared | None, followers: Sequence[Follower]
) -> None:
    if now == before:
        return
    docs.put(SHARED, now.source, to_json(now))
    old = before or Shared(now.source, now.room)
    _keep_in_step(docs, MARK, _events(old), _events(now), now.source)
    _keep_in_step(docs, EDIT, old.edits, now.edits, now.source)
    if (now.number, now.text, now.name) != (old.number, old.text, old.name):
        docs.put(NUMBER, str(now.number), now.source)
        index.update(docs, now.number, old.text, now.text)
        for follower in followers:
            follower.shared(docs, now)


def _events(shared: Shared) -> tuple[str, ...]:
    return tuple(mark.event for mark in shared.marks)


def _keep_in_step(
    docs: Docs, kind: str, before: Sequence[str], now: Sequence[str], value: object
) -> None:
    for gone in set(before) - set(now):
        docs.delete(kind, gone)
    for new in set(now) - set(before):
        docs.put(kind, new, value)


def take_back(docs: Docs, shared: Shared, followers: Sequence[Follower]) -> None:
    """The one place where a shared message is forgotten: in the archive, and by whoever follows."""
    (docs.forget if shared.number else docs.delete)(SHARED, shared.source)
    _clear(docs, shared, followers)


def _clear(docs: Docs, shared: Shared, followers: Sequence[Follower]) -> None:
    _keep_in_step(docs, MARK, _events(shared), (), None)
    answer = shared.newest
    while answer:
        stored = docs.get(ANSWER, answer)
        docs.delete(ANSWER, answer)
        answer = answer_from(stored, answer).before if stored is not None else ""
    _keep_in_step(docs, EDIT, shared.edits, (), None)
    if shared.state is ShareState.SHARED:
        docs.delete(NUMBER, str(shared.number))
        index.update(docs, shared.number, shared.text, "")
        for follower in followers:
            follower.taken_back(docs, shared)
