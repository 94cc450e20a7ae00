"""The ombuds office from its settings."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from datetime import timedelta, tzinfo
from email.utils import parseaddr
from functools import partial
from pathlib import Path
from typing import Any

from bots.offices import codes, mailing
from bots.offices.checkup.live import checking, of_ombuds
from bots.offices.opening import key_of
from bots.ombuds.bot import OmbudsBot
from bots.ombuds.documents.team import OFFICE
from bots.ombuds.documents.team import Office as Notes
from bots.ombuds.settings import Settings
from bots.runtime.mail.documents import BRIDGE
from bots.runtime.office.office import Office
from bots.runtime.office.serving import Account, assemble
from bots.runtime.process.clock import Clock
from bots.runtime.process.control import Command
from bots.runtime.process.logs import install
from bots.runtime.speech.words import Words
from bridges.email.dkim import KeyRefused
from config.loading import load
from config.ombuds.settings import Alarms, Held, Helpline, OmbudsConfig
from config.values.faults import ConfigFaults
from federation.client.accounts import told_of
from federation.client.interests import Interests
from federation.model.errors import FederationError
from federation.model.ports import Probe


def ombuds_settings(config: OmbudsConfig) -> Settings:
    """What the ombuds bot's rules need of the settings; all of it may change while it runs, but
    what is used once, when the room is made. Raises ValueError."""
    zone: tzinfo = config.office.timezone
    return Settings(
        account=config.account.user,
        staff=config.staff,
        languages=config.office.languages,
        timezone=zone,
        undo=config.answers.undo,
        forget_after=timedelta(days=config.closed.days),
        helplines=_helplines(config.helplines),
        name=config.account.display_name,
        room_name=config.room.name,
        federate=config.room.federate,
        codes=codes.read(config.state),
        accounts=frozenset(config.bots),
        kept=timedelta(days=config.closed.cases),
        holder=_holder(config.held),
        one_hand=config.held is not None and config.held.one,
        alarms=() if config.alarms is None else _addresses(config.alarms.to),
    )


def _holder(held: Held | None) -> str:
    """Whom people are told of."""
    return held.machine if held is not None and (held.one or held.network) else ""


def _helplines(lines: Sequence[Helpline]) -> tuple[str, ...]:
    return tuple(f"{line.name}: {line.number}" for line in lines)


def _addresses(mailboxes: Sequence[str]) -> tuple[str, ...]:
    return tuple(parseaddr(x)[1] for x in mailboxes)


def ombuds_account(config: OmbudsConfig) -> Account:
    secret: dict[str, Any] = {config.credential.kind: config.credential.value.get_secret_value()}
    ca_file = config.homeserver.ca_file
    return Account(
        homeserver=str(config.homeserver.url),
        user=config.account.user,
        display_name=config.account.display_name,
        picture="ombuds",
        findable=True,
        interests=Interests(devices=True, receipts=True, undone=True),
        ca_file=None if ca_file is None else str(ca_file),
        **secret,
    )


def ombuds_office(
    config: OmbudsConfig, *, clock: Clock | None = None, probe: Probe | None = None
) -> tuple[Office, OmbudsBot]:
    """The ombuds office, assembled and not yet running. Raises StoreError, ValueError."""
    bot = OmbudsBot(ombuds_settings(config), Words())
    office = assemble(
        config.office.state,
        [(bot, ombuds_account(config))],
        key=key_of(config),
        clock=clock,
        probe=probe,
    )
    if config.alarms is not None:
        secret = office.store.sealer.secret("mails")
        try:
            office.bridges[BRIDGE] = mailing.alarms(config, config.alarms, office.store, secret)
        except KeyRefused as error:
            raise ValueError(f"alarms.dkim: {error}") from None
    office.store.patience = config.unreadable_after.total_seconds()
    office.prepare = partial(_call_together, office, bot)
    return office, bot


async def _call_together(office: Office, bot: OmbudsBot) -> None:
    """Where there is no team yet: which of the named have an account. Raises FederationError if
    nobody has."""
    stored = await office.store.run("team", lambda tx: tx.document(OFFICE, "office"))
    noted = stored or Notes()
    if noted.founded and noted.roster:
        return
    named = bot.settings.staff
    known = await told_of(office.posts[0].session.server, named)
    there = tuple(x for x in named if known.get(x, True))
    if not (there or noted.founded):
        raise FederationError(
            "Nobody of `staff` in the settings has an account. Make the accounts, or correct the "
            "names, and start the office again; `buendnis doctor` names them."
        )
    absent = tuple(x for x in named if x not in there)
    bot.settings = replace(bot.settings, staff=there, absent=absent)


class OmbudsRunning:
    """The ombuds office as the command line needs it. Raises StoreError, ValueError."""

    def __init__(self, config: OmbudsConfig) -> None:
        self._config = config
        self.office, self._bot = ombuds_office(config)

    @property
    def state(self) -> Path:
        return self._config.state

    @property
    def checkup(self) -> Command:
        looks = of_ombuds(self._config.staff, str(self._config.path))
        return checking(self.office, *looks)

    async def status(self) -> dict[str, Any]:
        """See `Running`."""
        return await self.office.status()

    def beside(self) -> AbstractAsyncContextManager[object]:
        return nullcontext()

    async def reload(self) -> list[str]:
        """See `Running`."""
        try:
            new = load(self._config.path).opened(self._config.passphrase)
        except ConfigFaults as faults:
            raise ValueError(str(faults)) from None
        settings, before = ombuds_settings(new), self._bot.settings
        if new.staff == self._config.staff:  # who of them has no account was found at the start
            settings = replace(settings, staff=before.staff, absent=before.absent)
        self._bot.settings = settings
        self.office.store.patience = new.unreadable_after.total_seconds()
        install(new.logging.level)
        return _fixed(self._config, new)


def _fixed(old: OmbudsConfig, new: OmbudsConfig) -> list[str]:
    """Sections that are used only at the start, and differ."""
    pairs = {
        "office.state": (old.office.state, new.office.state),
        "homeserver": (old.homeserver, new.homeserver),
        "account": (old.account, new.account),
        "alarms": (_sending(old), _sending(new)),
    }
    return [name for name, (before, after) in pairs.items() if before != after]


def _sending(config: OmbudsConfig) -> Alarms | None:
    """How alarms leave. Who gets them may change while the office runs, but not whether anybody."""
    return None if config.alarms is None else config.alarms.model_copy(update={"to": ()})
