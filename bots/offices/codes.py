"""Codes for the staff of an ombuds office that were made on its machine, in a file of its state's
folder. It holds fingerprints, never the codes themselves."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from bots.ombuds import codes
from bots.ombuds.codes import Given

FILE = "codes.json"


def new(user: str, now: float, *, founder: bool) -> tuple[str, Given]:
    """A code as it is handed over, and what the office knows of it."""
    code, salt = codes.drawn(secrets.token_bytes(32)), secrets.token_hex(16)
    given = Given(user, salt, codes.digest(salt, code), now, founder)
    return codes.shown(code), given


def read(state: Path) -> tuple[Given, ...]:
    """Those that were made. Raises ValueError with the remedy if the file is broken."""
    path = state / FILE
    try:
        return tuple(Given(**x) for x in json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return ()
    except (ValueError, TypeError):
        raise ValueError(
            f"{path} can't be understood. Remove it and make new codes with `buendnis code`."
        ) from None


def written(given: Iterable[Given]) -> str:
    return json.dumps([asdict(x) for x in given], indent=1)


def add(state: Path, given: Given, now: float) -> None:
    """In place of an earlier code of the same person; those that are too old go as well. Raises
    OSError, ValueError."""
    longest = {True: codes.FOUNDERS, False: codes.FROM_HOST}
    fresh = [x for x in read(state) if now - x.made <= longest[x.founder]]
    kept = [x for x in fresh if x.founder or x.user != given.user]
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = state / f"{FILE}.new"
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(written([*kept, given]))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(state / FILE)
