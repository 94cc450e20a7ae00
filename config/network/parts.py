"""The parts of `network.yaml` about what is made on the homeserver: accounts, rooms, spaces."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from config.reading.sections import Section
from config.values.aliases import slug
from config.values.fields import (
    AccountName,
    FilePath,
    Flag,
    ForeignAlias,
    Id,
    LocalAlias,
    MatrixId,
    Name,
    RoomVersion,
    ServerName,
)
from config.values.matrix_ids import is_matrix_id, server_of

CREATOR = "creator"
"""The account that makes the rooms and spaces."""


@dataclass(frozen=True, slots=True)
class CommonRoom:
    """A room for all initiatives, where the settings say nothing of it."""

    key: str
    alias: str
    name: str
    told: str
    """What the schema says of it."""


@dataclass(frozen=True, slots=True)
class BotEntry:
    """A bot of the network, where the settings say nothing of it."""

    name: str
    user: str
    """Its account's."""
    display_name: str
    """No account has the name of a room: both are in one list."""
    told: str
    """What the schema says of its account."""
    rooms: tuple[CommonRoom, ...] = ()
    """That are made for it."""
    section: type[BaseModel] | None = None
    """What an admin sets of it, under its name."""
    welcomes: bool = False
    """Whether people come in by a chat with it."""


def _short(section: type[Section], key: str) -> BeforeValidator:
    """Lets a text stand for a section in which only `key` is written."""

    def expand(data: Any) -> Any:
        return {key: data} if isinstance(data, str) else data

    return BeforeValidator(expand, json_schema_input_type=str | section)


class Account(Section):
    """An account on our server. It logs in with its own password or token, or is made by the
    registration secret."""

    user: AccountName = Field(examples=["willkommen"])
    """Its name on our server, or its whole Matrix id."""
    password_file: FilePath | None = None
    """File with the account's password. In its place: BUENDNIS_NETWORK_ONBOARDING_PASSWORD, and
    so on."""
    token_file: FilePath | None = None
    """File with an access token. In its place: BUENDNIS_NETWORK_ONBOARDING_TOKEN, and so on."""
    display_name: Name | None = None
    """The name that people see."""

    @property
    def server(self) -> str | None:
        """Its server's name, where it is given with it."""
        return server_of(self.user) if is_matrix_id(self.user) else None

    def on(self, server: str) -> str:
        """Its whole Matrix id."""
        return self.user if is_matrix_id(self.user) else f"@{self.user}:{server}"


AccountEntry = Annotated[Account, _short(Account, "user")]


class Accounts(Section):
    """The accounts on our server: one that makes the rooms, and one a bot."""

    registration_secret_file: FilePath | None = None
    """File with Synapse's `registration_shared_secret`: accounts without a password or token of
    their own are then made. In its place: BUENDNIS_NETWORK_REGISTRATION_SECRET."""
    creator: AccountEntry = Account(user="dienst")
    """Makes the rooms and is used for nothing else: the maker of a room can never be removed."""

    @property
    def all(self) -> dict[str, Account]:
        """The creator's first, then those of the bots."""
        found = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {name: entry for name, entry in found if isinstance(entry, Account)}


class RoomEntry(Section):
    """A room or space for all initiatives."""

    alias: LocalAlias = Field(examples=["#austausch"])
    """Its address on our server."""
    name: Name | None = None
    """What it is called."""
    topic: Name | None = None
    """One line about it."""


def _with_placeholder(text: str) -> str:
    if set("{}") & set(text.replace("{name}", "")):
        raise ValueError("holds a brace that belongs to no placeholder; write {name}, or none")
    return text


def _entry(alias: str, topic: str | None = None) -> Any:
    return RoomEntry(alias=alias, topic=topic)


Entry = Annotated[RoomEntry, _short(RoomEntry, "alias")]


class Rooms(Section):
    """The rooms for all initiatives, and the space that holds them."""

    version: RoomVersion = "12"
    """The version of every room that is made."""
    alliance: Entry = _entry("#buendnis")
    """The alliance's space. People ask to join it, or are invited."""
    coordination: Entry = _entry("#koordination")
    """Where the contacts of all initiatives meet. Encrypted; by invitation."""

    @property
    def all(self) -> dict[str, RoomEntry]:
        """The alliance's space first, then the coordination, then those of bots."""
        found = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {name: entry for name, entry in found if isinstance(entry, RoomEntry)}


class TemplateRoom(Section):
    """A room in the space of an initiative."""

    id: Id = Field(examples=["treffpunkt"])
    """Its part in the room's alias: `#willkommen-nord-treffpunkt`."""
    name: Annotated[Name, AfterValidator(_with_placeholder)] = Field(
        examples=["{name}: Treffpunkt"]
    )
    """What it is called; `{name}` is the initiative's name."""
    topic: Name | None = None
    """One line about it."""
    encrypted: Flag = True
    """Whether messages in it are encrypted. It can't be turned off again."""
    access: Literal["invite", "ask", "space", "alliance"] = "space"
    """Who can join uninvited: nobody; whoever asks and is let in; everybody in the initiative's
    space; everybody in the alliance's."""
    share: Flag = False
    """Whether the exchange bot is in it, so that people can share messages with all."""
    flags: Flag = False
    """Whether the ombuds office's account is in it, so that its moderators can let people flag
    messages there."""


class Template(Section):
    """From what the space of an initiative is made."""

    id: Id = Field(examples=["initiative"])
    """Its name among the templates."""
    access: Literal["invite", "ask", "alliance"] = "ask"
    """Who can join the space uninvited: nobody; whoever asks and is let in; everybody in the
    alliance."""
    rooms: tuple[TemplateRoom, ...] = Field(min_length=1)
    """The rooms in the space."""


class Initiative(Section):
    """One initiative: its space is made here from a template, or is its own and adopted."""

    id: Id = Field(examples=["willkommen-nord"])
    """Its short name, which is also the address of its space: `#willkommen-nord`."""
    name: Name = Field(examples=["Willkommen in Nord"])
    """What it is called."""
    kind: Literal["volunteers", "self-organisation", "staff", "office"] = "volunteers"
    """Who works there."""
    district: Name | None = None
    """Where it works. With more than fifty entries the alliance's space is ordered by districts."""
    topics: tuple[Name, ...] = ()
    """What it works on."""
    contacts: tuple[MatrixId, ...] = ()
    """Who speaks for it. They moderate its rooms and are invited to the coordination."""
    template: Id | None = None
    """Its space is made here, from this template; `initiative` if no space is named either."""
    space: ForeignAlias | None = None
    """The alias of the space that it runs itself."""
    via: tuple[ServerName, ...] = Field((), max_length=3)
    """Servers through which that space can be joined; the one in its alias if none is given."""


def room_alias(initiative: str, room: str) -> str:
    """`#willkommen-nord-treffpunkt`."""
    return f"#{initiative}-{room}"


def district_id(district: str) -> str:
    """`Süd & Ost` → `sued-ost`; from what has no Latin letters, a fingerprint of it."""
    return slug(district) or hashlib.sha256(district.encode()).hexdigest()[:8]


def district_alias(district: str) -> str:
    """`#bezirk-sued-ost`."""
    return f"#bezirk-{district_id(district)}"
