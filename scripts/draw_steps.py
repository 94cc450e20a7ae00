"""Draw anew what the bots show of Element's settings: `python scripts/draw_steps.py`.

Three steps in a row: the settings, “Encryption” among them, and what to do there. Without words,
so that they serve every language; for those that run from right to left the row is turned round.
Of one family with the pictures of `draw_pictures.py`.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import pairwise
from math import cos, pi, sin
from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).resolve().parent.parent / "federation" / "client" / "pictures" / "steps"
PANEL, GAP, HEIGHT = 1000, 360, 1000
SCALE = 0.16
GREEN, INK, PALE, QUIET = "#1b7f4b", "#24303a", "#dff3e7", "#c3ccd3"
LINE = 70

Draw = ImageDraw.ImageDraw
Step = Callable[[Draw, float], None]
"""Draws into the panel that begins at this x."""


def gear(draw: Draw, x: float) -> None:
    """The settings."""
    cx, cy = x + 500, 500
    for tooth in range(8):
        turn = tooth * pi / 4
        ex, ey = cx + 290 * cos(turn), cy + 290 * sin(turn)
        draw.line((cx, cy, ex, ey), fill=INK, width=130)
    draw.ellipse((cx - 220, cy - 220, cx + 220, cy + 220), fill=INK)
    draw.ellipse((cx - 100, cy - 100, cx + 100, cy + 100), fill=PALE)


def entry(draw: Draw, x: float) -> None:
    """A list, and among its lines the one with the key."""
    for y in (220, 780):
        draw.ellipse((x + 160, y - 55, x + 270, y + 55), fill=QUIET)
        draw.rounded_rectangle((x + 340, y - 40, x + 840, y + 40), 40, fill=QUIET)
    draw.rounded_rectangle((x + 90, 360, x + 910, 640), 70, fill=GREEN)
    key(draw, (x + 180, 500), 0.55, "#ffffff", GREEN)
    draw.rounded_rectangle((x + 520, 460, x + 840, 540), 40, fill="#ffffff")


def key(draw: Draw, at: tuple[float, float], size: float, ink: str, ground: str) -> None:
    (x, y), s = at, size
    draw.ellipse((x - 20 * s, y - 130 * s, x + 240 * s, y + 130 * s), fill=ink)
    draw.ellipse((x + 60 * s, y - 50 * s, x + 160 * s, y + 50 * s), fill=ground)
    draw.rectangle((x + 200 * s, y - 35 * s, x + 520 * s, y + 35 * s), fill=ink)
    for tooth in (360, 450):
        draw.rectangle((x + tooth * s, y, x + (tooth + 55) * s, y + 130 * s), fill=ink)


def tick(draw: Draw, x: float, y: float, ink: str) -> None:
    points = [(x - 120, y + 5), (x - 30, y + 95), (x + 140, y - 95)]
    draw.line(points, fill=ink, width=LINE, joint="curve")


def recovery(draw: Draw, x: float) -> None:
    """A key that is kept safe."""
    outline = [(500, 130), (820, 240), (800, 560), (500, 890), (200, 560), (180, 240)]
    draw.polygon([(x + dx, y) for dx, y in outline], fill=GREEN)
    key(draw, (x + 300, 380), 0.8, "#ffffff", GREEN)
    tick(draw, x + 500, 640, "#ffffff")


def devices(draw: Draw, x: float) -> None:
    """Two devices that know each other."""
    for left, ink in ((90, INK), (590, GREEN)):
        draw.rounded_rectangle((x + left, 210, x + left + 320, 790), 60, fill=ink)
        draw.rounded_rectangle((x + left + 45, 280, x + left + 275, 690), 20, fill=PALE)
    draw.ellipse((x + 330, 330, x + 670, 670), fill="#ffffff")
    tick(draw, x + 490, 500, GREEN)


def arrow(draw: Draw, x: float, ahead: int) -> None:
    """To the next step; `ahead`: 1 to the right, -1 to the left."""
    middle = x + GAP / 2
    draw.line((middle - 90, 500, middle + 90, 500), fill=INK, width=LINE)
    tip = middle + 150 * ahead
    draw.polygon([(tip, 500), (tip - 140 * ahead, 390), (tip - 140 * ahead, 610)], fill=INK)


PICTURES: dict[str, tuple[Step, ...]] = {
    "keys": (gear, entry, recovery),
    "device": (gear, entry, devices),
}


def drawn(steps: tuple[Step, ...], *, turned: bool) -> bytes:
    width = len(steps) * PANEL + (len(steps) - 1) * GAP
    image = Image.new("RGB", (width, HEIGHT), "#ffffff")
    draw = ImageDraw.Draw(image)
    places = [number * (PANEL + GAP) for number in range(len(steps))]
    for x, step in zip(places, reversed(steps) if turned else steps, strict=True):
        draw.rounded_rectangle((x, 0, x + PANEL - 1, HEIGHT - 1), 140, fill=PALE)
        step(draw, x)
    for x, _ in pairwise(places):
        arrow(draw, x + PANEL, -1 if turned else 1)
    small = (round(width * SCALE), round(HEIGHT * SCALE))
    file = io.BytesIO()
    image.resize(small, Image.Resampling.LANCZOS).quantize(32).save(file, "PNG", optimize=True)
    return file.getvalue()


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, steps in PICTURES.items():
        (FOLDER / f"{name}.png").write_bytes(drawn(steps, turned=False))
        (FOLDER / f"{name}-rtl.png").write_bytes(drawn(steps, turned=True))


if __name__ == "__main__":
    main()
