"""Pictures of ours in a room (§ m.image). They hold nothing of anybody's, so they lie on the
homeserver as they are, also where what is said is encrypted."""

from __future__ import annotations

import struct
from typing import Any

from federation.client.homeserver import Homeserver
from federation.client.pictures import TYPE, png
from federation.client.profile import upload


class Showing:
    def __init__(self, server: Homeserver) -> None:
        self._server = server
        self._there: dict[str, str] = {}
        """Where those are that were uploaded since the start."""

    async def image(self, name: str) -> dict[str, Any]:
        """What makes a picture of a message, whose body says what it shows; nothing where the
        homeserver takes no pictures: then the words alone are read."""
        if not self._there.get(name):
            self._there[name] = await upload(self._server, name)
        if not self._there[name]:
            return {}
        data = png(name)
        width, height = struct.unpack(">II", data[16:24])
        info = {"mimetype": TYPE, "size": len(data), "w": width, "h": height}
        return {"msgtype": "m.image", "url": self._there[name], "info": info}
