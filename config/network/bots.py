"""What the settings of a network know of its bots: each has an account, and may have rooms for all
and a section of its own. Which bots there are is handed in (`bots.offices.registry`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, Field, SecretStr, create_model

from config.network.parts import Account, AccountEntry, Accounts, BotEntry, Entry, RoomEntry, Rooms
from config.network.settings import NetworkConfig, NetworkFile
from config.values.credentials import NetworkEnvironment

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Models:
    """The models of `network.yaml` for a network of certain bots."""

    file: type[NetworkFile]
    config: type[NetworkConfig]


@cache
def models(bots: tuple[BotEntry, ...]) -> Models:
    """The models of settings for these bots: each gives them an account, rooms and a section."""
    accounts, rooms = _accounts(bots), _rooms(bots)
    environment = _extended(
        NetworkEnvironment,
        {f"{bot.name}_{what}": (kind, None) for bot in bots for what, kind in _SECRETS.items()},
    )
    fields: dict[str, Any] = {
        "accounts": (accounts, _described(NetworkFile, "accounts", accounts())),
        "rooms": (rooms, _described(NetworkFile, "rooms", rooms())),
        **{bot.name: _section(bot.section) for bot in bots if bot.section is not None},
    }
    made = Models(_extended(NetworkFile, fields), _extended(NetworkConfig, fields))
    for model in (made.file, made.config):
        model.bots, model.environment = bots, environment
    return made


_SECRETS: Mapping[str, Any] = {
    "password": SecretStr | None,
    "password_file": str | None,
    "token": SecretStr | None,
    "token_file": str | None,
}


def _accounts(bots: tuple[BotEntry, ...]) -> type[Accounts]:
    fields = {
        bot.name: (AccountEntry, Field(Account(user=bot.user), description=bot.told))
        for bot in bots
    }
    return _extended(Accounts, fields)


def _rooms(bots: tuple[BotEntry, ...]) -> type[Rooms]:
    fields = {
        room.key: (Entry, Field(RoomEntry(alias=room.alias), description=room.told))
        for bot in bots
        for room in bot.rooms
    }
    return _extended(Rooms, fields)


def _section(model: type[BaseModel]) -> Any:
    needed = any(field.is_required() for field in model.model_fields.values())
    return (model, Field(... if needed else model(), description=model.__doc__))


def _described(model: type[BaseModel], name: str, default: object) -> Any:
    return Field(default, description=model.model_fields[name].description)


def _extended(model: type[M], fields: Mapping[str, Any]) -> type[M]:
    return create_model(model.__name__, __base__=model, __doc__=model.__doc__, **fields)
