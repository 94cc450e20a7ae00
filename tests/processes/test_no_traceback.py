"""Wherever a command is run, and by whom: an admin reads a sentence, never a traceback."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bots.cli.installing.questions import QUESTIONS
from tests.kit.installation import ANSWERS, ROOT, initialised
from tests.processes.as_nobody import NOBODY

COMMANDS = (
    *(["check", "NETWORK"], ["plan", "NETWORK"], ["apply", "NETWORK"], ["status", "NETWORK"]),
    *(["reload", "NETWORK"], ["stop", "NETWORK"], ["backup", "NETWORK", "FOLDER"]),
    *(["restore", "NETWORK", "ARCHIVE"], ["release", "NETWORK"], ["doctor", "NETWORK"]),
    *(["run", "NETWORK"], ["init", "FOLDER", "--answers", "ANSWERS", "--yes"], ["schema"]),
)
QUIET = {0, 1, 2}


def tried(
    folder: Path, commands: Sequence[list[str]] = COMMANDS, **environment: str
) -> dict[str, str]:
    """What each command prints there; fails where one ends in something else than a sentence."""
    names = {
        "NETWORK": folder / "network" / "network.yaml",
        "FOLDER": folder,
        "ARCHIVE": folder / "network" / "no.tar",
        "ANSWERS": folder.parent / "answers.yaml",
    }
    lines = [[str(names.get(word, word)) for word in line] for line in commands]
    done = subprocess.run(
        [sys.executable, "-m", "tests.processes.as_nobody"],
        input=json.dumps(lines),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        check=True,
        timeout=120,
    )
    told = {}
    for line, (status, output) in zip(commands, json.loads(done.stdout), strict=True):
        assert status in QUIET, (line, output)
        assert "Traceback" not in output, (line, output)
        assert "fault in buendnis itself" not in output, (line, output)
        assert "Fehler in buendnis selbst" not in output, (line, output)
        assert output.strip(), line
        told[line[0]] = output
    return told


WITHOUT_RUN = tuple(line for line in COMMANDS if line[0] != "run")
"""Where the office could start, it would wait for its homeserver."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """An installation whose homeserver is nowhere, in a folder with blanks and umlauts."""
    with TemporaryDirectory(prefix="Bücher & Äpfel ") as name:
        Path(name).chmod(0o711)
        yield _installed(Path(name))


def _installed(place: Path) -> Path:
    found = initialised(place / "bündnis", "--without-containers")
    for file in (found / "network" / "network.yaml", found / "ombuds" / "ombuds.yaml"):
        file.write_text(file.read_text().replace("127.0.0.1:8008", "127.0.0.1:9"))
    (place / "answers.yaml").chmod(0o644)
    return found


def owned(folder: Path) -> None:
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)


@pytest.mark.parametrize("language", ["C", "de_DE.UTF-8", "de_DE.ISO-8859-1"])
def test_without_home_and_with_whatever_locale(folder: Path, language: str) -> None:
    owned(folder)
    told = tried(folder, WITHOUT_RUN, LC_ALL=language)
    wanted = "alles in Ordnung" if language.startswith("de") else "nothing wrong"
    assert wanted in told["check"]


def test_a_folder_of_somebody_else(folder: Path) -> None:
    told = tried(folder, LC_ALL="C.UTF-8")
    if os.geteuid() == 0:
        assert "can't be read; see that this user may read it" in told["plan"]


def test_a_folder_that_can_only_be_read(folder: Path) -> None:
    (folder / "network" / "state").mkdir(exist_ok=True)
    owned(folder)
    for path in (folder / "network" / "state", folder / "network", folder):
        path.chmod(0o500)
    told = tried(folder, LC_ALL="C.UTF-8")
    for path in (folder, folder / "network", folder / "network" / "state"):
        path.chmod(0o700)
    if os.geteuid() == 0:
        assert "belongs to the user who runs the office" in told["run"]
        assert "can't be used (Permission denied)" in told["plan"]


def test_files_that_are_none(folder: Path) -> None:
    file = folder / "network" / "network.yaml"
    file.write_bytes(b"\xff\xfe\x00network: [")
    owned(folder)
    tried(folder, LC_ALL="C.UTF-8")
    shutil.rmtree(folder / "network")
    (folder / "network").mkdir()
    file.mkdir()
    owned(folder)
    tried(folder, LC_ALL="C.UTF-8")


@pytest.mark.parametrize("number", [0, 1, 5, len(QUESTIONS), len(QUESTIONS) + 1])
def test_ctrl_c_at_a_question_writes_nothing(tmp_path: Path, number: int) -> None:
    """The last are the password and whether to write."""
    typed = [str(ANSWERS.get(x.key, "")) for x in QUESTIONS][:8]
    typed += ["mail.verein.example rundbrief@verein.example", "", "geheim"]
    folder = tmp_path / "neu"
    with _Terminal(["init", str(folder), "--language", "en"], LC_ALL="C.UTF-8") as terminal:
        for line in typed[:number]:
            terminal.sees("> " if line != "geheim" else "password")
            terminal.types(line + "\n")
        terminal.sees({10: "password", 11: "Shall I write"}.get(number, f"{number + 1}/10"))
        assert terminal.interrupted() == 1
    assert "Traceback" not in terminal.seen
    assert "Stopped; nothing more was done." in terminal.seen
    assert not folder.exists()


class _Terminal:
    """A command line at a terminal of its own."""

    def __init__(self, arguments: list[str], **environment: str) -> None:
        self._arguments = arguments
        self._environment = environment
        self.seen = ""
        self._from = 0

    def __enter__(self) -> _Terminal:
        self._master, slave = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bots", *self._arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "COLUMNS": "200", **self._environment},
            start_new_session=True,
            preexec_fn=_owns_terminal,  # noqa: PLW1509
        )
        os.close(slave)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def types(self, text: str) -> None:
        os.write(self._master, text.encode())

    def sees(self, text: str) -> None:
        """Wait until it stands there, behind what was waited for before."""
        while text not in self.seen[self._from :]:
            assert self._read(), self.seen
        self._from = self.seen.index(text, self._from) + len(text)

    def interrupted(self) -> int:
        """Press Ctrl-C, and again if nothing happens, as people do: one that comes between the
        prompt and the wait for a line is only looked at behind the next key (GNU readline)."""
        for _ in range(5):
            self.types("\x03")
            while self._read(10):
                pass
            with suppress(subprocess.TimeoutExpired):
                return self._process.wait(10)
        raise AssertionError(self.seen)

    def _read(self, patience: float = 60) -> bool:
        ready, _, _ = select.select([self._master], [], [], patience)
        try:
            found = os.read(self._master, 65_536) if ready else b""
        except OSError:  # the other side was closed
            found = b""
        self.seen += found.decode(errors="replace")
        return bool(found)


def _owns_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    # Whoever runs the tests behind a shell's `&` passes on that Ctrl-C is ignored.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
