"""What was forgotten for good, noted with the homeserver: opaque fingerprints in the account's
private data, in pieces, for a restored backup to forget it again when the disk was lost."""

from __future__ import annotations

import re
from collections.abc import Mapping

from federation.client.homeserver import Homeserver, path
from federation.model.errors import MatrixError
from federation.model.shapes import mapping

ERASED = "org.buendnis.erased"
PIECE = 1000
"""Fingerprints in one piece of account data, which may have 65,536 bytes."""
_FINGERPRINT = re.compile(r"[0-9a-f]{32}")

Pieces = dict[int, dict[str, float]]


async def read(server: Homeserver, account: str) -> dict[str, float]:
    """Fingerprints, and when: seconds since the epoch."""
    found: dict[str, float] = {}
    number = 0
    while piece := await _piece(server, account, number):
        found |= piece
        number += 1
    return found


async def write(
    server: Homeserver, account: str, erased: Mapping[str, float], told: Pieces
) -> None:
    """Write the pieces that changed since they were `told`, which is brought up to date."""
    names = sorted(erased, key=lambda name: (erased[name], name))
    for number, start in enumerate(range(0, len(names), PIECE)):
        piece = {name: erased[name] for name in names[start : start + PIECE]}
        if told.get(number) != piece:
            # Numbers in events have no fraction; rounded up, none falls before its backup.
            body = {"erased": {name: int(at) + 1 for name, at in piece.items()}}
            await server.call("account_data", "PUT", _path(account, number), body)
            told[number] = piece


async def _piece(server: Homeserver, account: str, number: int) -> dict[str, float]:
    try:
        answer = await server.call("account_data", "GET", _path(account, number))
    except MatrixError as error:
        if error.code == "M_NOT_FOUND":
            return {}
        raise
    return {
        str(name): float(at)
        for name, at in mapping(answer.get("erased")).items()
        if _FINGERPRINT.fullmatch(str(name)) and isinstance(at, int)
    }


def _path(account: str, number: int) -> str:
    return path("user", account, "account_data", f"{ERASED}.{number}")
