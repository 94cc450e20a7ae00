"""Whether settings, store and homeserver belong together: its name, its registration secret,
whether the account has run from another store than the one that is here, and whether staff have
accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bots.cli.checkup.login import PATIENCE
from bots.cli.checkup.public import KEYS
from bots.cli.checkup.subject import Subject
from bots.offices.checkup.finding import Finding, fault, note, of_error, ok
from federation.client.accounts import told_of
from federation.client.homeserver import Homeserver, path
from federation.client.login import Credentials, knows_secret
from federation.model.errors import FederationError, MatrixError

NAME, SECRET, STATE, STAFF = "server name", "registering", "state", "staff"


async def belonging(subject: Subject) -> list[Finding]:
    account = subject.account
    server = Homeserver(account.homeserver, ca_file=account.ca_file, request_timeout=PATIENCE)
    try:
        found = [*await _name(server, account.user), *await _secret(server, subject)]
        if not found or found[0].remedy is None:
            found += await _lost_state(server, subject)
            found += await _absent(server, subject)
        return found
    except FederationError as error:
        return [of_error("homeserver", error)]
    finally:
        await server.close()


async def _name(server: Homeserver, user: str) -> list[Finding]:
    """Nothing where the homeserver does not tell, as behind a proxy that leaves federation out."""
    try:
        told = (await server.call("key", "GET", KEYS)).get("server_name")
    except FederationError:
        return []
    named = user.partition(":")[2]
    if not told or not named:
        return []
    if told == named:
        return [ok(NAME, f"{named}, as the homeserver calls itself")]
    remedy = (
        f'Write `server_name: "{told}"`, and every account of ours with it; or let homeserver.url '
        f"lead to the homeserver of {named}."
    )
    return [fault(NAME, f"the homeserver calls itself {told}, the settings {named}", remedy)]


async def _secret(server: Homeserver, subject: Subject) -> list[Finding]:
    account = subject.account
    if account.registration_secret is None or account.password or account.token:
        return []
    credentials = Credentials(account.user, registration_secret=account.registration_secret)
    try:
        right = await knows_secret(server, credentials)
    except FederationError:
        return []  # told with the ways to log in
    if right:
        return [ok(SECRET, "the homeserver knows the registration secret")]
    remedy = (
        "Put `registration_shared_secret` of Synapse's homeserver.yaml into the file that the "
        "settings name for it."
    )
    return [fault(SECRET, "the homeserver does not know the registration secret", remedy)]


async def _lost_state(server: Homeserver, subject: Subject) -> list[Finding]:
    """An office gives its account a name when it runs; nobody else does."""
    profile = await _profile(server, subject.account.user)
    shown = subject.account.display_name
    if subject.has_run or shown is None or profile.get("displayname") != shown:
        return []
    remedy = (
        f"Put the folder back, or restore a backup: `buendnis restore {subject.settings} ARCHIVE`. "
        "If the office starts without it, what only the old store knew is gone."
    )
    found = f"no store in {subject.state}, although {subject.account.user} has run before"
    return [fault(STATE, found, remedy)]


async def _absent(server: Homeserver, subject: Subject) -> list[Finding]:
    """Of those who found the office; later the team is what its room says."""
    known = await told_of(server, subject.staff)
    absent = [user for user in subject.staff if not known.get(user, True)]
    if not absent:
        return []
    told = f"named in the settings, and without an account: {', '.join(absent)}"
    if subject.has_run:
        remedy = "They are not invited. Once an account is there, the team adds it: `!team add`."
        return [note(STAFF, told, remedy)]
    remedy = "They are not invited. Make the accounts, or correct `staff`, before the first start."
    return [fault(STAFF, told, remedy)]


async def _profile(server: Homeserver, user: str) -> Mapping[str, Any]:
    try:
        return await server.call("profile", "GET", path("profile", user))
    except MatrixError:
        return {}
