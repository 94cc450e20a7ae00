"""What the pages are made of, and what they ask of whoever runs them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Imprint:
    """Who answers for the pages (§ 5 DDG, § 18 MStV), in the words of whoever runs them."""

    name: str
    address: str
    responsible: str
    contact: str | None
    privacy: str


@dataclass(frozen=True, slots=True)
class Settings:
    name: str
    """What the alliance is called."""
    public_url: str
    """How people reach the pages, without a slash at its end; it may have a path."""
    listen: str
    """`127.0.0.1:8080` or `[::1]:8080`; port 0 takes a free one."""
    languages: tuple[str, ...]
    """Tags; the first is that of whoever asks for none of them, and of the imprint."""
    chat_url: str = ""
    """What opens a chat with the account that welcomes people; empty: nothing is said of it."""
    imprint: Imprint | None = None
    metrics_listen: str | None = None
    """Where `/metrics` is answered, on a listener of its own; None: nowhere."""


class Texts(Protocol):
    """The catalogues."""

    @property
    def originals(self) -> tuple[str, ...]:
        """The languages shown beside a translation that nobody has checked."""

    def text(self, msgid: str, language: str, values: Mapping[str, object] | None = None) -> str:
        """The text in that language, its values in their places."""

    def reviewed(self, msgid: str, language: str) -> bool:
        """Whether somebody who speaks the language well has checked the text."""

    def direction(self, language: str) -> Literal["ltr", "rtl"]: ...

    def own_name(self, language: str) -> str:
        """How the language calls itself."""


class NotReady(Exception):
    """Nobody can take a form at the moment; the person is asked to try again."""


Submit = Callable[[str, Mapping[str, str], str], Awaitable[None]]
"""`submit(form, fields, key)` returns once the form is kept for good; a key that was submitted
before changes nothing. Raises NotReady."""


@dataclass(frozen=True, slots=True)
class Ports:
    texts: Texts
    ready: Callable[[], bool]
    """Whether forms are taken and worked on."""
    numbers: Callable[[], Awaitable[Mapping[str, float]]]
    """For `/metrics`: numbers by name, about nobody."""


@dataclass(frozen=True)
class Templates:
    """What pages are made from, of whoever hands them in."""

    package: str
    """Whose `templates/` they are."""
    wording: Mapping[str, object]
    """What they know as `w`, besides our own wording."""
