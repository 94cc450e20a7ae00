"""The smallest bot on the runtime: answers `!echo X` with `X`.

Configured by the environment: `BOT_HOMESERVER`, `BOT_USER`, `BOT_PASSWORD`, `BOT_STATE` (a
folder) and `BOT_ROOMS` (room ids, separated by spaces). Run it with `python -m tests.bench.echo`.
"""

from __future__ import annotations

import asyncio
import os
from datetime import datetime
from pathlib import Path

from bots.runtime.kit.documents import View
from bots.runtime.kit.turn import Decision
from bots.runtime.model.decision import Event
from bots.runtime.office.serving import Account, serve
from federation.client.interests import Interests
from federation.model.actions import Send, Text
from federation.model.events import TextMessage
from tests.kit.wordless import Wordless


class Echo(Wordless):
    """The rule is all there is: this bot knows nothing and keeps nothing."""

    name = "echo"

    def rule(self, view: View, event: Event, now: datetime) -> Decision:
        if not isinstance(event, TextMessage) or not event.body.startswith("!echo "):
            return Decision()
        answer = Text(event.body.removeprefix("!echo "))
        return Decision((), (Send(event.origin.room_id, answer),))


def main() -> None:
    account = Account(
        homeserver=os.environ["BOT_HOMESERVER"],
        user=os.environ["BOT_USER"],
        password=os.environ["BOT_PASSWORD"],
        interests=Interests(rooms=tuple(os.environ["BOT_ROOMS"].split()), members=False),
    )
    asyncio.run(serve(Path(os.environ["BOT_STATE"]), [(Echo(), account)]))


if __name__ == "__main__":
    main()
