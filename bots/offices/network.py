"""The network office from its settings: its bots, the mail bridge and the pages."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bots.announcements.bot import AnnouncementsBot
from bots.exchange.bot import ExchangeBot
from bots.offices import settings
from bots.offices.checkup.live import Part, checking, guarded
from bots.offices.checkup.presence import presence
from bots.offices.mailing import mail
from bots.offices.spaces import way_in
from bots.offices.spaces.places import Places, find, look
from bots.offices.spaces.planning import seal_key
from bots.offices.waiting import waiting
from bots.offices.web import pages, settings_of
from bots.onboarding.bot import OnboardingBot
from bots.runtime.mail.performer import Mail
from bots.runtime.model.errors import StoreError
from bots.runtime.office.office import Office, Post
from bots.runtime.office.ruling import AnyBot
from bots.runtime.office.serving import Account, assemble
from bots.runtime.process.clock import Clock
from bots.runtime.process.control import Command
from bots.runtime.process.logs import install
from bots.runtime.speech.words import Words
from bots.runtime.store.sealing import Sealer
from bridges.email.dkim import KeyRefused
from config.loading import load_network
from config.network.parts import Role
from config.network.settings import NetworkConfig
from config.values.faults import ConfigFaults
from federation.client.sync import Interests
from federation.model.errors import FederationError
from federation.model.ports import Probe

log = logging.getLogger(__name__)

ONLY_AT_THE_START = ("homeserver", "accounts", "email", "web", "imprint")

JUST_SAID = Interests(recent=50)
"""Most people mark what they have just written: it need not be asked for."""


def account(config: NetworkConfig, role: Role) -> Account:
    """How one of the bots logs in."""
    credential, ca_file = config.credentials[role], config.homeserver.ca_file
    secret: dict[str, Any] = {credential.kind: credential.value.get_secret_value()}
    return Account(
        homeserver=str(config.homeserver.url),
        user=config.user(role),
        display_name=config.accounts.display_name(role),
        picture=role,
        findable=role == "onboarding",
        ca_file=None if ca_file is None else str(ca_file),
        **secret,
    )


async def network_office(
    config: NetworkConfig, *, clock: Clock | None = None, probe: Probe | None = None
) -> NetworkOffice:
    """The network office, assembled and not yet running; waits until its rooms can be looked up.

    Raises FederationError, StoreError, ValueError.
    """
    async with waiting(config.network.state):
        places = await find(config, probe)
    return NetworkOffice(config, places, clock, probe)


class NetworkOffice:
    """Use `network_office`. Where the settings name no mail server, announcements stay in their
    room, and no bot serves it."""

    def __init__(
        self, config: NetworkConfig, places: Places, clock: Clock | None, probe: Probe | None
    ) -> None:
        """Raises StoreError, ValueError."""
        self._config = config
        key, words = seal_key(config), Words()
        self._secret = Sealer(key).secret("mails")
        self.onboarding = OnboardingBot(settings.of_onboarding(config, places), words)
        self.exchange = ExchangeBot(settings.of_exchange(config, places), words)
        self.announcements: AnnouncementsBot | None = None
        bots: list[tuple[AnyBot, Account]] = [
            (self.onboarding, replace(account(config, "onboarding"), interests=self._greeting())),
            (self.exchange, replace(account(config, "exchange"), interests=JUST_SAID)),
        ]
        if config.web is not None and config.email is not None:
            told = settings.of_announcements(config, config.web, places, self._secret)
            self.announcements = AnnouncementsBot(told, words)
            bots.append((self.announcements, account(config, "announcements")))
        self.words = words
        self._mail: Mail | None = None
        self.office: Office = assemble(
            config.network.state, bots, key=key, clock=clock, probe=probe
        )
        self._join_mail()

    def _greeting(self) -> Interests:
        """Members of every room count; what they say, in private and where it is coordinated."""
        overheard = lambda: self.onboarding.settings.overheard  # noqa: E731
        return Interests(names=True, overheard=overheard)

    def _join_mail(self) -> None:
        config = self._config
        if config.web is None or config.email is None:
            return
        try:
            self._mail = mail(config, config.email, config.web, self.office.store, self._secret)
        except KeyRefused as error:
            raise ValueError(f"email.dkim: {error}") from None
        self.office.bridges["mail"] = self._mail

    @property
    def state(self) -> Path:
        return self._config.state

    @property
    def checkup(self) -> Command:
        return checking(self.office, self._present)

    def _present(self, post: Post) -> Part:
        return guarded("present", presence(post.session, self._served(post.bot.name)))

    def _served(self, bot: str) -> Collection[str]:
        """The rooms that a bot has to be in."""
        if bot == self.onboarding.name:
            return self.onboarding.settings.places
        if bot == self.exchange.name:
            return self.exchange.settings.places
        return () if self.announcements is None else (self.announcements.settings.room,)

    async def status(self) -> dict[str, Any]:
        """See `Running`."""
        found = await self.office.status()
        if self._mail is not None:
            found["mail"] = "reachable" if self._mail.reachable else "away, trying again"
        return found

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[str | None]:
        """The pages; their address, or None if there are none. Raises CannotListen."""
        log.info(way_in.told(self._config))
        told = settings_of(self._config)
        if told is None:
            yield None
            return
        async with pages(self.office, told, self.words) as site:
            log.info("pages are served at %s", site.address)
            yield site.address

    # -- reading the settings again ------------------------------------------------------------

    async def reload(self) -> list[str]:
        """See `Running`. New rooms are looked up, and joined."""
        try:
            new = load_network(self._config.path)
        except ConfigFaults as faults:
            raise ValueError(str(faults)) from None
        try:
            places = await look(new)
        except (FederationError, StoreError) as error:
            raise ValueError(f"{new.path}: {error}") from None
        self._take_up(new, places)
        await self.office.begin_again()
        install(new.logging.level)
        return _fixed(self._config, new)

    def _take_up(self, new: NetworkConfig, places: Places) -> None:
        # Whom a bot is, and where its links lead, is as it was until the next start.
        old = self._config
        kept = new.model_copy(update={"accounts": old.accounts, "homeserver": old.homeserver})
        self.onboarding.settings = settings.of_onboarding(kept, places)
        self.exchange.settings = settings.of_exchange(kept, places)
        if self.announcements is not None and old.web is not None:
            told = settings.of_announcements(kept, old.web, places, self._secret)
            self.announcements.settings = told


def _fixed(old: NetworkConfig, new: NetworkConfig) -> list[str]:
    """Sections that are used only at the start, and differ."""
    moved = ["network.state"] if old.network.state != new.network.state else []
    differ = (name for name in ONLY_AT_THE_START if getattr(old, name) != getattr(new, name))
    return [*moved, *differ]
