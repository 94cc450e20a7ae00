"""`buendnis doctor`: DNS records of mails, asked of a real name server on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from bots.cli.checkup.names import Names
from bots.cli.checkup.records import holders, records, tags
from bots.offices.checkup.finding import Finding, Mark
from bridges.email.dkim import Key
from tests.kit.names import BROKEN, SILENT, Records, name_server, quoted

DOMAIN, HOST = "news.example.org", "mail.example.org"
Check = Callable[..., dict[str, Finding]]


@cache
def key(domain: str = "example.org", kind: str = "rsa") -> Key:
    made: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey = ed25519.Ed25519PrivateKey.generate()
    if kind == "rsa":
        made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Key.load(domain, "brief2025", pem)


def good(signing: Key) -> dict[tuple[str, str], list[str]]:
    """All as it should be."""
    return {
        (signing.host, "TXT"): [quoted(signing.record())],
        (DOMAIN, "TXT"): ['"other=1"', f'"v=spf1 a:{HOST} -all"'],
        ("_dmarc.example.org", "TXT"): ['"v=DMARC1; p=reject"'],
        (DOMAIN, "MX"): [f"10 {HOST}."],
    }


@pytest.fixture
def check() -> Iterator[Check]:
    """Looks a domain's records up, from a server that knows these."""
    with ExitStack() as stack:

        def look(
            known: Records, signing: Key | None = None, domain: str = DOMAIN
        ) -> dict[str, Finding]:
            port = stack.enter_context(name_server(known))
            names = Names.at("127.0.0.1", port)
            names.resolver.lifetime = 1.0
            return {found.check: found for found in records(names, domain, signing, HOST)}

        yield look


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_all_as_it_should_be(check: Check, kind: str) -> None:
    found = check(good(key(kind=kind)), key(kind=kind))
    assert list(found) == ["signature", "spf", "dmarc", "mx"]
    assert {one.mark for one in found.values()} == {Mark.OK}
    assert found["dmarc"].found == "there is a policy at _dmarc.example.org (p=reject)"


def test_a_long_key_comes_in_pieces_and_over_tcp(check: Check) -> None:
    assert len(quoted(key().record()).split('" "')) > 1
    padding = [quoted("x" * 250) for _ in range(3)]
    known = {**good(key()), (key().host, "TXT"): [quoted(key().record()), *padding]}
    assert check(known, key())["signature"].mark is Mark.OK


def test_nothing_is_there(check: Check) -> None:
    found = check({}, key())
    marks = {name: one.mark for name, one in found.items()}
    assert marks == {
        "signature": Mark.FAULT,
        "spf": Mark.NOTE,
        "dmarc": Mark.NOTE,
        "mx": Mark.FAULT,
    }
    assert found["signature"].remedy == (
        f"Have exactly one TXT record at {key().host}: {key().record()}"
    )
    assert "v=spf1 a:mail.example.org ~all" in str(found["spf"].remedy)
    assert "_dmarc.news.example.org: v=DMARC1; p=none" in str(found["dmarc"].remedy)


def test_unsigned_mails_need_spf(check: Check) -> None:
    found = check({}, None)
    assert found["signature"].mark is Mark.NOTE
    assert found["spf"].mark is Mark.FAULT


@pytest.mark.parametrize(
    ("texts", "mark", "words"),
    [
        (["v=DKIM1; k=rsa; p="], Mark.FAULT, "was revoked"),
        (["v=DKIM1; k=rsa; p=AAAA"], Mark.FAULT, "another key than ours"),
        (["v=spf1 -all"], Mark.FAULT, "is not at"),
        (["KEY", "v=DKIM1; p=AAAA"], Mark.FAULT, "several keys"),
        (["KEY; t=s:y"], Mark.NOTE, "as a trial"),
        (["KEY; t=s"], Mark.OK, "the public key is at"),
        (["SPACED"], Mark.OK, "the public key is at"),
        (["DEFAULT"], Mark.OK, "the public key is at"),
    ],
)
def test_what_may_stand_where_the_key_belongs(
    check: Check, texts: list[str], mark: Mark, words: str
) -> None:
    record = key().record()
    forms = {
        "KEY": record,
        "SPACED": record.replace("; ", " ;  ").replace("p=", "p = "),
        "DEFAULT": record.partition("k=rsa; ")[2],
    }

    def written(text: str) -> str:
        first, end, rest = text.partition("; t=")
        return forms.get(first, first) + end + rest if first in forms else text

    there = {(key().host, "TXT"): [quoted(written(text)) for text in texts]}
    found = check({**good(key()), **there}, key())["signature"]
    assert (found.mark, words in found.found) == (mark, True), found


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["v=spf1 -all", "v=spf1 mx"], Mark.FAULT),
        (["v=spf1 +all"], Mark.NOTE),
        (["V=SPF1 ALL"], Mark.NOTE),
        (["v=spf10 -all"], Mark.NOTE),
        (["v=spf1 ~all"], Mark.OK),
    ],
)
def test_who_may_send(check: Check, texts: list[str], mark: Mark) -> None:
    known = {**good(key()), (DOMAIN, "TXT"): [quoted(text) for text in texts]}
    assert check(known, key())["spf"].mark is mark


def test_a_policy_that_wants_the_very_domain(check: Check) -> None:
    strict = {("_dmarc.example.org", "TXT"): ['"v=DMARC1; p=none; adkim=s"']}
    found = check({**good(key()), **strict}, key())["dmarc"]
    assert (found.mark, found.found) == (
        Mark.FAULT,
        "it wants mails signed by news.example.org, not by example.org",
    )
    own = key(DOMAIN)
    assert check({**good(own), **strict}, own)["dmarc"].mark is Mark.OK


def test_two_policies_are_none(check: Check) -> None:
    two = {("_dmarc.news.example.org", "TXT"): ['"v=DMARC1; p=none"', '"v=DMARC1; p=reject"']}
    assert check({**good(key()), **two}, key())["dmarc"].mark is Mark.FAULT


def test_who_may_speak_for_a_domain() -> None:
    assert holders("a.b.example.org") == ["a.b.example.org", "b.example.org", "example.org"]
    assert holders("example.org") == ["example.org"]


def test_tags_that_make_no_sense() -> None:
    assert tags("; =x; p; v = D K ;p=1") == {"p": "1", "v": "DK"}


@pytest.mark.parametrize(
    ("there", "mark"),
    [
        ({(DOMAIN, "MX"): ["0 ."]}, Mark.FAULT),
        ({(DOMAIN, "A"): ["192.0.2.1"]}, Mark.NOTE),
        ({(DOMAIN, "AAAA"): ["2001:db8::1"]}, Mark.NOTE),
        ({(DOMAIN, "TXT"): ['"x"']}, Mark.FAULT),
    ],
)
def test_who_takes_its_mail(check: Check, there: Records, mark: Mark) -> None:
    assert check(there, None)["mx"].mark is mark


@pytest.mark.parametrize("kind", [SILENT, BROKEN])
def test_a_name_server_that_does_not_answer(check: Check, kind: str) -> None:
    found = check({}, None, f"{kind}.example.org")
    assert {one.mark for name, one in found.items() if name in ("spf", "mx")} == {Mark.NOTE}
    assert found["spf"].found.startswith(f"no name server has answered: {kind}.example.org (")
