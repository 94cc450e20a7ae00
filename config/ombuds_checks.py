"""What must be right in several places of `ombuds.yaml` at once.

Works on plain data, so that it also finds what is wrong beside other faults; what is not of the
right kind is passed over here, for the models refuse it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from config.document import Plain
from config.faults import Fault, Loc, shown, spell
from config.fitting import Fitted
from config.languages import LANGUAGES
from config.matrix_ids import is_matrix_id, is_server_name, server_of
from config.ombuds import OmbudsFile
from config.urls import is_exposed

CATALOGUES = Path(__file__).parent / "locale"
SOURCE_LANGUAGE = "en"


def at(data: Plain, loc: Loc) -> Plain:
    """What stands at a place; None if nothing does."""
    for part in loc:
        if isinstance(data, dict) and isinstance(part, str):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return None
    return data


def text_at(data: Plain, *loc: int | str) -> str:
    """The text that stands at a place; empty if none does."""
    found = at(data, loc)
    return found if isinstance(found, str) else ""


def server_name(data: Plain) -> str | None:
    """The name of the office's server, if it can be told."""
    named, user = text_at(data, "homeserver", "server_name"), text_at(data, "account", "user")
    if is_server_name(named):
        return named
    return server_of(user) if is_matrix_id(user) else None


def cross_checks(fitted: Fitted[OmbudsFile]) -> Iterator[Fault]:
    """Every fault that lies between two places."""
    for check in (_servers_agree, _way_is_safe, _staff_are_people, _nothing_twice):
        for loc, text in check(fitted):
            yield Fault(fitted.line(loc), spell(loc), text)


def _servers_agree(fitted: Fitted[OmbudsFile]) -> Iterator[tuple[Loc, str]]:
    user, named = text_at(fitted.data, "account", "user"), server_name(fitted.data)
    if named and is_matrix_id(user) and server_of(user) != named:
        yield (
            ("account", "user"),
            f"is an account of {shown(server_of(user))}, but homeserver.server_name is "
            f"{shown(named)}; write the same server in both",
        )


def _way_is_safe(fitted: Fitted[OmbudsFile]) -> Iterator[tuple[Loc, str]]:
    url = text_at(fitted.data, "homeserver", "url").strip()
    if is_exposed(url) and at(fitted.data, ("homeserver", "insecure")) is not True:
        yield (
            ("homeserver", "url"),
            "would send the office's secrets over the network in the clear; write https://…, or "
            "add `insecure: true` if the whole way is your own",
        )


def _staff_are_people(fitted: Fitted[OmbudsFile]) -> Iterator[tuple[Loc, str]]:
    office, here = text_at(fitted.data, "account", "user"), server_name(fitted.data)
    federated = at(fitted.data, ("room", "federate")) is True or "room" in fitted.unread
    for index, person in _texts(fitted.data, ("staff",)):
        if not is_matrix_id(person):
            continue
        if person == office:
            yield ("staff", index), "is the office's own account; name people, and remove it here"
        elif here and server_of(person) not in (here, server_of(office)) and not federated:
            yield (
                ("staff", index),
                f"{shown(person)} is on another server than the office, and could not enter its "
                f"room; name an account of {shown(here)}, or write `federate: true` below room",
            )


def _nothing_twice(fitted: Fitted[OmbudsFile]) -> Iterator[tuple[Loc, str]]:
    for loc in (("staff",), ("office", "languages")):
        first: dict[str, int] = {}
        for index, text in _texts(fitted.data, loc):
            if text in first:
                line = fitted.line((*loc, first[text]))
                yield (
                    (*loc, index),
                    f"{shown(text)} is listed twice, first in line {line}; remove one",
                )
            first.setdefault(text, index)


def notices(file: OmbudsFile, fitted: Fitted[OmbudsFile]) -> Iterator[Fault]:
    """What is no fault, but may not be meant."""
    translated = {f.name.replace("@", "-") for f in CATALOGUES.iterdir() if f.is_dir()}
    for index, code in enumerate(file.office.languages):
        if code not in translated | {SOURCE_LANGUAGE}:
            loc = ("office", "languages", index)
            text = f"{LANGUAGES[code][0].title()} has no translation yet; English is shown instead"
            yield Fault(fitted.line(loc), spell(loc), text)


def _texts(data: Plain, loc: Loc) -> Iterator[tuple[int, str]]:
    entries = at(data, loc)
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        if isinstance(entry, str):
            yield index, entry
