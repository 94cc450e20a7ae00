"""The mail bridge of an office from its settings."""

from __future__ import annotations

import time
from email.utils import parseaddr
from pathlib import Path

from pydantic import SecretStr

from bots.runtime.mail.performer import Mail, Settings
from bots.runtime.store.store import Store
from bridges.email.composing import Composer
from bridges.email.dkim import Key
from bridges.email.letters import Letterhead, Mailbox
from bridges.email.smtp import Pool, Server
from config.network.office import Email, Web
from config.network.settings import NetworkConfig
from config.ombuds.settings import Alarms, OmbudsConfig
from config.reading.mails import Mails
from config.values.credentials import read_private_file


def mail(config: NetworkConfig, email: Email, web: Web, store: Store, secret: bytes) -> Mail:
    """`secret`: what Message-IDs are derived from. Raises KeyRefused, ValueError."""
    composer = Composer(_letterhead(config, email, web), secret, keys(email, config.path))
    settings = Settings(_bounces(email), config.network.timezone, email.smtp.max_per_hour)
    pool = Pool(server(email, config.smtp_password))
    return Mail(store, pool, composer, settings, time.time)


def alarms(config: OmbudsConfig, section: Alarms, store: Store, secret: bytes) -> Mail:
    """The same, of an ombuds office. Its mails are for few, and nobody subscribed to them."""
    sender = _sender(section)
    head = Letterhead(sender, sender.address.replace("@", "."), unsubscribe="")
    composer = Composer(head, secret, keys(section, config.path))
    settings = Settings(_bounces(section), config.office.timezone, section.smtp.max_per_hour)
    pool = Pool(server(section, config.smtp_password))
    return Mail(store, pool, composer, settings, time.time)


def server(mails: Mails, password: SecretStr | None) -> Server:
    """The server that takes the mails."""
    smtp = mails.smtp
    return Server(
        host=smtp.host,
        port=smtp.way_in,
        security=smtp.tls,
        user=smtp.user,
        password=None if password is None else password.get_secret_value(),
        name=mails.domain,
        connections=smtp.connections,
        mails_per_connection=smtp.mails_per_connection,
    )


def _sender(mails: Mails) -> Mailbox:
    name, address = parseaddr(mails.sender)
    return Mailbox(address, name)


def _bounces(mails: Mails) -> str:
    return parseaddr(mails.bounces or mails.sender)[1]


def _letterhead(config: NetworkConfig, email: Email, web: Web) -> Letterhead:
    sender = _sender(email)
    name, address = parseaddr(email.reply_to or "")
    return Letterhead(
        sender=sender,
        list_id=sender.address.replace("@", "."),
        unsubscribe=f"{web.public_url.rstrip('/')}/u/",
        list_name=config.network.name,
        reply_to=Mailbox(address, name) if address else None,
    )


def keys(mails: Mails, settings: Path) -> tuple[Key, ...]:
    """With what mails are signed; `settings`: the file that says so. Raises KeyRefused."""
    if mails.dkim is None:
        return ()
    pem = read_private_file(mails.dkim.key_file, settings.parent)
    return (Key.load(mails.dkim.domain, mails.dkim.selector, pem),)
