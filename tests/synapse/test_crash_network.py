"""Connections that break at the worst moment; `make chaos` tries all the others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.runtime.office.serving import Account
from federation.model.errors import DeviceLost
from tests.chaos import ground as grounds
from tests.chaos import outages, proxy
from tests.chaos.outages import DOES, Outage, at
from tests.chaos.trials import full_id, lose
from tests.synapse.mirror import Mirror
from tests.synapse.offices import running

pytestmark = [pytest.mark.synapse, pytest.mark.chaos]

TROUBLES: dict[str, tuple[Outage, ...]] = {
    # What was done is done again, for all that we know.
    "answers_are_lost": (
        at(DOES["send"], proxy.cuts_after()),
        at(DOES["create"], proxy.cuts_meanwhile()),
        at(DOES["state"], proxy.cuts_meanwhile(), 1),
    ),
    # What was not done is taken for done; and keys do not arrive, for which the message waits.
    "answers_are_false": (
        at(DOES["join"], proxy.says(200, "{}"), 1),
        at(DOES["members"], proxy.says(200, "{}"), 1),
        at(DOES["to_device"], proxy.unwell(), 2),
    ),
}


@pytest.fixture
async def ground(synapse: EmbeddedSynapse, tmp_path: Path) -> AsyncIterator[grounds.Ground]:
    place = grounds.Ground(synapse, tmp_path)
    yield place
    await place.close()


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_trouble_on_the_way_loses_nothing_and_doubles_nothing(
    ground: grounds.Ground, trouble: str
) -> None:
    person = await ground.person("anna")
    found = await outages.scene(ground, person, trouble, *TROUBLES[trouble])
    assert found.clean, found


async def test_a_device_that_was_written_to_encrypted_is_lost_for_good(
    ground: grounds.Ground, tmp_path: Path
) -> None:
    told = await ground.told()
    token = await ground.token(grounds.Account(told.user, told.password or ""))
    account = Account(told.homeserver, told.user, token=token)
    anna = await ground.person("anna")
    user = full_id(ground, told)
    async with running(Path(told.state), [(Mirror(), account)]):
        room, _ = await anna.write_privately(user, "hello")
        await anna.wait_for(room_id=room, sender=user, body="encrypted: hello")
    lose(told)
    with pytest.raises(DeviceLost, match="Restore the office's backup"):
        async with running(Path(told.state), [(Mirror(), account)]):
            pass
