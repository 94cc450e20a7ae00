"""`network.yaml` and `ombuds.yaml` of an installation."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bots.cli.installing.answers import Answers, Founding
from bots.cli.installing.deployment import Deployment
from bots.offices.registry import BOTS, unwritten_accounts
from federation.model.links import chat

SELECTOR = "buendnis"
"""The name under which the DNS has the key of our mails."""

_RULES = {
    "de": (
        "Wir hören einander zu und gehen achtsam miteinander um.",
        "Was jemand im Vertrauen sagt, bleibt unter uns.",
    ),
    "en": (
        "We listen to each other and treat each other with care.",
        "What somebody says in confidence stays among us.",
    ),
}
_NETWORK = """\
# The network, by `buendnis init`. It is yours now. Every setting is explained in
# config/examples/network.yaml; `buendnis check network.yaml` says what is wrong in it, and
# `buendnis apply network.yaml` makes the homeserver what it says.

network:
  name: {name}
  languages: [{languages}]
  # People come in by a link that opens a chat here with @willkommen:{plain_domain}:
  #   {link}
  chat_url: https://{chat}
  state: ./state

homeserver:
  url: http://{synapse}
  server_name: {domain}

# Each has a password of its own; scripts/accounts makes them on the homeserver.
accounts:
{accounts}

# Who moderates the rooms for all.
coordinators:
  - {coordinator}

# Who is in the alliance. Take the marks away, and change what is yours.
# initiatives:
#   - id: willkommen-nord
#     name: Willkommen in Nord
#     contacts: ["@kontakt-nord:{plain_domain}"]

{ombuds}
# What newcomers are asked to accept.
rules:
{rules}
{mail}
{web}
imprint:
  name: {organisation}
  address: {address}
  responsible: {responsible}
  contact: {contact}
  # Have somebody who knows the law read this.
  privacy: |
    {privacy}
"""
_PRIVACY = {
    "de": (
        "Verantwortlich: siehe Impressum. Wer unseren Rundbrief abonniert, dessen Mail-Adresse "
        "bewahren wir bis zur Abmeldung auf, verschlüsselt, und geben sie niemandem."
    ),
    "en": (
        "Responsible: see the imprint. If you subscribe to our news, we keep your mail address "
        "until you unsubscribe, sealed, and give it to nobody."
    ),
}
_MAIL = """\
email:
  from: {sender}
  smtp:
    host: {host}
    port: {port}
    tls: {tls}
    user: {user}
    password_file: ./secrets/smtp-password
{dkim}"""
_WEB = """\
web:
  # How people come in, imprint and privacy; with mail, news and subscriptions too.
  listen: {listen}
  public_url: https://{pages}
"""
_DKIM = """\
  dkim:
    domain: {domain}
    selector: {selector}
    key_file: ./secrets/dkim.pem
"""
_LATER = """\
# Mail: take the marks away, change the server, and write its password into secrets/smtp-password
# (chmod 600).
"""
_OMBUDS = """\
# The ombuds office, by `buendnis init`. Every setting is explained in config/examples/ombuds.yaml;
# `buendnis check ombuds.yaml` says what is wrong in it.

office:
  name: {name}
  languages: [{languages}]
  state: ./state

homeserver:
  url: {homeserver}

account:
  user: {account}
  password_file: ./secrets/account-ombuds
  display_name: {name}

# Who is invited when the room is made; later two of them change the roster, in the room.
staff:
{staff}

# In whose hands the office is, besides its staff's. Where one party holds both, or the network
# holds the machine, people are told so before they write.
held:
  machine: {machine}
  homeserver: {homeserver_by}
  network: {network}

# The network's own accounts, which are not to be told what people flag.
{bots}
"""


def _q(text: str) -> str:
    """A text in quotes, as YAML and JSON both read it."""
    return json.dumps(text, ensure_ascii=False)


def network_yaml(answers: Answers, deployment: Deployment) -> str:
    return _NETWORK.format(
        name=_q(answers.name),
        languages=", ".join(answers.languages),
        synapse=deployment.synapse,
        domain=_q(answers.domain),
        chat=answers.hosts.chat,
        link=way_in(answers),
        plain_domain=answers.domain,
        accounts="\n".join(_accounts()),
        coordinator=_q(answers.coordinator),
        ombuds=_reached(answers),
        rules=_rules(answers),
        mail=_mail(answers),
        web=_WEB.format(listen=deployment.pages_listen, pages=answers.hosts.pages),
        organisation=_q(answers.imprint.name),
        address=_q(answers.imprint.address),
        responsible=_q(answers.imprint.responsible),
        contact=_q(answers.contact),
        privacy=_privacy(answers),
    )


def _accounts() -> Iterator[str]:
    for role, account in unwritten_accounts().items():
        yield f"  {role}: {{user: {account.user}, password_file: ./secrets/account-{account.user}}}"


def way_in(answers: Answers) -> str:
    """The link that people are given who want to join."""
    welcomes = next(bot.account.user for bot in BOTS if bot.welcomes)
    return chat(f"@{welcomes}:{answers.domain}", f"https://{answers.hosts.chat}")


def _privacy(answers: Answers) -> str:
    text = _PRIVACY["de" if "de" in answers.languages else "en"]
    return "\n    ".join(textwrap.wrap(text, 95))


def _reached(answers: Answers) -> str:
    line = f"ombuds: {{account: {_q(ombuds_account(answers))}}}\n"
    if answers.staff:
        return f"# How to reach the ombuds office, which has a folder of its own.\n{line}"
    return f"# How to reach the ombuds office, once there is one.\n# {line}"


def ombuds_account(answers: Answers) -> str:
    return answers.founding.account


def _rules(answers: Answers) -> str:
    spoken = [code for code in answers.languages if code in _RULES] or ["en"]
    return "".join(
        f"  {code}: |\n" + "".join(f"    {line}\n" for line in _RULES[code]) for code in spoken
    )


def _mail(answers: Answers) -> str:
    server = answers.mail
    text = _MAIL.format(
        sender=_q(f"{_quoted(answers.name)} <{answers.sender}>"),
        host=server.host if server else f"mail.{answers.domain}",
        port=server.port if server else 587,
        tls=server.tls if server else "starttls",
        user=_q(server.user if server else answers.sender),
        dkim=_DKIM.format(domain=answers.domain, selector=SELECTOR) if answers.signs else "",
    )
    if server:
        return text
    return _LATER + "".join(f"# {line}\n" if line else "#\n" for line in text.splitlines())


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "").replace('"', "")
    return f'"{escaped}"'


def ombuds_yaml(answers: Answers, deployment: Deployment) -> str:
    """Of the office on the network's machine."""
    bots = _listed(account.on(answers.domain) for account in unwritten_accounts().values())
    url = f"http://{deployment.synapse}"
    return founded_yaml(replace(answers.founding, homeserver=url), f"bots:\n{bots}")


def founded_yaml(founding: Founding, bots: str = '# bots: ["@willkommen:example.org"]') -> str:
    held = founding.held
    return _OMBUDS.format(
        name=_q(founding.name),
        languages=", ".join(founding.languages),
        homeserver=founding.homeserver,
        account=_q(founding.account),
        staff=_listed(founding.staff),
        machine=_q(held.machine),
        homeserver_by=_q(held.homeserver),
        network=str(held.network).lower(),
        bots=bots,
    )


def _listed(users: Iterable[str]) -> str:
    return "\n".join(f"  - {_q(user)}" for user in users)
