"""What we find out about flagged messages, once the person has decided who to tell."""

from __future__ import annotations

from dataclasses import replace

from bots.ombuds.cases import filing, ringing, standing, thread
from bots.ombuds.chats import arrival, receipts
from bots.ombuds.documents.cases import Flagged
from bots.ombuds.documents.flags import FLAGS, Flag, Found, Stage
from bots.ombuds.flags import decisions, flagging, telling
from bots.ombuds.turn import Turn
from bots.runtime.model.messages import Gone, Message, MessageNow, written
from bots.runtime.understanding import texts
from bots.runtime.understanding.texts import called
from federation.model.events import MediaMessage
from federation.model.links import link, servers


def found(turn: Turn, now: MessageNow, number: int) -> None:
    flag = turn.get(FLAGS, str(number))
    if flag is None or now.event_id not in flag.events:
        return
    turn.enter(turn.flagger(flag.user).room)
    if not turn.has_chat:
        return
    if flag.stage is Stage.SHOWN:
        turn.take_case(flag.case, here=True)
    one = _found(flag, now)
    place = called(now.place) or flag.place
    flag = replace(flag, found=(*flag.found, one), place=place)
    turn.put(FLAGS, flag)
    if flag.stage is Stage.SHOWN:
        flag = _pass_on(turn, flag, one, now)
    if len(flag.found) >= len(flag.events):
        _ALL[flag.stage](turn, flag)


def _found(flag: Flag, now: MessageNow) -> Found:
    readable = bool(_words(now))
    return Found(
        now.event_id,
        now.author,
        gone=isinstance(now.answer, Gone),
        readable=readable,
        medium=isinstance(now.shown, MediaMessage) and not readable,
        name="" if now.author == flag.user else called(now.name),
    )


def _words(now: MessageNow) -> str:
    """What its author wrote, or wrote beneath a picture."""
    return texts.clean(written(now.answer)[0])[0] if isinstance(now.answer, Message) else ""


def _author(flag: Flag, one: Found) -> str:
    """Name and id of the author; empty if the person flagged their own message."""
    if one.author == flag.user:
        return ""
    return f"{one.name} ({one.author})" if one.name and one.author else one.author


# -- for the office --------------------------------------------------------------------------------


def _file(turn: Turn, flag: Flag) -> None:
    via = servers(turn.look(flag.room))
    flagged = tuple(
        Flagged(
            link(flag.room, x.event, via),
            _author(flag, x),
            gone=x.gone,
            unread=not (x.readable or x.gone or x.medium),
            medium=x.medium,
            place=flag.place,
        )
        for x in flag.found
    )
    filing.begin(turn, filing.Incoming(flag.source, "", cut=False, encrypted=True), flags=flagged)
    arrival.notice_once(turn)
    if turn.look(turn.chat).encrypted:
        receipts.promise(turn, flag.source)
    if any(x.readable for x in flag.found):
        decisions.offer(turn, replace(flag, case=turn.case.number))
    else:
        flagging.forget(turn, flag, answered=True)
        media = all(x.medium for x in flag.found)
        turn.reply("evidence-medium" if media else "evidence-failed")


def _pass_on(turn: Turn, flag: Flag, one: Found, now: MessageNow) -> Flag:
    """Pass on a message that the office may now read."""
    about = link(flag.room, one.event, servers(turn.look(flag.room)))
    if not one.readable:
        phrase = turn.phrase("evidence-unreadable", {"link": about})
    else:
        author = _author(flag, one) or "–"
        values: dict[str, object] = {
            "author": author,
            "link": about,
            "text": texts.parts(_words(now))[0],
        }
        phrase = turn.phrase("evidence", values)
        if isinstance(now.answer, MediaMessage):
            values["kind"] = turn.phrase(f"kind-{now.answer.kind}")
            phrase = turn.phrase("evidence-beneath", values)
        flag = replace(flag, shown=flag.shown + 1)
        turn.put(FLAGS, flag)
    if turn.has_case:
        standing.bring(turn)
        thread.tell_text(turn, phrase, flag.source, "evidence")
    return flag


def _shown(turn: Turn, flag: Flag) -> None:
    flagging.forget(turn, flag, answered=True)
    if turn.has_case:
        ringing.went_on(turn)
        if not flag.shown:
            thread.belongs_here(turn)  # the person is asked to copy the text into the chat
    turn.reply("evidence-shown" if flag.shown else "evidence-failed")


_ALL = {Stage.MODERATORS: telling.pass_on, Stage.OFFICE: _file, Stage.SHOWN: _shown}
