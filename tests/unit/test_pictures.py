"""The pictures of accounts, rooms and spaces: there is one for each, and they can be told apart."""

from __future__ import annotations

import io
from itertools import combinations
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

import federation.client.pictures
from config.network.parts import ROLES
from federation.client.pictures import png
from federation.model.network import Access, Kind, Mark, Room, Space, Words
from federation.spaces.state import PICTURE, picture

NAMES = sorted(x.stem for x in Path(federation.client.pictures.__file__).parent.glob("*.png"))
SPACES = (Kind.ALLIANCE, Kind.DISTRICT, Kind.INITIATIVE)


def named(kind: Kind) -> str:
    made = Space if kind in SPACES else Room
    return picture(made(Mark(kind), Words("#x", "x"), Access.ASK, None)).removeprefix(PICTURE)


def test_there_is_one_for_each() -> None:
    rooms = {named(kind) for kind in Kind}
    assert {*NAMES} == {*ROLES, "ombuds", "room-ombuds", *rooms}


def small(name: str) -> Image.Image:
    """As in a list of rooms."""
    return Image.open(io.BytesIO(png(name))).convert("RGB").resize((24, 24))


def test_they_are_small_and_differ_at_24_pixels() -> None:
    assert max(len(png(name)) for name in NAMES) <= 10_000
    for one, other in combinations(NAMES, 2):
        apart = ImageStat.Stat(ImageChops.difference(small(one), small(other))).mean
        assert sum(apart) > 20, (one, other)
