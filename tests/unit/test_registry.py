"""One line in the registry, and everything knows the bot: settings, credentials, schema, example,
spaces, accounts, `doctor`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
import yaml

from bots.cli.subject import described as subjects
from bots.offices import settings, shipped
from bots.offices.reading import load_network, schema
from bots.offices.registry import BOTS, Bots, described
from bots.offices.spaces.declared import network
from bots.runtime.office.botspec import RoomForAll
from config.example import SHIPPED, example
from config.reading.sections import Section
from config.values.faults import ConfigFaults
from federation.model.network import Common, Words
from federation.spaces.layout import lay_out
from tests.kit import registered, spaces
from tests.kit.lending.bot import LENDING, Settings
from tests.kit.registered import MORE

BOT = "@lending:example.org"
TEXT = """\
network: {name: Bündnis, state: ./state}
homeserver: {url: "https://matrix.example.org", server_name: example.org}
rules: {de: Wir hören einander zu., en: We listen.}
"""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BUENDNIS_NETWORK_REGISTRATION_SECRET", "x")
    file = tmp_path / "network.yaml"
    file.write_text(TEXT, encoding="utf-8")
    return file


def test_it_is_one_line_and_the_page_for_newcomers_shows_it() -> None:
    code = Path(registered.__file__).read_text("utf-8").splitlines()
    [line] = [x for x in code if "BotSpec(LENDING" in x]
    page = Path(__file__).parents[2] / "CONTRIBUTING.md"
    assert line in page.read_text("utf-8").splitlines()


def test_what_ships_is_what_the_bots_declare() -> None:
    wrong = [x.name for x, text in shipped.files().items() if x.read_text("utf-8") != text]
    assert wrong == [], "run `python -m bots.offices.shipped`"


def test_it_has_an_account_and_a_room_without_a_word_in_the_settings(path: Path) -> None:
    config = load_network(path, MORE)
    assert config.user("lending") == BOT
    assert (config.display_name("lending"), config.room_name("lending")) == (
        "Lending-Bot",
        "Lending",
    )
    [room] = [x for x in lay_out(network(config, MORE)).rooms if x.key == "lending"]
    assert (room.words.alias, room.people[BOT]) == ("#lending", 50)
    others = {x.key for x in lay_out(network(load_network(path))).rooms}
    assert others == {x.key for x in lay_out(network(config, MORE)).rooms} - {"lending"}


def test_it_is_told_where_its_room_is(path: Path) -> None:
    config, lending = load_network(path, MORE), MORE[-1]
    places = {room.key: f"!{room.key}" for room in lay_out(network(config, MORE)).rooms}
    told = settings.network(config, places, MORE, str.encode)(lending)
    assert lending.settings(told) == Settings("!lending")


def test_what_an_admin_writes_of_it_counts(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUENDNIS_NETWORK_LENDING_TOKEN", "t")
    path.write_text(
        TEXT
        + "accounts: {lending: {user: leihe, display_name: Leihe}}\nrooms: {lending: '#leihen'}\n"
    )
    config = load_network(path, MORE)
    assert (config.user("lending"), config.display_name("lending")) == (
        "@leihe:example.org",
        "Leihe",
    )
    assert config.credentials["lending"].kind == "token"
    assert config.credentials["exchange"].kind == "registration_secret"
    assert config.rooms.all["lending"].alias == "#leihen"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("accounts: {lendin: leihe}", '4: accounts.lendin: is not a known key; write "lending"'),
        ("rooms: {lending: '#austausch'}", 'would have the address "#austausch", which'),
        ("accounts: {lending: austausch}", "is the account of exchange as well"),
        (
            "accounts: {lending: {user: x, token_file: y}}",
            "accounts.lending.token_file: there is no",
        ),
        ("coordinators: ['@lending:example.org']", "is the account of lending; name people"),
    ],
)
def test_what_is_wrong_about_it_is_told_with_its_line(path: Path, written: str, told: str) -> None:
    path.write_text(f"{TEXT}{written}\n")
    with pytest.raises(ConfigFaults) as caught:
        load_network(path, MORE)
    assert told in str(caught.value)
    assert "network.yaml:4: " in str(caught.value)


def test_without_its_line_nobody_knows_it(path: Path) -> None:
    path.write_text(f"{TEXT}accounts: {{lending: leihe}}\n")
    with pytest.raises(ConfigFaults, match=r"accounts\.lending: is not a known key"):
        load_network(path)


def test_schema_and_example_have_it() -> None:
    written = json.loads(schema("network", MORE))
    assert "lending" in written["$defs"]["Accounts"]["properties"]
    assert "lending" in written["$defs"]["Rooms"]["properties"]
    text = example(SHIPPED.read_text("utf-8"), described(MORE))
    found = yaml.safe_load(text)
    assert found["accounts"]["lending"] == {"user": "lending", "display_name": "Lending-Bot"}
    assert found["rooms"]["lending"] == {"alias": "#lending", "name": "Lending"}
    jsonschema.Draft202012Validator(written).validate(found)
    assert example(text, described(BOTS)) == SHIPPED.read_text("utf-8")


def test_an_example_is_written_once(path: Path) -> None:
    text = example(SHIPPED.read_text("utf-8"), described(MORE))
    assert example(text, described(MORE)) == text
    path.write_text(text, encoding="utf-8")
    assert load_network(path, MORE).user("lending") == BOT


def test_doctor_looks_at_its_account(path: Path) -> None:
    found = {x.key: x.account.user for x in subjects(path, MORE).subjects}
    assert found["accounts.lending"] == BOT
    assert len(found) == len(BOTS) + 2


@pytest.mark.parametrize(
    "wrong",
    [
        (*MORE, MORE[-1]),
        (*BOTS, replace(MORE[-1], rooms=(RoomForAll("exchange"),))),
        (*BOTS, replace(MORE[-1], rooms=(RoomForAll("two words"),))),
        (*BOTS, replace(MORE[-1], kit=replace(LENDING, name="creator"))),
        (*BOTS, replace(MORE[-1], kit=replace(LENDING, name="web"), section=Section)),
    ],
)
def test_no_two_things_have_one_name(path: Path, wrong: Bots) -> None:
    with pytest.raises(RuntimeError, match="need one word each, all different"):
        load_network(path, wrong)


def test_the_ombuds_office_is_none_of_its_business() -> None:
    assert schema("ombuds", MORE) == schema("ombuds")


def test_the_room_of_a_bot_that_is_gone_is_no_longer_declared() -> None:
    declared, server = spaces.network(), spaces.Homeserver()
    room = Common("lending", Words("#lending", "Lending"))
    server.apply(replace(declared, common=(*declared.common, room)))
    planned = server.plan(declared)
    assert spaces.told(planned.changes) == []
    assert spaces.told(planned.undeclared) == [
        "- #buendnis: links #lending:x, which is no longer declared",
        "- #lending:x: says that it is in #buendnis",
    ]
