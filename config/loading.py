"""Reading a file of settings: the settings, or everything that is wrong with them, at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from config.credentials import Environment
from config.document import MAX_BYTES, Document, read_document
from config.faults import ConfigFaults, Fault
from config.fields import Surroundings
from config.fitting import Fitted, fit
from config.kinds import recognise
from config.matrix_ids import PLACEHOLDER_SERVER
from config.ombuds import OmbudsConfig, OmbudsFile
from config.ombuds_checks import cross_checks, notices, server_name
from config.ombuds_files import Found, look


@dataclass(frozen=True)
class Checked:
    """A file without faults, and what may not be meant in it."""

    file: OmbudsFile
    notices: tuple[Fault, ...]


def load(path: Path) -> OmbudsConfig:
    """The settings of an ombuds office, secrets included. Raises ConfigFaults with all faults."""
    file, fitted, found = _examined(path, login=True)
    if found.credential is None or found.seal_key_path is None:
        raise ConfigFaults(str(path), [Fault(fitted.line(()), "file", "names no secrets")])
    return OmbudsConfig.model_construct(
        **{name: getattr(file, name) for name in OmbudsFile.model_fields},
        path=path.absolute(),
        credential=found.credential,
        seal_key=found.seal_key,
        seal_key_path=found.seal_key_path,
    )


def check(path: Path) -> Checked:
    """Whether `load` would succeed. Raises ConfigFaults with all faults.

    That nothing names a secret to log in with is a notice here: the environment in which the
    office runs may give it.
    """
    file, fitted, found = _examined(path, login=False)
    told = (found.nothing_named,) if found.nothing_named else ()
    return Checked(file, (*told, *notices(file, fitted)))


def _examined(path: Path, *, login: bool) -> tuple[OmbudsFile, Fitted[OmbudsFile], Found]:
    """`login`: that nothing names a secret to log in with is a fault."""
    raw = _read(path)
    document = read_document(raw)
    fitted, found, faults = _judged(document, path)
    if document.faults:
        # What stands behind the second of two equal keys is checked as well.
        faults += _judged(read_document(raw, last=True), path)[2]
    if login and found.nothing_named:
        faults.append(found.nothing_named)
    if faults or fitted.model is None:
        raise ConfigFaults(str(path), faults)
    return fitted.model, fitted, found


def _judged(document: Document, path: Path) -> tuple[Fitted[OmbudsFile], Found, list[Fault]]:
    try:
        recognise(document)
    except ValueError as error:
        told = [*document.faults] or [Fault(document.lines[()], "file", str(error))]
        raise ConfigFaults(str(path), told) from None
    folder = path.absolute().parent
    server = server_name(document.data) or PLACEHOLDER_SERVER
    fitted = fit(document, OmbudsFile, Surroundings(folder, server))
    found = look(fitted, folder, Environment())
    return fitted, found, [*document.faults, *fitted.faults, *cross_checks(fitted), *found.faults]


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
