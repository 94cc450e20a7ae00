"""What was found of flagged messages, once the person has decided who is to be told."""

from __future__ import annotations

from dataclasses import replace

from bots.ombuds.flags import Flag, Found, Stage
from bots.ombuds.models import Flagged
from bots.ombuds.rules import conversation, decisions, flagging, ringing, telling
from bots.ombuds.rules.turn import Turn
from bots.runtime import texts
from bots.runtime.decision import Performed
from bots.runtime.texts import called
from federation.events import Ignored, MediaMessage, RoomEvent, TextMessage
from federation.links import link, servers
from federation.translate import looked_up


def found(turn: Turn, event: Performed) -> None:
    numbers = turn.known.desk.looks.get(event.target or "") or ()
    if event.target is None or not numbers:
        return
    turn.keep("looks", event.target, numbers[1:] or None)
    flag = turn.known.desk.flags.get(str(numbers[0]))
    if flag is None or event.target not in flag.events or turn.known.reporter is None:
        return
    message = _message(turn, event)
    one = _found(turn, flag, event, message)
    place = called(str((event.found or {}).get("room", ""))) or flag.place
    flag = replace(flag, found=(*flag.found, one), place=place)
    turn.keep("flags", flag.number, flag)
    if flag.stage is Stage.SHOWN:
        flag = _pass_on(turn, flag, one, message)
    if len(flag.found) >= len(flag.events):
        _ALL[flag.stage](turn, flag)


def _message(turn: Turn, event: Performed) -> RoomEvent | None:
    if event.error is not None or event.found is None or not event.found.get("event"):
        return None
    room = turn.state.there
    message = looked_up(turn.settings.account, room, event.found, turn.state.view)
    return message if message.origin.event_id == event.target else None


def _found(turn: Turn, flag: Flag, event: Performed, message: RoomEvent | None) -> Found:
    target = event.target or ""
    if message is None:
        return Found(target)
    # What is not encrypted in an encrypted room could be its server's invention.
    safe = message.origin.encrypted or not turn.state.view.encrypted
    words = safe and bool(_words(message))
    gone, medium = isinstance(message, Ignored), isinstance(message, MediaMessage) and not words
    hers = message.origin.sender == flag.user
    name = "" if hers else called(str((event.found or {}).get("name", "")))
    return Found(target, message.origin.sender, gone, words, medium, name)


def _words(message: RoomEvent | None) -> str:
    """What its author wrote, or wrote beneath a picture."""
    match message:
        case TextMessage():
            return texts.clean(message.body)[0]
        case MediaMessage():
            return texts.clean(message.caption)[0]
    return ""


def _author(flag: Flag, one: Found) -> str:
    """By name and id; never her own, if the message is hers."""
    if one.author == flag.user:
        return ""
    return f"{one.name} ({one.author})" if one.name and one.author else one.author


# -- for the office --------------------------------------------------------------------------------


def _file(turn: Turn, flag: Flag) -> None:
    via = servers(turn.state.view)
    flagged = tuple(
        Flagged(
            link(flag.room, via=via),
            link(flag.room, x.event, via),
            _author(flag, x),
            gone=x.gone,
            unread=not (x.readable or x.gone or x.medium),
            medium=x.medium,
            place=flag.place,
        )
        for x in flag.found
    )
    conversation.flagged(turn, flag.source, flagged)
    if any(x.readable for x in flag.found):
        decisions.offer(turn, replace(flag, case=turn.case.number))
    else:
        flagging.forget(turn, flag, answered=True)
        media = all(x.medium for x in flag.found)
        turn.reply("evidence-medium" if media else "evidence-failed")


def _pass_on(turn: Turn, flag: Flag, one: Found, message: RoomEvent | None) -> Flag:
    """What the office may read now."""
    about = link(flag.room, one.event, servers(turn.state.view))
    if not one.readable:
        phrase = turn.phrase("evidence-unreadable", {"link": about})
    else:
        author = _author(flag, one) or "–"
        values: dict[str, object] = {
            "author": author,
            "link": about,
            "text": texts.parts(_words(message))[0],
        }
        phrase = turn.phrase("evidence", values)
        if isinstance(message, MediaMessage):
            values["kind"] = turn.phrase(f"kind-{message.kind}")
            phrase = turn.phrase("evidence-beneath", values)
        flag = replace(flag, shown=flag.shown + 1)
        turn.keep("flags", flag.number, flag)
    if turn.known.case is not None:
        turn.tell_text(phrase, flag.source, "evidence")
    return flag


def _shown(turn: Turn, flag: Flag) -> None:
    flagging.forget(turn, flag, answered=True)
    if turn.known.case is not None:
        ringing.went_on(turn)
        if not flag.shown:
            turn.at_case()  # she is asked to copy the text into the chat
    turn.reply("evidence-shown" if flag.shown else "evidence-failed")


_ALL = {Stage.MODERATORS: telling.pass_on, Stage.OFFICE: _file, Stage.SHOWN: _shown}
