"""What must be right in several places of `network.yaml` at once: see `config.reading.checks`."""

from __future__ import annotations

from collections.abc import Iterator

from config.network import aliases as network_aliases
from config.network.settings import INITIATIVE, NetworkFile
from config.reading.checks import (
    Finding,
    mails_are_right,
    no_name_twice,
    nothing_twice,
    told,
    untranslated,
    way_is_safe,
)
from config.reading.document import Plain
from config.reading.fitting import Fitted
from config.reading.places import at, entries, text_at, texts
from config.values.faults import Fault, Loc, shown
from config.values.matrix_ids import is_matrix_id, is_server_name, server_of
from config.values.suggest import closest
from config.values.urls import is_exposed

PLACE_OF_SERVER = ("homeserver", "server_name")


def server_name(data: Plain) -> str | None:
    """The name of the network's server, if it can be told."""
    named = text_at(data, *PLACE_OF_SERVER)
    if is_server_name(named):
        return named
    written = (user for _, user in _accounts(data))
    return next((server_of(user) for user in written if is_matrix_id(user)), None)


def _accounts(data: Plain) -> Iterator[tuple[Loc, str]]:
    """The accounts that are written, with the places of their names."""
    written = at(data, ("accounts",))
    for role in written if isinstance(written, dict) else ():
        if role == "registration_secret_file":
            continue
        loc: Loc = ("accounts", role)
        if isinstance(at(data, loc), dict):
            loc = (*loc, "user")
        if user := text_at(data, *loc):
            yield loc, user


def cross_checks(fitted: Fitted[NetworkFile]) -> Iterator[Fault]:
    """Every fault that lies between two places."""
    for check in _CHECKS:
        yield from told(fitted, check(fitted))


def _server_is_told(fitted: Fitted[NetworkFile]) -> Iterator[Finding]:
    if server_name(fitted.data) is None and not fitted.unread & {"homeserver", "accounts"}:
        yield (
            PLACE_OF_SERVER,
            "is missing, and no account tells it; write the part after the colon of your "
            'Matrix ids, as `server_name: "example.org"`',
        )


def _servers_agree(fitted: Fitted[NetworkFile]) -> Iterator[Finding]:
    here = server_name(fitted.data)
    for loc, user in _accounts(fitted.data):
        if here and is_matrix_id(user) and server_of(user) != here:
            yield (
                loc,
                f"is an account of {shown(server_of(user))}, but the network is on "
                f"{shown(here)}; all accounts must be there",
            )


def _accounts_differ(fitted: Fitted[NetworkFile]) -> Iterator[Finding]:
    first: dict[str, Loc] = {}
    for loc, user in _all_accounts(fitted):
        if user in first:
            yield loc, f"is the account of {first[user][1]} as well; each needs one of its own"
        first.setdefault(user, loc)


def _all_accounts(fitted: Fitted[NetworkFile]) -> Iterator[tuple[Loc, str]]:
    """Places and whole Matrix ids of all accounts, those by default included."""
    written = {loc[1]: (loc, user) for loc, user in _accounts(fitted.data)}
    here = server_name(fitted.data) or ""
    for role, account in fitted.kind.unwritten_accounts().all.items():
        loc, user = written.get(role, (("accounts", role), account.user))
        yield loc, user if is_matrix_id(user) else f"@{user}:{here}"


def _people_are_people(fitted: Fitted[NetworkFile]) -> Iterator[Finding]:
    ours = {user: loc[1] for loc, user in _all_accounts(fitted)}
    places = [("coordinators",), *((*i, "contacts") for i, _ in entries(fitted.data, INITIATIVES))]
    for place in places:
        for loc, user in texts(fitted.data, place):
            if user in ours:
                yield loc, f"is the account of {ours[user]}; name people, and remove it here"
    ombuds = text_at(fitted.data, "ombuds", "account")
    if ombuds in ours:
        yield (
            ("ombuds", "account"),
            f"is the account of {ours[ombuds]}; the ombuds office has one of its own, which "
            "nobody who runs the network can use",
        )


def _ports_are_meant(fitted: Fitted[NetworkFile]) -> Iterator[Finding]:
    """`anna:example.org:8448` is nobody of `example.org`, and whoever wants can be it."""
    here = server_name(fitted.data) or ""
    places = [("coordinators",), *((*i, "contacts") for i, _ in entries(fitted.data, INITIATIVES))]
    for place in places:
        for loc, user in texts(fitted.data, place):
            server = server_of(user)
            if server != here and server.partition(":")[0] == here.partition(":")[0] != "":
                meant = f"{user.partition(':')[0]}:{here}"
                yield loc, f"is on another server, by its port; write {shown(meant)}"


INITIATIVES: Loc = ("initiatives",)


def _nothing_twice(fitted: Fitted[NetworkFile]) -> Iterator[Finding]:
    yield from nothing_twice(fitted, ("network", "languages"))
    yield from nothing_twice(fitted, ("coordinators",))
    for loc, _ in entries(fitted.data, INITIATIVES):
        yield from nothing_twice(fitted, (*loc, "contacts"))
    for section in ("initiatives", "templates"):
        yield from no_name_twice(fitted, _below(fitted.data, (section,), "id"))
    for loc, _ in entries(fitted.data, ("templates",)):
        yield from no_name_twice(fitted, _below(fitted.data, (*loc, "rooms"), "id"))
    yield from no_name_twice(fitted, _below(fitted.data, INITIATIVES, "space"))


def _below(data: Plain, loc: Loc, key: str) -> Iterator[tuple[Loc, str]]:
    """The texts under a key of each entry of a list."""
    for place, _ in entries(data, loc):
        if text := text_at(data, *place, key):
            yield (*place, key), text


def _made_or_adopted(fitted: Fitted[NetworkFile]) -> Iterator[Finding]:
    for loc, _ in entries(fitted.data, INITIATIVES):
        template, space = ((*loc, key) for key in ("template", "space"))
        if at(fitted.data, space) is None:
            if at(fitted.data, (*loc, "via")) is not None:
                yield (*loc, "via"), "goes with `space:`, the alias of its own space; remove it"
        elif at(fitted.data, template) is not None:
            line = fitted.line(space)
            yield (
                template,
                f"is beside space (line {line}); keep `template:` to have a space made, or "
                "`space:` to adopt the one that there is",
            )


def _templates_exist(fitted: Fitted[NetworkFile]) -> Iterator[Finding]:
    if "templates" in fitted.unread:
        return
    declared = [text for _, text in _below(fitted.data, ("templates",), "id")]
    known = {*declared, INITIATIVE.id}
    for loc, name in _below(fitted.data, INITIATIVES, "template"):
        if name not in known:
            meant = closest(name, known) or sorted(known)[0]
            yield loc, f"{shown(name)} is not among the templates; write {shown(meant)}"


def _flags_reach_somebody(fitted: Fitted[NetworkFile]) -> Iterator[Finding]:
    if at(fitted.data, ("ombuds",)) is not None:
        return
    for loc, _ in entries(fitted.data, ("templates",)):
        for room, entry in entries(fitted.data, (*loc, "rooms")):
            if isinstance(entry, dict) and entry.get("flags") is True:
                yield (
                    (*room, "flags"),
                    "needs the ombuds office; name its account under `ombuds`, or remove this",
                )


def _aliases_differ(fitted: Fitted[NetworkFile]) -> Iterator[Finding]:
    here = server_name(fitted.data)
    first: dict[str, tuple[Loc, str]] = {}
    rooms = fitted.kind.unwritten_rooms()
    for loc, alias, what in network_aliases.derived(fitted.data, here or "", rooms):
        known = first.setdefault(alias, (loc, what))
        if known != (loc, what):
            yield (
                loc,
                f"{what} would have the address {shown(alias)}, which {known[1]} has (line "
                f"{fitted.line(known[0])}); choose another",
            )


def _mails_can_be_ended(fitted: Fitted[NetworkFile]) -> Iterator[Finding]:
    there = {key for key in ("email", "web") if at(fitted.data, (key,)) is not None}
    if there == {"email"} and "web" not in fitted.unread:
        text = "needs pages on which readers end their mails; write `web:` with a public_url"
        yield ("email",), text


def _mails_are_right(fitted: Fitted[NetworkFile]) -> Iterator[Finding]:
    yield from mails_are_right(fitted, ("email",))


def _somebody_answers(fitted: Fitted[NetworkFile]) -> Iterator[Finding]:
    public = [key for key in ("email", "web") if at(fitted.data, (key,)) is not None]
    imprint = at(fitted.data, ("imprint",))
    if public and imprint is None and "imprint" not in fitted.unread:
        yield (
            (public[0],),
            "needs an imprint, by law; write `imprint:` and below it, indented, name, address, "
            "responsible and privacy",
        )


_CHECKS = (
    _server_is_told,
    _servers_agree,
    way_is_safe,
    _accounts_differ,
    _people_are_people,
    _ports_are_meant,
    _nothing_twice,
    _made_or_adopted,
    _templates_exist,
    _flags_reach_somebody,
    _aliases_differ,
    _mails_are_right,
    _mails_can_be_ended,
    _somebody_answers,
)


def notices(fitted: Fitted[NetworkFile]) -> Iterator[Fault]:
    """What is no fault, but may not be meant."""
    for check in (_languages, _rules, _contacts, _districts, _imprint_is_shown, _pages_are_safe):
        yield from told(fitted, check(fitted))


def _languages(fitted: Fitted[NetworkFile]) -> Iterator[Finding]:
    yield from untranslated(texts(fitted.data, ("network", "languages")))


def _rules(fitted: Fitted[NetworkFile]) -> Iterator[Finding]:
    file = fitted.model
    if file is None:
        return
    if not file.rules:
        yield (
            ("rules",),
            "is missing; newcomers are asked only whether what they choose may be stored",
        )
        return
    missing = [code for code in file.network.languages if code not in file.rules]
    if missing:
        yield ("rules",), f"has no text in {', '.join(missing)}; another language is shown there"


def _imprint_is_shown(fitted: Fitted[NetworkFile]) -> Iterator[Finding]:
    there = {key for key in ("imprint", "web") if at(fitted.data, (key,)) is not None}
    if there == {"imprint"}:
        yield ("imprint",), "is shown nowhere; write `web:` with a public_url"


def _pages_are_safe(fitted: Fitted[NetworkFile]) -> Iterator[Finding]:
    if is_exposed(text_at(fitted.data, "web", "public_url")):
        text = "would have people's addresses sent in the clear; write https:// in place of http://"
        yield ("web", "public_url"), text


def _contacts(fitted: Fitted[NetworkFile]) -> Iterator[Finding]:
    for loc, entry in entries(fitted.data, INITIATIVES):
        if isinstance(entry, dict) and not entry.get("contacts"):
            yield (*loc, "contacts"), "is missing; nobody is invited for this initiative"


def _districts(fitted: Fitted[NetworkFile]) -> Iterator[Finding]:
    file = fitted.model
    if file is None:
        return
    for place, number in network_aliases.crowded(file):
        what = f"the district {shown(place)}" if place else "the alliance's space"
        yield (
            ("initiatives",),
            f"{what} would hold {number} spaces and rooms; people on other servers see only "
            f"{network_aliases.SEEN_FROM_AFAR} of them. Name smaller districts",
        )
