"""The pictures of accounts, rooms and spaces: there is one for each, and they can be told apart."""

from __future__ import annotations

import io
from itertools import combinations
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

import federation.client.pictures
from bots.offices.registry import BOTS
from federation.client.pictures import png

NAMES = sorted(x.stem for x in Path(federation.client.pictures.__file__).parent.glob("*.png"))
OURS = {
    *("creator", "ombuds", "room-ombuds", "room-coordination", "room-initiative"),
    *("space-alliance", "space-district", "space-initiative"),
}


def test_there_is_one_for_each() -> None:
    of_bots = {x for bot in BOTS for x in (bot.account.picture, *(y.picture for y in bot.rooms))}
    assert {*NAMES} == OURS | of_bots - {""}


def small(name: str) -> Image.Image:
    """As in a list of rooms."""
    return Image.open(io.BytesIO(png(name))).convert("RGB").resize((24, 24))


def test_they_are_small_and_differ_at_24_pixels() -> None:
    assert max(len(png(name)) for name in NAMES) <= 10_000
    for one, other in combinations(NAMES, 2):
        apart = ImageStat.Stat(ImageChops.difference(small(one), small(other))).mean
        assert sum(apart) > 20, (one, other)
