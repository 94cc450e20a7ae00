"""What a mail server's reply is about: whom it is for, the letter, the connection, or the server.

Nobody loses anything by what a server says of itself. An address is in doubt only where an
enhanced status (RFC 3463) names it, and the text beside it does not speak of something else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Concerns(StrEnum):
    RECIPIENT = "recipient"
    LETTER = "letter"
    CONNECTION = "connection"
    """Another one, or fewer of them, may do."""
    SERVER = "server"
    """Whatever we give it."""


class Stage(StrEnum):
    """What was being said when the reply came."""

    CONNECT = "connect"
    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a mail server answered to a command: `550 5.1.1 no such user` has the code 550."""

    code: int
    text: str
    sender: str = ""
    """Ours: a reply that names it alone is about it, in whatever language."""

    @property
    def status(self) -> str:
        """`5.1.1` where the text begins with it (RFC 2034), and with the digit of the code."""
        word = self.text.split(" ", 1)[0].strip()
        fits = _STATUS.fullmatch(word) is not None and word[0] == str(self.code)[:1]
        return word if fits else ""

    @property
    def nobody(self) -> bool:
        """Whether nobody reads at this address, rather than that our mail is not wanted."""
        return self.code // 100 == 5 and self.status in _NOBODY and not self._of_us

    @property
    def _of_us(self) -> bool:
        ours = bool(self.sender) and self.sender.lower() in self.text.lower()
        return ours or _OF_US.search(self._words) is not None

    @property
    def _words(self) -> str:
        """Without what only looks like a word about us."""
        return _NO_WORD.sub(" ", self.text)

    def concerns(self, stage: Stage) -> Concerns:
        if self.code == 421 or _CROWDED.search(self.text):
            return Concerns.CONNECTION
        if stage in (Stage.CONNECT, Stage.SENDER):
            return Concerns.SERVER
        if self.code < 500:
            return Concerns.SERVER if self._server_for_now else _ABOUT[stage]
        if stage is Stage.RECIPIENT and not (self.nobody or self.status.startswith("5.2.")):
            return Concerns.SERVER
        return _ABOUT[stage]

    @property
    def _server_for_now(self) -> bool:
        """Of a 4xx: whether it would say the same of every mail."""
        words = self._words
        if self.status.startswith("4.2.") or _MAILBOX.search(words):
            return False
        if self.status.startswith("4.3.") or self.status in _SENDER:
            return True
        return _RATE.search(words) is not None or _REFUSES_US.search(words) is not None


_ABOUT = {Stage.RECIPIENT: Concerns.RECIPIENT, Stage.CONTENT: Concerns.LETTER}
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}", re.ASCII)
_NOBODY = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
"""No such mailbox, no such domain, no such form of address, moved away, takes no mail at all (RFC
7505), closed. All else that a status can say (5.1.7, 5.1.8: the sender; 5.4: the way; 5.5: the
protocol; 5.7: policy) is not about whether somebody is there."""
_SENDER = frozenset({"4.1.7", "4.1.8"})
_NO_WORD = re.compile(r"<[^>]*>|\S+@\S+|\brelay=\S+|in relay recipient table|https?://\S+", re.I)
"""Addresses, links, and what Postfix calls the list of mailboxes that it knows."""
_OF_US = re.compile(
    r"relay|sender|polic(?:y|ies)|spam|block|black ?list|reputation|spf\b|dkim|dmarc|\bptr\b|"
    r"reverse|rdns|authenti|log ?in|too many|too much|\brate\b|\blimit|quota|exceed|not allowed|"
    r"not permitted|access denied|denied|prohibited|refused|\byour\b (?:ip|host|server|domain|"
    r"message|mail)|return path|mail from|from address|helo|ehlo|greylist|verif|temporar|"
    r"suspicious|listed|banned|ssl|tls|lookup failed|callout|unsolicited|bulk|virus|"
    r"\bauth\b|authori[sz]|mailing list|newsletter|countr|throttl|\bservice\b|harvest|backend|"
    r"ldap|internal|lookup error|try again|\blater\b|maintenance|administrator|verboten|interdit|"
    r"absender|anmeld|gesperrt|abgelehnt|verweigert|nicht erlaubt|"
    r"exp[ée]diteur|refus[ée]|non autoris[ée]|remitente|rechaz|denegad|mittente|rifiutat|"
    r"g[öo]nder|reddedil|engellen|отправител|отклонен|запрещ|заблокир|відправник|відхилен|заборон",
    re.IGNORECASE,
)
"""Words of a reply that is about us, whatever its number says."""
_CROWDED = re.compile(
    r"too many (?:concurrent |simultaneous |open )?(?:smtp )?(?:connections|sessions)"
    r"|connection (?:limit|count)|concurren(?:t|cy)|too many (?:messages|mails|recipients|"
    r"transactions) (?:in|on|for|per) (?:this|one|a single|the same) (?:connection|session)",
    re.IGNORECASE,
)
_RATE = re.compile(
    r"too many|too much|too fast|\brate\b|rate ?limit|\blimit|exceed|throttl|slow down",
    re.IGNORECASE,
)
_MAILBOX = re.compile(
    r"gr[ea]y ?-?list|mail ?box|over ?quota|the user you|recipient(?:'s)? (?:quota|account)",
    re.IGNORECASE,
)
"""Words of a 4xx that is about one recipient, though it may speak of limits as well."""
_REFUSES_US = re.compile(
    r"relay|sender|authenti|log ?in|return path|mail from|absender|exp[ée]diteur|"
    r"client host|hostname|host name|helo|ehlo|reverse|\bptr\b|rdns|spf\b|dkim|dmarc|"
    r"black ?list|block ?list|blocked using|reputation",
    re.IGNORECASE,
)
