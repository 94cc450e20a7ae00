"""Logging an account in: stored token, given token, password or shared secret (§ Login)."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from federation.client.homeserver import Homeserver, path, told, told_all
from federation.model.errors import LoginRefused, MatrixError, RateLimited, TokenRevoked
from federation.model.ports import Transactor, Vault

log = logging.getLogger(__name__)

DEVICE_NAME = "buendnis"


@dataclass(frozen=True, slots=True)
class Credentials:
    """How an account proves itself; exactly one of the three, the secrets never shown."""

    user: str
    """A full Matrix id, or its localpart alone."""
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    registration_secret: str | None = field(default=None, repr=False)
    derived_password: str | None = field(default=None, repr=False)
    """The password an account gets that we register ourselves."""
    display_name: str | None = None
    picture: str = ""
    """One of `federation.client.pictures`, for an account that has none."""
    findable: bool = False
    """People find it by its name: see `federation.client.finding`."""

    @property
    def is_derived(self) -> bool:
        """Whether the password is none that somebody was given, so that no file holds it."""
        return self.password is not None and self.password == self.derived_password

    @property
    def secret_word(self) -> str | None:
        """The password, if there is one."""
        return self.password or (self.derived_password if self.registration_secret else None)


@dataclass(frozen=True, slots=True)
class Login:
    user_id: str
    token: str = field(repr=False)
    device_id: str


async def log_in(server: Homeserver, store: Transactor, credentials: Credentials) -> Login:
    """Come back with the stored device, or log in anew. Sets the server's token.

    Raises LoginRefused, TokenRevoked.
    """
    stored = await store.run("login", lambda vault: _stored(vault, credentials.user))
    try:
        login = await _resume(server, credentials, stored)
    except TokenRevoked:
        if credentials.secret_word is None:
            raise
        login = None
    if login is None:
        device_id = stored.device_id if stored else None
        login = await _with_password(server, credentials, device_id)
    await store.run("login", lambda vault: _keep(vault, credentials.user, login))
    server.token = login.token
    return login


def logged_in(vault: Vault, user: str) -> bool:
    """Whether a login of this account is kept."""
    return _stored(vault, user) is not None


def _stored(vault: Vault, user: str) -> Login | None:
    found = vault.read("login", user)
    if found is None:
        return None
    user_id, token, device_id = json.loads(found)
    return Login(user_id, token, device_id)


def _keep(vault: Vault, user: str, login: Login) -> None:
    vault.write("login", user, json.dumps([login.user_id, login.token, login.device_id]).encode())


async def _resume(
    server: Homeserver, credentials: Credentials, stored: Login | None
) -> Login | None:
    token = credentials.token or (stored.token if stored else None)
    if token is None:
        return None
    server.token = token
    answer = await server.call("whoami", "GET", path("account", "whoami"))
    user_id = told(answer, "user_id")
    if credentials.user not in (user_id, user_id[1:].partition(":")[0]):
        raise LoginRefused(
            "The access token belongs to another account than the settings name. "
            "Put the right token into the secret file."
        )
    device_id = str(answer.get("device_id") or "")
    if not device_id:
        raise LoginRefused(
            "The access token belongs to no device, so nothing can be encrypted for it. Log the "
            "account in and put the token of that login into the secret file."
        )
    return Login(user_id, token, device_id)


async def _with_password(
    server: Homeserver, credentials: Credentials, device_id: str | None
) -> Login:
    server.token = None
    if credentials.secret_word is None:
        raise LoginRefused(
            "Neither a password nor an access token is given for the account. Put one into its "
            "secret file."
        )
    try:
        return await _password_login(server, credentials, device_id)
    except RateLimited:
        raise
    except MatrixError as error:
        if error.code != "M_FORBIDDEN":
            raise _refused(error) from None
    if credentials.registration_secret is None and credentials.is_derived:
        raise LoginRefused(
            "The homeserver refused the password that follows from the sealing key. If seal.key "
            "was replaced, put the old one back; if homeserver.server_name or the account's name "
            "was changed, write what was there."
        )
    if credentials.registration_secret is None:
        raise LoginRefused(
            "The homeserver refused the account's password. Check the account's name in the "
            "settings, and its password file."
        )
    await register(server, credentials)
    return await _password_login(server, credentials, device_id)


def _refused(error: MatrixError) -> LoginRefused:
    return LoginRefused(
        f"The homeserver did not log the account in: {error}. Ask its admin whether the account is "
        "active and may log in with a password; where an external authentication service is used, "
        "give a token in account.token_file."
    )


async def _password_login(
    server: Homeserver, credentials: Credentials, device_id: str | None
) -> Login:
    body: dict[str, Any] = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": credentials.user},
        "password": credentials.secret_word,
        "initial_device_display_name": DEVICE_NAME,
    }
    if device_id is not None:
        body["device_id"] = device_id
    answer = await server.call("login", "POST", path("login"), body)
    return Login(told(answer, "user_id"), told(answer, "access_token"), told(answer, "device_id"))


async def register(server: Homeserver, credentials: Credentials) -> None:
    """Register by shared secret (Synapse's admin API, "Shared-Secret Registration").

    Raises LoginRefused.
    """
    target = "/_synapse/admin/v1/register"
    try:
        nonce = told(await server.call("register/nonce", "GET", target), "nonce")
        await server.call("register", "POST", target, _registration(nonce, credentials))
    except RateLimited:
        raise
    except MatrixError as error:
        if error.code == "M_USER_IN_USE":
            raise LoginRefused(
                "The account exists and has another password than this office's. If seal.key was "
                "replaced or lost, put the old one back. Else give its password in "
                "account.password_file, or choose another name."
            ) from None
        raise LoginRefused(
            "The homeserver refused the registration secret. It is `registration_shared_secret` "
            "in Synapse's homeserver.yaml; where an external authentication service is used, make "
            "the account there and give its token in account.token_file."
        ) from None


async def knows_secret(server: Homeserver, credentials: Credentials) -> bool:
    """Whether the homeserver takes the registration secret. Makes nothing: the name that it is
    asked for can't be one, which Synapse says only to those with the secret. Raises MatrixError."""
    target = "/_synapse/admin/v1/register"
    nonce = told(await server.call("register/nonce", "GET", target), "nonce")
    nobody = replace(credentials, user="no name", derived_password="none")  # noqa: S106
    try:
        await server.call("register", "POST", target, _registration(nonce, nobody))
    except RateLimited:
        raise
    except MatrixError as error:
        return error.status != 403
    return True


def _registration(nonce: str, credentials: Credentials) -> Mapping[str, Any]:
    name = credentials.user.removeprefix("@").partition(":")[0]
    password = credentials.derived_password or ""
    secret = (credentials.registration_secret or "").encode()
    parts = "\0".join((nonce, name, password, "notadmin")).encode()
    return {
        "nonce": nonce,
        "username": name,
        "password": password,
        "admin": False,
        "inhibit_login": True,
        "mac": hmac.digest(secret, parts, hashlib.sha1).hex(),
    }


async def forget_lost_devices(server: Homeserver, credentials: Credentials, device_id: str) -> None:
    """After a lost store: remove the devices that nobody holds the keys of any more, so that
    others stop encrypting for them. Needs the password; without it nothing is done."""
    if credentials.secret_word is None:
        return
    devices = told_all(await server.call("devices", "GET", path("devices")), "devices")
    lost = [
        device["device_id"]
        for device in devices
        if device["device_id"] != device_id and device.get("display_name") == DEVICE_NAME
    ]
    if not lost:
        return
    body: dict[str, Any] = {"devices": lost}
    try:
        await server.call("delete_devices", "POST", path("delete_devices"), body)
    except MatrixError as error:
        if not error.asks_for_password:
            raise
        body["auth"] = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": credentials.user},
            "password": credentials.secret_word,
            "session": error.answer.get("session"),
        }
        await server.call("delete_devices", "POST", path("delete_devices"), body)
    log.warning("removed %d devices whose keys were lost", len(lost))
