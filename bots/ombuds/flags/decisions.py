"""What people decide about what they flagged: by a reaction, by a word, or not at all."""

from __future__ import annotations

from dataclasses import replace

from bots.ombuds import flagwords, keys
from bots.ombuds.chats import arrival, sealing
from bots.ombuds.documents.chats import FLAGGERS
from bots.ombuds.documents.flags import FLAGS, PLACES, Flag, FlagMoves, Stage
from bots.ombuds.flags import flagging, places
from bots.ombuds.flagwords import Choice
from bots.ombuds.turn import Turn
from bots.runtime.kit import sparing
from bots.runtime.kit.keys import Made
from bots.runtime.understanding import answers
from bots.runtime.understanding.questions import latest
from federation.model.actions import AskNow
from federation.model.events import Reaction, Redaction, TextMessage
from federation.model.links import event_of

OPEN = {Stage.ASKED: keys.QUESTION, Stage.OFFERED: keys.EVIDENCE}
"""The question that is open in each state."""
LATELY = 3600.0
"""Seconds in which a bare choice is still taken as an answer to a closed question."""


def written(turn: Turn, event: TextMessage, body: str) -> bool:
    """Whether a private message was about flags."""
    invocation = flagwords.in_private(body)
    if invocation is not None and invocation.command is flagwords.FLAGS:
        _switch(turn, event)
        return True
    linked = _linked(turn, event.origin.sender, body)
    if linked is not None:
        _here(turn, event.origin.sender)
        flagging.take(turn, event.origin.sender, *linked)
        return True
    if invocation is not None and not flagwords.tells(invocation):
        turn.reply("flag-unknown")
        return True
    return _answered(turn, event, body)


def _linked(turn: Turn, sender: str, body: str) -> tuple[str, str] | None:
    """The room and message of a link, if the sender may flag it."""
    found = event_of(flagwords.link_in(body))
    place = turn.get(PLACES, found[0]) if found is not None else None
    if found is None or place is None or not place.open:
        return None
    return found if sender in turn.look(place.room).joined else None


def _switch(turn: Turn, event: TextMessage) -> None:
    """Flags are switched in rooms. A room whose moderator is still alone looks like a chat."""
    if event.room.direct or turn.has_case:
        turn.reply("flags-not-here")
        return
    places.become(turn)
    places.text(turn, event)


def _answered(turn: Turn, event: TextMessage, body: str) -> bool:
    flag = _meant(turn, event)
    if flag is None:
        return _too_late(turn, event.origin.sender, body)
    if flag.stage is Stage.OFFERED and not event.origin.encrypted and flagwords.shows(body):
        turn.reply("in-clear")
        return True
    if _answers(turn, flag, body, event.origin.event_id):
        return True
    if flag.stage is Stage.OFFERED and answers.agreement(body):
        # Somebody else's words are only shown for the word we asked for, not for any "ok".
        _hint(turn, flag)
        return True
    return False


def _meant(turn: Turn, event: TextMessage) -> Flag | None:
    """The question that a text answers: the one it replies to, else the last one in this chat,
    unless staff have written since."""
    asked = _question(turn)
    if asked is not None:
        waiting = _waiting(turn, event.origin.sender)
        return next((x for x in waiting if x.number == asked[0]), None)
    return latest(_waiting(turn, event.origin.sender), since=_spoken(turn))


def _question(turn: Turn) -> tuple[int, Made] | None:
    """The question of ours that the message replies or reacts to."""
    return keys.flag(turn.target.handle) if turn.target is not None else None


def _waiting(turn: Turn, user: str) -> list[Flag]:
    """Flags with an open question, newest first."""
    flags = flagging.flags_of(turn, turn.get(FLAGGERS, user))
    return sorted((x for x in flags if x.stage in OPEN), key=lambda x: -x.number)


def _spoken(turn: Turn) -> float:
    return turn.conversation.spoken if turn.has_chat else 0.0


def still_open(turn: Turn, user: str, body: str) -> None:
    """The message went to the office. If it may have been meant as an answer, say that the question
    is still open."""
    flag = latest(_waiting(turn, user))
    if flag is None:
        return
    long_ago = flag.stage is Stage.ASKED and not sparing.lately(flag.hinted, turn.seconds)
    if flag.stage is Stage.OFFERED and flagwords.shows(body):
        # It is the word we asked for, but staff have written since: ask again, to be sure.
        offer(turn, flag)
    elif long_ago or flagwords.answers_something(body):
        _hint(turn, flag)


def offer(turn: Turn, flag: Flag) -> None:
    """Ask whether the office may read what was flagged."""
    turn.put(FLAGS, replace(flag, stage=FlagMoves.offered(flag.stage), asked=turn.seconds))
    question = keys.EVIDENCE(number=flag.number)
    after = keys.ROOT(case=flag.case)
    turn.reply("evidence-ask", flagwords.SHOWN, handle=question, after=after, notify=True)


def _hint(turn: Turn, flag: Flag) -> None:
    turn.put(FLAGS, replace(flag, hinted=turn.seconds))
    turn.reply("flag-open" if flag.stage is Stage.ASKED else "evidence-open", flagwords.SHOWN)


def _learn(turn: Turn, body: str) -> None:
    """Learn the person's language, if only one offered language has this word."""
    spoken = flagwords.languages_of(body) & {*turn.settings.languages}
    if len(spoken) == 1 and turn.has_chat and turn.conversation.language is None:
        turn.converse(language=next(iter(spoken)))


def _too_late(turn: Turn, user: str, body: str) -> bool:
    """Whether this can only be meant for a closed question; says so."""
    replied = _question(turn)
    flagger = turn.get(FLAGGERS, user)
    lately = flagger is not None and sparing.lately(flagger.answered, turn.seconds, LATELY)
    # A bare number is no complaint, and a lost store may have known the question. But if there is a
    # case, staff may have asked how many people live in a room.
    bare = not turn.has_case and (lately or flagwords.is_number(body))
    if (replied is not None or bare) and flagwords.choice(body) is not None:
        turn.reply("flag-closed")
        return True
    return False


def reacted(turn: Turn, event: Reaction) -> None:
    """A reaction in a private chat, to one of our questions."""
    turn.target = turn.view.made_by_event(event.target)
    asked = _question(turn)
    if asked is None:
        return
    flag = turn.get(FLAGS, str(asked[0]))
    if flag is not None and flag.user == event.origin.sender:
        if not turn.has_chat:  # the reaction came before the news that the chat was made
            arrival.begin(turn, flag.user, encrypted=event.room.encrypted)
            sealing.ensure(turn, event.room)
        _by_reaction(turn, flag, asked[1], event)
    elif flag is None and turn.is_reporter(event.origin.sender):
        _closed(turn, asked[1], event.key)


def _by_reaction(turn: Turn, flag: Flag, what: Made, event: Reaction) -> None:
    """A reaction can choose and refuse. It is never encrypted, so it lets nobody read anything."""
    if OPEN.get(flag.stage) is not what:
        _closed(turn, what, event.key)
        return
    shows = flag.stage is Stage.OFFERED and flagwords.shows(event.key)
    if shows or not _answers(turn, flag, event.key, event.origin.event_id):
        _hint(turn, flag)


def _closed(turn: Turn, what: Made, key: str) -> None:
    if what is keys.QUESTION and flagwords.choice(key) is not None:
        turn.reply("flag-closed")


# -- the decision ----------------------------------------------------------------------------------


def _here(turn: Turn, user: str) -> None:
    """If there are several chats, go on in the one that the person uses."""
    turn.put(FLAGGERS, replace(turn.flagger(user), room=turn.chat))


def _answers(turn: Turn, flag: Flag, text: str, source: str) -> bool:
    """Take a reaction or a short text as the answer to the open question. False if it is none."""
    choice, agrees = flagwords.choice(text), flagwords.shows(text)
    if flag.stage is Stage.ASKED and choice is not None:
        _learn(turn, text)
        _decide(turn, flag, choice, source)
    elif flag.stage is Stage.OFFERED and agrees is not None:
        _show(turn, flag, agrees=agrees)
    else:
        return False
    return True


def _decide(turn: Turn, flag: Flag, choice: Choice, source: str) -> None:
    _here(turn, flag.user)
    if choice is Choice.NOTHING:
        flagging.forget(turn, flag, answered=True)
        turn.reply("flag-forgotten")
    else:
        _look(turn, replace(flag, stage=_FOR[choice](flag.stage), source=source))


_FOR = {
    Choice.MESSAGE: FlagMoves.for_moderators,
    Choice.ACCOMMODATION: FlagMoves.for_the_office,
}


def _show(turn: Turn, flag: Flag, *, agrees: bool) -> None:
    _here(turn, flag.user)
    if agrees:
        readable = tuple(x.event for x in flag.found if x.readable)
        stage = FlagMoves.agreed(flag.stage)
        _look(turn, replace(flag, stage=stage, events=readable, found=()))
    else:
        flagging.forget(turn, flag, answered=True)
        turn.reply("evidence-kept")


def _look(turn: Turn, flag: Flag) -> None:
    """Ask what the messages say. Nothing is looked up before the person decides."""
    turn.put(FLAGS, flag)
    for event in flag.events:
        why = keys.FLAGGED(number=flag.number)
        turn.ask(AskNow(flag.room, event, why, name=flag.stage is not Stage.MODERATORS))


def withdrawn(turn: Turn, event: Redaction) -> None:
    """The person redacted the message or reaction by which they decided."""
    sender = event.origin.sender
    if turn.gone or not turn.is_reporter(sender):
        return
    for flag in flagging.flags_of(turn, turn.get(FLAGGERS, sender)):
        if flag.source == event.target:
            flagging.forget(turn, flag, answered=True)
