"""Pictures of accounts, rooms and spaces; `scripts/draw_pictures.py` draws them."""

from __future__ import annotations

from importlib.resources import files

TYPE = "image/png"


def png(name: str) -> bytes:
    return (files(__name__) / f"{name}.png").read_bytes()
