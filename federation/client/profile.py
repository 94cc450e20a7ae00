"""What an account shows of itself: its name, and a picture where it has none (§ Profiles)."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from federation.client.homeserver import Homeserver, path
from federation.client.pictures import TYPE, png
from federation.model.errors import MatrixError, RateLimited, TokenRevoked

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Profile:
    name: str | None = None
    picture: str = ""
    """One of `federation.client.pictures`; empty: none."""


async def show(server: Homeserver, user: str, wanted: Profile) -> None:
    """Nothing is written that is so already, and no picture replaces one that somebody chose.

    What the homeserver does not allow is left: nothing depends on it.
    """
    there = await _there(server, user)
    if wanted.name is not None and there.get("displayname") != wanted.name:
        await _put(server, user, "displayname", wanted.name)
    if wanted.picture and not there.get("avatar_url"):
        address = await upload(server, wanted.picture)
        if address:
            await _put(server, user, "avatar_url", address)


async def upload(server: Homeserver, picture: str) -> str:
    """Where the picture is now; empty where the homeserver takes none."""
    try:
        return await server.upload(png(picture), TYPE)
    except (RateLimited, TokenRevoked):
        raise
    except MatrixError as error:
        log.warning("the homeserver takes no pictures (%s)", error.code)
        return ""


async def _there(server: Homeserver, user: str) -> dict[str, object]:
    try:
        return await server.call("profile", "GET", path("profile", user))
    except (RateLimited, TokenRevoked):
        raise
    except MatrixError:
        return {}


async def _put(server: Homeserver, user: str, key: str, value: str) -> None:
    try:
        await server.call(key, "PUT", path("profile", user, key), {key: value})
    except (RateLimited, TokenRevoked):
        raise
    except MatrixError as error:
        log.warning("the homeserver does not let the account have its %s (%s)", key, error.code)
