"""Settings, read for the bots of the registry."""

from __future__ import annotations

from pathlib import Path

from bots.offices.registry import BOTS, Bots, described
from config import loading
from config import schema as schemas
from config.kinds import Kind
from config.network.settings import NetworkConfig
from config.ombuds.settings import OmbudsConfig


def load_network(path: Path, bots: Bots = BOTS) -> NetworkConfig:
    """The settings of a network, secrets included. Raises ConfigFaults with all faults."""
    return loading.load_network(path, described(bots))


def load_any(path: Path, bots: Bots = BOTS) -> OmbudsConfig | NetworkConfig:
    """The settings of whichever kind of office. Raises ConfigFaults with all faults."""
    return loading.load_any(path, described(bots))


def check(path: Path, bots: Bots = BOTS) -> loading.Checked:
    """See `config.loading.check`."""
    return loading.check(path, described(bots))


def schema(kind: Kind, bots: Bots = BOTS) -> str:
    """The JSON Schema of one kind of file, for editors."""
    return schemas.schema(kind, described(bots))
