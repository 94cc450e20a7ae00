"""A chat that is not encrypted: servers on the way could read what we say there.

So nothing of a matter is said there. Where we have the power, we turn encryption on; else we open
an encrypted chat, go on there, and say so.
"""

from __future__ import annotations

from dataclasses import replace

from bots.ombuds import keys
from bots.ombuds.documents.chats import CONVERSATIONS, FLAGGERS, IDENTITIES, Flagger
from bots.ombuds.turn import Turn
from bots.runtime.kit import chats
from bots.runtime.model.decision import Phrase, Say
from federation.model import power
from federation.model.events import RoomView


def ensure(turn: Turn, view: RoomView) -> None:
    """See that what is said from now on in the chat at hand is encrypted."""
    if view.encrypted:
        return
    if turn.conversation.instead:
        _say_so(turn)
    elif _may(turn, view):
        turn.ask(chats.encrypt(turn.chat))
    else:
        open_another(turn)


def _may(turn: Turn, view: RoomView) -> bool:
    needed = power.needed("m.room.encryption", view.power_levels)
    return view.power(turn.settings.account) >= needed


def open_another(turn: Turn) -> None:
    """Go on in an encrypted chat with the same person."""
    flagger = turn.flagger(turn.reporter.reveal())
    turn.converse(instead=_known(turn, flagger) or _made(turn, flagger))
    _say_so(turn)


def _known(turn: Turn, flagger: Flagger) -> str:
    """Another chat that the person has with us."""
    room = flagger.room
    talk = turn.get(CONVERSATIONS, room) if room is not None else None
    if room is None or room == turn.chat or talk is None or talk.left or talk.exposed:
        return ""
    return room if turn.look(room).encrypted else ""


def _made(turn: Turn, flagger: Flagger) -> str:
    number = flagger.making or turn.number()
    chat = keys.CHAT(number=number)
    if not flagger.making:
        turn.ask(chats.make(chat, turn.settings.name, flagger.user))
    turn.put(FLAGGERS, replace(flagger, making=number, room=None, clear=turn.chat))
    return str(chat)


def _say_so(turn: Turn) -> None:
    if turn.may_say("chat-clear"):
        turn.ask(Say(turn.chat, Phrase("chat-clear", turn.spoken)))


def moved(turn: Turn, clear: str) -> None:
    """The encrypted chat is there, and is the one at hand: everything goes on in it."""
    here, old = turn.chat, turn.get(CONVERSATIONS, clear)
    identity = turn.get(IDENTITIES, str(old.serial)) if old is not None else None
    if old is None or identity is None or identity.room != clear:
        return
    turn.put(IDENTITIES, replace(identity, room=here))
    turn.put(CONVERSATIONS, replace(old, room=here, instead="", exposed=False, left=False))
    turn.put(CONVERSATIONS, replace(old, instead=here))
    turn.enter(here)


def failed(turn: Turn, clear: str) -> None:
    """There is no other chat: the next message tries again."""
    old = turn.get(CONVERSATIONS, clear)
    if old is not None:
        turn.put(CONVERSATIONS, replace(old, instead=""))
