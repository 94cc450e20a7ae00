"""A bot that one line in the registry adds, in a network on a real Synapse."""

from __future__ import annotations

import re
from pathlib import Path

import aiohttp
import pytest

from bots.lab.people.client import Seen
from bots.lab.synapse.embedded import EmbeddedSynapse, free_port
from bots.offices.network import network_office
from bots.offices.reading import load_network
from bots.runtime.model.decision import FormSubmitted
from tests.kit.registered import MORE
from tests.synapse.conftest import MakePerson
from tests.synapse.networks import Declared
from tests.synapse.offices import started

pytestmark = pytest.mark.synapse


async def test_one_line_is_enough(
    synapse: EmbeddedSynapse, make_person: MakePerson, tmp_path: Path
) -> None:
    anna = await make_person("anna")
    declared = Declared(tmp_path, synapse, MORE)
    metrics = f"127.0.0.1:{free_port()}"
    declared.data |= {
        "coordinators": [anna.user_id],
        "web": {"listen": f"127.0.0.1:{free_port()}", "public_url": "https://net.example"}
        | {"metrics": metrics},
        "imprint": {"name": "V", "address": "A", "responsible": "A", "privacy": "P"},
    }
    made = await declared.apply()
    assert made.failures == []
    alias = declared.alias("lending").partition(":")[0]
    assert any(line.startswith(f"+ {alias}: room ") for line in made.lines)

    running = await network_office(load_network(declared.write(), MORE), bots=MORE)
    async with started(running.office), running.beside():
        room = await anna.join(declared.alias("lending"))
        await anna.wait_for(
            room_id=room, type="m.room.member", state_key=declared.user("lending"), wanted=_is_there
        )
        await anna.send(room, "!lend a drill")
        await anna.wait_for(room_id=room, body=re.compile("Noted: \u2068a drill"))
        await running.office.submit(
            "form/1", "lending", FormSubmitted("wanted", {"thing": "a drill"})
        )
        await anna.wait_for(room_id=room, body=re.compile("looking for"))

        findings = (await running.checkup())["findings"]
        told = [x["found"] for x in findings if x["check"] == "present"]
        assert "lending: in 1 of the 1 rooms that it serves" in told

        async with aiohttp.ClientSession() as http, http.get(f"http://{metrics}/metrics") as answer:
            [line] = [x for x in (await answer.text()).splitlines() if "decided_lending " in x][-1:]
        assert float(line.split()[1]) > 0


def _is_there(event: Seen) -> bool:
    return bool(event.raw["content"]["membership"] == "join")
