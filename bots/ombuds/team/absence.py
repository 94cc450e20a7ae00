"""`!absent`: a member is away for some days, and says so herself.

Staff work part-time. Where a second word is needed, it is asked of who is there, and cases of hers
are offered to others. Any encrypted word of hers ends it.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from bots.ombuds import commands, keys, known
from bots.ombuds.cases import ringing
from bots.ombuds.documents.absences import ABSENCES, Absence
from bots.ombuds.documents.cases import CASES, CaseState, in_state
from bots.ombuds.team import changing
from bots.ombuds.turn import Turn
from bots.runtime.model.decision import CancelTimer, SetTimer
from bots.runtime.understanding import numbers
from federation.model.actions import AskDevices
from federation.model.events import Doubt, MediaMessage, TextMessage

LONGEST = 366
"""Days."""
OFFERED = 2
"""Working days after which somebody else is asked to take care of a case."""
MOST = 20
"""Cases offered at once."""
SATURDAY = 5

_DATE = re.compile(
    r"(?P<day>\d{1,2})\s*[./]\s*(?P<month>\d{1,2})\s*(?:[./]\s*(?P<year>\d{4})?)?(?!\d)"
)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)")
_SPAN = re.compile(
    r"(?<!\d)(\d{1,3})\s*(?:(?P<weeks>woche|week|semaine|hafta|тиж|недел|أسبوع|أسابيع|اسبوع|اسابيع|هفته)"
    r"|(?:tag|day|jour|gün|gun|ден|дні|дня|дне|день|يوم|أيام|ايام|روز)|$)",
    re.IGNORECASE,
)


def command(turn: Turn, event: TextMessage, rest: str) -> None:
    last = last_day(rest, turn.clock().date())
    if last is None:
        turn.tell("absent-how", {"days": commands.absent_for(), "until": commands.absent_until()})
        return
    user = event.origin.sender
    midnight = datetime.combine(last + timedelta(days=1), time(), turn.settings.timezone)
    turn.put(ABSENCES, Absence(user, turn.seconds, midnight.timestamp(), last.isoformat()))
    turn.ask(SetTimer(keys.ABSENT(user=user), at=midnight))
    turn.record("absent", staff=user, days=(last - turn.clock().date()).days)
    turn.tell("absent", {"staff": user, "date": last, "command": commands.BACK})
    if not known.there(turn):
        turn.tell("absent-nobody")
    changing.review(turn)


def last_day(text: str, today: date) -> date | None:
    """The last day of an absence, by its date or by how many days it lasts from now."""
    text = numbers.plain(text.strip())
    dates = [x for form in (_ISO, _DATE) for x in form.finditer(text)]
    span = _SPAN.search(text)
    if len(dates) == 1:
        last = _named(dates[0], today)
    elif span is not None and not dates:
        last = today + timedelta(days=int(span[1]) * (7 if span["weeks"] else 1))
    else:
        return None
    within = last is not None and today <= last <= today + timedelta(days=LONGEST)
    return last if within else None


def _named(found: re.Match[str], today: date) -> date | None:
    """Without a year, the next day of that name."""
    year = found["year"]
    try:
        named = date(int(year or today.year), int(found["month"]), int(found["day"]))
        return named.replace(year=today.year + 1) if not year and named < today else named
    except ValueError:
        return None


# -- back ------------------------------------------------------------------------------------------


def heard(turn: Turn, event: TextMessage | MediaMessage) -> None:
    """Any encrypted word of hers ends it."""
    origin = event.origin
    user = origin.sender
    if known.absence(turn, user) is None or not origin.encrypted:
        return
    if origin.doubt is Doubt.UNKNOWN:
        if isinstance(event, MediaMessage):  # for a text they are asked for in any case
            turn.ask(AskDevices(origin.room_id, user))
    elif known.is_from(turn, origin):
        turn.record("back", staff=user)
        _over(turn, user)


def back(turn: Turn, event: TextMessage, _: str) -> None:
    if known.absence(turn, event.origin.sender) is None:
        turn.tell("back-already", {"command": commands.full(commands.ABSENT)})
    else:
        heard(turn, event)


def over(turn: Turn, user: str) -> None:
    """The last day has passed."""
    if turn.get(ABSENCES, user) is not None and known.absence(turn, user) is None:
        _over(turn, user)


def _over(turn: Turn, user: str) -> None:
    turn.drop(ABSENCES, user)
    turn.ask(CancelTimer(keys.ABSENT(user=user)))
    turn.tell("back", {"staff": user})
    changing.review(turn)


# -- cases of hers ---------------------------------------------------------------------------------


def offer(turn: Turn) -> None:
    """On working days: cases in which a person has waited too long for somebody who is away."""
    today = turn.clock().date()
    if turn.room_id is None or today.weekday() >= SATURDAY:
        return
    for found in known.away(turn):
        where = in_state(CaseState.OPEN, found.user)
        cases = turn.find(CASES, "state", where, most=MOST, oldest=True)
        waiting = [x for x in cases if _waits(turn, x.waiting or x.opened, found.since)]
        if waiting:
            numbers = ", ".join(str(x.number) for x in waiting)
            shown = {"staff": found.user, "date": known.last_day(found), "numbers": numbers}
            turn.tell("absent-cases", {**shown, "command": commands.numbered(commands.TAKE)})
            ringing.rings(turn)


def _waits(turn: Turn, since: float, away: float) -> bool:
    begun = datetime.fromtimestamp(max(since, away), turn.settings.timezone).date()
    days = (turn.clock().date() - begun).days
    later = (begun + timedelta(days=x + 1) for x in range(max(0, days)))
    return sum(x.weekday() < SATURDAY for x in later) >= OFFERED
