"""How findings are printed: a sign and a word each, so that nothing hangs on a colour."""

from __future__ import annotations

from collections.abc import Sequence

import click

from bots.offices.checkup.finding import Finding, Mark
from config.cli.spoken import spoken

SIGNS = {Mark.OK: ("✓", "green"), Mark.NOTE: ("!", "yellow"), Mark.FAULT: ("✗", "red")}
WIDTH = 12


def line(finding: Finding) -> str:
    sign, colour = SIGNS[finding.mark]
    width = max(len(spoken(mark)) for mark in Mark)
    head = click.style(f"{sign} {spoken(finding.mark):<{width}}", fg=colour)
    text = f"{head}  {spoken(finding.check):<{WIDTH}} {spoken(finding.found)}"
    if finding.remedy is None:
        return text
    return f"{text}\n{'':{WIDTH + width + 5}}→ {spoken(finding.remedy)}"


def summary(findings: Sequence[Finding]) -> str:
    faults = sum(finding.mark is Mark.FAULT for finding in findings)
    notes = sum(finding.mark is Mark.NOTE for finding in findings)
    return spoken(f"{_counted(faults, 'fault')}, {_counted(notes, 'note')}") + "."


def _counted(number: int, word: str) -> str:
    return f"{number or 'no'} {word}{'' if number == 1 else 's'}"
