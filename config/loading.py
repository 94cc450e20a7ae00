"""Reading a file of settings: the settings, or everything that is wrong with them, at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from config.kinds import Kind, recognise
from config.network import checks as network_checks
from config.network import files as network_files
from config.network.bots import models
from config.network.parts import BotEntry
from config.network.settings import NetworkConfig, NetworkFile
from config.ombuds import checks as ombuds_checks
from config.ombuds import files as ombuds_files
from config.ombuds.settings import OmbudsConfig, OmbudsFile
from config.reading.document import MAX_BYTES, Document, Plain, read_document
from config.reading.files import Found
from config.reading.fitting import Fitted, fit
from config.reading.sections import File
from config.values.faults import ConfigFaults, Fault, Loc, spell
from config.values.fields import Surroundings
from config.values.matrix_ids import PLACEHOLDER_SERVER

F = TypeVar("F", bound=File)
S = TypeVar("S", bound=Found)


@dataclass(frozen=True)
class _Reader(Generic[F, S]):
    """How a kind of file is read."""

    model: type[F]
    server_name: Callable[[Plain], str | None]
    cross_checks: Callable[[Fitted[F]], Iterator[Fault]]
    look: Callable[[Fitted[F], Path], S]
    notices: Callable[[Fitted[F]], Iterator[Fault]]


_OMBUDS = _Reader(
    OmbudsFile,
    ombuds_checks.server_name,
    ombuds_checks.cross_checks,
    ombuds_files.look,
    ombuds_checks.notices,
)


def _network(model: type[NetworkFile]) -> _Reader[NetworkFile, network_files.Found]:
    return _Reader(
        model,
        network_checks.server_name,
        network_checks.cross_checks,
        network_files.look,
        network_checks.notices,
    )


_NAMES: Mapping[Kind, str] = {
    "ombuds": "an ombuds office (`office:`)",
    "network": "a network (`network:`)",
}


@dataclass(frozen=True)
class Checked:
    """A file without faults, and what may not be meant in it."""

    file: File
    """An OmbudsFile or a NetworkFile."""
    notices: tuple[Fault, ...]
    line: Callable[[Loc], int]
    """Of a key or entry, or of the nearest one around it."""


def load(path: Path) -> OmbudsConfig:
    """The settings of an ombuds office, secrets included. Raises ConfigFaults with all faults."""
    file, fitted, found = _examined(path, _document(path, "ombuds"), _OMBUDS, login=True)
    if found.credential is None or found.seal_key_path is None:
        raise ConfigFaults(str(path), [Fault(fitted.line(()), "file", "names no secrets")])
    return OmbudsConfig.model_construct(
        **{name: getattr(file, name) for name in OmbudsFile.model_fields},
        path=path.absolute(),
        credential=found.credential,
        smtp_password=found.smtp_password,
        seal_key_path=found.seal_key_path,
    )


def load_network(path: Path, bots: tuple[BotEntry, ...]) -> NetworkConfig:
    """The settings of a network with these bots, secrets included. Raises ConfigFaults with all
    faults."""
    known = models(bots)
    document = _document(path, "network", bots)
    file, fitted, found = _examined(path, document, _network(known.file), login=True)
    if found.seal_key_path is None:
        raise ConfigFaults(str(path), [Fault(fitted.line(()), "file", "names no secrets")])
    return known.config.model_construct(
        **{name: getattr(file, name) for name in known.file.model_fields},
        path=path.absolute(),
        credentials=found.credentials,
        smtp_password=found.smtp_password,
        seal_key_path=found.seal_key_path,
    )


def load_any(path: Path, bots: tuple[BotEntry, ...]) -> OmbudsConfig | NetworkConfig:
    """The settings of whichever kind of office. Raises ConfigFaults with all faults."""
    kind = _kind(path, read_document(_read(path)), bots)
    return load_network(path, bots) if kind == "network" else load(path)


def check(path: Path, bots: tuple[BotEntry, ...]) -> Checked:
    """Whether `load` or `load_network` would succeed. Raises ConfigFaults with all faults.

    That nothing names a secret to log in with is a notice here: the environment in which the
    office runs may give it.
    """
    document = read_document(_read(path))
    reader = _reader(_kind(path, document, bots), bots)
    file, fitted, found = _examined(path, document, reader, login=False)
    notices = (*found.unnamed, *_empty(document), *reader.notices(fitted))
    return Checked(file, notices, fitted.line)


def _reader(kind: Kind, bots: tuple[BotEntry, ...]) -> _Reader[Any, Any]:
    return _OMBUDS if kind == "ombuds" else _network(models(bots).file)


def _document(path: Path, wanted: Kind, bots: tuple[BotEntry, ...] = ()) -> Document:
    """What the file says, if it is of the wanted kind."""
    document = read_document(_read(path))
    kind = _kind(path, document, bots)
    if kind != wanted:
        text = f"describes {_NAMES[kind]}; this needs the file of {_NAMES[wanted]}"
        raise ConfigFaults(str(path), [Fault(document.lines[()], "file", text)])
    return document


def _kind(path: Path, document: Document, bots: tuple[BotEntry, ...]) -> Kind:
    try:
        return recognise(document, bots)
    except ValueError as error:
        told = [*document.faults] or [Fault(document.lines[()], "file", str(error))]
        raise ConfigFaults(str(path), told) from None


def _examined(
    path: Path, document: Document, reader: _Reader[F, S], *, login: bool
) -> tuple[F, Fitted[F], S]:
    """`login`: that nothing names a secret to log in with is a fault."""
    fitted, found, faults = _judged(document, path, reader)
    if document.faults:
        # The value of the second of two equal keys is checked as well.
        faults += _judged(read_document(_read(path), last=True), path, reader)[2]
    if login:
        faults += found.unnamed
    if faults or fitted.model is None:
        raise ConfigFaults(str(path), faults)
    return fitted.model, fitted, found


def _judged(
    document: Document, path: Path, reader: _Reader[F, S]
) -> tuple[Fitted[F], S, list[Fault]]:
    folder = path.absolute().parent
    server = reader.server_name(document.data) or PLACEHOLDER_SERVER
    fitted = fit(document, reader.model, Surroundings(folder, server))
    found = reader.look(fitted, folder)
    faults = [*document.faults, *fitted.faults, *reader.cross_checks(fitted), *found.faults]
    return fitted, found, faults


def _empty(document: Document) -> Iterator[Fault]:
    """Keys with nothing behind them: what holds without them is taken, which may not be meant."""
    for loc in document.empty - {()}:
        text = "has nothing behind it, so it counts as left out; write a value, or remove the line"
        yield Fault(document.lines.get(loc, 1), spell(loc), text)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        text = "there is no such file; give the path of the office's YAML"
    except IsADirectoryError:
        text = "is a folder; give the path of the YAML file in it"
    except (OSError, ValueError):
        text = "can't be read; see that this user may read it"
    raise ConfigFaults(str(path), [Fault(1, "file", text)])
