"""What people write first: a bare loop of matrix-nio that answers `!echo X` with `X`.

A stored token is all that it keeps. Configured as `tests.bench.echo` is: `BOT_HOMESERVER`,
`BOT_USER`, `BOT_PASSWORD` and `BOT_STATE` (a folder).
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from nio import AsyncClient, MatrixRoom, RoomMessageText, SyncResponse

LONG_POLL_MS = 30_000


async def main(token: Path) -> None:
    since = _kept(token)
    client = AsyncClient(os.environ["BOT_HOMESERVER"], os.environ["BOT_USER"])
    await client.login(os.environ["BOT_PASSWORD"])

    async def answer(room: MatrixRoom, event: RoomMessageText) -> None:
        if event.body.startswith("!echo "):
            content = {"msgtype": "m.text", "body": event.body.removeprefix("!echo ")}
            await client.room_send(room.room_id, "m.room.message", content)

    async def keep(response: SyncResponse) -> None:
        _keep(token, response.next_batch)

    client.add_event_callback(answer, RoomMessageText)
    client.add_response_callback(keep, SyncResponse)
    await client.sync_forever(LONG_POLL_MS, since=since)


def _kept(token: Path) -> str | None:
    return token.read_text() if token.exists() else None


def _keep(token: Path, value: str) -> None:
    token.write_text(value)


if __name__ == "__main__":
    folder = Path(os.environ["BOT_STATE"])
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(folder / "token"))
