"""Slowing down instead of refusing: a shelter's shared Wi-Fi looks like one busy visitor.

Each visitor has a pace of their own: whoever comes faster waits a little longer for an answer, up
to a bound, and is then served all the same; nobody else waits for that. A visitor is known by a
fingerprint under a key that lives as long as the process, and is forgotten once quiet.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import ip_address, ip_network

from aiohttp import web

PER_SECOND = 2.0
AT_ONCE = 10
LONGEST = 20.0
"""Seconds; browsers and proxies wait longer than that."""
VISITORS = 10_000
"""How many are told apart at a time."""


class Pace:
    def __init__(self, now: Callable[[], float]) -> None:
        """`now`: seconds of any clock that does not jump."""
        self._now = now
        self._next = 0.0

    def turn(self) -> float:
        """Take a turn; seconds until it."""
        now = self._now()
        self._next = max(self._next, now - AT_ONCE / PER_SECOND) + 1 / PER_SECOND
        self._next = min(self._next, now + LONGEST)
        return max(0.0, self._next - now)


class Paces:
    """A pace for each visitor, under a mark that tells no address."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._key = secrets.token_bytes(32)
        self._paces: OrderedDict[bytes, Pace] = OrderedDict()

    async def wait(self, request: web.BaseRequest) -> None:
        await asyncio.sleep(self.of(visitor(request)).turn())

    def mark(self, name: str) -> bytes:
        return hashlib.blake2b(name.encode("utf-8", "replace"), key=self._key).digest()

    def of(self, name: str) -> Pace:
        mark = self.mark(name)
        pace = self._paces.setdefault(mark, Pace(self._now))
        self._paces.move_to_end(mark)
        while len(self._paces) > VISITORS:
            self._paces.popitem(last=False)
        return pace


def visitor(request: web.BaseRequest) -> str:
    """Who asks: the address that our own proxy saw. Without a proxy, each connection counts as a
    visitor, since many people may come from one address."""
    transport = request.transport
    peer = transport.get_extra_info("peername") if transport is not None else None
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    # What was added last is what the proxy saw; what is before it is the visitor's own word.
    if forwarded and isinstance(peer, tuple) and _is_near(str(peer[0])):
        return _household(forwarded)
    return repr(peer)


def _household(text: str) -> str:
    """Of IPv6 what a provider gives to one customer: she may use any address in it."""
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return text
    if found.version == 6 and found.ipv4_mapped is None:
        return str(ip_network((found, 64), strict=False))
    return str(found)


def _is_near(address: str) -> bool:
    try:
        return ip_address(address.partition("%")[0]).is_private
    except ValueError:
        return False
