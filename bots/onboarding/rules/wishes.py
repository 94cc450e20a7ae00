"""Somebody asks to join: coordinators hear of it, and see what became of it."""

from __future__ import annotations

from dataclasses import replace

from bots.onboarding import commands, keys
from bots.onboarding.documents import WISHES, MemberMoves, Wish, WishMoves, WishState
from bots.onboarding.rules import bans, gathering
from bots.onboarding.rules.turn import DAY, Turn
from bots.onboarding.settings import Initiative
from bots.runtime.kit.states import Move
from bots.runtime.model.decision import NO_TIME, CancelTimer, Phrase, SetTimer
from bots.runtime.speech.phrases import Person, Quote
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
    _open(turn, Wish(0, turn.user, turn.seconds, _name(turn), turn.member.said, knocked=False))
    turn.change(said="")


def _name(turn: Turn) -> str:
    return excerpt(clean(turn.person(turn.user).name)[0], LONGEST_NAME)


def ask_initiative(turn: Turn, initiative: Initiative, why: str | None = None) -> None:
    """She chose one whose contacts let people in, or has knocked there and said why."""
    knocked, name = why is not None, _name(turn)
    wish = Wish(0, turn.user, turn.seconds, name, why or "", knocked, initiative=initiative.id)
    turn.change(asked=tuple(dict.fromkeys((*turn.member.asked, initiative.id))))
    with turn.about(initiative.id):
        _open(turn, wish)


def withdraw_all(turn: Turn) -> None:
    """She is out, or wants to be: nobody needs to let her in any more."""
    for door in turn.doors:
        if door.open:
            with turn.about(door.initiative):
                close(turn, WishMoves.withdrawn)


def add(turn: Turn, text: str) -> None:
    """Something that she wrote while she waits: those who decide see it with the rest."""
    if turn.waits and text not in turn.wish.reason:
        turn.set_wish(reason=joined(turn.wish.reason, text))
        show(turn)


def joined(before: str, text: str) -> str:
    """What she wrote so far and what she adds; of too much, the beginning and the end."""
    whole = "\n".join(x for x in (before, text.strip()) if x)
    if len(whole) <= LONGEST_REASON:
        return whole
    half = LONGEST_REASON // 2
    return f"{whole[:half].rstrip()} … {whole[-half:].lstrip()}"


def _open(turn: Turn, wish: Wish) -> None:
    old = turn.found
    if old is not None and old.open:
        turn.set_wish(knocked=old.knocked or wish.knocked)
        add(turn, wish.reason)
        return
    if old is not None and turn.seconds - old.asked < DAY:
        # Whoever asks again and again makes no phone ring: the message about her changes.
        state = WishMoves.asked_again(old.state)
        kept = replace(old, state=state, name=wish.name, reason=wish.reason)
        turn.put(WISHES, replace(kept, knocked=wish.knocked))
        _show_soon(turn)
    else:
        _tell(turn, wish if old is None else replace(wish, named=(*old.named, *_own(old))))
    _stir(turn)
    _remind_later(turn)


def _tell(turn: Turn, wish: Wish) -> None:
    """In a message of its own, at which coordinators can decide; where many ask at a time, those
    who come after the first are told of in one message."""
    number = turn.office.wishes + 1
    turn.set_office(wishes=number)
    wish = replace(wish, number=number, gathered=gathering.is_crowd(turn, wish))
    turn.put(WISHES, wish)
    if wish.gathered:
        gathering.soon(turn)
        return
    gathering.note(turn, wish)
    told = keys.WISH(number=number)
    turn.tell(_key(wish), _values(turn), handle=told)
    room = turn.place(turn.settings.coordination)
    signs = (DECLINE,) if turn.settings.in_words else (ADMIT, DECLINE)
    turn.ask(*(React(room, told, key) for key in signs))


def _own(wish: Wish) -> tuple[Handle, ...]:
    """The message that tells of it alone."""
    return () if wish.gathered else (keys.WISH(number=wish.number),)


def _remind_later(turn: Turn) -> None:
    timer = keys.WAITS(wish=turn.wish.key)
    turn.ask(SetTimer(timer, after=turn.settings.remind_after))


def ended(*, own: bool) -> Move[WishState]:
    """How a wish ends with who asked, of her own accord or by somebody else."""
    return WishMoves.withdrawn if own else WishMoves.declined


def close(turn: Turn, happens: Move[WishState], by: str = "") -> None:
    """Nobody needs to decide any more; what somebody wrote about herself is forgotten."""
    turn.set_wish(state=happens(turn.wish.state), reason="")
    _stir(turn)
    turn.ask(CancelTimer(keys.WAITS(wish=turn.wish.key)))
    if happens is WishMoves.withdrawn:
        _show_soon(turn)
    else:
        turn.ask(CancelTimer(keys.SHOW(wish=turn.wish.key)))
        show(turn, by)


def _stir(turn: Turn) -> None:
    number = str(turn.wish.number)
    others = [(x, at) for x, at in turn.office.stirs.items() if x != number]
    turn.set_office(stirs=dict([*others[-1:], (number, turn.seconds)]))


def is_plain(turn: Turn, said_at: float) -> bool:
    """Whether who says "let in" without saying whom can only mean the one who waits: nobody else
    came or was decided about just before, and she did not come only afterwards."""
    number, stirs = str(turn.wish.number), turn.office.stirs
    meanwhile = any(turn.seconds - at < LATELY for x, at in stirs.items() if x != number)
    return not meanwhile and turn.wish.asked <= said_at


# -- what coordinators read ------------------------------------------------------------------------


def show_ban(turn: Turn) -> None:
    """Those who decide about her see a ban, and that it was lifted."""
    if turn.waits:
        show(turn)


def _show_soon(turn: Turn) -> None:
    """At once, unless she has just changed her mind before."""
    if turn.seconds - turn.wish.shown < gathering.SETTLE.total_seconds():
        turn.ask(SetTimer(keys.SHOW(wish=turn.wish.key), after=gathering.SETTLE))
    else:
        show_due(turn)


def show_due(turn: Turn) -> None:
    turn.set_wish(shown=turn.seconds)
    show(turn)


def show(turn: Turn, by: str = "") -> None:
    """Bring the message about her up to date."""
    if turn.wish.gathered:
        gathering.soon(turn)
        return
    values = {**_values(turn), "coordinator": turn.person(by) if by else ""}
    handle = keys.WISH(number=turn.wish.number)  # the room may have been replaced since
    turn.tell_in(handle, _key(turn.wish, by), values, edits=handle)


def _key(wish: Wish, by: str = "") -> str:
    if wish.initiative:
        return "door" if wish.open else f"door-{wish.state}"
    if wish.open:
        knock = "knock" if wish.reason else "knock-silent"
        return knock if wish.knocked else "request"
    return f"wish-{wish.state}" if by or wish.state is WishState.WITHDRAWN else "wish-inside"


def _values(turn: Turn) -> dict[str, object]:
    wish, language = turn.wish, turn.settings.languages[0]
    admit, decline = (x.shown(language) for x in (commands.ADMIT, commands.DECLINE))
    decide = "decide-in-words" if turn.settings.in_words else "decide"
    return {
        "person": Person(wish.user, wish.name),
        "reason": Quote(wish.reason),
        "decide": Phrase(decide, language, {"admit": admit, "decline": decline}),
        "banned": bans.ban(turn) or "",
        **_door(turn),
    }


def _door(turn: Turn) -> dict[str, object]:
    initiative = turn.settings.initiative(turn.wish.initiative)
    if initiative is None:
        return {"initiative": turn.wish.initiative, "contacts": "", "why": ""}
    why = Quote(turn.wish.reason) if turn.wish.reason else ""
    contacts = ", ".join(initiative.contacts)
    return {"initiative": initiative.name, "contacts": contacts, "why": why}


def answer(turn: Turn, there: Ref, by: str) -> None:
    """Say what became of somebody who has no message of her own."""
    values = {**_values(turn), "coordinator": turn.person(by)}
    turn.tell(_key(turn.wish, by), values, reply_to=there, handle=_named(turn))


def _named(turn: Turn) -> Handle:
    """For a further message that names her."""
    wish = turn.wish
    handle = keys.REMINDER(number=wish.number, which=len(wish.named))
    turn.set_wish(named=(*wish.named, handle))
    return handle


# -- while nobody decides --------------------------------------------------------------------------


def remind(turn: Turn) -> None:
    if not turn.waits:
        return
    if _is_away(turn):
        close(turn, WishMoves.withdrawn)
        turn.let_go(MemberMoves.gave_up_waiting, shown="", first=0)
    elif turn.wish.gathered:
        gathering.remind(turn, stands=_stands(turn, turn.wish))
        _remind_later(turn)
    elif not _stands(turn, turn.wish):
        named = (*turn.wish.named, *_own(turn.wish))
        _tell(turn, replace(turn.wish, named=named))
        _remind_later(turn)
    else:
        told, person = keys.WISH(number=turn.wish.number), Person(turn.user, turn.wish.name)
        turn.tell("wish-reminder", {"person": person}, reply_to=told, handle=_named(turn))


def _is_away(turn: Turn) -> bool:
    """She has left the chat in which she asked, perhaps with her account, and stayed away."""
    member = turn.known
    asked_us = not (turn.wish.knocked or turn.wish.initiative)
    return asked_us and member is not None and member.away and not member.inside


def _stands(turn: Turn, wish: Wish) -> bool:
    """Whether coordinators have the message about her before them: it may have failed, or stand
    in a room that was replaced."""
    handle = gathering.about(wish, turn.office)
    made = turn.view.made(handle)
    here = made is not None and made.room_id == turn.place(turn.settings.coordination)
    return here or turn.view.is_coming(handle)


def again(turn: Turn) -> None:
    """We are in a room of coordinators, who may not have been told there of those who wait. Of more
    than can be found at once the others are told when it is time to remind of them."""
    untold = (x for x in turn.find(WISHES, "open", oldest=True) if not _stands(turn, x))
    turn.ask(*(SetTimer(keys.WAITS(wish=x.key), after=NO_TIME) for x in untold))


def forget(turn: Turn) -> None:
    """Take what was told of her back as well."""
    mine = (*(() if turn.found is None else (turn.found,)), *turn.doors)
    for wish in mine:
        named = (*_own(wish), *map(Handle, wish.named))
        if wish.gathered:
            gathering.anew(turn)
        turn.ask(*(Redact(handle, handle, notify=True) for handle in named))
        turn.ask(CancelTimer(keys.WAITS(wish=wish.key)))
        turn.drop(WISHES, wish.key)
