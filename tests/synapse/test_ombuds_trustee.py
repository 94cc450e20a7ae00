"""Somebody outside of the office is the second, where the other member is away."""

from __future__ import annotations

import re

import pytest

from tests.synapse.conftest import MakePerson
from tests.synapse.ombuds_house import NewAccount, OpenHouse, house

__all__ = ["house"]
pytestmark = [pytest.mark.synapse, pytest.mark.timeout(240)]


async def test_a_trustee_gives_the_second_word_while_a_member_is_away(
    house: OpenHouse, new_account: NewAccount, make_person: MakePerson
) -> None:
    """And who is added has no keys yet: she is led to them, and invited then."""
    async with house() as h:
        account = await new_account("carla")
        board, later = h.leyla, account.user_id
        await h.anna.send(h.room, f"!team trustee {board.user_id}")
        await h.staff_see("proposes .* as a trustee")
        await h.bilal.send(h.room, "!confirm")
        invitation = await board.wait_until(
            lambda: next(iter(board.invited_rooms), None), "the invitation"
        )
        chat = await board.join(invitation)
        await h.leyla_sees(chat, "named you as a trustee")
        await board.send(chat, "Good day")
        told = await h.leyla_sees(chat, "Your code:")
        code = re.search(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){2}", told.body or "")
        assert code is not None
        await h.anna.send(h.room, code[0])
        await h.staff_see("is confirmed as a trustee")
        await h.bilal.send(h.room, "!absent 14")
        await h.staff_see("is away until")
        await h.anna.send(h.room, f"!team add {later}")
        asked = await h.leyla_sees(chat, f"wants to add .*{re.escape(later)}")
        yes = re.search(r"yes [2-9A-Z]{6}", asked.body or "")
        assert yes is not None
        await board.send(chat, yes[0])
        await h.staff_see("trustee, agrees to what")
        await h.staff_see(f"{re.escape(later)}.* is not invited yet")
        carla = await make_person(account=account, strict=True)
        await carla.wait_until(lambda: h.room in carla.invited_rooms, "the staff's room")
        assert not [x for x in board.seen(h.room) if x.body], "nothing of the staff's room"
