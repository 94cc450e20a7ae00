"""What docs/network.md says is so."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from bots.announcements import commands as announcements
from bots.cli.entry import cli
from bots.exchange import commands as exchange
from bots.offices.network import ONLY_AT_THE_START
from bots.onboarding import commands as onboarding
from bots.runtime.understanding.commands import Command

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/network.md").read_text()
COMMANDS = [
    found
    for module in (onboarding, exchange, announcements)
    for found in vars(module).values()
    if isinstance(found, Command)
]


def english(command: Command) -> set[str]:
    return set(command.aliases["en"])


def told() -> set[str]:
    return set(re.findall(r"`!(\w+)", TEXT))


def test_every_command_that_it_names_exists() -> None:
    known = {word for command in COMMANDS for words in command.aliases.values() for word in words}
    assert told() - known == set()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: sorted(english(command))[0])
def test_every_command_of_the_bots_is_named(command: Command) -> None:
    assert english(command) & told()


def test_every_line_to_type_is_a_command_of_ours() -> None:
    named = set(re.findall(r"`?buendnis (\w+) +network\.yaml", TEXT))
    assert named <= set(cli.list_commands(click.Context(cli)))
    assert {"plan", "apply", "run", "doctor", "backup", "restore", "release"} <= named


def test_what_needs_a_restart() -> None:
    [sentence] = re.findall(r"`homeserver`[^.]*need a restart", TEXT)
    assert set(re.findall(r"`(\w+)`", sentence)) == set(ONLY_AT_THE_START)
