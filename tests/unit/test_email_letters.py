"""Whole mails: what leaves is exactly what was meant, signed, and readable in each language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from functools import cache

import dkim as dkimpy
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from bridges.email import direction as directions
from bridges.email import markup, tokens
from bridges.email.composing import Composer
from bridges.email.dkim import Key, KeyRefused
from bridges.email.headers import Unsafe
from bridges.email.letters import (
    PERSONAL,
    Block,
    Direction,
    Kind,
    Letter,
    Letterhead,
    Mailbox,
    Reader,
)
from bridges.email.rendering import as_html, as_text, put_together, render
from tests.kit.attacks import ATTACKS

NOW = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
SECRET = b"s" * 32
ARABIC = "مرحبا بالجميع، موعدنا يوم الجمعة الساعة 18:00 في Haus am See.\n\n- خبز\n- شاي"


def token(of: str = "anna") -> str:
    return tokens.token(SECRET, "unsubscribe", of)


def letter(text: str = ARABIC, language: str = "ar", **fields: object) -> Letter:
    direction: Direction = "rtl" if language in ("ar", "fa") else "ltr"
    values: dict[str, object] = {
        "key": f"a/1/{language}",
        "event": "$1",
        "subject": "موعدنا القادم",
        "language": language,
        "direction": direction,
        "blocks": (
            Block(Kind.NOTE, "ملاحظة", language, direction),
            Block(Kind.TEXT, text, language, direction),
        ),
        "footer": (Block(Kind.LINK, "إلغاء الاشتراك:", language, direction, label="يتوقف"),),
        "link": "https://buendnis.example/u/",
    }
    return Letter(**{**values, **fields})  # type: ignore[arg-type]


def head(**fields: object) -> Letterhead:
    values: dict[str, object] = {
        "sender": Mailbox("rundbrief@example.org", "Bündnis für Geflüchtete"),
        "list_id": "rundbrief.example.org",
        "list_name": "Rundbrief, der",
        "unsubscribe": "https://buendnis.example/u/",
        "unsubscribe_mail": "abmelden@example.org",
        "reply_to": Mailbox("kontakt@example.org"),
    }
    return Letterhead(**{**values, **fields})  # type: ignore[arg-type]


@cache
def keys() -> tuple[Key, Key]:
    private = rsa.generate_private_key(65537, 2048)
    return (
        Key("example.org", "r1", private),
        Key("example.org", "e1", Ed25519PrivateKey.generate()),
    )


def composed(
    one: Letter | None = None, reader: Reader | None = None, of: Letterhead | None = None
) -> bytes:
    composer = Composer(of or head(), SECRET, keys())
    reader = reader or Reader("anna", "anna@example.net", token())
    return composer.compose(composer.prepare(one or letter()), reader, NOW)


def read(message: bytes) -> EmailMessage:
    parsed = message_from_bytes(message, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def parts(message: bytes) -> dict[str, str]:
    return {x.get_content_type(): content(x) for x in read(message).iter_parts()}


def content(part: MIMEPart) -> str:
    text = part.get_content()
    assert isinstance(text, str)
    return text


def holds(message: bytes, index: int = 0) -> bool:
    """Whether somebody else's program accepts the signature."""
    try:
        return bool(dkimpy.DKIM(message).verify(idx=index, dnsfunc=dns))
    except dkimpy.DKIMException:
        return False


def dns(name: bytes, timeout: float = 5) -> bytes:
    hosts = {f"{key.host}.".encode(): key.record().encode() for key in keys()}
    return hosts[name]


# -- headers ---------------------------------------------------------------------------------------


def test_a_mail_carries_what_mailboxes_and_readers_need() -> None:
    message = composed()
    mail = read(message)
    assert str(mail["From"]) == "Bündnis für Geflüchtete <rundbrief@example.org>"
    assert str(mail["To"]) == "anna@example.net"
    assert str(mail["Subject"]) == "موعدنا القادم"
    assert str(mail["Date"]) == "Thu, 05 Mar 2026 12:00:00 +0000"
    assert str(mail["List-Id"]).endswith("<rundbrief.example.org>")
    assert str(mail["Auto-Submitted"]) == "auto-generated"
    assert str(mail["Reply-To"]) == "kontakt@example.org"
    link = f"<https://buendnis.example/u/{token()}>"
    away = f"<mailto:abmelden@example.org?subject={token()}>"
    assert str(mail["List-Unsubscribe"]).split(", ") == [link, away]
    assert str(mail["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    # RFC 8058 links that programs would have to put together are links that do not work.
    assert f"List-Unsubscribe: {link},\r\n {away}\r\n".encode() in message


def test_a_mail_that_was_asked_for_at_the_screen_is_no_list() -> None:
    mail = read(composed(letter(listed=False)))
    assert not [name for name in mail if name.startswith("List-") or name == "Precedence"]
    assert mail["Auto-Submitted"] == "auto-generated"


def test_the_message_id_is_the_same_for_the_same_letter_and_reader() -> None:
    def message_id(event: str, reader: str) -> str:
        one = Reader(reader, "anna@example.net", token())
        return str(read(composed(letter(event=event), one))["Message-ID"])

    assert message_id("1", "anna") == message_id("1", "anna")
    assert message_id("1", "anna") != message_id("2", "anna")
    assert message_id("1", "anna") != message_id("1", "bilal")


def test_a_correction_stands_beneath_what_it_corrects() -> None:
    first, second = letter(event="1"), letter(event="2", follows=("0", "1"))
    mail = read(composed(second))
    before = str(read(composed(first))["Message-ID"])
    assert str(mail["In-Reply-To"]) == before
    assert str(mail["References"]).split()[-1] == before
    assert len(str(mail["References"]).split()) == 2


@pytest.mark.parametrize("count", [1, 400])
def test_a_long_thread_fits(count: int) -> None:
    mail = read(composed(letter(follows=tuple(map(str, range(count))))))
    assert len(str(mail["References"]).split()) == min(count, 10)


def fields_of(message: bytes) -> list[str]:
    return [name for name, _ in message_from_bytes(message, policy=policy.compat32).items()]


EXPECTED = sorted(
    [
        *("DKIM-Signature", "DKIM-Signature", "From", "To", "Reply-To", "Subject", "Date"),
        *("Message-ID", "MIME-Version", "Content-Type", "Auto-Submitted", "Precedence"),
        *("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"),
    ]
)
ANYTHING = st.one_of(st.text(max_size=300), st.sampled_from(ATTACKS))


@settings(deadline=None, max_examples=60)
@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_no_text_of_anybody_adds_a_field(subject: str, text: str, note: str, name: str) -> None:
    one = letter(
        subject=subject,
        blocks=(
            Block(Kind.TITLE, note, "de"),
            Block(Kind.TEXT, text, "de"),
            Block(Kind.NOTE, note, "de"),
        ),
    )
    message = composed(one, of=head(sender=Mailbox("a@example.org", name), list_name=name))
    assert sorted(fields_of(message)) == EXPECTED
    assert set(parts(message)) == {"text/plain", "text/html"}
    assert all(len(line) <= 998 for line in message.split(b"\r\n"))
    assert message.isascii()
    assert b"\n" not in message.replace(b"\r\n", b"")
    assert b"\r" not in message.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    "reader",
    [
        Reader("a", "a@b.example\r\nBcc: x@y.example", token()),
        Reader("a", "a@b.example", "short"),
        Reader("a", "a@b.example", token()[:-2] + "\r\n"),
    ],
)
def test_a_reader_who_is_none_gets_nothing(reader: Reader) -> None:
    with pytest.raises(Unsafe):
        composed(reader=reader)


def test_a_link_that_would_be_too_long_for_a_header_is_refused() -> None:
    with pytest.raises(Unsafe):
        composed(of=head(unsubscribe="https://example.org/" + "x" * 200))


@pytest.mark.parametrize("field", ["list_id", "unsubscribe", "unsubscribe_mail"])
@pytest.mark.parametrize(
    "evil", ["x\r\nBcc: x@y.example", "x\r\n\r\nbody", "x\nBcc: x@y.example", "x\ry", "x\0y"]
)
def test_the_last_look_stops_what_nobody_looked_at_before(field: str, evil: str) -> None:
    with pytest.raises(Unsafe):
        composed(of=head(**{field: evil}))


@pytest.mark.parametrize(("text", "html"), [("a\rb", "<p>b"), ("a", "<p>b\rc"), ("a\r", "<p>b")])
def test_a_body_with_half_an_end_of_a_line_is_refused(text: str, html: str) -> None:
    with pytest.raises(Unsafe, match="half an end"):
        put_together("de", text, html)


# -- signatures ------------------------------------------------------------------------------------


@pytest.mark.parametrize("index", [0, 1])
def test_signatures_hold_for_somebody_else(index: int) -> None:
    message = composed()
    assert holds(message, index)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Subject: ", b"Subject: x"),
        (b"\r\nList-Unsubscribe-Post: List-", b"\r\nList-Unsubscribe-Post: No-List-"),
        (
            b"\r\nList-Unsubscribe: <https://buendnis.example/u/",
            b"\r\nList-Unsubscribe: <https://buendnis.example/v/",
        ),
        (b"\r\nFrom: ", b"\r\nList-Unsubscribe: <https://evil.example/u/>\r\nFrom: "),
        (b"\r\nFrom: ", b"\r\nSubject: again\r\nFrom: "),
        (b"\r\nFrom: ", b"\r\nReply-To: x@y.example\r\nFrom: "),
        (b"\r\nFrom: ", b"\r\nCc: x@y.example\r\nFrom: "),
        (b"18:00", b"19:00"),
    ],
)
def test_signatures_break_when_anything_is_changed(old: bytes, new: bytes) -> None:
    message = composed()
    assert old in message
    changed = message.replace(old, new, 1)
    assert not holds(changed)
    assert not holds(changed, 1)


def test_both_fields_of_one_click_are_signed() -> None:
    """RFC 8058 § 4: without that, mail programs show no button."""
    signatures = read(composed()).get_all("DKIM-Signature", [])
    assert len(signatures) == 2
    for value in signatures:
        tags = dict(tag.strip().split("=", 1) for tag in str(value).rstrip("; ").split(";"))
        signed = "".join(tags["h"].split()).split(":")
        assert {"list-unsubscribe", "list-unsubscribe-post"} <= set(signed)


def test_what_readers_share_is_signed_for_each_of_them() -> None:
    composer = Composer(head(), SECRET, keys()[:1])
    prepared = composer.prepare(letter())
    for name in ("anna", "bilal"):
        message = composer.compose(prepared, Reader(name, f"{name}@example.net", token(name)), NOW)
        assert holds(message)
        assert message.count(token(name).encode()) == 4, "two headers, the text, the HTML"
        assert PERSONAL.encode() not in message


@settings(deadline=None, max_examples=60)
@given(ANYTHING, st.text(" \t\r\n.ab", max_size=200))
def test_signatures_hold_whatever_the_text(text: str, blanks: str) -> None:
    message = composed(letter(text + blanks, subject=text + blanks))
    assert holds(message)


def pem(key: rsa.RSAPrivateKey | Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_keys_are_read_from_files() -> None:
    for key in keys():
        loaded = Key.load("example.org", "s1", pem(key.private))
        assert loaded.record() == key.record()
        assert loaded.host == "s1._domainkey.example.org"
    assert "private" not in repr(keys()[0])


@pytest.mark.parametrize(
    ("domain", "selector", "data"),
    [
        ("example.org", "s1", b"nonsense"),
        ("example.org; d=evil.example", "s1", b""),
        ("example.org", "s1\r\n", b""),
        ("example.org", "s1", pem(ec.generate_private_key(ec.SECP256R1()))),
    ],
)
def test_what_is_no_key_is_refused_in_words(domain: str, selector: str, data: bytes) -> None:
    with pytest.raises(KeyRefused):
        Key.load(domain, selector, data)


# -- what people read ------------------------------------------------------------------------------


def test_text_and_html_say_the_same_in_their_direction() -> None:
    found = parts(composed())
    for text in found.values():
        assert "مرحبا بالجميع" in text
        assert f"https://buendnis.example/u/{token()}" in text
    html = found["text/html"]
    assert '<html lang="ar" dir="rtl">' in html
    assert 'dir="auto"' not in html
    assert html.count('dir="rtl"') >= 3
    assert ">يتوقف<" in html, "a link has words"
    assert "<style" not in html
    assert "style=" in html


def test_no_relay_needs_to_touch_the_body() -> None:
    for part in read(composed()).iter_parts():
        assert part["Content-Transfer-Encoding"] == "quoted-printable"


@pytest.mark.parametrize(
    "text", ["a. b\n.\n..\n.c", "x" * 5_000, "ع" * 5_000, "=\n= =3D", "tab\t \n"]
)
def test_the_text_comes_through_as_it_was(text: str) -> None:
    message = composed(letter(text, "de"))
    assert text.strip() in parts(message)["text/plain"].replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("formatted", "there", "absent"),
    [
        ("<strong>wichtig</strong>", "<p><strong>wichtig</strong></p>", "**"),
        ("Hallo <script>alert(1)</script>Welt", "Hallo Welt", "alert"),
        ("<mx-reply>zitiert</mx-reply>neu", "neu", "zitiert"),
        ('<p dir="rtl" onclick="x()">نص</p>', "<p>نص</p>", "onclick"),
        ("<img src='https://spy.example/x.png'>Bild", "Bild", "spy.example"),
        ('<img src="mxc://x/y" alt=":brot:"> Brot', ":brot: Brot", "mxc"),
        ('<a href="javascript:alert(1)">klick</a>', "klick", "javascript"),
        ('<a href="https://example.org">Seite</a>', 'href="https://example.org"', "[Seite]"),
        ('<a href="https://matrix.to/#/@greta:x">Greta</a>', "Greta", "matrix.to"),
        ('<ol start="24"><li>Dezember</li></ol>', '<ol start="24">', "<p>"),
        ("Helfer<em>innen und Freund</em>innen", "Helfer*innen und Freund*innen", "<em>"),
        ("<em>wichtig</em>", "<em>wichtig</em>", "*"),
    ],
)
def test_what_a_client_formatted_becomes_harmless(formatted: str, there: str, absent: str) -> None:
    html = markup.shown("", formatted)
    assert there in html
    assert absent not in html


@pytest.mark.parametrize(
    ("typed", "there"),
    [
        ("Bewohner*innen und Helfer*innen", "<p>Bewohner*innen und Helfer*innen</p>"),
        ("24. Dezember: Feier", "<p>24. Dezember: Feier</p>"),
        ("#wirhabenplatz", "<p>#wirhabenplatz</p>"),
        ("<Name, Stadtteil>", "<p>&lt;Name, Stadtteil&gt;</p>"),
        ("eins\nzwei\n\ndrei", "<p>eins<br>zwei</p><p>drei</p>"),
        ("https://a.example/b?c=1&d.", '<a href="https://a.example/b?c=1&amp;d">'),
        ("(https://a.example/b_(c))…", ">https://a.example/b_(c)</a>)…"),
        ("„https://a.example“, ja", ">https://a.example</a>“, ja"),
    ],
)
def test_what_was_typed_is_shown_as_it_is(typed: str, there: str) -> None:
    assert there in markup.shown(typed)


def test_what_is_shown_can_be_read_as_text() -> None:
    formatted = (
        "<h2>Treffen</h2><p>Am <em>Freitag</em>,<br>im "
        '<a href="https://haus.example">Haus</a>.</p><ul><li>Brot</li><li>Tee'
        '<ol start="3"><li>heiß</li></ol></li></ul><p>Fragen? '
        '<a href="mailto:a@b.example">a@b.example</a></p>'
    )
    assert markup.plain(markup.shown("", formatted)) == (
        "Treffen\n\nAm Freitag,\nim Haus (https://haus.example).\n\n– Brot\n– Tee\n"
        "  3. heiß\n\nFragen? a@b.example"
    )


@pytest.mark.parametrize(
    "text",
    [">" * 3_000, "[" * 5_000, "* " * 3_000, "<" * 5_000, "`" * 5_000, "<b>" * 10_000,
     "<ul><li>" * 4_000, "x<em>x" * 2_000, "&" * 20_000, "a@a." * 5_000, "<img alt=" * 2_000],
)  # fmt: skip
def test_no_text_stops_a_mail(text: str) -> None:
    for html in (markup.shown(text), markup.shown(text, text)):
        directions.in_text(markup.plain(directions.in_html(html, "rtl")), "rtl")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Haus am See: الاجتماع", "<p>Haus am See: الاجتماع</p>"),
        ("هاتف +49 30 1234567", '<p>هاتف <bdi dir="ltr">+49 30 1234567</bdi></p>'),
        ("+49 30 1234567", '<p><bdi dir="ltr">+49 30 1234567</bdi></p>'),
        ("يوم 2026-12-24", '<p>يوم <bdi dir="ltr">2026-12-24</bdi></p>'),
        ("a@b.example", '<p><bdi dir="ltr">a@b.example</bdi></p>'),
        ("Willkommen, alle!", '<p dir="ltr">Willkommen, alle!</p>'),
    ],
)
def test_an_arabic_text_runs_from_right_to_left(text: str, expected: str) -> None:
    assert directions.in_html(markup.shown(text), "rtl") == expected


def test_plain_text_is_held_in_its_direction() -> None:
    assert directions.in_text("Haus: اجتماع\n+49 30", "rtl") == (
        "\u200fHaus: اجتماع\n\u200f\u206649 30\u2069".replace("\u2066", "\u2066+")
    )
    assert directions.in_text("شاي und Brot\nBrot", "ltr") == "\u200eشاي und Brot\nBrot"


def languages() -> Iterator[tuple[str, Direction]]:
    yield from (("de", "ltr"), ("ar", "rtl"), ("de-simple", "ltr"), ("xx\r\nX: y", "ltr"))


@pytest.mark.parametrize(("language", "direction"), list(languages()))
def test_a_language_can_be_any(language: str, direction: Direction) -> None:
    one = letter("Text", language, direction=direction)
    assert "Text" in as_text(one)
    assert "Text" in as_html(one)
    render(one)


def test_our_own_words_stand_in_html_as_text() -> None:
    evil = '<img src=x onerror="x">&amp;'
    one = letter(
        "x",
        "de",
        blocks=(Block(Kind.TITLE, evil, "de"), Block(Kind.NOTE, evil, "de")),
        subject=evil,
    )
    assert "<img" not in as_html(one)
