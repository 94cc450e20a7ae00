"""She is in: invited to the rooms for all, then asked which initiatives or topics she wants."""

from __future__ import annotations

from bots.onboarding.models import Question, Stage
from bots.onboarding.rules import commands, options
from bots.onboarding.rules.turn import Turn
from bots.runtime import answers
from bots.runtime.decision import Phrase
from bots.runtime.phrases import PerLanguage


def enter(turn: Turn) -> None:
    """She has agreed, and nobody needs to be asked."""
    spaces = () if turn.member.inside else (turn.settings.space,)
    turn.change(stage=Stage.MEMBER, approved=True, said="")
    turn.reach()
    invited = turn.invite((*spaces, *turn.settings.rooms))
    turn.say("accepted", {"invited": invited})
    offer(turn)


def offer(turn: Turn, key: str = "choose", text: str = "") -> None:
    numbers = options.in_order(turn.settings.initiatives)
    if not numbers:
        return
    turn.change(stage=Stage.CHOOSING, offered=numbers, question=Question.TOPICS)
    values = {
        "options": tuple(_option(turn, number, x) for number, x in enumerate(numbers, start=1)),
        "later": PerLanguage(commands.LATER.word),
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


def chosen(turn: Turn, text: str) -> None:
    """Her answer to the question which initiatives she wants."""
    if answers.is_later(text) or answers.is_cancel(text):
        turn.change(stage=Stage.MEMBER, question=Question.NOTHING)
        turn.say("later", {"topics": PerLanguage(commands.TOPICS.shown)})
        return
    choice = options.choose(text, turn.settings.initiatives, turn.member.offered)
    if not choice.picked:
        offer(turn, "choose-again", text[:80])
        return
    new = [x for x in choice.picked if x.id not in turn.member.wishes]
    invited = turn.invite(tuple(room for x in new for room in x.rooms))
    for initiative in new:
        turn.change(wishes=(*turn.member.wishes, initiative.id))
        room = initiative.team or turn.settings.coordination
        turn.tell_of_member(room, "newcomer" if initiative.rooms else "interested", initiative)
    turn.change(stage=Stage.MEMBER, question=Question.NOTHING)
    missing = ", ".join(choice.unknown)
    values = {
        "names": ", ".join(x.name for x in choice.picked),
        "topics": PerLanguage(commands.TOPICS.shown),
        "invited": invited,
        "text": missing[:80],
    }
    turn.say("chosen-partly" if missing else "chosen", values)
