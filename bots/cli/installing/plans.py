"""What `buendnis init` is about to write, and what it says when that is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from bots.cli.installing import wording
from bots.cli.installing.answers import Held
from bots.cli.installing.asking import Terminal
from bots.cli.installing.checks import founded, understood
from bots.cli.installing.deployment import CONTAINERS, machine
from bots.cli.installing.dns import dns_txt
from bots.cli.installing.files import FOLDERS, OF_OFFICE, File, files, office_files
from bots.cli.installing.keys import keys, of_account, password
from bots.cli.installing.questions import OFFICE, QUESTIONS, Question
from bots.cli.installing.settings import way_in
from bots.cli.installing.writing import Writing, compared

Said = tuple[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Plan:
    writings: list[Writing]
    folders: tuple[str, ...]
    said: tuple[Said, ...]
    """What people are told once it is written."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What is to be made: a network with its offices, or an ombuds office alone."""

    questions: tuple[Question, ...]
    answers: str
    """Where they are kept."""


NETWORK = Kind(QUESTIONS, "answers.yaml")
ALONE = Kind(OFFICE, "ombuds-answers.yaml")


def of_network(
    terminal: Terminal,
    folder: Path,
    texts: Mapping[str, str],
    smtp: str | None,
    how: Mapping[str, bool],
) -> Plan:
    """Raises OSError."""
    answers, found = understood(texts), keys(folder, smtp)
    deployment = machine(folder) if how["without_containers"] else CONTAINERS
    dns = File("dns.txt", dns_txt(answers, found.dkim, *terminal.speaking))
    made = (*files(answers, found, deployment, folder), dns, _kept(NETWORK, texts))
    said: list[Said] = [
        (wording.WRITTEN, {"file": folder / "dns.txt"}),
        (wording.WAY_IN, {"link": way_in(answers)}),
    ]
    if answers.staff:
        said += _told_of(answers.founding.held)
    return Plan(compared(folder, made, replace=how["replace"]), FOLDERS, tuple(said))


def of_office(folder: Path, texts: Mapping[str, str], how: Mapping[str, bool]) -> Plan:
    """Raises OSError."""
    founding = founded(texts)
    secret = password(folder, "ombuds")
    made = (*office_files(founding, secret), _kept(ALONE, texts))
    where = {"account": founding.account, "file": folder / of_account("ombuds")}
    said: list[Said] = [(wording.OFFICE_WRITTEN, where), *_told_of(founding.held)]
    return Plan(compared(folder, made, replace=how["replace"]), OF_OFFICE, tuple(said))


def _told_of(held: Held) -> list[Said]:
    return [(wording.HELD, {"holder": held.machine})] if held.told else []


def _kept(kind: Kind, texts: Mapping[str, str]) -> File:
    text = yaml.safe_dump(dict(texts), sort_keys=False, allow_unicode=True, width=1000)
    return File(kind.answers, text)
