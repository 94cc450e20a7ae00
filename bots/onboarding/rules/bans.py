"""What keeps somebody out: a ban, or a room's list of servers."""

from __future__ import annotations

from bots.onboarding.rules.turn import Turn
from bots.onboarding.settings import Initiative
from bots.runtime.model.decision import Phrase
from federation.model.links import server_of


def ban(turn: Turn) -> Phrase | None:
    """What keeps the person at hand out of where she would like to be let in."""
    if turn.known is None and turn.found is None:
        return None
    settings = turn.settings
    initiative = settings.initiative(turn.wish.initiative if turn.found is not None else "")
    if is_barred(turn):
        banned = Phrase("wish-banned", "", {"network": settings.network})
        return _kept_out(turn, settings.space, settings.network) or banned
    if initiative is not None and is_barred(turn, initiative):
        banned = Phrase("door-banned", "", {"initiative": initiative.name})
        return _kept_out(turn, initiative.space or "", initiative.name) or banned
    return None


def _kept_out(turn: Turn, room: str, where: str) -> Phrase | None:
    """With her homeserver."""
    if not turn.settings.premises.is_denied(turn.user, room, turn.look):
        return None
    return Phrase("server-kept-out", "", {"server": server_of(turn.user), "where": where})


def is_barred(turn: Turn, initiative: Initiative | None = None) -> bool:
    """Whether a ban keeps her out of the alliance, or of an initiative."""
    room = (initiative.space if initiative is not None else None) or turn.settings.space
    return turn.settings.premises.is_barred(turn.user, room, turn.look)
