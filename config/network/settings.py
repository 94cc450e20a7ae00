"""`network.yaml`: the settings of a network.

`NetworkFile` is what the file says; `NetworkConfig` adds what it only points to. Build them with
`config.loading`, which also checks what concerns several places at once. The parts are in
`config.network.parts`; what the bots add is in `config.network.bots`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from pydantic import Field, SecretStr

from config.network.office import Email, Imprint, Network, Ombuds, Web
from config.network.parts import (
    CREATOR,
    Accounts,
    BotEntry,
    Initiative,
    Rooms,
    Template,
    TemplateRoom,
)
from config.reading.sections import File, Homeserver, Logging, OpenedBy
from config.values.credentials import Credential, NetworkEnvironment
from config.values.faults import Loc
from config.values.fields import Language, MatrixId, Text

INITIATIVE = Template(
    id="initiative",
    rooms=(
        TemplateRoom(id="treffpunkt", name="{name}: Treffpunkt"),
        TemplateRoom(id="offen", name="{name}: Offene Runde", encrypted=False, share=True),
    ),
)
"""The template that holds where no other of this id is declared."""


class NetworkFile(File):
    """A network of initiatives on Matrix."""

    prefix: ClassVar[str] = NetworkEnvironment.prefix()
    state_key: ClassVar[str] = "network.state"
    bots: ClassVar[tuple[BotEntry, ...]] = ()
    environment: ClassVar[type[NetworkEnvironment]] = NetworkEnvironment

    network: Network
    """The alliance as people see it, and where the office keeps what it knows."""
    homeserver: Homeserver
    """The Matrix server on which rooms and accounts are made."""
    accounts: Accounts = Accounts()
    """The accounts on that server: one that makes the rooms, and one a bot."""
    rooms: Rooms = Rooms()
    """The rooms for all initiatives."""
    coordinators: tuple[MatrixId, ...] = Field((), examples=[["@anna:example.org"]])
    """Who moderates the rooms for all, and may write in the room for announcements."""
    templates: tuple[Template, ...] = ()
    """From what the spaces of initiatives are made. One of the id `initiative` is built in."""
    initiatives: tuple[Initiative, ...] = ()
    """Who is in the alliance."""
    ombuds: Ombuds | None = None
    """How to reach the ombuds office. All else is in its own ombuds.yaml."""
    rules: Mapping[Language, Text] = Field({}, examples=[{"de": "Wir hören einander zu."}])
    """The rules of the network by language, which newcomers are asked to accept."""
    email: Email | None = None
    """How announcements leave by mail."""
    web: Web | None = None
    """Where the web pages are: unsubscribing, imprint, privacy."""
    imprint: Imprint | None = None
    """Who answers for mails and pages. German law asks for it (§ 5 DDG, § 18 MStV)."""
    logging: Logging = Logging()
    """What the office writes to its log."""

    @property
    def state(self) -> Path:
        return self.network.state

    @property
    def opened_by(self) -> OpenedBy:
        return self.network.opened_by

    @classmethod
    def roles(cls) -> tuple[str, ...]:
        """The names of the accounts."""
        return (CREATOR, *(bot.name for bot in cls.bots))

    @classmethod
    def unwritten_accounts(cls) -> Accounts:
        """The accounts where the file says nothing of them."""
        found: Accounts = cls.model_fields["accounts"].default
        return found

    @classmethod
    def unwritten_rooms(cls) -> Rooms:
        """The rooms for all where the file says nothing of them."""
        found: Rooms = cls.model_fields["rooms"].default
        return found

    @classmethod
    def variable_for(cls, section: Loc, secret: str) -> str:
        """As in `NetworkEnvironment`: `BUENDNIS_NETWORK_CREATOR_TOKEN`."""
        places: dict[Loc, str] = {("accounts", role): f"{role}_" for role in cls.roles()}
        places["email", "smtp"] = "smtp_"
        return super().variable_for(section, places.get(section, "") + secret)

    @property
    def server_name(self) -> str:
        """The name of the network's server, as in its Matrix ids."""
        named = self.homeserver.server_name
        return named or next(filter(None, (a.server for a in self.accounts.all.values())), "")

    def user(self, role: str) -> str:
        """The whole Matrix id of one of the accounts."""
        return self.accounts.all[role].on(self.server_name)

    @property
    def welcoming(self) -> str:
        """The whole Matrix id of the account with whom people come in by a chat."""
        return self.user(next(bot.name for bot in self.bots if bot.welcomes))

    def display_name(self, role: str) -> str:
        """What people see of one of the accounts."""
        spare = {CREATOR: "Technik", **{bot.name: bot.display_name for bot in self.bots}}
        return self.accounts.all[role].display_name or spare[role]

    def room_name(self, key: str) -> str:
        """What a room for all is called."""
        ours = {room.key: room.name for bot in self.bots for room in bot.rooms}
        spare = {"alliance": self.network.name, "coordination": "Koordination", **ours}
        return self.rooms.all[key].name or spare[key]

    def template_of(self, initiative: Initiative) -> Template:
        """From what its space is made."""
        return self.template(initiative.template or INITIATIVE.id)

    def template(self, id: str) -> Template:  # noqa: A002  (the key in the file)
        """The template of this id, declared or built in."""
        return next(t for t in (*self.templates, INITIATIVE) if t.id == id)


class NetworkConfig(NetworkFile):
    """A network ready to be applied and run."""

    path: Path = Field(exclude=True)
    """The YAML file, absolute."""
    credentials: Mapping[str, Credential] = Field(exclude=True, repr=False)
    """What the accounts log in with."""
    smtp_password: SecretStr | None = Field(None, exclude=True, repr=False)
    """The password at the mail server."""
    passphrase: SecretStr | None = Field(None, exclude=True, repr=False)
    """What somebody has typed to open the store."""
    seal_key_path: Path = Field(exclude=True)
    """Where the sealing key lies, or is to be made (mode 0600) when missing."""
