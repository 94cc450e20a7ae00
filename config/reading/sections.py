"""What every file of settings has in common: how a part of it behaves, the homeserver, the log."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from config.reading.shape import keys
from config.values.faults import Loc
from config.values.fields import FilePath, Flag, HomeserverUrl, ServerName

OpenedBy = Literal["file", "passphrase", "credential"]


class Section(BaseModel):
    """A part of the settings: frozen, without unknown keys, silent about values in its errors."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, data: Any) -> Any:
        """A known key with nothing behind it counts as not written."""
        if not isinstance(data, Mapping):
            return data
        known = keys(cls)
        return {k: v for k, v in data.items() if v is not None or k not in known}


class File(Section):
    """A whole file of settings."""

    prefix: ClassVar[str]
    """Of the environment's variables that hold secrets for it."""
    state_key: ClassVar[str]
    """Where the folder of the store is named."""

    @property
    @abstractmethod
    def state(self) -> Path:
        """The folder of the store."""

    @property
    @abstractmethod
    def opened_by(self) -> OpenedBy:
        """What opens the store."""

    def opened(self, passphrase: SecretStr | None) -> Self:
        """With what somebody has typed."""
        return self.model_copy(update={"passphrase": passphrase})

    @classmethod
    def variable_for(cls, section: Loc, secret: str) -> str:
        """The environment variable that can hold a secret of the section at a place."""
        return cls.prefix + secret.upper()


class Homeserver(Section):
    """The Matrix server of the office's account."""

    url: HomeserverUrl = Field(examples=["https://matrix.example.org"])
    """Its address, as a client would write it."""
    server_name: ServerName | None = None
    """What follows the colon in its Matrix ids; taken from the account's if not given."""
    ca_file: FilePath | None = None
    """Certificates (PEM) to trust in place of the system's."""
    insecure: Flag = False
    """Allow http to another machine. Whoever is on the way then reads the office's password."""


class Logging(Section):
    """What the office writes to its log. Never ids, addresses or texts."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """From which weight on."""
