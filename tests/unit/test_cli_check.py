"""The command line: `check`, `schema`, and how commands are found."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bots.cli.entry import cli, main
from tests.kit.settings import EXAMPLE, VALID, write

ROOT = Path(__file__).parents[2]


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("BUENDNIS_OMBUDS_PASSWORD", "geheim")
    return CliRunner()


def test_a_file_without_faults(runner: CliRunner, tmp_path: Path) -> None:
    path = write(tmp_path, VALID)
    result = runner.invoke(cli, ["check", str(path)])
    assert result.exit_code == 0
    assert result.output == (
        f"{path}: nothing wrong: Ombudsstelle im Bündnis, as @ombuds:example.org on "
        "https://matrix.example.org, staff: 2, languages: de, en, ar\n"
    )


def test_every_fault_of_every_file(runner: CliRunner, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(
        VALID.replace("@bilal:example.org", "bilal").replace("  state", "\tstate")
        + "staff: []\nx: 1\n",
        encoding="utf-8",
    )
    none = tmp_path / "none.yaml"
    good = write(tmp_path, VALID)
    result = runner.invoke(cli, ["check", str(bad), str(good), str(none)])
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        f"{bad}:4",
        f"{bad}:11",
        f"{bad}:12",
        f"{bad}:12",
        f"{bad}:13",
        str(good),
        f"{none}:1",
    ]
    assert f'{bad}:11: staff[1]: "bilal" is not a Matrix id; write "@bilal:example.org"' in lines


def test_a_notice_is_no_fault(runner: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BUENDNIS_OMBUDS_PASSWORD")
    result = runner.invoke(cli, ["check", str(EXAMPLE)])
    assert result.exit_code == 0
    notice, good = result.output.splitlines()
    assert ": account: note: names nothing to log in with; " in notice
    assert good.startswith(f"{EXAMPLE}: nothing wrong: ")


def test_check_touches_nothing(runner: CliRunner, tmp_path: Path) -> None:
    runner.invoke(cli, ["check", str(write(tmp_path, VALID))])
    assert [path.name for path in tmp_path.iterdir()] == ["ombuds.yaml"]


def test_schema_prints_json(runner: CliRunner) -> None:
    result = runner.invoke(cli, ["schema"])
    assert result.exit_code == 0
    assert json.loads(result.output)["required"] == ["office", "homeserver", "account", "staff"]


def test_every_command_is_found_and_has_a_summary() -> None:
    context = click.Context(cli)
    names = cli.list_commands(context)
    assert {"check", "schema"} <= set(names)
    for name in names:
        command = cli.get_command(context, name)
        assert command is not None
        assert command.get_short_help_str()


def test_a_misspelt_command_gets_a_proposal(runner: CliRunner) -> None:
    result = runner.invoke(cli, ["chek"])
    assert result.exit_code == 2
    assert "No such command 'chek'. Did you mean check?" in result.output
    assert "There are: apply, " in runner.invoke(cli, ["xyzzy"]).output


def test_version(runner: CliRunner) -> None:
    assert runner.invoke(cli, ["--version"]).output.startswith("buendnis")


@pytest.mark.parametrize(
    ("language", "words"), [("de_DE.UTF-8", "Bitte melden"), ("C.UTF-8", "Please report")]
)
def test_a_fault_of_ours_is_told_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    language: str,
    words: str,
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ValueError("what somebody wrote")

    monkeypatch.setenv("LC_ALL", language)
    monkeypatch.setattr("bots.cli.entry.run", fails)
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr().err
    assert ended.value.code == 1
    assert words in told
    assert "ValueError in fails, line" in told
    assert "somebody" not in told
    assert "Traceback (" not in told
    monkeypatch.setenv("BUENDNIS_TRACEBACK", "1")
    with pytest.raises(ValueError, match="somebody"):
        main()
