"""Whether somebody outside of an ombuds office hears of its alarms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bots.cli.checkup.connection import PATIENCE, Endpoint
from bots.cli.checkup.post import taken
from bots.offices.checkup.finding import Finding, Mark, fault, note, ok
from bridges.email.smtp import Away, Later, NotSent, Pool, Server
from config.values.faults import Fault, printed

CHECK = "alarms"
SERVER = Endpoint(
    check=CHECK,
    key="alarms.smtp",
    certificate="mail server",
    start="Start it, or check alarms.smtp.host and alarms.smtp.port.",
    trust="Have it send its whole chain, from an authority that this machine knows.",
    lapse="after that day no mail leaves",
)


@dataclass(frozen=True, slots=True)
class Alarming:
    """Who gets mails about alarms, and where the settings say so."""

    file: str
    line: int
    """Of `alarms`, or of the file's beginning."""
    server: Server | None = None
    """None: `alarms` is missing."""
    server_line: int = 0
    sender: str = ""
    """Where mails come back to that can't be delivered."""
    to: tuple[tuple[int, str], ...] = ()
    """Each with its line."""


async def alarms(one: Alarming) -> list[Finding]:
    """Asks the mail server whether it would take a mail for each; no content is sent."""
    if one.server is None:
        remedy = (
            "Name the mail server, and mailboxes that whoever runs this machine can't open: "
            "config/examples/ombuds.yaml shows how."
        )
        text = "nobody is named, so an alarm rings in the staff's room alone"
        return [note(CHECK, _at(one, one.line, "alarms", text), remedy)]
    found = await taken(one.server, SERVER)
    if found.mark is not Mark.OK:
        text = _at(one, one.server_line, SERVER.key, found.found)
        return [replace(found, found=text)]
    return [found, *await _offered(one, one.server)]


def _at(one: Alarming, line: int, where: str, text: str) -> str:
    return printed(one.file, Fault(line, where, text))


async def _offered(one: Alarming, server: Server) -> list[Finding]:
    try:
        answers = await Pool(replace(server, timeout=PATIENCE)).offer(
            one.sender, [address for _, address in one.to]
        )
    except Away as error:
        text = f"the mail server takes nothing from this sender ({error.code})"
        remedy = "Write an address that it may send for, or ask whoever runs it."
        return [fault(CHECK, _at(one, one.line, "alarms.from", text), remedy)]
    refused = list(_refused(one, answers))
    good = len(answers) - len(refused)
    return [ok(CHECK, f"mailboxes that the mail server takes: {good}"), *refused]


def _refused(one: Alarming, answers: list[NotSent | None]) -> Iterator[Finding]:
    for number, ((line, _), answer) in enumerate(zip(one.to, answers, strict=True)):
        where = f"alarms.to[{number}]"
        if isinstance(answer, Later):
            text = f"the mail server wants to be asked again later ({answer.code})"
            remedy = "Some do so with everybody they don't know yet. Look again in an hour."
            yield note(CHECK, _at(one, line, where, text), remedy)
        elif answer is not None:
            text = f"the mail server takes no mail for this mailbox ({answer.code})"
            remedy = "Correct the address. Until then nobody there hears of an alarm."
            yield fault(CHECK, _at(one, line, where, text), remedy)
