"""Who is in the ombuds room, and which of the team can read what is said there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bots.offices.checkup.chamber import Chamber
from bots.offices.checkup.finding import Finding, fault, note, ok
from federation.encryption.identities import devices, identity


def people(chamber: Chamber) -> Iterator[Finding]:
    present, invited = chamber.members("join"), chamber.members("invite")
    strangers = len((present | invited) - chamber.expected)
    if strangers:
        remedy = (
            "What is said there is withheld from them. Have staff look at who is in the room and "
            "remove whom they do not know, or take them into the team."
        )
        yield fault("staff", f"in the room, but not of the team: {strangers}", remedy)
    inside, all_ = len(present & chamber.staff), len(chamber.staff)
    told = f"{inside} of {all_} of the team are in the room"
    if inside == all_ > 0:
        yield ok("staff", told)
    elif inside or invited & chamber.staff:
        unseen = "" if inside else "What comes in waits there unseen. "
        yield note("staff", told, f"{unseen}Have them accept their invitations in Element.")
    else:
        remedy = (
            "Nobody sees what comes in. Restart the office: it invites `staff` of the settings."
        )
        yield fault("staff", told, remedy)


def nobodies(staff: Iterable[str], known: Mapping[str, bool]) -> Iterator[Finding]:
    """`known`: whether each has an account, where that could be found out."""
    number = sum(not known.get(user, True) for user in staff)
    if number:
        remedy = (
            "Whoever takes such a name is let into the room and reads every case. Correct `staff` "
            "in the settings, or have the account made; who is in the team already is taken out "
            "of it in the room: `!team remove`."
        )
        yield fault("staff", f"of the team without an account: {number}", remedy)


def readers(staff: Iterable[str], answer: Mapping[str, Any]) -> Iterator[Finding]:
    """Which of the team can read what is said there, by an answer to `/keys/query`."""
    staff = list(staff)
    known = {user: identity(user, answer) for user in staff}
    unsigned = sum(found.master is None for found in known.values())
    blind = sum(
        not any(found.trusts(name) for name in devices(user, answer))
        for user, found in known.items()
    )
    if unsigned:
        remedy = (
            "Their devices can't be told from forged ones. Have them set up cross-signing in "
            "Element: Settings, Encryption."
        )
        yield note("identities", f"of the team without one: {unsigned} of {len(staff)}", remedy)
    if blind:
        remedy = "They can read nothing. Have them log in with Element and verify that device."
        told = f"of the team without a device that gets keys: {blind} of {len(staff)}"
        yield note("identities", told, remedy)
    if staff and not unsigned and not blind:
        yield ok("identities", "everybody of the team has one, and a device that it has signed")
