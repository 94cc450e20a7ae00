"""Whether the homeserver speaks Matrix, and lets the account in by the secret that it was given.

Logs in nowhere: a login would make a device, which everybody would then encrypt for.
"""

from __future__ import annotations

from typing import Any

from bots.cli.checkup.subject import Subject
from bots.offices.checkup.finding import Finding, fault, note, of_error, ok
from federation.client.homeserver import Homeserver, path
from federation.model.errors import FederationError

CHECK = "login"
PATIENCE = 15.0
REGISTER = "/_synapse/admin/v1/register"
METADATA = (
    "/_matrix/client/v1/auth_metadata",
    "/_matrix/client/unstable/org.matrix.msc2965/auth_metadata",
)
"""§ OAuth 2.0 API, and what it was called before."""


def _elsewhere(subject: Subject) -> str:
    return (
        f"Make the account there, and give it a token of its own in {subject.key}.token_file "
        "(Matrix Authentication Service: `mas-cli manage issue-compatibility-token NAME`)."
    )


async def matrix(subject: Subject) -> list[Finding]:
    account = subject.account
    server = Homeserver(account.homeserver, ca_file=account.ca_file, request_timeout=PATIENCE)
    try:
        versions = await server.check_version()
        spoken = ok("homeserver", f"speaks Matrix up to {versions[-1]}")
        return [spoken, *await _login(server, subject)]
    except FederationError as error:
        return [of_error("homeserver", error)]
    finally:
        await server.close()


async def _login(server: Homeserver, subject: Subject) -> list[Finding]:
    try:
        if subject.account.token is not None:
            return [await _token(server, subject)]
        if not subject.has_secret:
            remedy = "Run doctor in the environment in which the office runs."
            return [note(CHECK, "this environment names nothing to log in with", remedy)]
        return await _password(server, subject)
    except FederationError as error:
        return [of_error(CHECK, error)]


async def _token(server: Homeserver, subject: Subject) -> Finding:
    server.token = subject.account.token
    answer = await server.call("whoami", "GET", path("account", "whoami"))
    if answer.get("user_id") != subject.account.user:
        remedy = f"Put the token of {subject.account.user} into the secret file of {subject.key}."
        return fault(CHECK, "the access token belongs to another account", remedy)
    if not answer.get("device_id"):
        remedy = "Log the account in, and put the token of that login into its secret file."
        return fault(CHECK, "the access token belongs to no device", remedy)
    return ok(CHECK, f"the access token is that of {subject.account.user}")


async def _password(server: Homeserver, subject: Subject) -> list[Finding]:
    flows = (await server.call("login flows", "GET", path("login"))).get("flows")
    offered = [flow.get("type") for flow in flows or () if isinstance(flow, dict)]
    delegated = await _is_delegated(server)
    registers = subject.account.registration_secret is not None
    found = [await _registration(server, subject, delegated)] if registers else []
    if "m.login.password" in offered:
        return [*found, ok(CHECK, "the homeserver takes passwords; none was tried")]
    why = "an external authentication service does" if delegated else _others(offered)
    return [*found, fault(CHECK, f"the homeserver takes no passwords; {why}", _elsewhere(subject))]


def _others(offered: list[Any]) -> str:
    return f"it offers: {', '.join(map(str, offered)) or 'nothing'}"


async def _registration(server: Homeserver, subject: Subject, delegated: bool) -> Finding:
    if not delegated and await _answers(server, REGISTER, "nonce"):
        return ok(CHECK, "accounts can be registered by a shared secret; it was not tried")
    if subject.has_run:
        found = "accounts can't be registered by a shared secret any more"
        return note(CHECK, found, _elsewhere(subject))
    if delegated:
        found = "an external authentication service keeps the accounts; no secret registers them"
        return fault(CHECK, found, _elsewhere(subject))
    remedy = (
        f"Let the reverse proxy pass {REGISTER} on to Synapse, at least from this machine; or make "
        f"the account by hand and give its password in {subject.key}.password_file."
    )
    return fault(CHECK, f"{REGISTER} does not answer", remedy)


async def _is_delegated(server: Homeserver) -> bool:
    """Whether accounts are kept by an external service, such as MAS."""
    for target in METADATA:
        if await _answers(server, target, "issuer"):
            return True
    return False


async def _answers(server: Homeserver, target: str, key: str) -> bool:
    try:
        return key in await server.call(key, "GET", target)
    except FederationError:
        return False
