"""Draw the pictures of accounts, rooms and spaces anew: `python scripts/draw_pictures.py`.

One family: an account is a white sign on a full colour, a room the same sign in that colour on a
pale ground, a space has a frame. Colours go by what it is for. Everything is thick enough to be
told apart at 24 pixels, and stays within the circle that clients cut out.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).resolve().parent.parent / "federation" / "client" / "pictures"
SIDE = 128
LINE = 88

Draw = ImageDraw.ImageDraw
Sign = Callable[[Draw, str, str], None]
"""Draws with a colour on a ground, in a square of 1,000."""
Point = tuple[float, float]

GREEN, BLUE, ORANGE, PURPLE, GREY = "#1b7f4b", "#1f5fbf", "#c2560c", "#6b3fa0", "#4a5560"
PALE = {GREEN: "#dff3e7", BLUE: "#deeafb", ORANGE: "#fde8d7", PURPLE: "#ece3f7", GREY: "#e6eaee"}


def line(draw: Draw, colour: str, *points: Point) -> None:
    draw.line(points, fill=colour, width=LINE, joint="curve")
    for x, y in (points[0], points[-1]):
        r = LINE / 2
        draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)


def door(draw: Draw, colour: str, ground: str) -> None:
    """Welcome: an open door."""
    draw.rounded_rectangle((270, 220, 730, 790), 40, outline=colour, width=LINE)
    draw.polygon([(300, 240), (560, 330), (560, 860), (300, 770)], fill=colour)
    draw.ellipse((465, 530, 525, 590), fill=ground)


def arrows(draw: Draw, colour: str, _: str) -> None:
    """Exchange: there and back."""
    line(draw, colour, (250, 390), (720, 390))
    line(draw, colour, (590, 250), (740, 390), (590, 530))
    line(draw, colour, (750, 640), (280, 640))
    line(draw, colour, (410, 500), (260, 640), (410, 780))


def letter(draw: Draw, colour: str, _: str) -> None:
    """News by mail."""
    draw.rounded_rectangle((200, 290, 800, 720), 50, outline=colour, width=LINE)
    line(draw, colour, (250, 350), (500, 540), (750, 350))


def shelter(draw: Draw, colour: str, ground: str) -> None:
    """The ombuds office: words, kept safe."""
    draw.polygon(
        [(500, 170), (780, 270), (760, 560), (500, 850), (240, 560), (220, 270)], fill=colour
    )
    draw.rounded_rectangle((350, 350, 650, 540), 60, fill=ground)
    draw.polygon([(430, 520), (540, 520), (430, 640)], fill=ground)


def tool(draw: Draw, colour: str, ground: str) -> None:
    """What makes the rooms: a nut."""
    points = [(500, 180), (780, 340), (780, 660), (500, 820), (220, 660), (220, 340)]
    draw.polygon(points, fill=colour)
    draw.ellipse((370, 370, 630, 630), fill=ground)


def ring(draw: Draw, colour: str, _: str) -> None:
    """The alliance: three that belong together."""
    for x, y in ((500, 360), (370, 590), (630, 590)):
        draw.ellipse((x - 200, y - 200, x + 200, y + 200), outline=colour, width=LINE - 20)


def pin(draw: Draw, colour: str, ground: str) -> None:
    """A district."""
    draw.ellipse((290, 190, 710, 610), fill=colour)
    draw.polygon([(320, 500), (680, 500), (500, 840)], fill=colour)
    draw.ellipse((410, 310, 590, 490), fill=ground)


def house(draw: Draw, colour: str, ground: str) -> None:
    """An initiative."""
    draw.polygon([(500, 200), (820, 490), (180, 490)], fill=colour)
    draw.rectangle((280, 470, 720, 770), fill=colour)
    draw.rectangle((440, 560, 560, 770), fill=ground)


def table(draw: Draw, colour: str, _: str) -> None:
    """Coordination: people around a table."""
    draw.ellipse((370, 370, 630, 630), fill=colour)
    for x, y in ((500, 220), (500, 780), (220, 500), (780, 500)):
        draw.ellipse((x - 85, y - 85, x + 85, y + 85), fill=colour)


def bubbles(draw: Draw, colour: str, ground: str) -> None:
    """A room to talk in."""
    draw.rounded_rectangle((190, 240, 640, 560), 90, fill=colour)
    draw.polygon([(280, 520), (420, 520), (280, 680)], fill=colour)
    draw.rounded_rectangle((400, 430, 830, 730), 90, fill=colour, outline=ground, width=40)


PICTURES: dict[str, tuple[Sign, str, str]] = {
    "onboarding": (door, GREEN, "account"),
    "exchange": (arrows, BLUE, "account"),
    "announcements": (letter, ORANGE, "account"),
    "ombuds": (shelter, PURPLE, "account"),
    "creator": (tool, GREY, "account"),
    "space-alliance": (ring, GREEN, "space"),
    "space-district": (pin, GREY, "space"),
    "space-initiative": (house, BLUE, "space"),
    "room-coordination": (table, GREEN, "room"),
    "room-exchange": (arrows, BLUE, "room"),
    "room-announcements": (letter, ORANGE, "room"),
    "room-initiative": (bubbles, BLUE, "room"),
    "room-ombuds": (shelter, PURPLE, "room"),
}


def drawn(sign: Sign, colour: str, kind: str) -> bytes:
    ground = PALE[colour] if kind == "room" else colour
    ink = colour if kind == "room" else "#ffffff"
    image = Image.new("RGB", (1000, 1000), ground)
    draw = ImageDraw.Draw(image)
    sign(draw, ink, ground)
    if kind == "space":
        draw.rounded_rectangle((30, 30, 970, 970), 200, outline=ink, width=44)
    small = image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    small.quantize(64).save(file, "PNG", optimize=True)
    return file.getvalue()


def main() -> None:
    for name, (sign, colour, kind) in PICTURES.items():
        (FOLDER / f"{name}.png").write_bytes(drawn(sign, colour, kind))


if __name__ == "__main__":
    main()
