"""In whose hands the office is: asked at its founding, told to people before they write, and by
`doctor`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from bots.cli.checkup.hands import hands
from bots.cli.entry import cli
from bots.cli.subject import described
from bots.offices import codes
from bots.offices.checkup.finding import Mark
from bots.offices.ombuds import ombuds_settings
from config.loading import load
from tests.kit.ombuds import SETTINGS, World
from tests.kit.world import said

NOBODYS = "Beratungsverein e. V."
ANSWERS = {
    "office": "Anlaufstelle",
    "languages": ["de", "ar"],
    "account": "@ombuds:stelle.example",
    "staff": ["bilal", "@carla:stelle.example"],
    "machine_held_by": NOBODYS,
    "homeserver_held_by": "Rechenzentrum",
}


def founded(folder: Path, *options: str, **changed: object) -> Result:
    given = folder.parent / "given.yaml"
    given.write_text(yaml.safe_dump({**ANSWERS, **changed}, allow_unicode=True))
    words = ["init", str(folder), "--ombuds", "--answers", str(given), "--language", "en"]
    return CliRunner().invoke(cli, [*words, *options])


def files(folder: Path) -> set[str]:
    return {str(x.relative_to(folder)) for x in folder.rglob("*") if x.is_file()}


# -- founding --------------------------------------------------------------------------------------


def test_an_office_is_founded_alone(tmp_path: Path) -> None:
    folder = tmp_path / "srv"
    done = founded(folder, "--yes")
    assert done.exit_code == 0, done.output
    assert files(folder) == {
        "ombuds/ombuds.yaml",
        "ombuds/secrets/account-ombuds",
        "ombuds/state/codes.json",
        "ombuds-answers.yaml",
    }
    config = load(folder / "ombuds" / "ombuds.yaml")
    assert str(config.homeserver.url) == "https://matrix.stelle.example"
    assert config.office.name == config.account.display_name == "Anlaufstelle"
    assert config.staff == ("@bilal:stelle.example", "@carla:stelle.example")
    assert config.held is not None
    assert (config.held.machine, config.held.one, config.held.network) == (NOBODYS, False, False)
    assert (
        config.credential.value.get_secret_value()
        in (folder / "ombuds" / "secrets" / "account-ombuds").read_text()
    )
    assert {x.user for x in codes.read(config.state)} == set(config.staff)
    assert all(f"  {user}  " in done.output for user in config.staff), "each has a code"
    assert all((folder / x).stat().st_mode & 0o077 == 0 for x in files(folder))


def test_it_keeps_what_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "srv"
    founded(folder, "--yes")
    before = {x: (folder / x).read_text() for x in files(folder)}
    again = founded(folder, "--yes")
    assert again.exit_code == 0
    assert {x: (folder / x).read_text() for x in files(folder)} == before
    assert "  @bilal:stelle.example  " not in again.output, "codes are shown once"


def test_nothing_is_written_unless_somebody_agrees(tmp_path: Path) -> None:
    folder = tmp_path / "srv"
    assert founded(folder).exit_code == 1
    assert not folder.exists()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"account": "ombuds"}, "account: ombuds is not an account on Matrix"),
        ({"homeserver": "http://x y"}, "homeserver: http://x y is not the address of a server"),
        ({"staff": []}, "staff: An ombuds office needs at least two people"),
        ({"staff": ["a", "@b:elsewhere.example"]}, "staff: @b:elsewhere.example is not"),
        ({"machine_held_by": ""}, "machine_held_by: Please write one line"),
        ({"domain": "x.example"}, "domain: domain is not among the questions"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, changed: dict[str, object], told: str) -> None:
    done = founded(tmp_path / "srv", "--yes", **changed)
    assert done.exit_code == 1
    assert told in done.output.replace("\u200e", "")
    assert not (tmp_path / "srv").exists()


def test_it_is_asked_at_a_terminal(tmp_path: Path) -> None:
    folder = tmp_path / "srv"
    typed = ["", "de", "@ombuds:stelle.example", "", "bilal carla", NOBODYS, NOBODYS, "", "yes"]
    words = ["init", str(folder), "--ombuds", "--language", "en"]
    done = CliRunner().invoke(cli, words, input="\n".join(typed) + "\n")
    assert done.exit_code == 0, done.output
    assert "Who runs this machine?" in done.output
    assert f"{NOBODYS} could open what it stores" in " ".join(done.output.split())
    held = load(folder / "ombuds" / "ombuds.yaml").held
    assert held is not None
    assert held.one


# -- what is told ----------------------------------------------------------------------------------

HELD = [
    ({}, "notice", Mark.OK),
    ({"homeserver_held_by": "  BERATUNGSVEREIN e.  V. "}, "notice-one-hand", Mark.NOTE),
    ({"held_by_network": "yes"}, "notice-network", Mark.NOTE),
]


@pytest.mark.parametrize(("changed", "key", "mark"), HELD)
def test_people_are_told_before_they_write(
    tmp_path: Path, changed: dict[str, object], key: str, mark: Mark
) -> None:
    file = tmp_path / "srv" / "ombuds" / "ombuds.yaml"
    assert founded(tmp_path / "srv", "--yes", **changed).exit_code == 0
    told = ombuds_settings(load(file))
    world = World(replace(SETTINGS, holder=told.holder, one_hand=told.one_hand)).found().with_chat()
    _, asked = world.write("Hilfe bitte")
    assert world.chat_keys(asked) == ["arrived", key]
    text = world.bot.render(said(asked, key).phrase).body
    assert (NOBODYS in text) is (key != "notice")
    (found,) = hands(described(file).subjects[0])
    assert found.mark == mark
    assert NOBODYS in found.found


def test_an_office_of_the_networks_own_machine_says_so(tmp_path: Path) -> None:
    from tests.kit.installation import initialised

    file = initialised(tmp_path / "buendnis") / "ombuds" / "ombuds.yaml"
    settings = ombuds_settings(load(file))
    assert (settings.holder, settings.notice) == ("Bündnis", "notice-one-hand")


def test_doctor_asks_where_nobody_has_said(tmp_path: Path) -> None:
    file = tmp_path / "srv" / "ombuds" / "ombuds.yaml"
    founded(tmp_path / "srv", "--yes")
    text = file.read_text()
    file.write_text(
        text[: text.index("# In whose hands")] + text[text.index("# The network's own") :]
    )
    assert ombuds_settings(load(file)).notice == "notice"
    (found,) = hands(described(file).subjects[0])
    assert (found.mark, "held" in str(found.remedy)) == (Mark.NOTE, True)


def test_doctor_asks_no_network(tmp_path: Path) -> None:
    from tests.kit.installation import initialised

    file = initialised(tmp_path / "buendnis") / "network" / "network.yaml"
    assert list(hands(described(file).subjects[0])) == []
