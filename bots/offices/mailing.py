"""The mail bridge of a network from its settings."""

from __future__ import annotations

import time
from email.utils import parseaddr

from bots.runtime.mail.performer import Mail, Settings
from bots.runtime.store.store import Store
from bridges.email.composing import Composer
from bridges.email.dkim import Key
from bridges.email.letters import Letterhead, Mailbox
from bridges.email.smtp import Pool, Server
from config.network.office import Email, Web
from config.network.settings import NetworkConfig
from config.values.credentials import read_private_file


def mail(config: NetworkConfig, email: Email, web: Web, store: Store, secret: bytes) -> Mail:
    """`secret`: what Message-IDs are derived from. Raises KeyRefused, ValueError."""
    name, address = parseaddr(email.sender)
    sender = Mailbox(address, name)
    composer = Composer(_letterhead(config, email, sender, web), secret, keys(config, email))
    bounces = parseaddr(email.bounces or email.sender)[1]
    settings = Settings(bounces, config.network.timezone, email.smtp.max_per_hour)
    return Mail(store, Pool(server(config, email)), composer, settings, time.time)


def server(config: NetworkConfig, email: Email) -> Server:
    """The server that takes the mails."""
    smtp, password = email.smtp, config.smtp_password
    return Server(
        host=smtp.host,
        port=smtp.way_in,
        security=smtp.tls,
        user=smtp.user,
        password=None if password is None else password.get_secret_value(),
        name=email.domain,
        connections=smtp.connections,
        mails_per_connection=smtp.mails_per_connection,
    )


def _letterhead(config: NetworkConfig, email: Email, sender: Mailbox, web: Web) -> Letterhead:
    name, address = parseaddr(email.reply_to or "")
    return Letterhead(
        sender=sender,
        list_id=sender.address.replace("@", "."),
        unsubscribe=f"{web.public_url.rstrip('/')}/u/",
        list_name=config.network.name,
        reply_to=Mailbox(address, name) if address else None,
    )


def keys(config: NetworkConfig, email: Email) -> tuple[Key, ...]:
    """With what mails are signed. Raises KeyRefused."""
    if email.dkim is None:
        return ()
    pem = read_private_file(email.dkim.key_file, config.path.parent)
    return (Key.load(email.dkim.domain, email.dkim.selector, pem),)
