"""A coordinator who sets up her keys in Element, and whose command has waited for that."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.clients.conftest import MakeStrict
from tests.synapse.conftest import MakePerson, NewAccount, make_person
from tests.synapse.coordinating import Desks

__all__ = ["make_person"]


async def test_what_waited_is_carried_out_from_a_device_that_she_has_signed(
    new_account: NewAccount, make_person: MakePerson, strict: MakeStrict, tmp_path: Path
) -> None:
    """She has written on a phone of old, without keys. On a new one Element sets them up."""
    desks = Desks(new_account, make_person, tmp_path / "office")
    async with desks.at_work(timedelta()) as desk:
        old = await make_person(account=desk.anna, cross_signed=False)
        await old.join(desk.room)
        await old.send(desk.room, "!admit", reply_to=desk.wish.event_id)
        notice = await desk.told("have not carried out .*!admit")
        anna = await strict(account=desk.anna)
        await anna.send(desk.room, "!confirm", reply_to=notice.event_id)
        await desk.is_let_in()
