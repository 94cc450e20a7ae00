"""Where the parts of an installation find each other: as containers, or on one machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HOMESERVER, PAGES = 8008, 8080
"""The ports on which Synapse and the network office's pages listen."""
ELEMENT = 8080
"""The port of Element Web's container."""
BEHIND_GATE = f"synapse:{HOMESERVER}"
"""What the gate alone reaches."""


@dataclass(frozen=True, slots=True)
class Deployment:
    synapse: str
    """Host and port of the homeserver, for the offices and for the proxy: of the gate, where there
    is one."""
    synapse_binds: str
    synapse_folder: str
    """The folder `homeserver`, as Synapse sees it."""
    postgres: str
    """The database's host."""
    pages: str
    """Host and port, for the proxy."""
    pages_listen: str
    element: str
    """What the proxy does for the chat in the browser."""
    gated: bool = False
    """Whether a gate stands before the homeserver."""


CONTAINERS = Deployment(
    synapse=f"gate:{HOMESERVER}",
    synapse_binds="0.0.0.0",  # noqa: S104  (the container's own network; no port is published)
    synapse_folder="/data",
    postgres="postgres",
    pages=f"network:{PAGES}",
    pages_listen=f"0.0.0.0:{PAGES}",
    element=f"reverse_proxy element:{ELEMENT}",
    gated=True,
)


def machine(folder: Path) -> Deployment:
    """Everything on one machine, without containers."""
    return Deployment(
        synapse=f"127.0.0.1:{HOMESERVER}",
        synapse_binds="127.0.0.1",
        synapse_folder=str(folder / "homeserver"),
        postgres="127.0.0.1",
        pages=f"127.0.0.1:{PAGES}",
        pages_listen=f"127.0.0.1:{PAGES}",
        element="root * /var/www/element\n\t\tfile_server",
    )
