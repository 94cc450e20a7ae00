"""The head of the record, told where whoever holds the office's machine can't reach it.

Each entry stands for all before it. Once a head is in a mailbox elsewhere, and in an encrypted
message that a member of the team has signed with a device, nobody can write the record anew without
being found out by `buendnis audit verify`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bots.ombuds import commands, keys, mails
from bots.ombuds.cases import retention
from bots.ombuds.documents.watch import WATCH, Watch
from bots.ombuds.team import absence
from bots.ombuds.turn import Turn
from bots.runtime.kit.chain import told_in
from bots.runtime.kit.records import ENTRIES, HEADS, Head, short
from bots.runtime.model.decision import SetTimer, Started
from bots.runtime.speech.phrases import N_, PerLanguage
from federation.model.events import TextMessage

HOUR = 7
SATURDAY = 5
LATE = timedelta(days=5)
"""Since somebody last repeated a head: three working days, and a weekend."""

SUBJECT = N_("{office}: the record today")
TEXTS = (
    N_(
        "Please keep this mail. By this line anybody can check later that the record of the "
        "office was not changed:"
    ),
    "{head}",
    N_("If no such mail comes for some days, please ask the team why."),
)


def started(turn: Turn, _: Started) -> None:
    watch = _watch(turn)
    head = turn.get(HEADS, "head") or Head()
    if head.gap > watch.gap:
        watch = turn.put(WATCH, replace(watch, gap=head.gap))
        lost = turn.get(ENTRIES, str(head.gap))
        turn.alarm("record-gap", {"first": lost.facts["lost_from"] if lost else 0})
    if not watch.day:
        watch = turn.put(WATCH, replace(watch, day=_today(turn), repeated=turn.seconds))
    _plan(turn, watch)


def _watch(turn: Turn) -> Watch:
    return turn.get(WATCH, "watch") or Watch()


def _today(turn: Turn) -> str:
    return turn.clock().date().isoformat()


def _plan(turn: Turn, watch: Watch) -> None:
    """Today, unless it was told today; at once, if the hour is over."""
    at = turn.clock().replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if watch.day == _today(turn):
        at += timedelta(days=1)
    turn.ask(SetTimer(keys.DAILY(), at=at))


def daily(turn: Turn) -> None:
    watch = turn.put(WATCH, replace(_watch(turn), day=_today(turn)))
    _plan(turn, watch)
    retention.sweep(turn)
    absence.offer(turn)
    head = turn.get(HEADS, "head")
    if head is None:
        return
    mails.send(turn, f"head {watch.day}", SUBJECT, *TEXTS, head=head.told)
    if turn.room_id is not None and turn.clock().weekday() < SATURDAY:
        _tell(turn, watch, head)


def _tell(turn: Turn, watch: Watch, head: Head) -> None:
    late = turn.now - datetime.fromtimestamp(watch.repeated, turn.settings.timezone) > LATE
    shown = {
        "number": head.number,
        "command": PerLanguage(lambda language: f"{commands.RECORD.shown(language)} {head.told}"),
        "late": turn.phrase("record-late") if late else "",
    }
    turn.tell("record-head", shown)


# -- repeated --------------------------------------------------------------------------------------


def command(turn: Turn, event: TextMessage, rest: str) -> None:
    """`!record`: shows the head. With one: somebody repeats it."""
    told, head = told_in(rest), turn.get(HEADS, "head")
    if told:
        _compare(turn, event.origin.sender, *told[0])
    elif head is None:
        turn.tell("record-none")
    else:
        _tell(turn, replace(_watch(turn), repeated=turn.seconds), head)


def _compare(turn: Turn, staff: str, number: int, digest: str) -> None:
    watch, entry = _watch(turn), turn.get(ENTRIES, str(number))
    head = turn.get(HEADS, "head") or Head()
    if entry is not None and short(entry.digest) == digest:
        turn.put(WATCH, replace(watch, repeated=turn.seconds, doubted=""))
        turn.record("repeated", staff=staff, entry=number)
        turn.tell("record-repeated", {"staff": staff, "number": number})
    elif entry is None and number < head.number:
        turn.tell("record-lost", {"number": number})
    elif watch.doubted != f"{number} {digest}":
        turn.put(WATCH, replace(watch, doubted=f"{number} {digest}"))
        turn.tell("record-again", {"command": commands.RECORD})
    else:
        turn.put(WATCH, replace(watch, doubted=""))
        turn.alarm("record-differs", {"staff": staff})
