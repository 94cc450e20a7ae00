"""Somebody asks to join: coordinators hear of it, and see what became of it."""

from __future__ import annotations

from dataclasses import replace

from bots.onboarding import handles
from bots.onboarding.models import Initiative, Stage, Wish, WishState
from bots.onboarding.rules import commands, gathering
from bots.onboarding.rules.turn import DAY, Turn
from bots.runtime.model.decision import NO_TIME, CancelTimer, SetTimer
from bots.runtime.speech.phrases import Person, Quote
from bots.runtime.understanding.commands import Command
from bots.runtime.understanding.texts import clean, excerpt
from federation.model.actions import Handle, React, Redact, Ref
from federation.model.events import Membership

ADMIT, DECLINE = "✅", "❌"
LATELY = 600.0
"""Seconds in which somebody may write about a person who waits no more by now."""
LONGEST_REASON, LONGEST_NAME = 1_000, 60


def knocked(turn: Turn, event: Membership) -> None:
    """At the space."""
    name = excerpt(clean(event.name)[0], LONGEST_NAME)
    _open(turn, Wish(0, event.user, turn.seconds, name, reason(event)))


def reason(event: Membership) -> str:
    """What somebody says of herself who knocks."""
    return clean(event.reason)[0][:LONGEST_REASON]


def ask(turn: Turn) -> None:
    """By a private message: she has agreed to the rules and would like to be let in."""
    member = turn.member
    _open(turn, Wish(0, member.user, turn.seconds, _name(turn), member.said, knocked=False))
    turn.change(said="")


def _name(turn: Turn) -> str:
    return excerpt(clean(turn.person(turn.member.user).name)[0], LONGEST_NAME)


def ask_initiative(turn: Turn, initiative: Initiative, why: str | None = None) -> None:
    """She chose one whose contacts let people in, or has knocked there and said why."""
    user, knocked = turn.member.user, why is not None
    wish = Wish(0, user, turn.seconds, _name(turn), why or "", knocked, initiative=initiative.id)
    turn.change(asked=tuple(dict.fromkeys((*turn.member.asked, initiative.id))))
    old = next((x for x in turn.known.doors if x.initiative == initiative.id), None)
    with turn.about(old):
        _open(turn, wish)


def withdraw_all(turn: Turn) -> None:
    """She is out, or wants to be: nobody needs to let her in any more."""
    for door in turn.known.doors:
        if door.state is WishState.OPEN:
            with turn.about(door):
                close(turn, WishState.WITHDRAWN)


def add(turn: Turn, text: str) -> None:
    """Something that she wrote while she waits: those who decide see it with the rest."""
    if turn.wish.state is WishState.OPEN and text not in turn.wish.reason:
        turn.wish_for(reason=joined(turn.wish.reason, text))
        show(turn)


def joined(before: str, text: str) -> str:
    """What she wrote so far and what she adds; of too much, the beginning and the end."""
    whole = "\n".join(x for x in (before, text.strip()) if x)
    if len(whole) <= LONGEST_REASON:
        return whole
    half = LONGEST_REASON // 2
    return f"{whole[:half].rstrip()} … {whole[-half:].lstrip()}"


def _open(turn: Turn, wish: Wish) -> None:
    old = turn.known.wish
    if old is not None and old.state is WishState.OPEN:
        turn.wish_for(knocked=old.knocked or wish.knocked)
        add(turn, wish.reason)
        return
    if old is not None:
        wish = replace(wish, named=old.named)
    if old is not None and turn.seconds - old.asked < DAY:
        # Whoever asks again and again makes no phone ring: the message about her changes.
        kept = replace(old, state=wish.state, name=wish.name, reason=wish.reason)
        turn.known = replace(turn.known, wish=replace(kept, knocked=wish.knocked))
        _show_soon(turn)
    else:
        _tell(turn, wish if old is None else _named(wish, *_own(old)))
    _stir(turn)
    turn.ask(SetTimer(handles.WISH + wish.key, after=turn.settings.remind_after))


def _tell(turn: Turn, wish: Wish) -> None:
    """In a message of its own, at which coordinators can decide; where many ask at a time, those
    who come after the first stand in one message."""
    number = turn.known.office.wishes + 1
    gathered = gathering.is_crowd(turn, wish)
    turn.known = replace(turn.known, wish=replace(wish, number=number, gathered=gathered))
    turn.office(wishes=number)
    if gathered:
        gathering.soon(turn)
        return
    gathering.note(turn, wish)
    turn.tell(_key(turn.wish), _values(turn), handle=handles.wish(number))
    room = turn.place(turn.settings.coordination)
    turn.ask(*(React(room, handles.wish(number), key) for key in (ADMIT, DECLINE)))


def _named(wish: Wish, *found: Handle) -> Wish:
    return replace(wish, named=(*wish.named, *found))


def _own(wish: Wish) -> tuple[Handle, ...]:
    """The message that tells of it alone."""
    return () if wish.gathered else (handles.wish(wish.number),)


def close(turn: Turn, state: WishState, by: str = "") -> None:
    """Nobody needs to decide any more; what somebody wrote about herself is forgotten."""
    turn.wish_for(state=state, reason="")
    _stir(turn)
    turn.ask(CancelTimer(handles.WISH + turn.wish.key))
    if state is WishState.WITHDRAWN:
        _show_soon(turn)
    else:
        turn.ask(CancelTimer(handles.SHOW + turn.wish.key))
        show(turn, by)


def _stir(turn: Turn) -> None:
    number = str(turn.wish.number)
    others = [(x, at) for x, at in turn.known.office.stirs.items() if x != number]
    turn.office(stirs=dict([*others[-1:], (number, turn.seconds)]))


def is_plain(turn: Turn, said_at: float) -> bool:
    """Whether who says "let in" without saying whom can only mean the one who waits: nobody else
    came or was decided about just before, and she did not come only afterwards."""
    number, stirs = str(turn.wish.number), turn.known.office.stirs
    meanwhile = any(turn.seconds - at < LATELY for x, at in stirs.items() if x != number)
    return not meanwhile and turn.wish.asked <= said_at


def unbanned(turn: Turn) -> None:
    """Those who decide about her need not lift the ban any more."""
    if turn.known.wish is not None and turn.wish.state is WishState.OPEN:
        show(turn)


def _show_soon(turn: Turn) -> None:
    """At once, unless she has just changed her mind before."""
    if turn.seconds - turn.wish.shown < gathering.SETTLE.total_seconds():
        turn.ask(SetTimer(handles.SHOW + turn.wish.key, after=gathering.SETTLE))
    else:
        show_due(turn)


def show_due(turn: Turn) -> None:
    if turn.known.wish is not None:
        turn.wish_for(shown=turn.seconds)
        show(turn)


def show(turn: Turn, by: str = "") -> None:
    """Bring the message about her up to date."""
    if turn.wish.gathered:
        gathering.soon(turn)
        return
    values = {**_values(turn), "coordinator": turn.person(by) if by else ""}
    handle = handles.wish(turn.wish.number)  # the room may have been replaced since
    turn.tell_in(handle, _key(turn.wish, by), values, edits=handle)


def _key(wish: Wish, by: str = "") -> str:
    if wish.initiative:
        return "door" if wish.state is WishState.OPEN else f"door-{wish.state}"
    if wish.state is WishState.OPEN:
        knock = "knock" if wish.reason else "knock-silent"
        return knock if wish.knocked else "request"
    return f"wish-{wish.state}" if by or wish.state is WishState.WITHDRAWN else "wish-inside"


def _values(turn: Turn) -> dict[str, object]:
    wish = turn.wish
    return {
        "person": Person(wish.user, wish.name),
        "reason": Quote(wish.reason),
        "admit": _shown(turn, commands.ADMIT),
        "decline": _shown(turn, commands.DECLINE),
        "banned": turn.ban or "",
        **_door(turn),
    }


def _door(turn: Turn) -> dict[str, object]:
    initiative = turn.settings.initiative(turn.wish.initiative)
    if initiative is None:
        return {"initiative": turn.wish.initiative, "contacts": "", "why": ""}
    why = Quote(turn.wish.reason) if turn.wish.reason else ""
    contacts = ", ".join(initiative.contacts)
    return {"initiative": initiative.name, "contacts": contacts, "why": why}


def _shown(turn: Turn, command: Command) -> str:
    return command.shown(turn.settings.languages[0])


def remind(turn: Turn) -> None:
    wish = turn.known.wish
    if wish is None or wish.state is not WishState.OPEN:
        return
    if _is_away(turn):
        close(turn, WishState.WITHDRAWN)
        turn.let_go(Stage.NEW, shown="", first=0)
        return
    if wish.gathered:
        gathering.remind(turn, stands=_stands(turn))
        return
    if not _stands(turn):
        _tell(turn, _named(wish, *_own(wish)))
        turn.ask(SetTimer(handles.WISH + wish.key, after=turn.settings.remind_after))
        return
    handle = handles.reminder(wish.number, len(wish.named))
    turn.known = replace(turn.known, wish=_named(wish, handle))
    values = {"person": Person(wish.user, wish.name)}
    turn.tell("wish-reminder", values, reply_to=handles.wish(wish.number), handle=handle)


def _is_away(turn: Turn) -> bool:
    """She has left the chat in which she asked, perhaps with her account, and stayed away."""
    member = turn.known.member
    asked_us = not (turn.wish.knocked or turn.wish.initiative)
    return asked_us and member is not None and member.away and not member.inside


def _stands(turn: Turn) -> bool:
    """Whether coordinators have the message about her before them: it may have failed, or stand
    in a room that was replaced."""
    made = turn.state.target
    here = made is not None and made.room_id == turn.place(turn.settings.coordination)
    return here or turn.state.coming


def answer(turn: Turn, there: Ref, by: str) -> None:
    """Say what became of somebody who has no message of her own."""
    handle = handles.reminder(turn.wish.number, len(turn.wish.named))
    turn.known = replace(turn.known, wish=_named(turn.wish, handle))
    values = {**_values(turn), "coordinator": turn.person(by)}
    turn.tell(_key(turn.wish, by), values, reply_to=there, handle=handle)


def again(turn: Turn) -> None:
    """We are in a room of coordinators in which nobody was told of these."""
    turn.ask(*(SetTimer(handles.WISH + wish.key, after=NO_TIME) for wish in turn.state.waiting))


def forget(turn: Turn) -> None:
    """Take what was told of her back as well."""
    for wish in (*((turn.wish,) if turn.known.wish is not None else ()), *turn.known.doors):
        named = (*_own(wish), *map(Handle, wish.named))
        if wish.gathered:
            gathering.anew(turn)
        turn.ask(*(Redact(handle, handle, notify=True) for handle in named))
        turn.ask(CancelTimer(handles.WISH + wish.key))
    turn.known = replace(turn.known, wish=None, doors=())
