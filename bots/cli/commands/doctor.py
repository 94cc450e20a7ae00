"""`buendnis doctor FILE`: a live installation, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bots.cli.checkup.alarming import Alarming
    from bots.cli.checkup.subject import Subject
    from bots.cli.subject import Described
    from bots.offices.checkup.finding import Finding
    from config.values.faults import Fault


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@click.option(
    "--name-server",
    metavar="ADDRESS",
    help="Ask this one for the DNS records of mails, in place of the system's.",
)
@click.pass_context
def command(ctx: click.Context, file: Path, as_json: bool, name_server: str | None) -> None:
    """Check the installation that FILE describes, and say how to mend each thing.

    Looks at the settings, files, the sealing key, the homeserver and the logins; in a network at
    the rooms, the mail server, the DNS records of mails and the web pages, too; in an ombuds
    office at who is told of alarms; and asks the office if it runs. Makes no login on the
    homeserver, sends no mail and changes nothing. Exit status: 0 if nothing is at fault (notes,
    marked with !, are no faults), 1 if something is.
    """
    from bots.offices.checkup.finding import has_fault
    from config.values.faults import ConfigFaults

    findings: list[Finding] = []
    try:
        for finding in _findings(file, name_server):
            findings.append(finding)
            _told(finding, as_json)
    except ConfigFaults as faults:
        _refused(faults, as_json)
        ctx.exit(1)
    _ended(findings, as_json)
    ctx.exit(1 if has_fault(findings) else 0)


def _told(finding: Finding, as_json: bool) -> None:
    from bots.cli.checkup.telling import line

    if not as_json:
        click.echo(line(finding))


def _ended(findings: list[Finding], as_json: bool) -> None:
    import json

    from bots.cli.checkup.telling import summary
    from bots.offices.checkup.finding import has_fault

    if as_json:
        found = [finding.as_json() for finding in findings]
        click.echo(json.dumps({"ok": not has_fault(findings), "findings": found}))
    else:
        click.echo(f"\n{summary(findings)}")


def _refused(faults: Exception, as_json: bool) -> None:
    """Faults of the YAML, as `buendnis check` prints them; nothing else is looked at."""
    from bots.offices.checkup.finding import fault

    if as_json:
        remedy = "Mend the file; `buendnis check` says when nothing is wrong any more."
        _ended([fault("settings", one, remedy) for one in str(faults).splitlines()], True)
    else:
        click.echo(str(faults))


# -- the order of the checks -----------------------------------------------------------------------


def _findings(file: Path, name_server: str | None) -> Iterator[Finding]:
    """Each as soon as it is known. Raises ConfigFaults."""
    import os
    import time

    from bots.cli.checkup import files
    from bots.cli.checkup.hands import hands
    from bots.cli.checkup.saved import saved
    from bots.cli.checkup.seal import at_rest, seal
    from bots.cli.subject import described
    from bots.offices.checkup.finding import has_fault
    from bots.runtime.store.keyring import NAME as KEYRING

    found = described(file)
    subject = found.subjects[0]
    yield from _settings(file, found.notices)
    yield from files.secret_files(subject.secret_files)
    yield from files.state_folder(subject.state, os.geteuid())
    yield seal(subject, [one.account.user for one in found.subjects])
    yield from at_rest(subject)
    yield from hands(subject)
    yield saved(subject.state, subject.state / KEYRING, time.time())
    homeserver = list(_homeserver(found.subjects))
    yield from homeserver
    yield from _network(found, name_server, reached=not has_fault(homeserver))
    if found.alarms is not None:
        yield from _alarms(found.alarms)
    if found.chat is not None:
        yield from _public(found.chat, subject)
    office = list(_office(subject))
    yield from office
    if found.pages is not None:
        yield from _pages(found.pages, running=office[0].mark == "ok")


def _settings(file: Path, notices: tuple[Fault, ...]) -> Iterator[Finding]:
    from bots.offices.checkup.finding import note, ok
    from config.values.faults import printed

    yield ok("settings", f"nothing wrong in {file}")
    for notice in notices:
        yield note("settings", printed(str(file), notice))


def _homeserver(subjects: tuple[Subject, ...]) -> Iterator[Finding]:
    import asyncio

    from bots.cli.checkup.belonging import belonging
    from bots.cli.checkup.connection import clock, reach
    from bots.cli.checkup.login import matrix
    from bots.offices.checkup.finding import has_fault

    url, ca_file = subjects[0].account.homeserver, subjects[0].account.ca_file
    reached = asyncio.run(reach(url, ca_file))
    yield from reached
    if has_fault(reached):
        return
    yield asyncio.run(clock(url, ca_file))
    # Not the creator's account, the first: it has been used before the office runs.
    yield from asyncio.run(belonging(subjects[-1]))
    logins = [one for subject in subjects for one in asyncio.run(matrix(subject))]
    yield from dict.fromkeys(logins)  # what is the same of all accounts is told once


def _network(found: Described, name_server: str | None, *, reached: bool) -> Iterator[Finding]:
    from bots.cli.network_checks import mails, rooms

    if found.network is None:
        return
    if reached:
        yield from rooms(found.network)
    yield from mails(found.sending, name_server)


def _alarms(alarms: Alarming) -> list[Finding]:
    import asyncio

    from bots.cli.checkup import alarming

    return asyncio.run(alarming.alarms(alarms))


def _public(chat_url: str, subject: Subject) -> list[Finding]:
    import asyncio

    from bots.cli.checkup.public import public

    account = subject.account
    return asyncio.run(public(chat_url, account.user.partition(":")[2], account.homeserver))


def _pages(url: str, *, running: bool) -> list[Finding]:
    import asyncio

    from bots.cli.checkup.pages import pages

    return asyncio.run(pages(url, running=running))


def _office(subject: Subject) -> Iterator[Finding]:
    """What only the running office can tell."""
    from bots.offices.checkup.finding import fault, from_json, note, ok
    from bots.runtime.process.control import NotRunning, Refused, ask

    try:
        answer = ask(subject.state, "checkup")
        found = answer["findings"]
        findings = [from_json(one) for one in found] if isinstance(found, list) else []
    except NotRunning:
        remedy = f"Start it with `buendnis run {subject.settings}`; then doctor sees more."
        yield note("office", "not running", remedy)
    except (Refused, KeyError, ValueError) as error:
        remedy = (
            "Run doctor as the user who runs the office; look into its log; and if it was updated "
            "meanwhile, restart it."
        )
        yield fault("office", f"runs, but gives no account of itself: {error}", remedy)
    else:
        yield ok("office", "runs")
        yield from findings
