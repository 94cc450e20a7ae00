"""The kinds of values that settings hold. Each refuses in words that say what to write instead."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import time, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    Strict,
    ValidationInfo,
)

from config.values import aliases, durations, mails, urls
from config.values.faults import shown
from config.values.languages import LANGUAGES, checked_language
from config.values.matrix_ids import (
    PLACEHOLDER_SERVER,
    checked_account,
    checked_matrix_id,
    checked_server_name,
)
from config.values.suggest import closest

LONGEST_DURATION = timedelta(days=1)
LONGEST_NAME = 100
LONGEST_TEXT = 20_000

# Controls, lone surrogates, and marks that turn the direction of the text around them. The joiners
# of Persian and Indic scripts stay.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
TIME_PATTERN = "^([01]?[0-9]|2[0-3]):[0-5][0-9]$"
_PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{1,29}")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a value needs to know beyond itself; pass it as pydantic's context."""

    folder: Path = field(default_factory=Path.cwd)
    """The folder of the YAML file, absolute; relative paths start there."""
    server_name: str = PLACEHOLDER_SERVER
    """To propose in Matrix ids."""


def around(info: ValidationInfo) -> Surroundings:
    """The surroundings of a validation; without any, the working directory."""
    return info.context if isinstance(info.context, Surroundings) else Surroundings()


def located(text: str, folder: Path) -> Path:
    """The absolute path that `text` names, seen from `folder`; `~` is the home. ValueError."""
    if not text.strip() or _UNFIT.search(text):
        raise ValueError("is not a path; write one such as ./secrets/password")
    try:
        return (folder / Path(text).expanduser()).absolute()
    except RuntimeError:
        raise ValueError("names a home that does not exist; write the whole path") from None


def _name(text: str) -> str:
    name = text.strip()
    if not name:
        raise ValueError("is empty; write a name")
    if _UNFIT.search(name):
        raise ValueError("is not one plain line; type it anew, without line breaks or hidden marks")
    if len(name) > LONGEST_NAME:
        raise ValueError(f"is longer than {LONGEST_NAME} characters; shorten it")
    return name


def _text(text: str) -> str:
    lines = [line.rstrip() for line in text.strip().splitlines()]
    if not any(lines):
        raise ValueError("is empty; write a text")
    if any(_UNFIT.search(line.replace("\t", " ")) for line in lines):
        raise ValueError("holds hidden marks; type it anew, without them")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"is longer than {LONGEST_TEXT} characters; shorten it")
    return "\n".join(lines)


def _phone_number(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and not _PHONE.fullmatch(value.strip()):
        raise ValueError(f'{shown(value)} is not a telephone number; write digits, as "116 117"')
    return value.strip() if isinstance(value, str) else value


def _duration(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        raise ValueError(f'lacks a unit; write "{value}s" if seconds are meant')
    if not isinstance(value, str):
        raise ValueError(f"is not a duration; {durations.REMEDY}")
    parsed = durations.parse_duration(value.strip())
    if parsed > LONGEST_DURATION:
        raise ValueError(f"is too long; at most {durations.format_duration(LONGEST_DURATION)}")
    return parsed


def _time_of_day(value: object) -> time:
    if isinstance(value, time):
        return value
    if isinstance(value, str) and re.fullmatch(TIME_PATTERN, value.strip()):
        hour, _, minute = value.strip().partition(":")
        return time(int(hour), int(minute))
    raise ValueError('is not a time of day; write hours and minutes as "17:00"')


def _zone(value: object) -> ZoneInfo:
    if isinstance(value, ZoneInfo):
        return value
    known = _zones()
    if isinstance(value, str) and value in known:
        return ZoneInfo(value)
    meant = closest(value, known) if isinstance(value, str) else None
    said = shown(value) if isinstance(value, str) else "this"
    raise ValueError(f'{said} is not a time zone; write "{meant or "Europe/Berlin"}"')


@cache
def _zones() -> set[str]:
    """Read from hundreds of files."""
    return available_timezones()


def _matrix_id(text: str, info: ValidationInfo) -> str:
    return checked_matrix_id(text, around(info).server_name)


def _account(text: str, info: ValidationInfo) -> str:
    return checked_account(text, around(info).server_name)


def _alias(text: str, info: ValidationInfo) -> str:
    return aliases.checked_local(text, around(info).server_name)


def _version(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _path(value: object, info: ValidationInfo) -> object:
    return located(value, around(info).folder) if isinstance(value, str) else value


def _hint(**schema: Any) -> Any:
    """For editors; the checking is done above, in better words."""
    return Field(json_schema_extra=schema)


Flag = Annotated[bool, Strict()]
Name = Annotated[str, AfterValidator(_name), _hint(minLength=1, maxLength=LONGEST_NAME)]
PhoneNumber = Annotated[str, BeforeValidator(_phone_number, json_schema_input_type=str | int)]
MatrixId = Annotated[str, AfterValidator(_matrix_id), _hint(pattern=r"^@[^:A-Z]+:[^A-Z]+$")]
AccountName = Annotated[str, AfterValidator(_account), _hint(minLength=1)]
ServerName = Annotated[str, AfterValidator(checked_server_name)]
Text = Annotated[str, AfterValidator(_text), _hint(minLength=1, maxLength=LONGEST_TEXT)]
Id = Annotated[
    str, AfterValidator(aliases.checked_id), _hint(pattern="^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")
]
LocalAlias = Annotated[str, AfterValidator(_alias), _hint(pattern="^#[^:]+")]
ForeignAlias = Annotated[str, AfterValidator(aliases.checked_foreign), _hint(pattern="^#.+:.+$")]
RoomVersion = Annotated[
    Literal["10", "11", "12"], BeforeValidator(_version, json_schema_input_type=str | int)
]
Port = Annotated[int, Strict(), Field(ge=1, le=65535)]
Listen = Annotated[str, AfterValidator(urls.checked_listen)]
WebUrl = Annotated[str, AfterValidator(urls.checked_web_url), _hint(pattern="^https?://")]
Domain = Annotated[str, AfterValidator(mails.checked_domain)]
Selector = Annotated[str, AfterValidator(mails.checked_selector)]
Mailbox = Annotated[str, AfterValidator(mails.checked_mailbox)]
HomeserverUrl = Annotated[str, AfterValidator(urls.checked_url), _hint(pattern="^https?://")]
Language = Annotated[str, AfterValidator(checked_language), _hint(enum=list(LANGUAGES))]
FilePath = Annotated[Path, BeforeValidator(_path, json_schema_input_type=str)]
Duration = Annotated[
    timedelta,
    PlainValidator(_duration, json_schema_input_type=str),
    PlainSerializer(durations.format_duration, return_type=str),
    _hint(pattern=durations.PATTERN),
]
TimeOfDay = Annotated[
    time,
    PlainValidator(_time_of_day, json_schema_input_type=str),
    PlainSerializer(lambda value: f"{value:%H:%M}", return_type=str),
    _hint(pattern=TIME_PATTERN),
]
TimeZone = Annotated[
    ZoneInfo,
    PlainValidator(_zone, json_schema_input_type=str),
    PlainSerializer(str, return_type=str),
]
