"""Where an office keeps what it knows, for commands that serve either kind of office."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from bots.cli.loading import load_any_or_exit


@dataclass(frozen=True, slots=True)
class Storage:
    state: Path
    key_path: Path
    key_text: str | None = field(repr=False)
    """The sealing key where the environment gives it."""

    def key(self) -> bytes | None:
        """The sealing key; None if it is not there. Raises ValueError."""
        from bots.runtime.store.sealing import parse_key

        if self.key_text is not None:
            return parse_key(self.key_text, "the sealing key of the environment")
        try:
            text = self.key_path.read_text(encoding="ascii", errors="replace")
        except FileNotFoundError:
            return None
        return parse_key(text, str(self.key_path))


def storage_or_exit(file: Path) -> Storage:
    """From the settings of whichever office; the faults on the terminal and exit status 1."""
    config = load_any_or_exit(file)
    key = config.seal_key
    return Storage(
        config.state, config.seal_key_path, None if key is None else key.get_secret_value()
    )
