"""The ombuds room: what staff write there is a note among themselves, unless it is a command."""

from __future__ import annotations

from collections.abc import Callable

from bots.ombuds import codes, commands, keys, known
from bots.ombuds.cases import answers, blocks, casework, disclosing, erasing, holding, standing
from bots.ombuds.team import absence, changing, heads, pins
from bots.ombuds.turn import Turn, Values
from bots.runtime.kit import sparing
from bots.runtime.kit.undo import SIGN
from bots.runtime.speech import unheeded
from bots.runtime.speech.vocabulary import HELP, UNDO, listed
from bots.runtime.understanding import texts
from bots.runtime.understanding.commands import Command, Invocation, Unknown
from federation.model.events import (
    Edit,
    MediaMessage,
    Reaction,
    Redaction,
    RoomEvent,
    TextMessage,
    Unreadable,
)

OF_ABSENCE = (commands.ABSENT, commands.BACK)
ANSWERING = {"command": commands.full(commands.ANSWER)}


def is_stranger(turn: Turn, event: RoomEvent) -> bool:
    """Whether the sender does not belong to the team."""
    return event.origin.sender not in turn.office.roster


def said(turn: Turn, event: TextMessage | MediaMessage) -> None:
    """Note which case a message is about: the one whose thread it is in, or replies to."""
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


def text(turn: Turn, event: TextMessage) -> None:
    if event.notice or turn.copies:
        return
    code = codes.read(event.body)
    if code is not None and pins.typed(turn, event, code):
        absence.heard(turn, event)
        changing.review(turn)
        return
    invocation = commands.OF_STAFF.read(event)
    if not (isinstance(invocation, Invocation) and invocation.command in OF_ABSENCE):
        absence.heard(turn, event)
    if invocation is None:
        pins.note(turn, event)
        _note(turn)
    elif not event.origin.encrypted:
        _plain(turn, event)
    elif pins.counts(turn, event):
        _command(turn, event, invocation)


def _plain(turn: Turn, event: TextMessage) -> None:
    user = event.origin.sender
    if user in known.team(turn):
        _reply(turn, "command-plain")
    else:
        pins.answer(turn, user, "command-plain")


def _note(turn: Turn) -> None:
    """In the thread of a case, a note could be meant for the person: say once that it reaches
    nobody."""
    if _in_case(turn) and not turn.case.hinted:
        turn.file(hinted=True)
        turn.tell_case("note-stays", ANSWERING)


def media(turn: Turn, event: MediaMessage) -> None:
    """A picture or a recording: only text can go to the person, so its caption does not either."""
    commands_it = commands.OF_STAFF.find(texts.clean(event.caption)[0]) is not None
    key = "picture-stays"
    new = _in_case(turn) and sparing.may_say(key, turn.case.heard, turn.seconds, turn.file)
    if commands_it or new:
        _reply(turn, key, ANSWERING)


def _command(turn: Turn, event: TextMessage, invocation: Invocation | Unknown) -> None:
    if isinstance(invocation, Unknown):
        _reply(turn, *unheeded.unknown(invocation, HELP))
    elif invocation.command.name in commands.OF_CASE:
        _of_case(turn, event, invocation)
    else:
        if invocation.command.name not in commands.TAKING:
            _besides(turn, invocation, invocation.rest)
        OF_OFFICE[invocation.command.name](turn, event, invocation.rest)


def _besides(turn: Turn, found: Invocation, rest: str) -> None:
    if unheeded.is_said(rest):
        _reply(turn, "rest-unused", unheeded.values(found))


def _reply(turn: Turn, key: str, values: Values | None = None) -> None:
    """Answer a command in the thread where it was written."""
    (turn.tell_case if _in_case(turn) else turn.tell)(key, values)


def _in_case(turn: Turn) -> bool:
    """Whether a message is in the thread of a case, or replies to something there."""
    return turn.has_case and turn.target is not None


def _of_case(turn: Turn, event: TextMessage, invocation: Invocation) -> None:
    command, rest, number = invocation.command, invocation.rest, None
    inside = turn.target is not None
    certain = inside and (event.origin.bound or command is UNDO)
    if not certain or command not in commands.WITH_NUMBERS:
        number, rest = commands.split_number(rest)
    if not inside:
        turn.take_case(number)
    another = turn.has_case and number != turn.case.number
    if inside and not certain and (another or not turn.has_case):
        _unbound(turn, command)
    elif (number is None and not certain) or (certain and number is not None and another):
        _where(turn, command)
    elif not turn.has_case:
        _reply(turn, "case-unknown", {"number": number or 0, "command": commands.CASES})
    else:
        if command not in commands.IN_SILENCE:
            standing.show(turn)
        _carry_out(turn, event, invocation, rest, numbered=not certain)


def _carry_out(
    turn: Turn, event: TextMessage, invocation: Invocation, rest: str, *, numbered: bool
) -> None:
    command, staff = invocation.command, event.origin.sender
    if command is commands.ANSWER:
        _answer(turn, event, rest, numbered=numbered)
    elif command in WITH_REASON:
        WITH_REASON[command](turn, staff, rest)
    else:
        _besides(turn, invocation, rest)
        OF_CASE[command.name](turn, staff)


def _unbound(turn: Turn, command: Command) -> None:
    """The homeserver could have changed which thread the command is in. Say so outside of that
    thread: its author may be looking at another one."""
    turn.tell("case-unbound", {"numbered": commands.numbered(command)})


def _where(turn: Turn, command: Command) -> None:
    key = "answer-where" if command is commands.ANSWER else "case-where"
    shown = {"command": commands.full(command), "numbered": commands.numbered(command)}
    _reply(turn, key, shown)


def _answer(turn: Turn, event: TextMessage, text: str, *, numbered: bool) -> None:
    if not text:
        _reply(turn, "answer-empty", ANSWERING)
    elif texts.weight(text) > answers.MOST_WEIGHT:
        _reply(turn, "answer-long")
    else:
        answers.propose(turn, event, text, numbered=numbered)


def _undo(turn: Turn, _: str) -> None:
    if not answers.undo_last(turn):
        _reply(turn, "nothing-to-undo")


def _help(turn: Turn, _: TextMessage, rest: str) -> None:
    _reply(turn, "help", {"lines": listed(commands.STAFF, commands.full)})


WITH_REASON: dict[Command, Callable[[Turn, str, str], None]] = {
    commands.HOLD: holding.hold,
    commands.ERASE: erasing.propose,
    commands.IDENTITY: disclosing.ask,
    commands.POSTPONE: disclosing.postpone,
}
"""`rule(turn, staff, rest)`"""
OF_CASE: dict[str, Callable[[Turn, str], None]] = {
    "undo": _undo,
    "close": casework.close,
    "reopen": casework.reopen,
    "release": holding.release,
    "take": casework.take,
    "show": casework.put_up,
    "block": blocks.block,
    "unblock": blocks.unblock,
}
"""`rule(turn, staff)`; answering and holding take more."""
OF_OFFICE: dict[str, Callable[[Turn, TextMessage, str], None]] = {
    "cases": casework.show,
    "team": changing.command,
    "confirm": changing.confirm,
    "absent": absence.command,
    "back": absence.back,
    "record": heads.command,
    "help": _help,
}
"""`rule(turn, event, rest)`"""


# -- what is not text ------------------------------------------------------------------------------


def edited(turn: Turn, event: Edit) -> None:
    number = _answer_of_command(turn)
    if number is not None:
        if pins.counts(turn, event):
            answers.edited(turn, event, number)
    elif commands.OF_STAFF.read(event) is not None:
        _reply(turn, "command-edited")


def redacted(turn: Turn, event: Redaction) -> None:
    number = _answer_of_command(turn)
    if number is None:
        turn.lose()
    elif event.target != turn.message:
        answers.unedited(turn, number, event.origin.sender)
    else:
        answers.undo(turn, number, event.origin.sender)


def _answer_of_command(turn: Turn) -> int | None:
    """The number of the answer that the edited or redacted command had made."""
    parts = (keys.part(x.handle) for x in turn.copies)
    return next((x.number for x in parts if x and x.what == "notice"), None)


def reacted(turn: Turn, event: Reaction) -> None:
    """It can stop what would leave; nothing leaves by it, and nobody is added."""
    if turn.target is None:
        return
    part = keys.part(turn.target.handle)
    if part is not None and part.what == "notice" and event.key == SIGN:
        answers.undo(turn, part.number, event.origin.sender)
    proposal = keys.PROPOSAL.read(turn.target.handle)
    if proposal is not None and event.key == changing.AGREE:
        changing.sign(turn)


def unreadable(turn: Turn, event: Unreadable) -> None:
    user = event.origin.sender
    if event.reason == "undecryptable" and turn.may_tell("send-again-staff"):
        if user in known.team(turn):
            turn.tell("send-again-staff")
        else:
            pins.answer(turn, user, "send-again-staff")
