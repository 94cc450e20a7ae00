"""Header fields as bytes: cleaned, encoded, and looked at once more before they leave.

Python's own serialisation is not used: up to 3.11.9 it turns `=?utf-8?q?a=0D=0ABcc:_x?=` into a
second line (CVE-2024-6923), and it folds long links into encoded words, which breaks one-click
unsubscription.
"""

from __future__ import annotations

import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bridges.email.addresses import is_safe
from bridges.email.letters import Mailbox

LONGEST_LINE = 998
"""Octets in a line, its end not counted (RFC 5322 § 2.1.1)."""
FOLD_AT = 76
SUBJECT_LENGTH = 200
NAME_LENGTH = 100

_ENCODED_BYTES = 42
"""Octets in an encoded word, so that it has at most 75 characters (RFC 2047 § 2)."""
_DIRECTED = frozenset("\u200b\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_PLAIN = re.compile(r"[\x20-\x7e]*", re.ASCII)
_ATOMS = re.compile(r"[A-Za-z0-9 ]*", re.ASCII)
_FIELD = re.compile(rb"([A-Za-z0-9-]{1,60}): ([\x20-\x7e]+(?:\r\n[ \t][\x20-\x7e]+)*)\r\n")


class Unsafe(Exception):
    """These bytes must not leave; the message says why, never what they hold."""


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    value: bytes
    """Folded where it is long; without the line's end."""

    def line(self) -> bytes:
        return self.name.encode("ascii") + b": " + self.value + b"\r\n"


def clean(text: str, longest: int) -> str:
    """One line of what can be seen: no control characters, no overrides of direction."""
    spaced = "".join(x for x in map(_shown, text[: longest * 4]) if x)
    line = " ".join(spaced.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _shown(character: str) -> str:
    if character.isspace():
        return " "
    if character in _DIRECTED or unicodedata.category(character) in ("Cc", "Cs"):
        return " " if character in "\r\n" else ""
    return character


def words(text: str) -> bytes:
    """Unstructured text (RFC 5322 § 2.2.1): as it is, or as encoded words (RFC 2047)."""
    if _is_plain(text):
        return fold(text.split(" "))
    return b"\r\n ".join(_encoded_words(text))


def _is_plain(text: str) -> bool:
    # What looks like an encoded word would be decoded by whoever reads it.
    return _PLAIN.fullmatch(text) is not None and "=?" not in text


def _encoded_words(text: str) -> Iterator[bytes]:
    part = b""
    for character in text:
        octets = character.encode()
        if len(part) + len(octets) > _ENCODED_BYTES:
            yield _encoded_word(part)
            part = b""
        part += octets
    yield _encoded_word(part)


def _encoded_word(part: bytes) -> bytes:
    return b"=?utf-8?b?" + b64encode(part) + b"?="


def fold(parts: Sequence[str]) -> bytes:
    """Parts joined by spaces, in lines of about 76 characters; no part is broken."""
    lines, line = [], ""
    for part in parts:
        if line and len(line) + 1 + len(part) > FOLD_AT:
            lines.append(line)
            line = part
        else:
            line = f"{line} {part}" if line else part
    return "\r\n ".join([*lines, line]).encode("ascii")


def subject(text: str) -> bytes:
    return words(clean(text, SUBJECT_LENGTH) or "-")


def mailbox(box: Mailbox) -> bytes:
    """`Name <address>` (RFC 5322 § 3.4). Raises Unsafe if the address is none."""
    if not is_safe(box.address):
        raise Unsafe("an address that can't be in a header")
    if not clean(box.name, NAME_LENGTH):
        return box.address.encode("ascii")
    return named(box.name, box.address)


def named(name: str, what: str) -> bytes:
    """`Name <what>`; without a name `<what>` alone."""
    name = clean(name, NAME_LENGTH)
    before = phrase(name) + b"\r\n " if name else b""
    return before + f"<{what}>".encode("ascii")


def phrase(name: str) -> bytes:
    """A cleaned display name (RFC 5322 § 3.2.5)."""
    if not _is_plain(name):
        return words(name)
    if _ATOMS.fullmatch(name):
        return name.encode("ascii")
    return b'"' + re.sub(r'(["\\])', r"\\\1", name).encode("ascii") + b'"'


# -- the gate --------------------------------------------------------------------------------------


def gate(message: bytes, names: Sequence[str]) -> None:
    """Let the bytes of a message pass only if its header has exactly these fields, in this order,
    and nothing in it can be taken for anything else. Raises Unsafe."""
    end = message.find(b"\r\n\r\n")
    if end < 0:
        raise Unsafe("a header without an end")
    found = _names(message[: end + 2])
    if found != list(names):
        raise Unsafe("other header fields than were meant")
    once = [name for name in found if name != "DKIM-Signature"]
    if len({name.lower() for name in once}) != len(once):
        raise Unsafe("a header field twice")


def _names(header: bytes) -> list[str]:
    found, place = [], 0
    while place < len(header):
        field = _FIELD.match(header, place)
        if field is None:
            raise Unsafe("a line in the header that is no field")
        found.append(field[1].decode("ascii"))
        place = field.end()
    check_lines(header)
    return found


def check_lines(data: bytes) -> None:
    """Whole lines of at most 998 octets of ASCII, ended by CRLF and by nothing else.

    Raises Unsafe.
    """
    if not data.isascii() or b"\0" in data:
        raise Unsafe("octets that are not ASCII")
    lines = data.split(b"\r\n")
    if lines.pop():
        raise Unsafe("a line without an end")
    if any(b"\r" in line or b"\n" in line for line in lines):
        raise Unsafe("half an end of a line")
    if any(len(line) > LONGEST_LINE for line in lines):
        raise Unsafe("a line of more than 998 octets")
