"""The entries that the domain needs, as a zone file has them."""

from __future__ import annotations

import textwrap

from bots.cli.installing import wording
from bots.cli.installing.answers import Answers
from bots.cli.installing.settings import SELECTOR
from bots.runtime.speech.words import Raw, Words
from bridges.email.dkim import Key

ADDRESS = "203.0.113.1"
LONGEST_STRING = 255
"""Bytes in one string of a TXT entry (RFC 1035 § 3.3)."""


def dns_txt(answers: Answers, dkim_pem: str, words: Words, language: str) -> str:
    def told(text: str, **values: str) -> str:
        raw = {key: Raw(value) for key, value in values.items()}
        lines = textwrap.wrap(words.text(text, language, raw), 90)
        return "".join(f"; {line}\n" for line in lines)

    parts = [told(wording.DNS_HEAD) + _hosts(answers)]
    if answers.signs:
        parts.append(told(wording.DNS_MAIL) + _mail(answers, dkim_pem))
    if answers.website_elsewhere:
        place = f"https://{answers.domain}/.well-known/"
        header = "Access-Control-Allow-Origin: *"
        parts.append(told(wording.DNS_WEBSITE, place=place, file="matrix/client", header=header))
    return "\n".join(parts)


def _hosts(answers: Answers) -> str:
    hosts = answers.hosts
    names = [hosts.matrix, hosts.chat, hosts.pages]
    if not answers.website_elsewhere:
        names.append(answers.domain)
    return "".join(f"{name}.  A  {ADDRESS}\n" for name in names)


def _mail(answers: Answers, dkim_pem: str) -> str:
    key = Key.load(answers.domain, SELECTOR, dkim_pem.encode())
    server = f" a:{answers.mail.host}" if answers.mail else ""
    sender = answers.sender.rpartition("@")[2]
    return (
        f"{key.host}.  TXT  {_strings(key.record())}\n"
        f"{sender}.  TXT  {_strings(f'v=spf1 mx{server} ~all')}\n"
        f"_dmarc.{sender}.  TXT  {_strings(f'v=DMARC1; p=none; rua=mailto:{answers.contact}')}\n"
    )


def _strings(text: str) -> str:
    parts = [text[i : i + LONGEST_STRING] for i in range(0, len(text), LONGEST_STRING)]
    return " ".join(f'"{part}"' for part in parts)
