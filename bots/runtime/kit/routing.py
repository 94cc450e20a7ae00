"""Which rule an event is for: one table a bot, in order; the first line that fits takes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import UnionType
from typing import Any, Generic, TypeVar

from bots.runtime.kit.documents import Collection
from bots.runtime.kit.keys import Key, Made, Question, Timer
from bots.runtime.model.decision import Due, Event, FormSubmitted, Performed, Rewound
from bots.runtime.model.messages import MessageNow
from bots.runtime.understanding.commands import Command, Commands, Invocation, Unknown
from federation.model.actions import Action
from federation.model.events import RoomEvent, TextMessage, in_clear

T = TypeVar("T")
E = TypeVar("E", bound=Event)
Call = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Route(Generic[T]):
    """A line of the table."""

    kind: type[Any] | UnionType
    """Of event."""
    find: Callable[[T, Any], Call | None]
    """What is to be called; None if the event is for another line."""
    name: str = ""
    """What only one line may be about."""


class Router(Generic[T]):
    """Raises ValueError if two lines are about the same timer, handle or form."""

    def __init__(self, *routes: Route[T]) -> None:
        names = [x.name for x in routes if x.name]
        if twice := {x for x in names if names.count(x) > 1}:
            raise ValueError(f"There are two rules for {', '.join(sorted(twice))}; drop one")
        self._routes = routes

    def __call__(self, turn: T, event: Event) -> None:
        for route in self._routes:
            if not isinstance(event, route.kind):
                continue
            call = route.find(turn, event)
            if call is not None:
                call()
                return


def on(
    kind: type[E],
    *rules: Callable[[T, E], None],
    when: Callable[[T, E], bool] | None = None,
) -> Route[T]:
    """Events of a kind: `rule(turn, event)`, one after the other. Without a rule nothing comes of
    them."""

    return _where(kind, rules, when)


def in_room(
    *rules: Callable[[T, RoomEvent], None], when: Callable[[T, RoomEvent], bool] | None = None
) -> Route[T]:
    """Whatever happens in a room, as `on`."""
    return _where(RoomEvent, rules, when)


def _where(
    kind: type[Any] | UnionType,
    rules: tuple[Callable[..., None], ...],
    when: Callable[[T, Any], bool] | None,
    label: str = "",
) -> Route[T]:
    def find(turn: T, event: Any) -> Call | None:
        return (lambda: _all(rules, turn, event)) if when is None or when(turn, event) else None

    return Route(kind, find, label)


def _all(rules: tuple[Callable[..., None], ...], *of: Any, **parts: int | str) -> None:
    for rule in rules:
        rule(*of, **parts)


def timer(key: Timer, rule: Callable[..., None], of: Collection[Any] | None = None) -> Route[T]:
    """It rings: `rule(turn, **parts)`; with `of` `rule(turn, document)`, if the one that the timer
    names is still there."""
    return _keyed(Due, key, lambda x: x.key, (rule,), of, f"timer {key.pattern}")


def rewound(key: Timer, rule: Callable[..., None], of: Collection[Any] | None = None) -> Route[T]:
    """Its window has begun anew, since the machine was started again: as `timer`."""
    return _keyed(Rewound, key, lambda x: x.key, (rule,), of, f"rewound {key.pattern}")


def outcome(
    what: Made | type[Action], *rules: Callable[..., None], of: Collection[Any] | None = None
) -> Route[T]:
    """What came of an action (`notify`): by the handle that it fills, `rule(turn, event, **parts)`,
    with `of` as for a timer; or by its kind, `rule(turn, event)`."""
    if isinstance(what, Made):
        return _keyed(Performed, what, lambda x: x.handle, rules, of, f"handle {what.pattern}")
    kind = what.__name__
    return _where(Performed, rules, lambda _, x: bool(x.action == kind), f"outcome {kind}")


def now(key: Question, rule: Callable[..., None], of: Collection[Any] | None = None) -> Route[T]:
    """What a message says now, asked for this reason: `rule(turn, event, **parts)`, with `of` as
    for a timer."""
    return _keyed(MessageNow, key, lambda x: x.why, (rule,), of, f"question {key.pattern}")


def _keyed(
    kind: type[Any],
    key: Key,
    name: Callable[[Any], str | None],
    rules: tuple[Callable[..., None], ...],
    of: Collection[Any] | None,
    label: str,
) -> Route[T]:
    def find(turn: Any, event: Any) -> Call | None:
        parts = key.read(name(event))
        if parts is None:
            return None
        given = (turn,) if kind in (Due, Rewound) else (turn, event)
        if of is None:
            return lambda: _all(rules, *given, **parts)
        document = turn.get(of, str(*parts.values()))
        return lambda: _all(rules if document is not None else (), *given, document)

    return Route(kind, find, label)


def form(name: str, rule: Callable[[T, FormSubmitted], None]) -> Route[T]:
    """A form of the web site: `rule(turn, event)`."""

    return _where(FormSubmitted, (rule,), lambda _, x: bool(x.form == name), f"form {name}")


Typed = Invocation | Unknown
Commanded = Callable[[T, TextMessage, Invocation], None]


def commands(
    *table: tuple[Command, Commanded[T]],
    unknown: Callable[[T, TextMessage, Unknown], None] | None = None,
    clear: Callable[[T, TextMessage], None] | None = None,
    when: Callable[[T, TextMessage, Typed], bool] | None = None,
) -> Route[T]:
    """What people command in words: `rule(turn, event, invocation)`.

    `unknown`: what begins like a command and is none; without it the next line has it. `clear`:
    a command that had to be encrypted and was not, so that anybody could have written it.
    """
    known = Commands(command for command, _ in table)
    rules = {command.name: rule for command, rule in table}

    def find(turn: Any, event: TextMessage) -> Call | None:
        found = None if event.notice else known.read(event)
        if found is None or not (when is None or when(turn, event, found)):
            return None
        turn.asker = event.origin.sender
        if isinstance(found, Unknown):
            return None if unknown is None else lambda: unknown(turn, event, found)
        if clear is not None and in_clear(event):
            return lambda: clear(turn, event)
        rule = rules[found.command.name]
        return lambda: rule(turn, event, found)

    return Route(TextMessage, find)
