"""In whose hands an ombuds office is."""

from __future__ import annotations

from collections.abc import Iterator

from bots.cli.checkup.subject import Subject
from bots.offices.checkup.finding import Finding, note, ok

CHECK = "in whose hands"
APART = (
    "Better is a machine and a homeserver of its own, run by people who have no other part in the "
    "network: docs/ombuds.md says how."
)


def hands(subject: Subject) -> Iterator[Finding]:
    """Who could open the office, or take it over; nothing about a network."""
    held = subject.held
    if not subject.staff:
        return
    if held is None:
        remedy = "Write machine and homeserver under `held`: config/examples/ombuds.yaml shows it."
        yield note(CHECK, "the settings do not say who runs the machine and the homeserver", remedy)
    elif held.one:
        told = f"{held.machine} runs the machine and the homeserver; people are told so"
        yield note(CHECK, told, APART)
    elif held.network:
        told = f"{held.machine}, of the network, runs the machine; people are told so"
        yield note(CHECK, told, APART)
    else:
        told = f"{held.machine} runs the machine, {held.homeserver} the homeserver"
        yield ok(CHECK, told)
