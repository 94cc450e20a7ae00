"""Header fields: whatever a person writes, it stays one field and reads as it was meant."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.header import decode_header, make_header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.email import headers
from bridges.email.addresses import Fault, fault, is_safe, normalised
from bridges.email.headers import Field, Unsafe, clean, gate, mailbox, subject
from bridges.email.letters import Mailbox
from tests.kit.attacks import ATTACKS


def decoded(value: bytes) -> str:
    unfolded = value.decode("ascii").replace("\r\n", "")
    return str(make_header(decode_header(unfolded)))


def parsed(field: Field) -> list[tuple[str, str]]:
    message = message_from_bytes(field.line() + b"\r\nbody\r\n", policy=policy.compat32)
    assert message.get_payload() == "body\r\n"
    return message.items()


@pytest.mark.parametrize("text", ATTACKS)
def test_a_subject_stays_one_field(text: str) -> None:
    field = Field("Subject", subject(text))
    assert [name for name, _ in parsed(field)] == ["Subject"]
    gate(field.line() + b"\r\n", ["Subject"])
    assert decoded(field.value) == (clean(text, headers.SUBJECT_LENGTH) or "-")


@given(st.text())
def test_any_subject_reads_as_it_was_cleaned(text: str) -> None:
    value = subject(text)
    assert decoded(value) == (clean(text, headers.SUBJECT_LENGTH) or "-")
    gate(Field("Subject", value).line() + b"\r\n", ["Subject"])
    assert all(len(line) <= 78 or b" " not in line.strip() for line in value.split(b"\r\n"))


@given(st.text())
def test_any_name_reads_as_it_was_cleaned(name: str) -> None:
    field = Field("From", mailbox(Mailbox("anna@example.org", name)))
    gate(field.line() + b"\r\n", ["From"])
    message = message_from_bytes(field.line() + b"\r\n", policy=policy.default)
    (address,) = message["From"].addresses
    assert address.addr_spec == "anna@example.org"
    assert message.keys() == ["From"]


@pytest.mark.parametrize("name", ATTACKS)
def test_a_name_never_becomes_an_address(name: str) -> None:
    field = Field("From", mailbox(Mailbox("anna@example.org", name)))
    message = message_from_bytes(field.line() + b"\r\n", policy=policy.default)
    assert [x.addr_spec for x in message["From"].addresses] == ["anna@example.org"]
    assert message.keys() == ["From"]


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example\r\nBcc: x@y.example",
        "a@b.example>",
        "<a@b.example",
        "a b@c.example",
        '"a"@b.example',
        "a@b@c.example",
        "ä@b.example",
        "a@bü.example",
        "a\x00@b.example",
        "",
    ],
)
def test_what_is_no_plain_address_stands_in_no_header(address: str) -> None:
    assert not is_safe(address)
    with pytest.raises(Unsafe):
        mailbox(Mailbox(address))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("  Anna.Maria+x@Example.ORG ", "Anna.Maria+x@example.org"),
        ("\u200fanna@example.org\u200b", "anna@example.org"),
        ("\u2066anna@example.org\u2069", "anna@example.org"),
        ("anna@faß.example", "anna@xn--fa-hia.example"),
        ("anna@example.org.", None),
        ("anna@bücher.example", "anna@xn--bcher-kva.example"),
        ("ännä@example.org", None),
        ("anna@example.org, bilal@example.org", None),
        ("anna@example.org\r\nBcc: x@y.example", None),
        ("anna@", None),
        ("anna", None),
        ("anna@[127.0.0.1]", None),
        ('"anna b"@example.org', None),
        ("a" * 400, None),
        ("", None),
    ],
)
def test_addresses_as_people_type_them(typed: str, found: str | None) -> None:
    assert normalised(typed) == found


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("anna", Fault.AT),
        ("", Fault.AT),
        ("anna.example.org", Fault.AT),
        ("@example.org", Fault.NAME),
        ("anna@example.org, bilal@example.org", Fault.SEVERAL),
        ("anna@@example.org", Fault.SEVERAL),
        ("Anna <anna@example.org>", Fault.SIGNS),
        ('"anna"@example.org', Fault.SIGNS),
        ("„anna“@example.org", Fault.SIGNS),
        ("anna,b@example.org", Fault.SIGNS),
        ("mailto:anna@example.org", Fault.SIGNS),
        ("anna b@example.org", Fault.SPACE),
        ("anna@ example.org", Fault.SPACE),
        ("anna@example.org\r\nBcc", Fault.SPACE),
        ("a..b@example.org", Fault.DOTS),
        (".a@example.org", Fault.DOTS),
        ("a.@example.org", Fault.DOTS),
        ("müller@example.org", Fault.LETTERS),
        ("анна@example.org", Fault.LETTERS),
        ("آنا@example.org", Fault.LETTERS),
        ("anna@", Fault.DOMAIN),
        ("anna@example", Fault.DOMAIN),
        ("anna@example.", Fault.DOMAIN),
        ("anna@-example.org", Fault.DOMAIN),
        ("anna@example..org", Fault.DOMAIN),
        ("anna@127.0.0.1", Fault.DOMAIN),
        ("a" * 65 + "@example.org", Fault.LONG),
        ("anna@example.org", None),
        (" anna@bücher.example ", None),
    ],
)
def test_what_is_wrong_with_an_address_is_told(typed: str, why: Fault | None) -> None:
    assert fault(typed) is why


@given(st.one_of(st.text(), st.from_regex(r"[^@]{0,9}@[^@]{0,9}\.[a-z]{2}", fullmatch=True)))
def test_what_is_refused_has_a_reason_and_nothing_else_has(text: str) -> None:
    assert (fault(text) is None) == (normalised(text) is not None)


@given(st.text())
def test_an_address_that_passes_can_do_no_harm(text: str) -> None:
    found = normalised(text)
    assert found is None or is_safe(found)


@pytest.mark.parametrize(
    "message",
    [
        b"From: a\r\n",
        b"From: a\r\nBcc: b\r\n\r\n",
        b"From: a\r\nFrom: b\r\n\r\n",
        b"To: a\r\n\r\n",
        b"From: a\nTo: b\r\n\r\n",
        b"From: a\rTo: b\r\n\r\n",
        b"From: \xc3\xa4\r\n\r\n",
        b"From: a\x00\r\n\r\n",
        b"From : a\r\n\r\n",
        b"From: " + b"a" * 1_000 + b"\r\n\r\n",
        b"From: a\r\n\t\r\n\r\n",
        b"\r\nFrom: a\r\n\r\n",
    ],
)
def test_the_gate_stops_what_was_not_meant(message: bytes) -> None:
    with pytest.raises(Unsafe):
        gate(message, ["From"])


def test_the_gate_stops_a_field_that_is_there_twice() -> None:
    with pytest.raises(Unsafe, match="twice"):
        gate(b"From: a\r\nFrom: a\r\n\r\n", ["From", "From"])


def test_the_gate_lets_pass_what_was_meant() -> None:
    gate(b"From: a\r\nTo: b\r\n c\r\n\r\nbody", ["From", "To"])
