"""Writes the schemas and the example that ship, from what the bots declare:
`python -m bots.offices.shipped`. A test holds the files against it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bots.offices.reading import schema
from bots.offices.registry import BOTS, Bots, described
from config.example import SHIPPED, example
from config.kinds import KINDS
from config.schema import shipped


def files(bots: Bots = BOTS) -> Mapping[Path, str]:
    """The texts of all files that follow from the bots."""
    text = SHIPPED.read_text(encoding="utf-8")
    return {
        SHIPPED: example(text, described(bots)),
        **{shipped(kind): schema(kind, bots) for kind in KINDS},
    }


def main() -> None:
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
