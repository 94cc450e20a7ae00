"""Somebody outside of the office is the second, where the other member is away."""

from __future__ import annotations

import re

import pytest

from tests.synapse.ombuds_house import NewAccount, OpenHouse, house

__all__ = ["house"]
pytestmark = [pytest.mark.synapse, pytest.mark.timeout(240)]


async def test_a_trustee_gives_the_second_word_while_a_member_is_away(
    house: OpenHouse, new_account: NewAccount
) -> None:
    async with house() as h:
        board, later = h.leyla, (await new_account("carla")).user_id
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
        await h.staff_see(f"{re.escape(later)}.* is invited")
        assert not [x for x in board.seen(h.room) if x.body], "nothing of the staff's room"
