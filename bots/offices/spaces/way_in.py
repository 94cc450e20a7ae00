"""The link by which people come in: it opens a chat with the account that welcomes them.

Asking to join a space is still a lab of Element in the browser, and not every client can do it. A
chat works in all of them.
"""

from __future__ import annotations

from config.network.settings import NetworkConfig
from federation.model.links import chat


def way_in(config: NetworkConfig) -> str:
    """In the alliance's own Element, where its address is known; else in any client."""
    return chat(config.welcoming, config.network.chat_url)


def told(config: NetworkConfig) -> str:
    """For whoever runs the network."""
    return (
        f"People come in by a chat with {config.welcoming}. Give them this link: {way_in(config)}"
    )
