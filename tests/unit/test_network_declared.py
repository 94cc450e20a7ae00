"""The settings of a network as the network that is declared, and its layout."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bots.exchange.settings import Settings as Exchanging
from bots.exchange.spec import EXCHANGE
from bots.offices import settings
from bots.offices.reading import load_network
from bots.offices.registry import BOTS
from bots.offices.spaces.declared import network
from bots.onboarding.settings import Settings as Welcoming
from bots.onboarding.spec import ONBOARDING
from config.network.settings import NetworkConfig
from federation.model.network import Access, Adopted, Common, Key, Made, Network
from federation.spaces.layout import lay_out

TEXT = """\
network: {name: Bündnis, state: ./state}
homeserver: {url: "https://matrix.example.org", server_name: example.org}
accounts: {creator: "@dienst:example.org"}
rooms:
  version: 11
  exchange: {alias: "#boerse", name: Börse, topic: Für alle}
coordinators: ["@anna:example.org"]
templates:
  - id: klein
    access: alliance
    rooms:
      - {id: alles, name: "Alles von {name}", encrypted: false, access: invite, share: true,
         flags: true}
ombuds: {account: "@ombuds:ombuds.example"}
initiatives:
  - {id: nord, name: Nord, district: "Süd & Ost", contacts: ["@n:example.org"]}
  - {id: ost, name: Ost, district: الشمال, template: klein}
  - {id: sued, name: Süd, space: "#start:sued.example"}
  - {id: west, name: West, space: "#start:west.example", via: [a.example, b.example]}
"""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BUENDNIS_NETWORK_REGISTRATION_SECRET", "x")
    file = tmp_path / "network.yaml"
    file.write_text(TEXT, encoding="utf-8")
    return file


def of_onboarding(config: NetworkConfig, places: Mapping[Key, str]) -> Welcoming:
    return ONBOARDING.settings(settings.network(config, places, BOTS, str.encode)(ONBOARDING))


def of_exchange(config: NetworkConfig, places: Mapping[Key, str]) -> Exchanging:
    return EXCHANGE.settings(settings.network(config, places, BOTS, str.encode)(EXCHANGE))


def common(declared: Network, key: Key) -> Common:
    [found] = [room for room in declared.common if room.key == key]
    return found


def test_the_network_as_the_file_declares_it(path: Path) -> None:
    declared = network(load_network(path))
    assert declared.server == "example.org"
    assert declared.room_version == "11"
    assert declared.creator == "@dienst:example.org"
    assert declared.accounts["exchange"] == "@austausch:example.org"
    assert declared.alliance.name == "Bündnis"
    assert common(declared, "announcements").words.name == "Rundbrief"
    exchange = common(declared, "exchange").words
    assert (exchange.alias, exchange.topic) == ("#boerse", "Für alle")
    assert declared.coordinators == ("@anna:example.org",)


def test_what_rooms_say_about_themselves(path: Path) -> None:
    declared = network(load_network(path))
    link = "https://matrix.to/#/@willkommen:example.org"
    assert declared.alliance.spare_topic.endswith(f"Schreiben Sie uns hier: {link}")
    assert common(declared, "exchange").words.topic == "Für alle"
    nord = declared.initiatives[0].space
    assert isinstance(nord, Made)
    assert [("Nord" in x.words.spare_topic, "📣" in x.words.spare_topic) for x in nord.rooms] == [
        (True, False),
        (True, True),
    ]


def test_onboarding_calls_rooms_as_people_find_them(path: Path) -> None:
    config = load_network(path)
    places = {room.key: f"!{room.key}" for room in lay_out(network(config)).rooms}
    told = of_onboarding(config, places)
    names = {key: told.names.get(room) for key, room in places.items()}
    assert names["alliance"] == "Bündnis"
    assert (names["exchange"], names["announcements"]) == ("Börse", "Rundbrief")
    assert names["initiative/nord/treffpunkt"] == "Nord: Treffpunkt"
    invited = {told.space, *told.rooms, *(r for x in told.initiatives for r in x.rooms)}
    assert invited <= told.names.keys()


def test_the_way_to_those_that_run_their_rooms_themselves(path: Path) -> None:
    path.write_text(TEXT.replace("sued, name: Süd,", 'sued, name: Süd, contacts: ["@s:x.org"],'))
    config = load_network(path)
    places = {room.key: f"!{room.key}" for room in lay_out(network(config)).rooms}
    told = {**places, "initiative/west": "!west"}
    links = [x.link for x in of_onboarding(config, told).initiatives]
    west = "https://matrix.to/#/%23start:west.example?via=a.example&via=b.example"
    assert links == ["", "", "", west]
    found = of_exchange(config, told)
    assert [(x.name, x.server, x.space) for x in found.adopted] == [
        ("Süd", "sued.example", ""),
        ("West", "west.example", "!west"),
    ]
    assert found.adopted[0].contacts == {"@s:x.org"}
    assert found.spaces == {"!initiative/nord", "!initiative/ost", "!west"}
    assert "!west" not in {*found.places, *of_onboarding(config, told).places}


def test_people_come_in_by_our_own_element(path: Path) -> None:
    path.write_text(TEXT.replace("{name: Bündnis,", "{name: Bündnis, chat_url: https://c.example,"))
    link = "https://c.example/#/user/@willkommen:example.org?action=chat"
    assert link in network(load_network(path)).alliance.spare_topic


def test_initiatives_that_are_made(path: Path) -> None:
    nord, ost, *_ = network(load_network(path)).initiatives
    assert isinstance(nord.space, Made)
    assert nord.space.words.alias == "#nord"
    assert nord.space.access is Access.ASK
    assert [room.words.alias for room in nord.space.rooms] == ["#nord-treffpunkt", "#nord-offen"]
    assert [room.words.name for room in nord.space.rooms] == [
        "Nord: Treffpunkt",
        "Nord: Offene Runde",
    ]
    assert ["exchange" in room.bots for room in nord.space.rooms] == [False, True]
    assert nord.district is not None
    assert nord.district.words.alias == "#bezirk-sued-ost"
    assert isinstance(ost.space, Made)
    assert ost.space.access is Access.ALLIANCE
    [room] = ost.space.rooms
    assert (room.words.name, room.encrypted, room.access) == ("Alles von Ost", False, Access.INVITE)
    assert ost.district is not None
    assert ost.district.id.isalnum()
    assert ost.district.words.name == "الشمال"


def test_initiatives_that_are_adopted(path: Path) -> None:
    *_, sued, west = network(load_network(path)).initiatives
    assert sued.space == Adopted("#start:sued.example", ("sued.example",))
    assert west.space == Adopted("#start:west.example", ("a.example", "b.example"))


def test_every_room_has_an_address_of_its_own(path: Path) -> None:
    layout = lay_out(network(load_network(path)))
    aliases = [room.words.alias for room in layout.rooms]
    assert (
        len(set(aliases))
        == len(aliases)
        == 2 + len([room for bot in BOTS for room in bot.rooms]) + 3 + 2
    )
    assert len({room.key for room in layout.rooms}) == len(aliases)
    assert len(layout.children) == len(aliases) - 1 + 2


def test_the_ombuds_office_is_in_rooms_with_flags_alone(path: Path) -> None:
    layout = lay_out(network(load_network(path)))
    ombuds = "@ombuds:ombuds.example"
    powers = {room.words.alias: room.people.get(ombuds) for room in layout.rooms}
    assert {alias: power for alias, power in powers.items() if power is not None} == {
        "#ost-alles": 50
    }
