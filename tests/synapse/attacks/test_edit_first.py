"""A correction that the homeserver hands over before what it corrects."""

from __future__ import annotations

import pytest

from tests.synapse.attacks.liar import Json, Liar, hold
from tests.synapse.attacks.scene import begun, house, lies, settled
from tests.synapse.ombuds_house import OpenHouse
from tests.synapse.waiting import until

__all__ = ["house", "lies"]

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(180)]


async def test_an_edit_that_comes_before_its_message_is_read(house: OpenHouse, lies: Liar) -> None:
    """The same, with a message that was corrected: staff read the correction, whichever the
    homeserver hands over first."""
    async with house(homeserver=lies.url) as h:
        chat, _ = await begun(h)
        held: list[Json] = []
        lies.lies.append(lambda answer: hold(answer, h.leyla.user_id, held))
        said = await h.leyla.send(chat, "It was on Monday.")
        await h.leyla.edit(chat, said, "It was on Tuesday.")
        await until(lambda: len(held) == 2)
        lies.lies.clear()
        lies.shows(chat, *reversed(held))
        await h.staff_see("It was on Tuesday")
        await settled(h, chat, "one")
