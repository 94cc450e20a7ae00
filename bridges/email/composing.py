"""A rendered letter and a reader → the bytes of one mail: headers spliced in, signed, looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

from bridges.email import dkim, headers, tokens
from bridges.email.headers import Field
from bridges.email.letters import Letter, Letterhead, Mailbox, Reader
from bridges.email.rendering import Rendered, render

LONGEST_LINK = 200
"""Characters of a link in a header: a line has at most 998, and some programs read fewer."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A letter with all that is the same for every reader."""

    letter: Letter
    rendered: Rendered
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Composer:
    """Composes and signs mails under one letterhead. `secret` makes readers' Message-IDs."""

    letterhead: Letterhead
    secret: bytes = field(repr=False)
    """Message-IDs are derived from it, so that they are the same after a lost store."""
    keys: tuple[dkim.Key, ...] = ()

    def prepare(self, letter: Letter) -> Prepared:
        """Raises `headers.Unsafe`."""
        rendered = render(letter)
        head = self.letterhead
        fields = [
            Field("From", headers.mailbox(head.sender)),
            Field("Subject", headers.subject(letter.subject)),
            Field("MIME-Version", b"1.0"),
            Field("Content-Type", rendered.content_type),
            Field("Auto-Submitted", b"auto-generated"),
        ]
        if head.reply_to is not None:
            fields.append(Field("Reply-To", headers.mailbox(head.reply_to)))
        if letter.listed:
            fields += [
                Field("List-Id", headers.named(head.list_name, head.list_id)),
                # No standard, but what older programs look at before they send an absence notice.
                Field("Precedence", b"list"),
            ]
        return Prepared(letter, rendered, tuple(fields))

    def compose(self, prepared: Prepared, reader: Reader, now: datetime) -> bytes:
        """The mail as it may leave. Raises `headers.Unsafe`."""
        letter = prepared.letter
        if not tokens.is_token(reader.token):
            raise headers.Unsafe("a token of another shape")
        fields = [
            *prepared.fields,
            Field("To", headers.mailbox(Mailbox(reader.address))),
            Field("Date", format_datetime(now).encode("ascii")),
            Field("Message-ID", self._message_id(letter.event, reader)),
            *self._thread(letter, reader),
            *(self._leaving(reader) if letter.listed else ()),
        ]
        token = reader.token.encode("ascii")
        body_hash = prepared.rendered.hash.of(token)
        seconds = int(now.timestamp())
        signatures = [dkim.signature(fields, body_hash, key, seconds) for key in self.keys]
        fields = [*signatures, *fields]
        message = b"".join(x.line() for x in fields) + b"\r\n" + prepared.rendered.body(token)
        headers.gate(message, [x.name for x in fields])
        return message

    def _message_id(self, event: str, reader: Reader) -> bytes:
        mark = tokens.mark(self.secret, "message", event, reader.id)
        return f"<{mark}@{self.letterhead.domain}>".encode("ascii")

    def _thread(self, letter: Letter, reader: Reader) -> Sequence[Field]:
        """What the reader got before of the same matter (RFC 5322 § 3.6.4)."""
        if not letter.follows:
            return ()
        before = [self._message_id(event, reader) for event in letter.follows[-10:]]
        return (
            Field("In-Reply-To", before[-1]),
            Field("References", b"\r\n ".join(before)),
        )

    def _leaving(self, reader: Reader) -> Sequence[Field]:
        """RFC 2369 and 8058. The links stay whole: programs do not put folded ones together."""
        link = self.letterhead.unsubscribe + reader.token
        if len(link) > LONGEST_LINK:
            raise headers.Unsafe("a link that is too long for a header")
        ways = [f"<{link}>"]
        if self.letterhead.unsubscribe_mail is not None:
            ways.append(f"<mailto:{self.letterhead.unsubscribe_mail}?subject={reader.token}>")
        return (
            Field("List-Unsubscribe", ",\r\n ".join(ways).encode("ascii")),
            Field("List-Unsubscribe-Post", b"List-Unsubscribe=One-Click"),
        )
