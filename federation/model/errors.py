"""What can go wrong with a homeserver. One root; the type says whose fault it was, and each
message says what to do. No message holds a name, an address or a text of anybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class FederationError(Exception):
    """Root of all errors of this package."""


class Unreachable(FederationError):
    """No answer, a broken connection, or 5xx: try again later."""

    def __init__(
        self,
        message: str,
        status: int | None = None,
        retry_after: float | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        """5xx, where the homeserver did answer."""
        self.code = code
        """The code of a standard error response: this was said by the homeserver, not by a proxy
        in front of it."""
        self.retry_after = retry_after
        """Seconds to wait, where the homeserver, or a proxy before it, said so."""


class NotAHomeserver(FederationError):
    """Something answered that does not speak Matrix: a proxy's page, HTML, broken JSON."""


class TooOld(FederationError):
    """The homeserver lacks a version of the specification that we need."""


class MatrixError(FederationError):
    """A standard error response (client-server API, "Standard error response")."""

    def __init__(
        self,
        status: int,
        code: str,
        retry_after: float | None = None,
        answer: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code} (HTTP {status})")
        self.answer = answer or {}
        """The whole response, for user-interactive authentication; never logged."""
        self.status = status
        self.code = code
        self.retry_after = retry_after
        """Seconds to wait, where the homeserver said so."""

    @property
    def asks_for_password(self) -> bool:
        """Whether this is no refusal, but a request to prove oneself (§ User-interactive API)."""
        return self.status == 401 and "flows" in self.answer


class RateLimited(MatrixError):
    """`M_LIMIT_EXCEEDED`: wait `retry_after` seconds."""


class TokenRevoked(MatrixError):
    """`M_UNKNOWN_TOKEN`: the account was logged out elsewhere."""

    def __str__(self) -> str:
        return (
            "The homeserver no longer accepts this account's access token (it was logged out, or "
            "its password was changed). Give the account's password or a new token in its secret "
            "file, then start again."
        )


class LoginRefused(FederationError):
    """The account's password, token or the registration secret is wrong."""


class DeviceLost(FederationError):
    """The store of this device is gone while the homeserver still holds the device's keys."""


class Crowded(FederationError):
    """More people are in a room than we would meet there, or nobody tells how many."""


class PlaintextRefused(FederationError):
    """A message without encryption for a room in which encryption was ever seen."""


class AudienceRefused(FederationError):
    """Somebody is in the room who must not read this message."""


class KeysNotShared(FederationError):
    """The key of a message did not reach every device that it was meant for: try again later."""


class NobodyThere(FederationError):
    """All whom this is for are asked into the room, and nobody has come yet. A key that is sent
    before somebody's client knows our devices may stay useless to it for ever, and the message
    unreadable: it waits until one of `people` is there."""

    def __init__(self, people: frozenset[str]) -> None:
        super().__init__("nobody has come yet of those who are to read this")
        self.people = people


class NobodyMeant(FederationError):
    """No device of those who are there belongs to an identity that this is meant for: it waits
    until another identity is pinned, or somebody comes or goes."""

    def __init__(self, pins: int) -> None:
        super().__init__("nobody there has an identity that this is meant for")
        self.pins = pins
        """See `federation.encryption.pins.number`."""


class NotThereYet(FederationError):
    """A room that replaces one of ours, into which nobody has let us so far: it waits until we are
    there."""

    def __init__(self, code: str) -> None:
        super().__init__("nobody has let us into a room that replaces one of ours")
        self.code = code
        """What the homeserver said."""


class StillInvited(FederationError):
    """A join was refused although the invitation is still open. A homeserver may show one before
    that which sent it has stored it, and that one then refuses whoever comes within milliseconds
    (Synapse, `on_make_join_request`): worth a few attempts more."""

    def __init__(self, code: str) -> None:
        super().__init__("a join was refused although we are asked in")
        self.code = code
        """What the homeserver said."""


class TooSoon(FederationError):
    """Others are not ready for it yet: try again `after` so many seconds."""

    def __init__(self, after: float) -> None:
        super().__init__("others are not ready for this yet")
        self.after = after
