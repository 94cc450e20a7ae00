"""What `plan` and `apply` print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bots.lab.synapse.embedded import EmbeddedSynapse
from tests.synapse.networks import Declared

pytestmark = pytest.mark.synapse

SUMMARY = re.compile(r" \(\d+ requests, \d+\.\d s\)\.$")


def lines(output: str, declared: Declared) -> list[str]:
    """Without what differs from run to run."""
    plain = output.replace(declared.end, "")
    return [SUMMARY.sub("", line) for line in plain.splitlines()]


async def test_from_a_first_plan_to_a_last(tmp_path: Path, synapse: EmbeddedSynapse) -> None:
    declared = Declared(tmp_path, synapse)
    nora = f"nora{declared.end}"
    await synapse.register(nora, "a password for tests")
    declared.initiative("nord", f"@{nora}:localhost")
    making = [
        "+ @creator:localhost: account for creator",
        "+ @onboarding:localhost: account for onboarding",
        "+ @exchange:localhost: account for exchange",
        "+ @announcements:localhost: account for announcements",
        "+ #alliance: space “Bündnis”, people ask to join, invites 2",
        "+ #coordination: room “Koordination”, by invitation, encrypted, invites 3",
        "+ #exchange: room “Austausch”, open to the alliance, invites 2",
        "+ #announcements: room “Rundbrief”, open to the alliance, invites 2",
        "+ #nord: space “Nord”, people ask to join, invites 2",
        "+ #nord-treffpunkt: room “Nord: Treffpunkt”, open to the space around it, encrypted, "
        "invites 2",
        "+ #nord-offen: room “Nord: Offene Runde”, open to the space around it, invites 3",
    ]
    status, output = await declared.said("plan")
    assert status == 0
    assert lines(output, declared) == [*making, "spaces and rooms to make: 7, other changes: 4"]
    status, output = await declared.said("apply")
    assert status == 0
    way_in = (
        "People come in by a chat with @onboarding:localhost. Give them this link: "
        "https://matrix.to/#/@onboarding:localhost"
    )
    assert sorted(lines(output, declared)) == sorted([*making, "Changes made: 17", way_in])
    status, output = await declared.said("apply")
    assert (status, lines(output, declared)) == (0, ["Nothing was to be changed", way_in])
    status, output = await declared.said("plan")
    assert lines(output, declared) == ["Nothing to do: 7 spaces and rooms are as declared"]

    declared.data["initiatives"] = []
    declared.data["rooms"]["exchange"] = {"alias": f"#exchange{declared.end}", "name": "Börse"}
    status, output = await declared.said("plan")
    assert status == 0
    assert lines(output, declared) == [
        "~ #exchange: name: “Austausch” → “Börse”",
        "- #alliance: links #nord:localhost, which is no longer declared "
        "(`apply --remove` takes that back)",
        "- #nord:localhost: says that it is in #alliance (`apply --remove` takes that back)",
        "other changes: 1, no longer declared: 2",
    ]
