"""Which edits go along with a message that is taken back."""

from __future__ import annotations

from typing import Any, cast

import pytest

from federation.client.homeserver import Homeserver
from federation.model.errors import MatrixError, RateLimited
from federation.performing.undoing import edits, part_of

ROOM, EVENT, OURS = "!room:x", "$event", "@bot:x"


class Server:
    """Answers with pages, one after the other."""

    def __init__(self, *pages: Any) -> None:
        self.pages = list(pages)
        self.asked: list[tuple[str, dict[str, str]]] = []

    async def call(self, name: str, method: str, path: str, *, query: dict[str, str]) -> Any:
        self.asked.append((path, query))
        page = self.pages.pop(0)
        if isinstance(page, Exception):
            raise page
        return page


def event(number: int, sender: str = OURS, **content: str) -> dict[str, Any]:
    return {"event_id": f"${number}", "sender": sender, "content": content}


async def found(server: Server) -> list[str]:
    return [x["event_id"] async for x in edits(cast(Homeserver, server), ROOM, EVENT, OURS)]


async def test_every_page_is_read() -> None:
    server = Server(
        {"chunk": [event(1, body="a")], "next_batch": "more"},
        {"chunk": [event(2, body="b")]},
    )
    assert await found(server) == ["$1", "$2"]
    paths = {path for path, _ in server.asked}
    assert paths == {"/_matrix/client/v1/rooms/%21room%3Ax/relations/%24event/m.replace"}
    assert server.asked[1][1]["from"] == "more"


async def test_what_others_wrote_and_what_is_gone_is_left_alone() -> None:
    chunk = [event(1, "@other:x", body="a"), event(2), {"event_id": 3}, "nonsense"]
    assert await found(Server({"chunk": chunk})) == []
    assert await found(Server({"chunk": "nonsense"})) == []


async def test_an_event_that_is_not_there_has_none() -> None:
    assert await found(Server(MatrixError(404, "M_NOT_FOUND"))) == []


@pytest.mark.parametrize(
    "error", [MatrixError(403, "M_FORBIDDEN"), RateLimited(429, "M_LIMIT_EXCEEDED")]
)
async def test_what_may_succeed_later_is_not_passed_over(error: MatrixError) -> None:
    with pytest.raises(type(error)):
        await found(Server(error))


def test_each_part_of_an_action_has_an_id_of_its_own() -> None:
    ids = {part_of(action, edit) for action in ("a", "b") for edit in ("$1", "$2")}
    assert len(ids) == 4
    assert part_of("a", "$1") == part_of("a", "$1")
