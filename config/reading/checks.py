"""What must be right in several places of any file of settings at once.

Works on plain data, so that it also finds what is wrong beside other faults; what is not of the
right kind is passed over here, for the models refuse it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from config.reading.fitting import Fitted
from config.reading.places import at, text_at, texts
from config.values.faults import Fault, Loc, shown, spell
from config.values.languages import LANGUAGES
from config.values.mails import domain_of
from config.values.urls import is_exposed

Finding = tuple[Loc, str]
"""A place, and what is wrong there."""

CATALOGUES = Path(__file__).parents[1] / "locale"
SOURCE_LANGUAGE = "en"


def told(fitted: Fitted[Any], findings: Iterable[Finding]) -> Iterator[Fault]:
    """Findings with their lines."""
    for loc, text in findings:
        yield Fault(fitted.line(loc), spell(loc), text)


def way_is_safe(fitted: Fitted[Any]) -> Iterator[Finding]:
    url = text_at(fitted.data, "homeserver", "url").strip()
    if is_exposed(url) and at(fitted.data, ("homeserver", "insecure")) is not True:
        yield (
            ("homeserver", "url"),
            "would send the office's secrets over the network in the clear; write https://…, or "
            "add `insecure: true` if the whole way is your own",
        )


def mails_are_right(fitted: Fitted[Any], mails: Loc) -> Iterator[Finding]:
    """How the section of mails at a place sends them."""
    yield from _mail_leaves_safely(fitted, (*mails, "smtp"))
    yield from _signature_fits(fitted, mails)


def _mail_leaves_safely(fitted: Fitted[Any], smtp: Loc) -> Iterator[Finding]:
    host = text_at(fitted.data, *smtp, "host")
    if text_at(fitted.data, *smtp, "tls") == "none" and is_exposed(f"http://{host}"):
        yield (
            (*smtp, "tls"),
            "would send mails over the network in the clear; write starttls or tls",
        )
    named = at(fitted.data, (*smtp, "password_file")) is not None
    if named and at(fitted.data, (*smtp, "user")) is None:
        yield (*smtp, "password_file"), "goes with `user:`; write who logs in with it"


def _signature_fits(fitted: Fitted[Any], mails: Loc) -> Iterator[Finding]:
    sender = domain_of(text_at(fitted.data, *mails, "from"))
    domain = text_at(fitted.data, *mails, "dkim", "domain").lower()
    if sender and domain and sender != domain and not sender.endswith(f".{domain}"):
        yield (
            (*mails, "dkim", "domain"),
            f"is not that of the sender, so the signature would not count; write {shown(sender)}",
        )


def nothing_twice(fitted: Fitted[Any], loc: Loc) -> Iterator[Finding]:
    """No text is twice in the list at a place."""
    yield from no_name_twice(fitted, texts(fitted.data, loc))


def no_name_twice(fitted: Fitted[Any], names: Iterable[tuple[Loc, str]]) -> Iterator[Finding]:
    """None of the names, each with its place, is there twice."""
    first: dict[str, Loc] = {}
    for place, text in names:
        if text in first:
            line = fitted.line(first[text])
            yield place, f"{shown(text)} is listed twice, first in line {line}; remove one"
        first.setdefault(text, place)


def untranslated(languages: Iterable[tuple[Loc, str]]) -> Iterator[Finding]:
    """Languages, each with its place, that have no translation."""
    translated = {f.name.replace("@", "-") for f in CATALOGUES.iterdir() if f.is_dir()}
    for loc, code in languages:
        if code not in translated | {SOURCE_LANGUAGE}:
            named = LANGUAGES[code][0].title()
            yield loc, f"{named} has no translation yet; English is shown instead"
