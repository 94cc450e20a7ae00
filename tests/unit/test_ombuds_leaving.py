"""No id that a client puts into a message reaches staff, whatever rule passes it on."""

from __future__ import annotations

import re

import pytest

from bots.ombuds import keys
from bots.ombuds.leaving import GONE, WITH_IDS, without_ids
from bots.runtime.model.decision import Phrase, Request, Say
from federation.model.actions import CreateRoom
from tests.kit.looped import looped
from tests.kit.ombuds import ANNA, CHAT, OFFICE, YUSRA, World
from tests.shapes.places import AUTHOR, Flagged, Reporter
from tests.shapes.recorded import SHAPES

EVENT = "$" + "Ab3_-" * 8 + "xyz"
ROOM = "!" + "Cd4-_" * 8 + "xyz"
FORMS = {
    f"> <{YUSRA}> what I said": f"> <{GONE}> what I said",
    f"{YUSRA.upper()} wrote": f"{GONE} wrote",
    "> <@chef:heim.example:8448> no": "> <@chef> no",
    "@chef:heim.example hits people": "@chef hits people",
    "in #kitchen:heim.example it stinks": "in #kitchen it stinks",
    f"{ROOM} and {EVENT}": f"{GONE} and {GONE}",
    "!abc:heim.example and $15:heim.example": f"{GONE} and {GONE}",
    "mxc://heim.example/AbCdEf": GONE,
}
LEFT = (
    "write to yusra@heim.example or a.b@c.de:25",
    "at @12:30 or 12:30, number #5: yes!",
    "!help me, $20: no more",
    "die @Bewohner:innen",
)
IDS = re.compile(
    r"matrix\.to|matrix:[a-z]+/|mxc:|canary|[!$][\w-]{30,}|[@#!$][^\s:<>]+:[\w-]+\.\w+|secret\.example"
)


@pytest.mark.parametrize("text", FORMS)
def test_no_id_is_left(text: str) -> None:
    assert without_ids(text, lambda: YUSRA) == FORMS[text]


@pytest.mark.parametrize("text", LEFT)
def test_what_is_none_is_left(text: str) -> None:
    assert without_ids(text, lambda: YUSRA) == text


@pytest.mark.parametrize(
    ("link", "shown"),
    {
        f"https://matrix.to/#/{ROOM}/{EVENT}?via=secret.example": "a message",
        f"https://matrix.to/#/{YUSRA}": "a person",
        f"matrix.to/#/{YUSRA}": "a person",
        f"matrix:roomid/{ROOM[1:]}/e/{EVENT[1:]}": "a message",
    }.items(),
)
def test_a_link_is_told_in_words(world: World, link: str, shown: str) -> None:
    told = read(world, world.write(f"See {link}. Quickly!")[1])
    assert not IDS.search(told)
    assert f"See [{shown}]. Quickly!" in told.replace("\u2068", "").replace("\u2069", "")


@pytest.fixture
def world() -> World:
    return World().found().with_chat()


def read(world: World, asked: list[Request]) -> str:
    """What staff read, without links of ours."""
    told = [x for x in asked if isinstance(x, Say) and world.at(x) == OFFICE]
    texts = [world.bot.render(x.phrase) for x in told]
    found = "\n".join(f"{x.body}\n{x.html or ''}" for x in texts)
    return re.sub(rf"https://matrix.to/#/{OFFICE}[^\s\"<]*", "", found)


def test_it_holds_whatever_way_words_take(world: World) -> None:
    text = f"> <{YUSRA}> I\n@chef:heim.example {EVENT}"
    source, asked = world.write(text)
    number = keys.part(next(x.handle for x in asked if isinstance(x, Say) and x.handle)).case  # type: ignore[union-attr]
    later, more = world.write(text)
    asked += more
    asked += world.change(source, f"changed {text}")[1]
    asked += world.change(later, f"changed {text}")[1]
    asked += world.send_media("image", text)[1]
    asked += world.staff("!cases", case=None)
    asked += world.staff(f"!cases {EVENT}", case=None)
    asked += world.staff("!take", case=number)
    asked += world.staff("!answer yes", case=number)
    asked += world.redact(source)
    asked += world.move(CHAT, "@other:secret.example", "invite", by=YUSRA)
    told = read(world, asked)
    assert not IDS.search(told.replace(ANNA, "")), IDS.search(told.replace(ANNA, ""))
    assert "@chef" in told
    assert ANNA in told, "the team's own names are read"


def test_what_may_hold_ids_is_named(world: World) -> None:
    """A new value with an id in it is cleaned, until somebody names it here."""
    assert {"staff", "person", "people", "author", "link"} == WITH_IDS
    asked = world.staff("!team add @cem:staff.example", case=None)
    assert "@cem:staff.example" in read(world, asked)


@looped("name", [x.name for x in SHAPES])
def test_no_shape_of_any_client_brings_an_id(name: str) -> None:
    shape = next(x for x in SHAPES if x.name == name)
    for kind in (Reporter, Flagged):
        place = kind()
        found = [x for x in place.play(shape) if x.by == "staff"]
        told = "\n".join(x.whole for x in found)
        assert AUTHOR not in told
        if kind is Reporter:
            told = re.sub(r"https://matrix.to/#/!office[^\s\"<]*", "", told)
            assert not IDS.search(told), IDS.search(told)


def test_a_thousand_cases_in_all_shapes_bring_none() -> None:
    shapes = [x for x in SHAPES if x.played()]
    for number in range(1_000 // len(shapes) + 1):
        place = Reporter()
        for shape in shapes:
            place.send(shape, f"-{number}")
        phrases = [x for x in place.said if isinstance(x, Say) and keys.is_office(str(x.room))]
        bodies = "\n".join(place.world.bot.render(x.phrase).body for x in phrases)
        assert AUTHOR not in bodies
        assert not any(isinstance(x, CreateRoom) for x in place.said)
        assert phrases
        assert isinstance(phrases[0].phrase, Phrase)
