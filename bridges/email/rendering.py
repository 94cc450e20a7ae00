"""A letter → the body of a mail, once for all who read its language (RFC 2045, 2046).

Text and HTML as quoted-printable: no relay needs to touch it, so no signature breaks. The reader's
token is between the pieces of the body.
"""

from __future__ import annotations

import binascii
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

import css_inline
from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from bridges.email import markup
from bridges.email.direction import in_html, in_text
from bridges.email.dkim import BodyHash
from bridges.email.headers import check_lines
from bridges.email.letters import PERSONAL, Block, Kind, Letter

_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\ufeff")


@dataclass(frozen=True, slots=True)
class Rendered:
    content_type: bytes
    pieces: tuple[bytes, ...]
    """The body, cut where the token goes."""
    hash: BodyHash

    def body(self, token: bytes) -> bytes:
        return token.join(self.pieces)


def render(letter: Letter) -> Rendered:
    """Raises `headers.Unsafe` if the result could not be sent as it is."""
    return put_together(letter.language, as_text(letter), as_html(letter))


def put_together(language: str, text: str, html: str) -> Rendered:
    """The body of two texts that were cleaned before. Raises `headers.Unsafe` if they were not."""
    parts = (("text/plain", text), ("text/html", html))
    encoded = [(kind, _quoted_printable(text)) for kind, text in parts]
    # Quoted-printable never has an equals sign before an underscore.
    digest = hashlib.sha256(b"".join(body for _, body in encoded)).hexdigest()
    boundary = f"=_{digest[:32]}"
    lines = b"".join(_part(boundary, kind, language, body) for kind, body in encoded)
    whole = lines + f"--{boundary}--\r\n".encode("ascii")
    check_lines(whole)
    pieces = tuple(whole.split(PERSONAL.encode("ascii")))
    content_type = f'multipart/alternative;\r\n boundary="{boundary}"'.encode("ascii")
    return Rendered(content_type, pieces, BodyHash(pieces, PERSONAL.encode("ascii")))


def _part(boundary: str, kind: str, language: str, body: bytes) -> bytes:
    header = (
        f"--{boundary}\r\n"
        f"Content-Type: {kind}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n"
        f"Content-Language: {_tag(language)}\r\n\r\n"
    )
    return header.encode("ascii") + body + b"\r\n"


def _tag(language: str) -> str:
    kept = "".join(x for x in language if x.isascii() and (x.isalnum() or x == "-"))
    return kept[:35] or "und"


def _quoted_printable(text: str) -> bytes:
    """RFC 2045 § 6.7; the token is kept on a line of its own, so that it is never broken."""
    pieces = (_encoded(piece) for piece in text.split(PERSONAL))
    return f"=\r\n{PERSONAL}=\r\n".encode("ascii").join(pieces)


def _encoded(text: str) -> bytes:
    encoded = binascii.b2a_qp(text.encode("utf-8", "replace"), istext=True)
    return re.sub(rb"\r?\n", b"\r\n", encoded)


# -- text ------------------------------------------------------------------------------------------


def as_text(letter: Letter) -> str:
    shown = [_text(letter, block) for block in letter.blocks]
    if letter.footer:
        shown += ["-- \n" + "\n\n".join(_text(letter, block) for block in letter.footer)]
    return "\n\n".join(shown) + "\n"


def _text(letter: Letter, block: Block) -> str:
    text = block.text.strip()
    if block.kind is Kind.LINK:
        # A link that is the reader's own is a line of its own: programs fold what is beside it.
        text = f"{text or block.label + ':'}\n{block.url or letter.personal}"
    return in_text(seen(text), block.direction)


def seen(text: str) -> str:
    """Without control characters and overrides of direction; every line ended alike."""
    lines = _BREAKS.sub("\n", text)
    return "".join(x for x in lines if x in "\n\t" or _is_seen(x))


def _is_seen(character: str) -> bool:
    return character not in _OVERRIDES and unicodedata.category(character) not in ("Cc", "Cs")


# -- HTML ------------------------------------------------------------------------------------------


def as_html(letter: Letter) -> str:
    return seen(_inliner().inline(_template().render(letter=letter, html=_html)))


def _html(block: Block) -> Markup:
    clean = markup.shown(seen(block.text), seen(block.html))
    return Markup(in_html(clean, block.direction))  # noqa: S704


@cache
def _template() -> Template:
    source = resources.files("bridges.email").joinpath("templates", "letter.html")
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    return environment.from_string(source.read_text(encoding="utf-8"))


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False)
