"""Which words of a person destroy or show something."""

from __future__ import annotations

from bots.ombuds import commands, flagwords
from bots.ombuds.chats import digits
from bots.runtime.understanding import texts
from bots.runtime.understanding.commands import Invocation, addressed
from federation.model.events import Edit, RoomEvent, TextMessage

COMMANDS = frozenset(
    {commands.RECEIPT, commands.NOTED, commands.LINK, commands.DELETE, commands.ERASE}
)
"""What a homeserver could do in a person's name, if it counted in clear."""


def decides(event: RoomEvent) -> bool:
    """Whether it is more than something to tell."""
    if isinstance(event, Edit):
        return True
    if not isinstance(event, TextMessage):
        return False
    body = addressed(texts.clean(event.body)[0], event.origin.account, event.people)
    return is_word(body)


def is_word(body: str) -> bool:
    if digits.typed(body) is not None or flagwords.answers_something(body):
        return True
    found = commands.of_reporter(body)
    return isinstance(found, Invocation) and found.command in COMMANDS
