"""Which rule an event is for: one table a bot, in order; the first line that fits takes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import UnionType
from typing import Any, Generic, TypeVar

from bots.runtime.commands import Command, Commands, Invocation, Unknown
from bots.runtime.decision import Due, Event, FormSubmitted, Performed
from bots.runtime.kit.keys import Made, Question, Timer
from bots.runtime.kit.messages import MessageNow
from federation.actions import Action
from federation.events import RoomEvent, TextMessage, in_clear

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

    def find(turn: T, event: E) -> Call | None:
        return (lambda: _all(rules, turn, event)) if when is None or when(turn, event) else None

    return Route(kind, find)


def in_room(
    rule: Callable[[T, RoomEvent], None], when: Callable[[T, RoomEvent], bool] | None = None
) -> Route[T]:
    """Whatever happens in a room."""

    def find(turn: T, event: RoomEvent) -> Call | None:
        return (lambda: rule(turn, event)) if when is None or when(turn, event) else None

    return Route(RoomEvent, find)


def _all(rules: tuple[Callable[..., None], ...], *of: Any, **parts: int | str) -> None:
    for rule in rules:
        rule(*of, **parts)


def timer(key: Timer, rule: Callable[..., None]) -> Route[T]:
    """It rings: `rule(turn, **parts)`."""

    def find(turn: T, event: Due) -> Call | None:
        parts = key.read(event.key)
        return None if parts is None else lambda: rule(turn, **parts)

    return Route(Due, find, f"timer {key.pattern}")


def outcome(of: Made | type[Action], *rules: Callable[..., None]) -> Route[T]:
    """What came of an action (`notify`): by the handle that it fills, `rule(turn, event, **parts)`,
    or by its kind, `rule(turn, event)`."""
    if isinstance(of, Made):
        return Route(Performed, _filled(of, rules), f"handle {of.pattern}")
    kind = of.__name__

    def find(turn: T, event: Performed) -> Call | None:
        return (lambda: _all(rules, turn, event)) if event.action == kind else None

    return Route(Performed, find, f"outcome {kind}")


def _filled(
    key: Made, rules: tuple[Callable[..., None], ...]
) -> Callable[[T, Performed], Call | None]:
    def find(turn: T, event: Performed) -> Call | None:
        parts = key.read(event.handle)
        return None if parts is None else lambda: _all(rules, turn, event, **parts)

    return find


def now(key: Question, rule: Callable[..., None]) -> Route[T]:
    """What a message says now, asked for this reason: `rule(turn, event, **parts)`."""

    def find(turn: T, event: MessageNow) -> Call | None:
        parts = key.read(event.why)
        return None if parts is None else lambda: rule(turn, event, **parts)

    return Route(MessageNow, find, f"question {key.pattern}")


def form(name: str, rule: Callable[[T, FormSubmitted], None]) -> Route[T]:
    """A form of the web site: `rule(turn, event)`."""

    def find(turn: T, event: FormSubmitted) -> Call | None:
        return (lambda: rule(turn, event)) if event.form == name else None

    return Route(FormSubmitted, find, f"form {name}")


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

    def find(turn: T, event: TextMessage) -> Call | None:
        found = None if event.notice else known.read(event)
        if found is None or not (when is None or when(turn, event, found)):
            return None
        if isinstance(found, Unknown):
            return None if unknown is None else lambda: unknown(turn, event, found)
        if clear is not None and in_clear(event):
            return lambda: clear(turn, event)
        rule = rules[found.command.name]
        return lambda: rule(turn, event, found)

    return Route(TextMessage, find)
