"""Pictures of accounts, rooms and spaces, and of what to do in an app (`steps/`); drawn by
`scripts/draw_pictures.py` and `scripts/draw_steps.py`."""

from __future__ import annotations

from importlib.resources import files

TYPE = "image/png"


def png(name: str) -> bytes:
    return (files(__name__) / f"{name}.png").read_bytes()
