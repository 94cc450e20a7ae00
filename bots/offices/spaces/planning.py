"""From the settings of a network to its spaces: the composition root of `plan` and `apply`."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from bots.offices.opening import key_of
from bots.offices.registry import BOTS, Bots
from bots.offices.spaces.declared import network
from bots.runtime.process.failpoints import from_environment
from bots.runtime.store.holding import Second
from bots.runtime.store.store import AlreadyRunning, Store
from bots.runtime.store.transaction import Transaction
from config.network.parts import CREATOR
from config.network.settings import NetworkConfig
from federation.client.accounts import missing, told_of
from federation.client.homeserver import Homeserver
from federation.client.login import Credentials, log_in, logged_in, register
from federation.client.profile import Profile, show
from federation.model.actions import Handle
from federation.model.errors import LoginRefused
from federation.model.network import Key, is_on, people, without
from federation.model.ports import Probe
from federation.spaces.applying.apply import Outcome, Told, apply
from federation.spaces.applying.observe import observe
from federation.spaces.layout import lay_out
from federation.spaces.planning.plan import Plan, plan
from federation.spaces.seen import Observed
from federation.spaces.steps import Change, MakeAccount, MakeRoom

FOLDER = "creator"
"""Below the network's state: what the creator account needs, apart from the office's store."""
SEEN, UNSETTLED, ROOMS = "account seen", "rooms unsettled", "rooms"
SHOWN, PICTURES = "creator shown", "pictures"
AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Counted:
    """How the homeserver was asked."""

    requests: int
    seconds: float


class Planning:
    """Use `planning`. Compares what is declared with what is there, and carries it out."""

    def __init__(self, config: NetworkConfig, store: Store, probe: Probe, bots: Bots) -> None:
        self._config = config
        self._store = store
        self._requests = 0
        self._begun = time.monotonic()
        self._declared = network(config, bots)
        self._layout = lay_out(self._declared)
        ca_file = config.homeserver.ca_file
        self._server = Homeserver(
            config.homeserver.url,
            ca_file=None if ca_file is None else str(ca_file),
            probe=self._counting(probe),
        )

    def _counting(self, probe: Probe) -> Probe:
        def count(stage: str, name: str) -> None:
            self._requests += stage == "before"
            probe(stage, name)

        return count

    @property
    def counted(self) -> Counted:
        return Counted(self._requests, time.monotonic() - self._begun)

    async def close(self) -> None:
        await self._server.close()
        await self._store.close()

    # -- planning ------------------------------------------------------------------------------

    async def is_known(self) -> bool:
        """Whether the creator account was logged in before, so that no login has to be made."""
        user = self._declared.creator
        return await self._store.run("login", lambda vault: logged_in(vault, user))

    async def plan(self) -> Plan:
        """What would be done. Changes nothing. Raises FederationError."""
        await self._server.check_version()
        absent = await self._absent([*self._declared.accounts.values()])
        # Whoever registers the name later must not find power waiting for it.
        strangers = await self._strangers()
        layout = lay_out(without(self._declared, strangers))
        if not await self._is_logged_in(absent):
            return plan(layout, Observed(missing=absent), self._declared.accounts, strangers)
        observed = await observe(self._server, layout, await self._unsettled())
        there = replace(observed, missing=absent)
        planned = plan(layout, there, self._declared.accounts, strangers)
        await self._keep_rooms(planned)
        return planned

    async def rooms(self) -> dict[Key, str]:
        """The id of every declared room that is there, and of adopted spaces: as it was last seen,
        where all are known, else as the homeserver tells it. Raises FederationError."""
        known: dict[Key, str] = await self._store.run("rooms", lambda v: v.get(ROOMS, "") or {})
        wanted = [room.key for room in self._layout.rooms]
        if all(key in known for key in wanted):
            adopted = (x.mark.key for x in self._layout.children if x.alias is not None)
            return {key: known[key] for key in (*wanted, *adopted) if key in known}
        return _ids(await self.plan())

    async def _strangers(self) -> frozenset[str]:
        """People who are declared and have no account, as far as their server tells."""
        declared = people(self._declared)
        here = [user for user in declared if is_on(user, self._declared.server)]
        afar = [user for user in declared if user not in here]
        known = await self._store.run("accounts", lambda vault: _known(vault, afar))
        told = await told_of(self._server, [user for user in afar if user not in known])
        seen = {user for user, there in told.items() if there}
        await self._store.run("accounts", lambda vault: _note(vault, seen))
        return await self._absent(here) | (told.keys() - seen)

    async def _absent(self, users: Sequence[str]) -> frozenset[str]:
        """Those of our server who are not there; whom we have seen once is not asked for."""
        known = await self._store.run("accounts", lambda vault: _known(vault, users))
        absent = await missing(self._server, [user for user in users if user not in known])
        await self._store.run("accounts", lambda vault: _note(vault, set(users) - absent))
        return absent

    async def _is_logged_in(self, absent: frozenset[str]) -> bool:
        """Log the creator account in if it is there. Makes no account."""
        if self._declared.creator in absent:
            return False
        await log_in(self._server, self._store, self._credentials(CREATOR, making=False))
        return True

    def _credentials(self, role: str, *, making: bool) -> Credentials:
        """What an account proves itself with; `making`: registered where it is not there."""
        user = self._declared.accounts[role]
        given = self._config.credentials[role]
        secret = given.value.get_secret_value()
        derived = self._store.sealer.secret(f"password {user}").hex()
        made = given.kind == "registration_secret"
        password = secret if given.kind == "password" else None
        return Credentials(
            user=user,
            password=derived if made and not making else password,
            token=secret if given.kind == "token" else None,
            registration_secret=secret if made and making else None,
            derived_password=derived,
            display_name=self._config.display_name(role),
        )

    # -- applying ------------------------------------------------------------------------------

    async def apply(
        self, planned: Plan, told: Told, *, remove: bool = False, at_once: int = AT_ONCE
    ) -> Outcome:
        """Carry a plan out. What is refused is told, and the rest goes on.

        Raises FederationError: then nothing more could be done, and a later run goes on.
        """
        changes = [*planned.changes, *(planned.undeclared if remove else ())]
        accounts = [change for change in changes if isinstance(change.step, MakeAccount)]
        outcome = await self._make_accounts(accounts, told)
        if self._server.token is None:
            return outcome
        rooms = {c.step.room.key for c in changes if isinstance(c.step, MakeRoom)}
        before = await self._unsettled()
        await self._keep_unsettled(before | rooms)
        if rooms:
            await self._store.run("rooms", lambda vault: vault.delete(ROOMS, ""))
        await self._show_creator()
        pictures: dict[str, str] = await self._kept(PICTURES) or {}
        result = await apply(self._server, planned, changes, told, at_once, pictures)
        await self._keep(PICTURES, {name: url for name, url in pictures.items() if url})
        await self._keep_unsettled(result.unsettled)
        result.done += outcome.done
        result.failed = [*outcome.failed, *result.failed]
        return result

    async def _make_accounts(self, changes: Sequence[Change], told: Told) -> Outcome:
        outcome = Outcome()
        for change in changes:
            error = await self._make_account(change)
            if error is None:
                outcome.done += 1
            else:
                outcome.failed.append((change, error))
            told(change, error)
        return outcome

    async def _make_account(self, change: Change) -> str | None:
        step = change.step
        assert isinstance(step, MakeAccount)  # noqa: S101  (the caller has picked them)
        credentials = self._credentials(step.role, making=True)
        if credentials.registration_secret is None:
            return f"{step.user} is not there; make it, as its password or token was given"
        try:
            if step.role == CREATOR:
                await log_in(self._server, self._store, credentials)
            else:
                await register(self._server, credentials)
        except LoginRefused as error:
            return str(error)
        await self._store.run("accounts", lambda vault: _note(vault, {step.user}))
        return None

    async def _show_creator(self) -> None:
        """Everybody reads who made a room: by a name, not by the account's."""
        name = self._config.display_name(CREATOR)
        if await self._kept(SHOWN) == name:
            return
        user = self._declared.creator
        await show(self._server, user, Profile(name, "creator"))
        await self._keep(SHOWN, name)

    async def _kept(self, kind: str) -> Any:
        return await self._store.run(kind, lambda vault: vault.get(kind, ""))

    async def _keep(self, kind: str, value: Any) -> None:
        if value != await self._kept(kind):
            await self._store.run(kind, lambda vault: vault.put(kind, "", value))

    async def _keep_rooms(self, planned: Plan) -> None:
        await self._store.run("rooms", lambda vault: vault.put(ROOMS, "", _ids(planned)))

    # -- what an earlier run may have left half done -------------------------------------------

    async def _unsettled(self) -> set[Key]:
        return set(await self._store.run("unsettled", lambda v: v.get(UNSETTLED, "") or []))

    async def _keep_unsettled(self, keys: set[Key]) -> None:
        await self._store.run("unsettled", lambda v: v.put(UNSETTLED, "", sorted(keys)))


def _ids(planned: Plan) -> dict[Key, str]:
    made = {key: ref for key, ref in planned.ids.items() if not isinstance(ref, Handle)}
    return {**made, **planned.adopted}


def _known(vault: Transaction, users: Sequence[str]) -> set[str]:
    return {user for user in users if vault.read(SEEN, user) is not None}


def _note(vault: Transaction, users: set[str]) -> None:
    for user in users:
        if vault.read(SEEN, user) is None:
            vault.write(SEEN, user, b"")


@asynccontextmanager
async def planning(
    config: NetworkConfig, probe: Probe | None = None, bots: Bots = BOTS
) -> AsyncIterator[Planning]:
    """Opens what plan and apply need; one process at a time. Raises StoreError, ValueError."""
    probe = probe or from_environment(os.environ)
    found = Planning(config, _store(config, probe), probe, bots)
    try:
        yield found
    finally:
        await found.close()


def _store(config: NetworkConfig, probe: Probe) -> Store:
    home = config.network.state
    try:
        return Store.open(home / FOLDER, Second(key_of(config), home), probe=probe)
    except AlreadyRunning:
        raise AlreadyRunning(
            "Another `plan` or `apply` of this network is under way; wait until it has ended."
        ) from None
