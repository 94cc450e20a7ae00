"""A homeserver that gives set answers, for what `doctor` asks it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web


class Homeserver:
    """Gives fixed answers, and keeps what it was asked."""

    def __init__(self, *answers: Mapping[str, Any]) -> None:
        self._answers = {path: body for some in answers for path, body in some.items()}
        self.asked: list[str] = []

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked.append(f"{request.method} {request.path}")
        found = self._answers.get(request.path)
        if found is None:
            return web.json_response({"errcode": "M_UNRECOGNIZED"}, status=404)
        if isinstance(found, str):
            return web.Response(text=found, content_type="text/html")
        return web.json_response(found, status=found.get("status", 200))
