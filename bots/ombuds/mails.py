"""Mails to those outside the office: that something is wrong, never what or about whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bots.ombuds import keys
from bots.ombuds.documents.alarms import ALARMS, Alarms
from bots.ombuds.settings import Settings
from bots.runtime.kit import sparing
from bots.runtime.kit.turn import Turn
from bots.runtime.mail.documents import BRIDGE, LETTERS
from bots.runtime.mail.documents import mail as content
from bots.runtime.model.decision import Deliver, SetTimer
from bots.runtime.speech.phrases import N_
from bots.runtime.speech.words import Raw
from bridges.email.letters import Block, Kind, Letter

APART = 3600.0
"""Seconds between two mails about the same alarm."""
KEPT = timedelta(days=3)
"""How long a mail is tried that no server takes."""
NO_TOKEN = "-" * 22
"""Nothing in these mails is personal."""

SUBJECT = N_("{office}: please look into the team's room")
ALARM = (
    N_(
        "Something has happened in the ombuds office that its whole team should know at once. "
        "The team's room shows what it is."
    ),
    N_(
        "Please look there now, or call somebody of the team who can. Talk about it in person or "
        "on the phone, not by mail."
    ),
    N_("This mail says no more on purpose: mails can be read on their way."),
)
WHY = N_("You get this mail because the settings of the office name your address under “alarms”.")


def alarm(turn: Turn[Settings], key: str) -> None:
    """About one alarm, once an hour at most: if it comes again meanwhile, when the hour is over."""
    noted = known(turn)
    if not noted.addresses:
        return
    at = noted.mailed.get(key, 0.0)
    if sparing.lately(at, turn.seconds, APART):
        if key not in noted.waiting:
            turn.put(ALARMS, replace(noted, waiting=(*noted.waiting, key)))
            left = sparing.left(at, turn.seconds, APART)
            turn.ask(SetTimer(keys.ALARM(key=key), after=left))
        return
    waiting = tuple(x for x in noted.waiting if x != key)
    turn.put(ALARMS, replace(noted, waiting=waiting, mailed={**noted.mailed, key: turn.seconds}))
    send(turn, f"{key} {turn.seconds}", SUBJECT, *ALARM, urgent=True)


def known(turn: Turn[Settings]) -> Alarms:
    return turn.get(ALARMS, "alarms") or Alarms()


def send(
    turn: Turn[Settings], event: str, subject: str, *texts: str, urgent: bool = False, **values: str
) -> None:
    """To each of the addresses. `event`: what no other mail is about; else mailboxes may fold two
    into one."""
    noted = known(turn)
    if not noted.addresses:
        return
    number = noted.letters + 1
    turn.put(ALARMS, replace(noted, letters=number))
    language = turn.settings.languages[0]
    filled = {name: Raw(x) for name, x in {"office": turn.settings.name, **values}.items()}

    def block(text: str) -> Block:
        said = turn.words.text(text, language, filled)
        return Block(Kind.PLAIN, said, language, turn.words.direction(language))

    letter = Letter(
        key=keys.LETTER(number=number),
        event=event,
        subject=turn.words.text(subject, language, filled),
        language=language,
        direction=turn.words.direction(language),
        blocks=tuple(map(block, texts)),
        footer=(block(WHY),),
        listed=False,
    )
    turn.put(LETTERS, letter)
    turn.ask(SetTimer(keys.LETTER(number=number), after=KEPT))
    for to in range(noted.addresses):
        deliver(turn, number, to, urgent=urgent)


def deliver(
    turn: Turn[Settings], letter: int, to: int, attempt: int = 1, *, urgent: bool = False
) -> None:
    turn.ask(
        Deliver(
            BRIDGE,
            keys.reader(to),
            content(keys.LETTER(number=letter), keys.reader(to), NO_TOKEN, urgent=urgent),
            handle=keys.MAIL(letter=letter, to=to, attempt=attempt),
            notify=True,
            harmless=True,
        )
    )
