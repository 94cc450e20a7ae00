"""What devices are told that ask ours to compare emoji."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from federation.encryption.refusing import CANCEL, MOST, Refusing

LEYLA = "@leyla:b.example"


class Server:
    def __init__(self) -> None:
        self.sent: list[tuple[str, Mapping[str, Any]]] = []
        self.away = False

    async def take(self, kind: str, messages: Mapping[str, Any]) -> None:
        if self.away:
            raise OSError("away")
        self.sent.append((kind, messages))


def asks(user: object = LEYLA, device: object = "A", name: object = "t1") -> dict[str, Any]:
    content = {"from_device": device, "transaction_id": name, "methods": ["m.sas.v1"]}
    return {"type": "m.key.verification.request", "sender": user, "content": content}


async def test_each_device_is_told_once() -> None:
    server, refusing = Server(), Refusing()
    for event in (asks(), asks(device="B", name="t2"), asks(name="t3")):
        refusing.take(event)
    await refusing.answer(server.take)
    await refusing.answer(server.take)
    ((kind, messages),) = server.sent
    assert kind == CANCEL
    assert {x: y["transaction_id"] for x, y in messages[LEYLA].items()} == {"A": "t3", "B": "t2"}
    assert {y["code"] for y in messages[LEYLA].values()} == {"m.user"}


async def test_a_storm_is_one_request_of_a_few() -> None:
    server, refusing = Server(), Refusing()
    for number in range(1_000):
        refusing.take(asks(f"@stranger-{number}:b.example", name=f"t{number}"))
    await refusing.answer(server.take)
    ((_, messages),) = server.sent
    assert len(messages) == MOST


async def test_what_failed_is_tried_again() -> None:
    server, refusing = Server(), Refusing()
    refusing.take(asks())
    server.away = True
    with pytest.raises(OSError, match="away"):
        await refusing.answer(server.take)
    server.away = False
    await refusing.answer(server.take)
    assert len(server.sent) == 1


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"type": "m.key.verification.request"},
        {**asks(), "content": "x"},
        {**asks(), "type": CANCEL},
        asks(user=None),
        asks(device=7),
        asks(device="x" * 256),
        asks(name=""),
        asks(name=["t"]),
    ],
)
async def test_what_has_no_shape_is_answered_with_nothing(event: dict[str, Any]) -> None:
    server, refusing = Server(), Refusing()
    refusing.take(event)
    await refusing.answer(server.take)
    assert server.sent == []
