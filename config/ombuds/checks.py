"""What must be right in several places of `ombuds.yaml` at once: see `config.reading.checks`."""

from __future__ import annotations

from collections.abc import Iterator

from config.ombuds.settings import OmbudsFile
from config.reading.checks import (
    Finding,
    mails_are_right,
    nothing_twice,
    told,
    untranslated,
    way_is_safe,
)
from config.reading.document import Plain
from config.reading.fitting import Fitted
from config.reading.places import at, text_at, texts
from config.values.faults import Fault, shown
from config.values.matrix_ids import is_matrix_id, is_server_name, server_of


def server_name(data: Plain) -> str | None:
    """The name of the office's server, if it can be told."""
    named, user = text_at(data, "homeserver", "server_name"), text_at(data, "account", "user")
    if is_server_name(named):
        return named
    return server_of(user) if is_matrix_id(user) else None


def cross_checks(fitted: Fitted[OmbudsFile]) -> Iterator[Fault]:
    """Every fault that lies between two places."""
    for check in (_servers_agree, way_is_safe, _staff_are_people, _nothing_twice, _alarms_leave):
        yield from told(fitted, check(fitted))


def _servers_agree(fitted: Fitted[OmbudsFile]) -> Iterator[Finding]:
    user, named = text_at(fitted.data, "account", "user"), server_name(fitted.data)
    if named and is_matrix_id(user) and server_of(user) != named:
        yield (
            ("account", "user"),
            f"is an account of {shown(server_of(user))}, but homeserver.server_name is "
            f"{shown(named)}; write the same server in both",
        )


def _staff_are_people(fitted: Fitted[OmbudsFile]) -> Iterator[Finding]:
    office, here = text_at(fitted.data, "account", "user"), server_name(fitted.data)
    federated = at(fitted.data, ("room", "federate")) is True or "room" in fitted.unread
    for loc, person in texts(fitted.data, ("staff",)):
        if not is_matrix_id(person):
            continue
        if person == office:
            yield loc, "is the office's own account; name people, and remove it here"
        elif here and server_of(person) not in (here, server_of(office)) and not federated:
            yield (
                loc,
                f"{shown(person)} is on another server than the office, and could not enter its "
                f"room; name an account of {shown(here)}, or write `federate: true` below room",
            )


def _nothing_twice(fitted: Fitted[OmbudsFile]) -> Iterator[Finding]:
    for loc in (("staff",), ("bots",), ("office", "languages"), ("alarms", "to")):
        yield from nothing_twice(fitted, loc)


def _alarms_leave(fitted: Fitted[OmbudsFile]) -> Iterator[Finding]:
    yield from mails_are_right(fitted, ("alarms",))


def notices(fitted: Fitted[OmbudsFile]) -> Iterator[Fault]:
    """What is no fault, but may not be meant."""
    yield from told(fitted, untranslated(texts(fitted.data, ("office", "languages"))))
