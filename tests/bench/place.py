"""Where a measurement works: a folder of its own, and homes that are kept from run to run."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

FACTS = "facts.json"

Build = Callable[["Place", Path], Awaitable[dict[str, Any]]]
"""Fills a folder and says what is needed to use it; nothing may run in it any more afterwards."""


@dataclass(frozen=True, slots=True)
class Place:
    folder: Path
    """Empty at first, gone after the measurement."""
    name: str

    def say(self, text: str) -> None:
        print(f"{time.strftime('%H:%M:%S')} {self.name}: {text}", file=sys.stderr, flush=True)

    def part(self, name: str) -> Path:
        """A new folder within ours."""
        path = self.folder / name
        path.mkdir()
        return path

    async def kept(self, name: str, build: Build) -> tuple[Path, dict[str, Any]]:
        """A copy of a home that takes minutes to build, and its facts. Built where it is missing;
        a `name` with another number, or another Synapse, is another home."""
        kept = _cache() / f"{name}-{metadata.version('matrix-synapse')}"
        if not (kept / FACTS).exists():
            await self._build(kept, build)
        copy = self.folder / name
        shutil.copytree(kept, copy)
        return copy, json.loads((copy / FACTS).read_text())

    async def _build(self, kept: Path, build: Build) -> None:
        self.say(f"building {kept}; later runs use it again")
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{kept.name}-", dir=kept.parent))
        try:
            _keep(draft, kept, await build(self, draft))
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _keep(draft: Path, kept: Path, facts: dict[str, Any]) -> None:
    (draft / FACTS).write_text(json.dumps(facts))
    with suppress(OSError):  # another run was quicker
        draft.rename(kept)


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "buendnis" / "bench"
