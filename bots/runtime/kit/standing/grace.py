"""Whose words count, where the network's coordinators, contacts and editors decide.

Their words count from devices that they have signed, under the keys by which we first knew them.
Who has none yet has some days to set them up, and is told how. It is less than the ombuds office
asks for: whoever runs a homeserver is believed when he first shows keys.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bots.runtime.kit import sparing
from bots.runtime.kit.standing.documents import KNOWN, Held, Known, Why
from bots.runtime.kit.turn import Turn
from bots.runtime.model.decision import Phrase, Say
from bots.runtime.speech.phrases import PerLanguage, Person
from bots.runtime.speech.vocabulary import CONFIRM
from bots.runtime.understanding.commands import Command
from federation.model.actions import Handle
from federation.model.events import Doubt, Origin, Seen, TextMessage

ALONE = timedelta(days=3)
"""After that, new keys of somebody count though nobody else has vouched for them."""
TOLD = 3 * 24 * 3600.0
"""Seconds before somebody is told again that a device of hers is not verified."""


SHOWN = 3600.0
"""Seconds before she is shown the picture of it again."""


@dataclass(frozen=True, slots=True)
class Grace:
    """What a bot is set to."""

    account: str
    language: str
    """In which those are spoken to who decide."""
    span: timedelta
    """How long what comes from devices that nobody has signed is carried out."""
    commands: tuple[Command, ...]
    """Those that decide."""

    @classmethod
    def of(cls, turn: Turn[Any]) -> Grace:
        found: Grace = turn.settings.grace
        return found

    def command(self, name: str) -> Command:
        return next(x for x in (*self.commands, CONFIRM) if x.name == name)


def known(turn: Turn[Any], user: str) -> Known:
    return turn.get(KNOWN, user) or Known(user, turn.seconds)


def meet(turn: Turn[Any], users: Iterable[str]) -> None:
    """The settings name them: their time begins."""
    for user in users:
        if turn.get(KNOWN, user) is None:
            turn.put(KNOWN, Known(user, turn.seconds))


def forget(turn: Turn[Any], user: str) -> None:
    """She does not decide here, and wants to be forgotten."""
    if turn.get(KNOWN, user) is not None:
        turn.drop(KNOWN, user, erase=True)


def bar(turn: Turn[Any], origin: Origin) -> Why | None:
    """What speaks against carrying out what came from there, days of grace aside."""
    identity = known(turn, origin.sender).identity
    if origin.doubt is None:
        return None if identity in ("", origin.identity) else Why.CHANGED
    if origin.doubt is Doubt.UNKNOWN:
        return Why.UNKNOWN
    return Why.WITHHELD if seen(turn, origin).withheld else Why.UNSIGNED


def seen(turn: Turn[Any], origin: Origin) -> Seen:
    return turn.view.identity(Grace.of(turn).account, origin.sender)


def is_excused(turn: Turn[Any], origin: Origin) -> bool:
    """She has time left to set up keys. If we have heard from a device that she has signed, another
    may be somebody else's."""
    her = known(turn, origin.sender)
    left = turn.seconds < her.since + Grace.of(turn).span.total_seconds()
    return left and not her.identity and not seen(turn, origin).withheld


def learn(turn: Turn[Any], origin: Origin) -> None:
    """Her words count: note by which keys we know her."""
    her = known(turn, origin.sender)
    if origin.doubt is None:
        her = replace(her, identity=origin.identity, changed="", changed_at=0.0)
    if her != turn.get(KNOWN, origin.sender):
        turn.put(KNOWN, her)


def has_waited(turn: Turn[Any], origin: Origin) -> bool:
    """Nobody has objected to these keys for so long."""
    her = known(turn, origin.sender)
    waited = turn.seconds - her.changed_at
    return her.changed == origin.identity and waited >= ALONE.total_seconds()


# -- what is said ---------------------------------------------------------------------------------


def steps(turn: Turn[Any], origin: Origin) -> Phrase:
    return Phrase("steps-device" if seen(turn, origin).master else "steps-keys", "")


def show_steps(turn: Turn[Any], origin: Origin, thread: str | None) -> None:
    """The same as a picture, which runs as her language does; once an hour is enough."""
    her = known(turn, origin.sender)

    def keep(**changes: Any) -> None:
        turn.put(KNOWN, replace(her, **changes))

    if not sparing.may_say("picture", her.heard, turn.seconds, keep, SHOWN):
        return
    language = Grace.of(turn).language
    what = "device" if seen(turn, origin).master else "keys"
    turned = turn.words.direction(language.split(maxsplit=1)[0]) == "rtl"
    picture = f"steps/{what}{'-rtl' if turned else ''}"
    phrase = Phrase(f"picture-{what}", language)
    turn.ask(Say(origin.room_id, phrase, thread=thread, picture=picture, about=origin.event_id))


def vouch(turn: Turn[Any], origin: Origin) -> Phrase:
    """Her keys are others: note since when, and say how they come to count."""
    her = known(turn, origin.sender)
    if her.changed != origin.identity:
        her = replace(her, changed=origin.identity, changed_at=turn.seconds)
        turn.put(KNOWN, her)
    date = _date(datetime.fromtimestamp(her.changed_at, UTC) + ALONE)
    named = PerLanguage(lambda language: f"{CONFIRM.shown(language)} {her.user}")
    values = {"person": Person(her.user), "named": named, "confirm": CONFIRM, "date": date}
    return Phrase("vouch", "", values)


def _date(at: datetime) -> str:
    return f"{at:%d.%m.%Y}"


def remind(turn: Turn[Any], event: TextMessage) -> None:
    """Behind the answer to a command: from when on the like of it is not carried out."""
    origin, her = event.origin, known(turn, event.origin.sender)
    if origin.doubt is None or not seen(turn, origin).known:
        return

    def keep(**changes: Any) -> None:
        turn.put(KNOWN, replace(her, **changes))

    if sparing.may_say("unsigned", her.heard, turn.seconds, keep, TOLD):
        until = datetime.fromtimestamp(her.since, UTC) + Grace.of(turn).span
        answer(turn, event, "unsigned", {"date": _date(until), "steps": steps(turn, origin)})
        show_steps(turn, origin, event.thread)


def answer(
    turn: Turn[Any], event: TextMessage, key: str, values: dict[str, object] | None = None
) -> None:
    there = (event.origin.event_id, event.origin.room_id, event.thread)
    values = {"confirm": CONFIRM, **(values or {})}
    _say_at(turn, there, Phrase(key, Grace.of(turn).language, values))


def say(
    turn: Turn[Any],
    key: str,
    held: Held,
    values: dict[str, object] | None = None,
    handle: Handle | None = None,
) -> None:
    always = {"command": Grace.of(turn).command(held.command), "person": Person(held.user)}
    values = {"confirm": CONFIRM, **always, **(values or {})}
    phrase = Phrase(key, Grace.of(turn).language, values)
    _say_at(turn, (held.event, held.room, held.thread), phrase, handle)


def _say_at(
    turn: Turn[Any],
    there: tuple[str, str, str | None],
    phrase: Phrase,
    handle: Handle | None = None,
) -> None:
    event, room, thread = there
    to = None if thread is not None else event
    turn.ask(Say(room, phrase, thread=thread, reply_to=to, handle=handle, about=event))
