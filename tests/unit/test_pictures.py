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


STEPS = [f"steps/{x}{y}" for x in ("keys", "device") for y in ("", "-rtl")]


def test_steps_are_small_and_run_either_way() -> None:
    for name in STEPS:
        assert len(png(name)) <= 8_000
    for name in ("steps/keys", "steps/device"):
        one, turned = (Image.open(io.BytesIO(png(f"{name}{x}"))) for x in ("", "-rtl"))
        assert one.size == turned.size
        first = one.convert("RGB").crop((0, 0, 160, 160))
        last = turned.convert("RGB").crop((one.width - 160, 0, one.width, 160))
        # The settings come first, wherever that is.
        assert sum(ImageStat.Stat(ImageChops.difference(first, last)).mean) < 5


def small(name: str) -> Image.Image:
    """As in a list of rooms."""
    return Image.open(io.BytesIO(png(name))).convert("RGB").resize((24, 24))


def test_they_are_small_and_differ_at_24_pixels() -> None:
    assert max(len(png(name)) for name in NAMES) <= 10_000
    for one, other in combinations(NAMES, 2):
        apart = ImageStat.Stat(ImageChops.difference(small(one), small(other))).mean
        assert sum(apart) > 20, (one, other)
