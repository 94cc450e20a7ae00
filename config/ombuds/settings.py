"""`ombuds.yaml`: the settings of the ombuds office.

`OmbudsFile` is what the file says; `OmbudsConfig` adds what it only points to. Build them with
`config.loading`, which also checks what concerns several places at once.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, Strict

from config.reading.mails import Mails
from config.reading.sections import File, Homeserver, Logging, OpenedBy, Section
from config.values.credentials import Credential, OmbudsEnvironment
from config.values.faults import Loc
from config.values.fields import (
    Duration,
    FilePath,
    Flag,
    Language,
    Mailbox,
    MatrixId,
    Name,
    PhoneNumber,
    TimeZone,
)
from config.values.matrix_ids import server_of


class Office(Section):
    """The office as people see it, and where it keeps what it knows."""

    name: Name = Field(examples=["Ombudsstelle im Bündnis"])
    """What people see when they write to the office."""
    languages: tuple[Language, ...] = Field(
        ("de", "en"), min_length=1, examples=[["de", "en", "ar"]]
    )
    """The languages it speaks. The first is that of the staff's room."""
    timezone: TimeZone = ZoneInfo("Europe/Berlin")
    """Its time zone: deadlines and times are told in it."""
    state: FilePath = Field(examples=["./state/ombuds"])
    """The folder of its store. A relative path starts at this file's folder, as all do here."""
    opened_by: OpenedBy = "file"
    """What opens the store: a key file; a passphrase, which somebody types after each start
    (`buendnis unlock`); or a credential of systemd, such as one that only this machine's TPM opens.
    `buendnis key rotate` changes it."""
    seal_key_file: FilePath | None = None
    """The key file; `seal.key` in the state's folder if not given. The office makes it when it
    starts for the first time. Keep a copy elsewhere."""


class Account(Section):
    """The office's account on Matrix. It logs in with exactly one of three secrets."""

    user: MatrixId = Field(examples=["@ombuds:example.org"])
    """Its Matrix id."""
    password_file: FilePath | None = None
    """File with the account's password. In its place: BUENDNIS_OMBUDS_PASSWORD."""
    token_file: FilePath | None = None
    """File with an access token. In its place: BUENDNIS_OMBUDS_TOKEN."""
    registration_secret_file: FilePath | None = None
    """File with Synapse's `registration_shared_secret`; the office then makes its account
    itself. In its place: BUENDNIS_OMBUDS_REGISTRATION_SECRET."""
    display_name: Name = "Ombudsstelle"
    """The account's name. It shows on lock screens, so nothing in it should give away a matter."""


class Room(Section):
    """The staff's room, made by the office."""

    name: Name = "Ombudsstelle: Team"
    """What the staff see in their list of rooms."""
    federate: Flag = False
    """Whether staff with accounts on other servers can be in it. Those servers then keep a copy
    of the encrypted room. It can't be changed once the room is made."""


class Answers(Section):
    """How staff answer."""

    undo: Duration = timedelta(seconds=60)
    """How long an answer can be taken back before it leaves."""


class Alarms(Mails):
    """Whom the office writes to when something is wrong: that it is, never what. Once a day they
    get the number by which anybody can check that its log was not changed."""

    to: tuple[Mailbox, ...] = Field(min_length=1, examples=[["vorstand@example.org"]])
    """Mailboxes of people who look into the staff's room then, or call somebody who does. Best are
    some that whoever runs the office's machine can't open."""


class Closed(Section):
    """What happens once all matters of a person are closed."""

    days: int = Field(default=30, strict=True, ge=1)
    """How many days the office still knows who wrote. Then it leaves the chat and forgets the
    account; the person is told a week before."""
    cases: Annotated[int, Strict(), Field(ge=30, le=3650)] = 365
    """After how many days a closed case is erased, in the store and in the staff's room. At least a
    week later than who wrote is forgotten."""


class Held(Section):
    """In whose hands the office is, besides its staff's. Where one party holds both, or the network
    about whose people others complain holds the machine, everybody is told so before they write."""

    machine: Name = Field(examples=["Beratungsverein e. V."])
    """Who runs the machine, by a name that people know. They could open what it stores."""
    homeserver: Name = Field(examples=["Rechenzentrum der Diakonie"])
    """Who runs the homeserver of the office's account."""
    network: Flag = False
    """Whether whoever runs the machine belongs to the network."""

    @property
    def one(self) -> bool:
        """Whether one party holds both."""
        one, other = (" ".join(x.casefold().split()) for x in (self.machine, self.homeserver))
        return one == other


class Helpline(Section):
    """A number to call when there is no time for a letter box."""

    name: Name = Field(examples=["Polizei"])
    """Who answers."""
    number: PhoneNumber = Field(examples=["110"])
    """What to dial."""


HELPLINES = (
    Helpline(name="Polizei", number="110"),
    Helpline(name="Feuerwehr und Rettung", number="112"),
)


class OmbudsFile(File):
    """The ombuds office of an alliance."""

    prefix: ClassVar[str] = OmbudsEnvironment.prefix()
    state_key: ClassVar[str] = "office.state"

    office: Office
    """The office as people see it, and where it keeps what it knows."""
    homeserver: Homeserver
    """The Matrix server of the office's account."""
    account: Account
    """The office's account, with exactly one of `password_file`, `token_file` and
    `registration_secret_file`, or one of the three from the environment."""
    staff: tuple[MatrixId, ...] = Field(min_length=1, examples=[["@anna:example.org"]])
    """The founding roster: who is invited when the room is made. It is read that once; later two
    of the staff change the roster in the room."""
    room: Room = Room()
    """The staff's room, made by the office."""
    answers: Answers = Answers()
    """How staff answer."""
    closed: Closed = Closed()
    """What happens once all matters of a person are closed."""
    held: Held | None = None
    """In whose hands the office is, besides its staff's. Left out: nobody has said, and `doctor`
    asks for it."""
    alarms: Alarms | None = None
    """Whom the office writes to when something is wrong. Left out: only the staff's room hears of
    it."""
    bots: tuple[MatrixId, ...] = Field((), examples=[["@willkommen:example.org"]])
    """The network's own accounts. In rooms they have the power of moderators, and are not to be
    told what people flag."""
    unreadable_after: Duration = timedelta(seconds=60)
    """How long a message may stay undecryptable before its sender is asked to send it again."""
    helplines: tuple[Helpline, ...] = Field(HELPLINES, min_length=1)
    """Shown to everybody who writes, since this is no emergency service."""
    logging: Logging = Logging()
    """What the office writes to its log."""

    @classmethod
    def variable_for(cls, section: Loc, secret: str) -> str:
        return super().variable_for(section, ("smtp_" if "smtp" in section else "") + secret)

    @property
    def server_name(self) -> str:
        """The name of the office's server, as in its Matrix ids."""
        return self.homeserver.server_name or server_of(self.account.user)

    @property
    def state(self) -> Path:
        return self.office.state

    @property
    def opened_by(self) -> OpenedBy:
        return self.office.opened_by


class OmbudsConfig(OmbudsFile):
    """An ombuds office ready to run."""

    path: Path = Field(exclude=True)
    """The YAML file, absolute."""
    credential: Credential = Field(exclude=True, repr=False)
    """What to log in with."""
    smtp_password: SecretStr | None = Field(None, exclude=True, repr=False)
    """The password at the mail server."""
    passphrase: SecretStr | None = Field(None, exclude=True, repr=False)
    """What somebody has typed to open the store."""
    seal_key_path: Path = Field(exclude=True)
    """Where the sealing key lies, or is to be made (mode 0600) when missing."""
