"""From settings to offices: the composition root. Only here and in `bots.commands` are settings
read; everything below is given plain values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from bots.ombuds.bot import OmbudsBot
from bots.ombuds.models import Settings
from bots.runtime.clock import Clock
from bots.runtime.office import Office
from bots.runtime.sealing import load_key, parse_key
from bots.runtime.serving import Account, assemble
from bots.runtime.words import Words
from config.ombuds import Helpline, OmbudsConfig
from federation.ports import Probe


def ombuds_settings(config: OmbudsConfig) -> Settings:
    """What the ombuds bot's rules need of the settings; all of it may change while it runs, but
    what is used once, when the room is made."""
    zone: tzinfo = config.office.timezone
    return Settings(
        account=config.account.user,
        staff=config.staff,
        languages=config.office.languages,
        timezone=zone,
        undo=config.answers.undo,
        helplines=_helplines(config.helplines),
        room_name=config.room.name,
        federate=config.room.federate,
    )


def _helplines(lines: Sequence[Helpline]) -> tuple[str, ...]:
    return tuple(f"{line.name}: {line.number}" for line in lines)


def ombuds_account(config: OmbudsConfig) -> Account:
    secret: dict[str, Any] = {config.credential.kind: config.credential.value.get_secret_value()}
    ca_file = config.homeserver.ca_file
    return Account(
        homeserver=str(config.homeserver.url),
        user=config.account.user,
        display_name=config.account.display_name,
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
        key=_seal_key(config),
        clock=clock,
        probe=probe,
    )
    office.store.patience = config.unreadable_after.total_seconds()
    return office, bot


def _seal_key(config: OmbudsConfig) -> bytes:
    if config.seal_key is not None:
        return parse_key(config.seal_key.get_secret_value(), "BUENDNIS_OMBUDS_SEAL_KEY")
    config.seal_key_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return load_key(config.seal_key_path)
