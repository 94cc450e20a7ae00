"""Where an office keeps what it knows, for commands that serve either kind of office."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from bots.commands._loading import load_network_or_exit, load_or_exit


@dataclass(frozen=True, slots=True)
class Place:
    state: Path
    key_path: Path
    key_text: str | None = field(repr=False)
    """The sealing key where the environment gives it."""

    def key(self) -> bytes | None:
        """The sealing key; None if it is not there. Raises ValueError."""
        from bots.runtime.sealing import parse_key

        if self.key_text is not None:
            return parse_key(self.key_text, "the sealing key of the environment")
        try:
            text = self.key_path.read_text(encoding="ascii", errors="replace")
        except FileNotFoundError:
            return None
        return parse_key(text, str(self.key_path))


def place_or_exit(file: Path) -> Place:
    """From the settings of whichever office; the faults on the terminal and exit status 1."""
    if _is_network(file):
        network = load_network_or_exit(file)
        return _place(network.network.state, network.seal_key_path, network.seal_key)
    ombuds = load_or_exit(file)
    return _place(ombuds.office.state, ombuds.seal_key_path, ombuds.seal_key)


def _place(state: Path, key_path: Path, key: object) -> Place:
    from pydantic import SecretStr

    text = key.get_secret_value() if isinstance(key, SecretStr) else None
    return Place(state, key_path, text)


def _is_network(file: Path) -> bool:
    """Faults are told by whoever loads the file."""
    from config.faults import ConfigFaults
    from config.loading import check
    from config.network import NetworkFile

    try:
        return isinstance(check(file).file, NetworkFile)
    except ConfigFaults:
        return False
