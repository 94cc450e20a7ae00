"""An admin's day in German, from the questions to doctor, in a folder with umlauts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bots.lab.synapse.embedded import EmbeddedSynapse
from tests.conftest import unique
from tests.synapse.installed import ANSWERS
from tests.synapse.networks import Declared

pytestmark = pytest.mark.synapse

ENGLISH = re.compile(
    r"(?<![\w/.-])(?:the|is|are|of|its|not|nothing|none|and|with|by|that|invites|space|account|"
    r"changes|made|see|requests|your|there)(?![\w/.-])"
)
GERMAN, PLAIN = "de_DE.UTF-8", "C"
COST = re.compile(r" \(\d+ (?:requests|Anfragen), .*\)\.$")


class Day:
    """What its commands print."""

    def __init__(self, declared: Declared) -> None:
        self._declared = declared

    async def said(self, *arguments: str, language: str) -> list[str]:
        """Lines, without what is the same in all languages: names, paths and costs."""
        process = await self._declared.command(*arguments, LC_ALL=language)
        output, _ = await process.communicate()
        text = output.decode()
        assert "Traceback" not in text, text
        assert process.returncode in (0, 1), text
        text = text.replace(str(self._declared.folder), "").replace(self._declared.end, "")
        return [COST.sub("", line) for line in text.splitlines() if re.search(r"[^\W\d_]{3}", line)]

    async def differs(self, command: str) -> None:
        file = str(self._declared.write())
        english = await self.said(command, file, language=PLAIN)
        german = await self.said(command, file, language=GERMAN)
        assert len(english) == len(german) > 0
        assert not set(english) & set(german)
        _speaks(german)


async def test_from_the_questions_to_doctor(tmp_path: Path, synapse: EmbeddedSynapse) -> None:
    folder = tmp_path / "Bündnis Größe"
    folder.mkdir()
    declared = Declared(folder, synapse)
    contact = await synapse.register(unique("nora"), "a password for tests")
    declared.initiative("nord", contact, f"@{unique('niemand')}:{synapse.server_name}")
    day = Day(declared)
    answers = folder / "answers.yaml"
    answers.write_text(yaml.safe_dump(dict(ANSWERS), allow_unicode=True), encoding="utf-8")
    options = ("--answers", str(answers), "--yes", "--without-containers")
    _speaks(await day.said("init", str(folder / "neu"), *options, language=GERMAN))
    await day.differs("check")
    await day.differs("plan")
    for command in ("apply", "doctor"):
        _speaks(await day.said(command, str(declared.write()), language=GERMAN))


def _speaks(lines: list[str]) -> None:
    assert lines
    assert [line for line in lines if ENGLISH.search(line)] == []
