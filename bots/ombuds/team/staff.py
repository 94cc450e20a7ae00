"""The ombuds room: what staff write is a note among themselves, unless it is a command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bots.ombuds import commands, keys
from bots.ombuds.cases import answers, casework, standing
from bots.ombuds.team import devices, roster
from bots.ombuds.turn import Turn, Values
from bots.runtime import texts, unheeded
from bots.runtime.commands import Command, Invocation, Unknown
from bots.runtime.kit import sparing
from bots.runtime.kit.undo import SIGN
from bots.runtime.vocabulary import HELP, UNDO, listed
from federation.events import Edit, MediaMessage, Reaction, Redaction, TextMessage, Unreadable


@dataclass(frozen=True, slots=True)
class Call:
    """A command that was understood, with what stands behind it."""

    event: TextMessage
    command: Command
    rest: str
    numbered: bool

    @property
    def sender(self) -> str:
        return self.event.origin.sender


def said(turn: Turn, event: TextMessage | MediaMessage) -> None:
    """In the thread of a case, or in reply to something there."""
    turn.take(event)
    for event_id in (event.thread, event.reply_to):
        target = turn.view.made_by_event(event_id) if event_id is not None else None
        part = keys.part(target.handle) if target is not None else None
        if part is not None:
            turn.target = target
            turn.take_case(part.case)
            return


def marked(turn: Turn, event: Reaction) -> None:
    turn.target = turn.view.made_by_event(event.target)
    part = keys.part(turn.target.handle) if turn.target is not None else None
    turn.take_case(part.case if part is not None else None)


def changed(turn: Turn, event: Edit | Redaction) -> None:
    turn.take(event)
    turn.take_case(keys.case_of(turn.copies))


def belongs(turn: Turn, user: str) -> bool:
    return user in turn.office.roster


def text(turn: Turn, event: TextMessage) -> None:
    if event.notice or turn.copies or not belongs(turn, event.origin.sender):
        return
    invocation = commands.OF_STAFF.read(event)
    if invocation is None:
        _note(turn)
    elif not event.origin.encrypted:
        _reply(turn, "command-plain")
    elif devices.is_hers(turn, event):
        _command(turn, event, invocation)


def _note(turn: Turn) -> None:
    """In the thread of a case it could be meant for the person: say once that it reaches nobody."""
    if not turn.has_case or not _inside(turn) or turn.case.hinted:
        return
    turn.file(hinted=True)
    turn.tell_case("note-stays", {"command": commands.full(commands.ANSWER, turn.staff_language)})


def media(turn: Turn, event: MediaMessage) -> None:
    """A picture, a recording: nothing but text can go to the person, whatever stands beneath."""
    if not belongs(turn, event.origin.sender):
        return
    commands_it = commands.OF_STAFF.find(texts.clean(event.caption)[0]) is not None
    in_case = turn.has_case and _inside(turn)
    key = "picture-stays"
    new = in_case and sparing.may_say(key, turn.case.heard, turn.seconds, turn.file)
    if commands_it or new:
        _reply(turn, key, {"command": commands.full(commands.ANSWER, turn.staff_language)})


def _command(turn: Turn, event: TextMessage, invocation: Invocation | Unknown) -> None:
    if isinstance(invocation, Unknown):
        _reply(turn, *unheeded.unknown(invocation, HELP))
    elif invocation.command.name in commands.OF_CASE:
        _of_case(turn, event, invocation)
    else:
        if invocation.command.name not in commands.TAKING:
            _besides(turn, invocation, invocation.rest)
        call = Call(event, invocation.command, invocation.rest, numbered=False)
        OF_OFFICE[invocation.command.name](turn, call)


def _besides(turn: Turn, found: Invocation, rest: str) -> None:
    if unheeded.is_said(rest):
        _reply(turn, "rest-unused", unheeded.values(found))


def _reply(turn: Turn, key: str, values: Values | None = None) -> None:
    """Answer a command where it stands."""
    if turn.has_case and _inside(turn):
        turn.tell_case(key, values)
    else:
        turn.tell(key, values)


def _inside(turn: Turn) -> bool:
    """Whether it stands in the thread of a case, or replies to something there."""
    target = turn.target
    return target is not None and keys.part(target.handle) is not None


def _of_case(turn: Turn, event: TextMessage, invocation: Invocation) -> None:
    command, rest, number = invocation.command, invocation.rest, None
    inside = _inside(turn)
    certain = inside and (event.origin.bound or command is UNDO)
    if not certain or command is not commands.ANSWER:  # an answer may well begin with a number
        number, rest = commands.split_number(rest)
    if not inside:
        turn.take_case(number)
    another = turn.has_case and number != turn.case.number
    if inside and not certain and (another or not turn.has_case):
        _unbound(turn, command)
    elif (number is None and not certain) or (certain and number is not None and another):
        _where(turn, command)
    elif not turn.has_case:
        shows = commands.CASES.shown(turn.staff_language)
        _reply(turn, "case-unknown", {"number": number or 0, "command": shows})
    else:
        _carry_out(turn, invocation, Call(event, command, rest, numbered=not certain))


def _carry_out(turn: Turn, invocation: Invocation, call: Call) -> None:
    standing.bring(turn)
    if call.command is not commands.ANSWER:
        _besides(turn, invocation, call.rest)
    OF_CASE[call.command.name](turn, call)


def _unbound(turn: Turn, command: Command) -> None:
    """Which case it stands in was readable, and so open to change, on its way here. Said outside
    of that thread: whoever wrote it may be looking at another one."""
    shown = commands.numbered(command, turn.staff_language)
    turn.tell("case-unbound", {"numbered": shown})


def _where(turn: Turn, command: Command) -> None:
    language = turn.staff_language
    key = "answer-where" if command is commands.ANSWER else "case-where"
    values = {
        "command": commands.full(command, language),
        "numbered": commands.numbered(command, language),
    }
    _reply(turn, key, values)


def _answer(turn: Turn, call: Call) -> None:
    if not call.rest:
        shown = commands.full(commands.ANSWER, turn.staff_language)
        _reply(turn, "answer-empty", {"command": shown})
    elif texts.weight(call.rest) > answers.MOST_WEIGHT:
        _reply(turn, "answer-long")
    else:
        answers.propose(turn, call.event, call.rest, numbered=call.numbered)


def _undo(turn: Turn, call: Call) -> None:
    if not answers.undo_last(turn):
        _reply(turn, "nothing-to-undo")


def _help(turn: Turn, call: Call) -> None:
    language = turn.staff_language
    lines = listed(commands.STAFF, lambda x: commands.full(x, language))
    _reply(turn, "help", {"lines": lines})


OF_CASE: dict[str, Callable[[Turn, Call], None]] = {
    "answer": _answer,
    "undo": _undo,
    "close": lambda turn, call: casework.close(turn),
    "reopen": lambda turn, call: casework.reopen(turn),
    "take": lambda turn, call: casework.take(turn, call.sender),
}
OF_OFFICE: dict[str, Callable[[Turn, Call], None]] = {
    "cases": lambda turn, call: casework.show(turn, call.sender, call.rest),
    "team": lambda turn, call: roster.command(turn, call.sender, call.rest, call.event.people),
    "confirm": lambda turn, call: roster.confirm(turn, call.sender),
    "help": _help,
}


# -- what is not text ------------------------------------------------------------------------------


def edited(turn: Turn, event: Edit) -> None:
    if not belongs(turn, event.origin.sender):
        return
    number = _answer_of_command(turn)
    if number is not None:
        if devices.is_hers(turn, event):
            answers.edited(turn, event, number)
    elif commands.OF_STAFF.read(event) is not None:
        _reply(turn, "command-edited")


def redacted(turn: Turn, event: Redaction) -> None:
    number = _answer_of_command(turn)
    if not belongs(turn, event.origin.sender):
        return
    if number is None:
        turn.lose()
        return
    removes_edit = event.target != turn.message
    (answers.unedited if removes_edit else answers.undo)(turn, number)


def _answer_of_command(turn: Turn) -> int | None:
    """The answer that the edited or redacted message had commanded."""
    parts = (keys.part(x.handle) for x in turn.copies)
    return next((x.number for x in parts if x and x.what == "notice"), None)


def reacted(turn: Turn, event: Reaction) -> None:
    if turn.target is None or not belongs(turn, event.origin.sender):
        return
    part = keys.part(turn.target.handle)
    if part is not None and part.what == "notice" and event.key == SIGN:
        answers.undo(turn, part.number)
    proposal = keys.PROPOSAL.read(turn.target.handle)
    if proposal is not None and event.key == roster.AGREE:
        roster.agree(turn, event.origin.sender, int(proposal["number"]))


def unreadable(turn: Turn, event: Unreadable) -> None:
    if event.reason != "undecryptable" or not belongs(turn, event.origin.sender):
        return
    if turn.may_tell("send-again-staff"):
        turn.tell("send-again-staff")
