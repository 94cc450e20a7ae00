"""She is in: invited to the rooms for all, then asked which initiatives or topics she wants."""

from __future__ import annotations

from bots.onboarding import commands
from bots.onboarding.documents import MemberMoves, Question
from bots.onboarding.rules import bans, options, wishes
from bots.onboarding.rules.turn import Turn
from bots.onboarding.settings import Initiative
from bots.runtime.model.decision import Phrase
from bots.runtime.speech.phrases import Link
from bots.runtime.understanding import answers
from federation.model.membership import asks


def enter(turn: Turn) -> None:
    """She has agreed, and nobody needs to be asked."""
    spaces = () if turn.member.inside else (turn.settings.space,)
    turn.move(MemberMoves.let_in, approved=True, said="")
    turn.reach()
    invited = turn.invite((*spaces, *turn.settings.rooms))
    turn.say("accepted", {"invited": invited})
    offer(turn)


def offer(turn: Turn, key: str = "choose", text: str = "") -> None:
    numbers = options.in_order(turn.settings.offered)
    if not numbers:
        return
    turn.move(MemberMoves.topics_offered, offered=numbers, question=Question.TOPICS)
    values = {
        "options": tuple(_option(turn, number, x) for number, x in enumerate(numbers, start=1)),
        "later": commands.LATER,
        "text": text,
    }
    turn.say(key, values)


def _option(turn: Turn, number: int, meant: str) -> Phrase:
    values: dict[str, object] = {"number": number, "name": meant.removeprefix(options.TOPIC)}
    for initiative in turn.settings.initiatives:
        if initiative.id == meant:
            values["name"] = initiative.name
            about = (initiative.district, *initiative.topics)
            values["about"] = " · ".join(x for x in about if x)
    return Phrase("option-about" if values.get("about") else "option", "", values)


def understands(turn: Turn, text: str) -> bool:
    """Whether it answers the question which initiatives she wants."""
    if answers.is_later(text) or answers.is_cancel(text):
        return True
    return bool(options.choose(text, turn.settings.offered, turn.member.offered).picked)


def chosen(turn: Turn, text: str) -> None:
    """Her answer to the question which initiatives she wants."""
    if answers.is_later(text) or answers.is_cancel(text):
        turn.move(MemberMoves.topics_chosen, question=Question.NOTHING)
        turn.say("later", {"topics": commands.TOPICS})
        return
    choice = options.choose(text, turn.settings.offered, turn.member.offered)
    if not choice.picked:
        offer(turn, "choose-again", text[:80])
        return
    turn.move(MemberMoves.topics_chosen, question=Question.NOTHING)
    _take(turn, choice.picked, missing=", ".join(choice.unknown))


def knocked(turn: Turn, initiative: Initiative, why: str) -> None:
    """She asks for one where it is."""
    turn.reach()
    _take(turn, (initiative,), why)


def _take(
    turn: Turn, picked: tuple[Initiative, ...], why: str | None = None, missing: str = ""
) -> None:
    """She is asked in at once, or those who decide are asked."""
    asked = tuple(x for x in picked if _needs_asking(turn, x))
    known = tuple(x for x in picked if x not in asked)
    for initiative in asked:
        wishes.ask_initiative(turn, initiative, why)
    values = {
        "known": _names("chosen-known", known),
        "asked": _names("chosen-asked", asked),
        "topics": commands.TOPICS,
        "invited": _let_in(turn, known),
        "elsewhere": tuple(_elsewhere(x) for x in known if x.server),
        "text": missing[:80],
    }
    turn.say("chosen-partly" if missing else "chosen", values)


def _needs_asking(turn: Turn, initiative: Initiative) -> bool:
    if initiative.id in turn.member.wishes or turn.user in initiative.contacts:
        return False
    return asks(initiative.access) or bans.is_barred(turn, initiative)


def _let_in(turn: Turn, initiatives: tuple[Initiative, ...]) -> Phrase | str:
    invited = turn.invite(tuple(room for x in initiatives for room in x.rooms))
    for initiative in [x for x in initiatives if x.id not in turn.member.wishes]:
        turn.change(wishes=(*turn.member.wishes, initiative.id))
        key = "newcomer" if initiative.rooms else "interested"
        turn.tell_of(key, {"initiative": initiative.name}, initiative.team)
    return invited


def _elsewhere(initiative: Initiative) -> Phrase:
    """How she comes into one that runs its rooms itself."""
    values = {"initiative": initiative.name, "link": Link(initiative.link, initiative.alias)}
    return Phrase("elsewhere" if initiative.link else "elsewhere-later", "", values)


def _names(key: str, initiatives: tuple[Initiative, ...]) -> Phrase | str:
    names = ", ".join(x.name for x in initiatives)
    return Phrase(key, "", {"names": names}) if names else ""
