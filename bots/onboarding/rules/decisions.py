"""Coordinators decide about somebody who asks to join: by reaction or in words."""

from __future__ import annotations

from bots.onboarding import handles
from bots.onboarding.models import Stage, WishState
from bots.onboarding.rules import choosing, commands, greeting, wishes
from bots.onboarding.rules.turn import Turn
from bots.onboarding.wording import DECLINED
from bots.runtime.speech import unheeded
from bots.runtime.speech.phrases import Person
from bots.runtime.speech.vocabulary import HELP, listed
from bots.runtime.understanding import answers
from bots.runtime.understanding.commands import Invocation, Unknown
from federation.model.actions import Kick, Ref
from federation.model.events import Reaction, TextMessage, in_clear
from federation.model.links import MODERATOR


def reacted(turn: Turn, event: Reaction) -> None:
    admit = answers.sign(event.key)
    if admit is None or turn.known.wish is None or turn.state.target is None:
        return
    current = handles.wish_number(turn.state.target.handle) == turn.wish.number
    if current and _may_decide(turn, event) and turn.wish.state is WishState.OPEN:
        decide(turn, event.origin.sender, handles.wish(turn.wish.number), admit=admit)


def commanded(turn: Turn, event: TextMessage) -> None:
    """`!admit` or `!decline`: in answer to the message about somebody, or with her id."""
    found = commands.COORDINATION.read(event)
    if found is None or event.notice:
        return
    there = event.origin.event_id
    if in_clear(event):
        turn.tell("command-plain", reply_to=there)
        return
    if isinstance(found, Unknown) or found.command is HELP:
        _help(turn, found, there)
        return
    _of_somebody(turn, event, found)


def _of_somebody(turn: Turn, event: TextMessage, found: Invocation) -> None:
    there = event.origin.event_id
    bare = not found.rest and turn.state.target is None
    if not _may_decide(turn, event):
        _only(turn, there)
    elif turn.known.wish is None:
        key = "wish-which" if found.rest or turn.state.waiting else "wish-none"
        turn.tell(key, _how(turn, found), reply_to=there)
    elif turn.wish.state is not WishState.OPEN:
        turn.tell("wish-already", reply_to=there)
    elif bare and not wishes.is_plain(turn, event.origin.sent_at / 1000):
        turn.tell("wish-meanwhile", {**_how(turn, found), **_whom(turn)}, reply_to=there)
    else:
        if unheeded.is_said(found.rest, turn.wish.user, turn.wish.name):
            _unheeded(turn, found, there)
        decide(turn, event.origin.sender, there, admit=found.command is commands.ADMIT)
        if bare and not (turn.wish.gathered or turn.wish.state is WishState.OPEN):
            turn.tell(f"taken-{turn.wish.state}", _whom(turn), reply_to=there)


def _how(turn: Turn, found: Invocation) -> dict[str, object]:
    """How a command names somebody."""
    shown = found.command.shown(turn.settings.languages[0])
    return {"command": shown, "named": f"{shown} @name:example.org"}


def _whom(turn: Turn) -> dict[str, object]:
    return {"person": Person(turn.wish.user, turn.wish.name)}


def _unheeded(turn: Turn, found: Invocation, there: str) -> None:
    turn.tell("rest-unused", unheeded.values(found), reply_to=there)


def _help(turn: Turn, found: Invocation | Unknown, there: str) -> None:
    if isinstance(found, Unknown):
        turn.tell(*unheeded.unknown(found, HELP), reply_to=there)
        return
    if unheeded.is_said(found.rest):
        _unheeded(turn, found, there)
    turn.tell("coordination-help", {"lines": listed(commands.OF_COORDINATORS)}, reply_to=there)


def _may_decide(turn: Turn, event: Reaction | TextMessage) -> bool:
    sender, settings = event.origin.sender, turn.settings
    if settings.premises.is_barred(sender, settings.coordination, turn.state.look):
        return False
    deciding = sender in settings.coordinators or sender in _contacts(turn)
    return deciding or event.room.power(sender) >= MODERATOR


def _contacts(turn: Turn) -> frozenset[str]:
    """Who decides besides coordinators; while nobody is named, whoever might."""
    if turn.known.wish is None:
        return frozenset(user for x in turn.settings.initiatives for user in x.contacts)
    initiative = turn.settings.initiative(turn.wish.initiative)
    return frozenset(initiative.contacts if initiative is not None else ())


def _only(turn: Turn, there: str) -> None:
    wish = turn.known.wish
    initiative = turn.settings.initiative(wish.initiative) if wish is not None else None
    if initiative is None:
        turn.tell("only-coordinators", reply_to=there)
    else:
        turn.tell("only-contacts", {"initiative": initiative.name}, reply_to=there)


def decide(turn: Turn, by: str, there: Ref, *, admit: bool) -> None:
    """`there`: what a refusal is an answer to."""
    if admit and (ban := turn.ban) is not None:
        turn.tell(ban.key, ban.values, reply_to=there)
        return
    wishes.close(turn, WishState.ADMITTED if admit else WishState.DECLINED, by)
    if turn.wish.gathered:
        wishes.answer(turn, there, by)
    (_admit if admit else _decline)(turn)


def _admit(turn: Turn) -> None:
    if turn.wish.initiative:
        _answer(turn, admitted=True)
        return
    member = turn.meet(turn.wish.user)
    turn.change(approved=True)
    if turn.wish.knocked:
        turn.ask_in(turn.settings.space, member.user)
    if member.stage is Stage.WAITING:
        choosing.enter(turn)
    elif member.stage is Stage.NEW:
        greeting.expect(turn, turn.settings.remind_after)


def _answer(turn: Turn, *, admitted: bool) -> None:
    """The contacts of an initiative have decided."""
    initiative = turn.settings.initiative(turn.wish.initiative)
    if initiative is None or turn.known.member is None:
        return
    values: dict[str, object] = {"initiative": initiative.name}
    turn.reach()
    if admitted:
        chosen = dict.fromkeys((*turn.member.wishes, initiative.id))
        turn.change(wishes=tuple(chosen))
        turn.say("let-in", {**values, "invited": turn.invite(initiative.rooms)})
    else:
        if turn.wish.knocked and initiative.space is not None:
            space, user = turn.place(initiative.space), turn.member.user
            turn.ask(Kick(space, user, notify=True, reason=_kindly(turn), whose=user))
        turn.say("not-let-in", {**values, "topics": commands.TOPICS})


def _decline(turn: Turn) -> None:
    if turn.wish.initiative:
        _answer(turn, admitted=False)
        return
    user, space = turn.wish.user, turn.place(turn.settings.space)
    if turn.wish.knocked:
        turn.ask(Kick(space, user, notify=True, reason=_kindly(turn), whose=user))
    elif turn.known.member is not None:
        turn.change(stage=Stage.REFUSED, accepted="", accepted_at=0.0)
        turn.reach()
        turn.say("declined")


def _kindly(turn: Turn) -> str:
    """In the languages of a first greeting, since hers is not known."""
    member = turn.known.member
    tongues = (member.language if member is not None else None) or turn.settings.first_words
    values = {"network": turn.settings.network}
    return "\n\n".join(turn.state.tongues.text(DECLINED, x, values) for x in tongues.split())
