"""What was said once is said once: the homeserver repeats, re-orders and doubles."""

from __future__ import annotations

import pytest

from tests.synapse.attacks.liar import Json, Liar, event_id, hold, timelines
from tests.synapse.attacks.scene import begun, house, lies, mark, settled, told, wire
from tests.synapse.ombuds_house import OpenHouse

__all__ = ["house", "lies"]

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(180)]


def backwards(answer: Json) -> None:
    for events in timelines(answer):
        events.reverse()


async def test_an_old_answer_under_a_new_id_is_not_sent_again(house: OpenHouse, lies: Liar) -> None:
    """The homeserver shows the office Anna's encrypted answer of before once more, as a new event.
    The reporter gets it once."""
    async with house(homeserver=lies.url) as h:
        chat, root = await begun(h)
        answer = await h.anna.send(h.room, "!answer On Monday.", thread=root.event_id)
        await h.leyla_sees(chat, "On Monday")
        old = await wire(h.anna, h.room, answer)
        lies.shows(h.room, {**old, "event_id": event_id()})
        lies.shows(h.room, {**old, "event_id": event_id(), "origin_server_ts": 1})
        await lies.told()
        await settled(h, chat, "one")
        assert len([x for x in h.told_to_leyla(chat) if "On Monday" in x]) == 1


async def test_an_old_message_under_a_new_id_is_shown_once(house: OpenHouse, lies: Liar) -> None:
    """The same with what the reporter wrote: shown again, a complaint could be made to look urgent,
    or be filed with a matter of later."""
    async with house(homeserver=lies.url) as h:
        chat, _ = await begun(h)
        said = await h.leyla.send(chat, "He hit me.")
        await h.staff_see("He hit me")
        await h.leyla.send(chat, "!new")
        await h.leyla_sees(chat, "new matter")
        old = await wire(h.leyla, chat, said)
        lies.shows(chat, {**old, "event_id": event_id()})
        await lies.told()
        await settled(h, chat, "one")
        copies = [x for x in h.anna.seen(h.room) if "He hit me" in (x.body or "")]
        assert len(copies) == 1


async def test_the_same_event_again_is_the_same_event(house: OpenHouse, lies: Liar) -> None:
    """Shown under its own id again, later and in another room, it changes nothing."""
    async with house(homeserver=lies.url) as h:
        chat, root = await begun(h)
        answer = await h.anna.send(h.room, "!answer On Monday.", thread=root.event_id)
        await h.leyla_sees(chat, "On Monday")
        old = await wire(h.anna, h.room, answer)
        lies.shows(h.room, old)
        lies.shows(chat, {**old, "event_id": event_id()})
        await lies.told()
        await settled(h, chat, "one")
        assert len([x for x in h.told_to_leyla(chat) if "On Monday" in x]) == 1
        assert not [x for x in h.anna.seen(h.room) if "!answer On Monday" in (x.body or "")][1:]


async def test_a_sync_the_wrong_way_round_loses_nothing(house: OpenHouse, lies: Liar) -> None:
    """The homeserver hands over each piece of a timeline backwards: a second message before the
    first, a taking back before what is taken back. All that was written reaches staff."""
    async with house(homeserver=lies.url) as h:
        chat, _ = await begun(h)
        lies.lies.append(backwards)
        for number in range(3):
            await h.leyla.send(chat, f"First {number}.")
            await h.leyla.send(chat, f"Second {number}.")
        for number in range(3):
            await h.staff_see(f"First {number}")
            await h.staff_see(f"Second {number}")
        lies.lies.clear()
        await settled(h, chat, "one")


async def test_keys_handed_over_twice_are_handed_over_once(house: OpenHouse, lies: Liar) -> None:
    """Each to-device message comes twice, and all of them once more later. Everybody is still read,
    once, and nobody is asked to write again."""
    async with house(homeserver=lies.url) as h:
        kept: list[Json] = []

        def double(answer: Json) -> None:
            events = answer.get("to_device", {}).get("events", [])
            kept.extend(events)
            events += list(events)

        lies.lies.append(double)
        chat, _ = await begun(h)
        await h.leyla.send(chat, "And the stairs.")
        await h.staff_see("And the stairs")
        lies.lies.clear()
        assert kept
        lies.hands(*kept)
        await lies.told()
        await settled(h, chat, "one")
        copies = [x.body or "" for x in h.anna.seen(h.room) if x.sender == h.account]
        assert len([x for x in copies if "And the stairs" in x]) == 1
        assert not [x for x in copies if "could not be read" in x]


async def test_words_that_are_held_back_come_later_and_once(house: OpenHouse, lies: Liar) -> None:
    """The homeserver keeps what the reporter writes from the office, and hands it over when
    something else has been said. It is filed then, and staff answer what they see."""
    async with house(homeserver=lies.url) as h:
        chat, root = await begun(h)
        held: list[Json] = []

        lies.lies.append(lambda answer: hold(answer, h.leyla.user_id, held))
        await h.leyla.send(chat, "No, do not write to him.")
        await h.anna.send(h.room, "!answer May we write to him?", thread=root.event_id)
        await h.leyla_sees(chat, "May we write to him")
        lies.lies.clear()
        since = mark(h.anna)
        lies.shows(chat, *held)
        await told(h, since, "do not write to him")
        await settled(h, chat, "one")
        copies = [x for x in h.anna.seen(h.room) if "do not write to him" in (x.body or "")]
        assert len(copies) == 1
