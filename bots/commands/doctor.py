"""`buendnis doctor FILE`: a live installation, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bots.checkup.finding import Finding
    from bots.checkup.subject import Subject
    from config.faults import Fault


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@click.pass_context
def command(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Check the installation that FILE describes, and say how to mend each thing.

    Looks at the settings, files, the sealing key, the homeserver and the login, and asks the
    office if it runs. Logs in nowhere and changes nothing. Exit status: 0 if nothing is at fault
    (notes, marked with !, are no faults), 1 if something is.
    """
    from bots.checkup.finding import has_fault
    from config.faults import ConfigFaults

    findings: list[Finding] = []
    try:
        for finding in _findings(file):
            findings.append(finding)
            _told(finding, as_json)
    except ConfigFaults as faults:
        _refused(faults, as_json)
        ctx.exit(1)
    _ended(findings, as_json)
    ctx.exit(1 if has_fault(findings) else 0)


def _told(finding: Finding, as_json: bool) -> None:
    from bots.checkup.telling import line

    if not as_json:
        click.echo(line(finding))


def _ended(findings: list[Finding], as_json: bool) -> None:
    import json

    from bots.checkup.finding import has_fault
    from bots.checkup.telling import summary

    if as_json:
        found = [finding.as_json() for finding in findings]
        click.echo(json.dumps({"ok": not has_fault(findings), "findings": found}))
    else:
        click.echo(f"\n{summary(findings)}")


def _refused(faults: Exception, as_json: bool) -> None:
    """Faults of the YAML, as `buendnis check` prints them; nothing else is looked at."""
    from bots.checkup.finding import fault

    if as_json:
        remedy = "Mend the file; `buendnis check` says when nothing is wrong any more."
        _ended([fault("settings", one, remedy) for one in str(faults).splitlines()], True)
    else:
        click.echo(str(faults))


# -- the order of the checks -----------------------------------------------------------------------


def _findings(file: Path) -> Iterator[Finding]:
    """Each as soon as it is known. Raises ConfigFaults."""
    import os

    from bots.checkup import files
    from bots.checkup.seal import seal
    from bots.commands._subject import described

    subject, notices = described(file)
    yield from _settings(file, notices)
    yield from files.secret_files(subject.secret_files)
    yield from files.state_folder(subject.state, os.geteuid())
    yield seal(subject)
    yield from _homeserver(subject)
    yield from _office(subject)


def _settings(file: Path, notices: tuple[Fault, ...]) -> Iterator[Finding]:
    from bots.checkup.finding import note, ok
    from config.faults import printed

    yield ok("settings", f"nothing wrong in {file}")
    for notice in notices:
        yield note("settings", printed(str(file), notice))


def _homeserver(subject: Subject) -> Iterator[Finding]:
    import asyncio

    from bots.checkup.connection import clock, reach
    from bots.checkup.finding import has_fault
    from bots.checkup.login import matrix

    url, ca_file = subject.account.homeserver, subject.account.ca_file
    reached = asyncio.run(reach(url, ca_file))
    yield from reached
    if not has_fault(reached):
        yield asyncio.run(clock(url, ca_file))
        yield from asyncio.run(matrix(subject))


def _office(subject: Subject) -> Iterator[Finding]:
    """What only the running office can tell."""
    from bots.checkup.finding import fault, from_json, note, ok
    from bots.runtime.control import NotRunning, Refused, ask

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
