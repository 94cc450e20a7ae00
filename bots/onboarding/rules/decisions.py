"""Coordinators decide about somebody who asks to join: by reaction or in words."""

from __future__ import annotations

from bots.onboarding import commands, keys
from bots.onboarding.documents import WISHES, MemberMoves, Question, Stage, WishMoves
from bots.onboarding.rules import bans, choosing, greeting, wishes
from bots.onboarding.rules.turn import Turn
from bots.onboarding.wording import DECLINED
from bots.runtime.speech import unheeded
from bots.runtime.speech.phrases import Person
from bots.runtime.speech.vocabulary import HELP, listed
from bots.runtime.understanding import answers
from bots.runtime.understanding.commands import Invocation, Unknown
from bots.runtime.understanding.people import person_in
from federation.model.actions import Kick, Ref
from federation.model.events import Reaction, TextMessage, in_clear


def reacted(turn: Turn, event: Reaction) -> None:
    admit = answers.sign(event.key)
    if admit is None or not _take_told(turn, event.target):
        return
    if not _may_decide(turn, event) or not turn.waits:
        return
    if admit and turn.settings.in_words:
        if turn.may_tell("sign-in-words"):
            language = turn.settings.languages[0]
            turn.tell("sign-in-words", {"command": commands.ADMIT.shown(language)})
    else:
        decide(turn, event.origin.sender, keys.WISH(number=turn.wish.number), admit=admit)


def commanded(turn: Turn, event: TextMessage, found: Invocation) -> None:
    """`!admit` or `!decline`: in answer to the message about somebody, or with her id."""
    there = event.origin.event_id
    bare = not _take(turn, event, found.rest) and not found.rest
    if not _may_decide(turn, event):
        _only(turn, there)
    elif turn.found is None:
        several = found.rest or turn.view.count(WISHES, "open")
        turn.tell("wish-which" if several else "wish-none", _how(turn, found), reply_to=there)
    elif not turn.wish.open:
        turn.tell("wish-already", reply_to=there)
    elif bare and not wishes.is_plain(turn, event.origin.sent_at / 1000):
        turn.tell("wish-meanwhile", {**_how(turn, found), **_whom(turn)}, reply_to=there)
    else:
        if unheeded.is_said(found.rest, turn.wish.user, turn.wish.name):
            _unheeded(turn, found, there)
        decide(turn, event.origin.sender, there, admit=found.command is commands.ADMIT)
        if bare and not (turn.wish.gathered or turn.wish.open):
            turn.tell(f"taken-{turn.wish.state}", _whom(turn), reply_to=there)


def _how(turn: Turn, found: Invocation) -> dict[str, object]:
    """How a command names somebody."""
    shown = found.command.shown(turn.settings.languages[0])
    return {"command": shown, "named": f"{shown} @name:example.org"}


def _whom(turn: Turn) -> dict[str, object]:
    return {"person": Person(turn.wish.user, turn.wish.name)}


def _unheeded(turn: Turn, found: Invocation, there: str) -> None:
    turn.tell("rest-unused", unheeded.values(found), reply_to=there)


def helped(turn: Turn, event: TextMessage, found: Invocation) -> None:
    there = event.origin.event_id
    if unheeded.is_said(found.rest):
        _unheeded(turn, found, there)
    turn.tell("coordination-help", {"lines": listed(commands.OF_COORDINATORS)}, reply_to=there)


def unknown(turn: Turn, event: TextMessage, found: Unknown) -> None:
    if in_clear(event):
        plain(turn, event)
    else:
        turn.tell(*unheeded.unknown(found, HELP), reply_to=event.origin.event_id)


def plain(turn: Turn, event: TextMessage) -> None:
    turn.tell("command-plain", reply_to=event.origin.event_id)


# -- whom they mean --------------------------------------------------------------------------------


def _take(turn: Turn, event: TextMessage, rest: str) -> bool:
    """From now on it is about the wish that a command means; whether by a message that it answers.
    Whom it names is meant, whatever message it happens to answer."""
    number, person = commands.number(rest), person_in(rest, event.people)
    if number is not None:
        _take_number(turn, number)
    elif person is not None:
        _take_person(turn, person)
    elif any(_take_told(turn, x) for x in (event.reply_to, event.thread)):
        return True
    elif not rest and turn.view.count(WISHES, "open") == 1:
        (wish,) = turn.find(WISHES, "open", most=1)
        turn.take(wish.user, wish.initiative)
    return False


def _take_told(turn: Turn, event_id: str | None) -> bool:
    """The one of which this message of ours tells."""
    made = turn.view.made_by_event(event_id) if event_id is not None else None
    told = keys.WISH.read(made.handle) if made is not None else None
    return told is not None and _take_number(turn, str(told["number"]))


def _take_number(turn: Turn, number: str) -> bool:
    for wish in turn.find(WISHES, "number", number, most=1):
        turn.take(wish.user, wish.initiative)
        return True
    return False


def _take_person(turn: Turn, user: str) -> None:
    """That of hers that is open, if there is one alone."""
    turn.take(user)
    doors = [x for x in turn.doors if x.open]
    if not turn.waits and len(doors) == 1:
        turn.take(user, doors[0].initiative)


# -- who may decide --------------------------------------------------------------------------------


def _may_decide(turn: Turn, event: Reaction | TextMessage) -> bool:
    return turn.may_decide(event.origin.sender, event.room, _contacts(turn))


def decides(turn: Turn, event: TextMessage, _: Invocation) -> bool:
    """Whether she might, whomever she means."""
    return _may_decide(turn, event)


def _contacts(turn: Turn) -> frozenset[str]:
    """Who decides besides coordinators; while nobody is named, whoever might."""
    if turn.found is None:
        return frozenset(user for x in turn.settings.initiatives for user in x.contacts)
    initiative = turn.settings.initiative(turn.wish.initiative)
    return frozenset(initiative.contacts if initiative is not None else ())


def _only(turn: Turn, there: str) -> None:
    wish = turn.found
    initiative = turn.settings.initiative(wish.initiative) if wish is not None else None
    if initiative is None:
        turn.tell("only-coordinators", reply_to=there)
    else:
        turn.tell("only-contacts", {"initiative": initiative.name}, reply_to=there)


# -- what follows ----------------------------------------------------------------------------------


def decide(turn: Turn, by: str, there: Ref, *, admit: bool) -> None:
    """`there`: what a refusal is an answer to."""
    if admit and (ban := bans.ban(turn)) is not None:
        turn.tell(ban.key, ban.values, reply_to=there)
        return
    wishes.close(turn, WishMoves.admitted if admit else WishMoves.declined, by)
    if turn.wish.gathered:
        wishes.answer(turn, there, by)
    (_admit if admit else _decline)(turn)


def _admit(turn: Turn) -> None:
    if turn.wish.initiative:
        _answer(turn, admitted=True)
        return
    member = turn.meet()
    turn.change(approved=True)
    if turn.wish.knocked:
        turn.ask_in(turn.settings.space)
    if member.stage is Stage.WAITING:
        choosing.enter(turn)
    elif member.stage is Stage.NEW:
        greeting.expect(turn, turn.settings.remind_after)


def _decline(turn: Turn) -> None:
    if turn.wish.initiative:
        _answer(turn, admitted=False)
    elif turn.wish.knocked:
        _turn_away(turn, turn.settings.space)
    elif turn.known is not None:
        turn.move(MemberMoves.declined, accepted="", accepted_at=0.0, offered=())
        if turn.member.question is Question.TOPICS:
            turn.change(question=Question.NOTHING)
        turn.reach()
        turn.say("declined")


def _answer(turn: Turn, *, admitted: bool) -> None:
    """The contacts of an initiative have decided."""
    initiative = turn.settings.initiative(turn.wish.initiative)
    if initiative is None or turn.known is None:
        return
    values: dict[str, object] = {"initiative": initiative.name}
    turn.reach()
    if admitted:
        chosen = dict.fromkeys((*turn.member.wishes, initiative.id))
        turn.change(wishes=tuple(chosen))
        turn.say("let-in", {**values, "invited": turn.invite(initiative.rooms)})
    else:
        if turn.wish.knocked and initiative.space is not None:
            _turn_away(turn, initiative.space)
        turn.say("not-let-in", {**values, "topics": commands.TOPICS})


def _turn_away(turn: Turn, space: str) -> None:
    """Kindly, and where her language is not known, in those of a first greeting."""
    values = {"network": turn.settings.network}
    reason = "\n\n".join(turn.tongues.text(DECLINED, x, values) for x in turn.language.split())
    there = turn.place(space)
    turn.ask(Kick(there, turn.user, notify=True, reason=reason, whose=turn.user))
