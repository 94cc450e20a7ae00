"""The network office from its settings: its bots, the mail bridge and the pages."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bots.offices import settings
from bots.offices.checkup.deciders import deciders
from bots.offices.checkup.live import Part, checking, guarded
from bots.offices.checkup.presence import presence
from bots.offices.mailing import mail
from bots.offices.opening import key_of
from bots.offices.reading import load_network
from bots.offices.registry import BOTS, Bots
from bots.offices.spaces import way_in
from bots.offices.spaces.declared import network as declared
from bots.offices.spaces.places import Places, find, look
from bots.offices.waiting import waiting
from bots.offices.web import pages, settings_of
from bots.runtime.kit.bot import KitBot
from bots.runtime.mail.performer import Mail
from bots.runtime.model.errors import StoreError
from bots.runtime.model.network import NetworkView
from bots.runtime.office.botspec import BotSpec
from bots.runtime.office.office import Office, Post
from bots.runtime.office.serving import Account, joined, opened
from bots.runtime.process.clock import Clock, SystemClock
from bots.runtime.process.control import Command
from bots.runtime.process.failpoints import from_environment
from bots.runtime.process.logs import install
from bots.runtime.speech.words import Words
from bridges.email.dkim import KeyRefused
from config.network.settings import NetworkConfig
from config.values.faults import ConfigFaults
from federation.model.errors import FederationError
from federation.model.ports import Probe
from federation.spaces.layout import lay_out

log = logging.getLogger(__name__)

ONLY_AT_THE_START = ("homeserver", "accounts", "email", "web", "imprint")


def account(config: NetworkConfig, role: str, bot: BotSpec[Any] | None = None) -> Account:
    """How one of the accounts logs in; `bot`: whose it is."""
    credential, ca_file = config.credentials[role], config.homeserver.ca_file
    secret: dict[str, Any] = {credential.kind: credential.value.get_secret_value()}
    return Account(
        homeserver=str(config.homeserver.url),
        user=config.user(role),
        display_name=config.display_name(role),
        picture=role if bot is None else bot.account.picture,
        findable=bot is not None and bot.account.findable,
        ca_file=None if ca_file is None else str(ca_file),
        **secret,
    )


async def network_office(
    config: NetworkConfig,
    *,
    clock: Clock | None = None,
    probe: Probe | None = None,
    bots: Bots = BOTS,
) -> NetworkOffice:
    """The network office, assembled and not yet running; waits until its rooms can be looked up.

    Raises FederationError, StoreError, ValueError.
    """
    async with waiting(config.network.state):
        places = await find(config, probe, bots)
    return NetworkOffice(config, places, bots, clock, probe)


class NetworkOffice:
    """Use `network_office`."""

    def __init__(
        self,
        config: NetworkConfig,
        places: Places,
        bots: Bots,
        clock: Clock | None,
        probe: Probe | None,
    ) -> None:
        """Raises StoreError, ValueError."""
        self._config, self._specs = config, bots
        self._now, self._places = config, places
        """What holds at the moment."""
        self.words = Words()
        clock, probe = clock or SystemClock(), probe or from_environment(os.environ)
        store = opened(config.network.state, key_of(config), clock, probe)
        self._secret = store.sealer.secret
        self.bots: dict[str, KitBot[Any, Any]] = {}
        """Those that run, by their names."""
        posts = [
            self._post(spec, network) for spec, network in self._told() if spec.serves(network)
        ]
        self._mail: Mail | None = None
        self.office: Office = joined(store, posts, clock, probe)
        self._join_mail()

    def _told(self) -> Iterator[tuple[BotSpec[Any], NetworkView]]:
        """Each bot, and what it is told of the network."""
        tell = settings.network(self._now, self._places, self._specs, self._secret)
        yield from ((spec, tell(spec)) for spec in self._specs)

    def _post(self, spec: BotSpec[Any], network: NetworkView) -> tuple[KitBot[Any, Any], Account]:
        self.bots[spec.name] = bot = spec.made(network, self.words)
        interests = spec.interests(partial(getattr, bot, "settings"))
        return bot, replace(account(self._config, spec.name, spec), interests=interests)

    def _join_mail(self) -> None:
        config = self._config
        if config.web is None or config.email is None:
            return
        secret = self._secret("mails")
        try:
            self._mail = mail(config, config.email, config.web, self.office.store, secret)
        except KeyRefused as error:
            raise ValueError(f"email.dkim: {error}") from None
        self.office.bridges["mail"] = self._mail

    @property
    def state(self) -> Path:
        return self._config.state

    @property
    def checkup(self) -> Command:
        return checking(self.office, self._present, self._decide)

    def _present(self, post: Post) -> Part:
        return guarded("present", presence(post.session, self._served(post.bot.name)))

    def _decide(self, post: Post) -> Part:
        """Asked with the account that sees all of them."""
        config, greets = self._now, post.session.account == self._now.welcoming
        span = timedelta(days=config.network.unsigned_days)
        users = config.coordinators if greets else ()
        return guarded("verified", deciders(post.session, users, span))

    def _served(self, bot: str) -> Collection[str]:
        """The rooms that a bot has to be in."""
        user, rooms = self._now.user(bot), lay_out(declared(self._now, self._specs)).rooms
        return {self._places[x.key] for x in rooms if user in x.people and x.key in self._places}

    async def status(self) -> dict[str, Any]:
        """See `Running`."""
        found = await self.office.status()
        if self._mail is not None:
            found["mail"] = "reachable" if await self._mail.reachable() else "away, trying again"
        return found

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[str | None]:
        """The pages; their address, or None if there are none. Raises CannotListen."""
        log.info(way_in.told(self._config))
        told = settings_of(self._config)
        if told is None:
            yield None
            return
        of = {x.name: x.pages for x in self._specs if x.pages is not None and x.name in self.bots}
        async with pages(self.office, told, self.words, of) as listening:
            log.info("pages are served at %s", listening.address)
            yield listening.address

    # -- reading the settings again ------------------------------------------------------------

    async def reload(self) -> list[str]:
        """See `Running`. New rooms are looked up, and joined."""
        try:
            read = load_network(self._config.path, self._specs)
            new = read.opened(self._config.passphrase)
        except ConfigFaults as faults:
            raise ValueError(str(faults)) from None
        try:
            places = await look(new, None, self._specs)
        except (FederationError, StoreError) as error:
            raise ValueError(f"{new.path}: {error}") from None
        self._take_up(new, places)
        await self.office.begin_again()
        install(new.logging.level)
        return _fixed(self._config, new)

    def _take_up(self, new: NetworkConfig, places: Places) -> None:
        # Whom a bot is, and where its links lead, is as it was until the next start.
        start = {name: getattr(self._config, name) for name in ONLY_AT_THE_START}
        self._now, self._places = new.model_copy(update=start), places
        for spec, network in self._told():
            if spec.name in self.bots:
                self.bots[spec.name].settings = spec.settings(network)


def _fixed(old: NetworkConfig, new: NetworkConfig) -> list[str]:
    """Sections that are used only at the start, and differ."""
    moved = ["network.state"] if old.network.state != new.network.state else []
    differ = (name for name in ONLY_AT_THE_START if getattr(old, name) != getattr(new, name))
    return [*moved, *differ]
