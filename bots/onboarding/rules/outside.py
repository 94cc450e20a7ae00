"""Who is out of the alliance, or of an initiative, is out of what followed from that.

Where she must not be any more is decided by `federation.model.membership`; here it is carried out,
and said: to her, and where somebody else has to act, to those.
"""

from __future__ import annotations

from collections.abc import Iterable

from bots.onboarding import commands, keys
from bots.onboarding.documents import MemberMoves, WishMoves, WishState
from bots.onboarding.rules import choosing, consent, wishes
from bots.onboarding.rules.turn import Turn
from bots.onboarding.settings import Initiative
from bots.onboarding.wording import JOIN_FIRST, OUTSIDE
from bots.runtime.kit.states import Move
from bots.runtime.model.decision import CancelTimer, Phrase
from federation.model.actions import Kick
from federation.model.events import Membership, MembershipKind
from federation.model.links import server_of
from federation.model.membership import is_in

PRESENT = (MembershipKind.JOIN, MembershipKind.INVITE)
NEVER_IN = (MembershipKind.KNOCK, MembershipKind.BAN)
"""Before: who was not let in, or whose ban was lifted."""


def take_out(turn: Turn, user: str, rooms: Iterable[str], text: str = OUTSIDE) -> None:
    settings = turn.settings
    reason = turn.text(text, network=settings.network, account=settings.account)
    for room in dict.fromkeys(rooms):
        turn.ask(Kick(turn.place(room), user, notify=True, reason=reason, whose=user))


# -- the alliance ----------------------------------------------------------------------------------


def of_alliance(turn: Turn, event: Membership) -> None:
    """She has left its space, or somebody has put her out of it."""
    own, banned = event.origin.sender == event.user, event.membership is MembershipKind.BAN
    if event.origin.sender == turn.settings.account or (not banned and _never_was(event)):
        return
    rooms = () if is_in(event.room, event.user) else _everywhere(turn)
    take_out(turn, event.user, rooms)
    was_in = turn.known is not None or event.before in (*PRESENT, MembershipKind.LEAVE)
    if banned and (rooms or was_in):
        _tell_contacts(turn)
    if turn.known is not None:
        _end(turn, "banned" if banned else "gone" if own else "removed", own=own)


def _never_was(event: Membership) -> bool:
    own = event.origin.sender == event.user
    return event.before in NEVER_IN or (own and event.before is MembershipKind.INVITE)


def _everywhere(turn: Turn) -> tuple[str, ...]:
    """Where she is, and what she is being asked into."""
    lost = turn.settings.premises.lost(turn.user, turn.settings.space, turn.look)
    return (*lost, *_under_way(turn))


def _under_way(turn: Turn) -> tuple[str, ...]:
    member, premises = turn.known, turn.settings.premises
    if member is None:
        return ()
    kept = premises.kept(member.user, turn.settings.space, turn.look)
    return tuple(x for x in member.invited if x != turn.settings.space and x not in kept)


def leave(turn: Turn, text: str) -> None:
    """As she wishes: every room that membership gave her, however she came in."""
    wishes.withdraw_all(turn)
    take_out(turn, turn.user, (*_everywhere(turn), turn.settings.space), text)


def _end(turn: Turn, key: str, *, own: bool) -> None:
    """What she agreed to and was allowed is over until she is let in again."""
    before = turn.member
    wishes.withdraw_all(turn)
    values = {"rules": commands.RULES, **elsewhere(turn)}
    if own:
        turn.let_go(MemberMoves.left, shown="", first=0)
        turn.ask(CancelTimer(keys.REMIND(user=turn.user)))
    else:
        agreed = bool(before.accepted)
        turn.let_go(MemberMoves.removed if agreed else MemberMoves.removed_before_agreeing)
    if turn.is_reached and (before.approved or before.accepted):
        turn.say(key, values)


def elsewhere(turn: Turn) -> dict[str, object]:
    """Rooms out of which we do not take her, for her to know."""
    member, premises = turn.member, turn.settings.premises
    own = tuple(x.name for x in _beyond(turn))
    kept = premises.kept(member.user, turn.settings.space, turn.look)
    if premises.is_barred(member.user, turn.settings.space, turn.look):
        kept = ()
    names = tuple(turn.settings.names.get(x, turn.settings.network) for x in kept)
    return {
        "beyond": Phrase("beyond", "", {"names": own}) if own else "",
        "kept": Phrase("seat-kept", "", {"rooms": names}) if names else "",
    }


def _beyond(turn: Turn) -> tuple[Initiative, ...]:
    """Initiatives that run their rooms themselves and in which she may be: she chose them, or has
    her account there."""
    chosen, here = turn.member.wishes, server_of(turn.user)
    return tuple(
        x for x in turn.settings.initiatives if x.server and (x.id in chosen or x.server == here)
    )


def _tell_contacts(turn: Turn) -> None:
    """Of a ban: those who alone can carry it out where we can't, and those who know who runs the
    settings."""
    beyond = tuple(x for x in turn.settings.initiatives if x.server)  # we can't see who is there
    contacts = (y for x in turn.settings.initiatives for y in x.contacts)
    named = turn.user in (*turn.settings.coordinators, *contacts)
    if not beyond and not named:
        return
    lines = tuple(
        Phrase("contacts-of", "", {"initiative": x.name, "contacts": ", ".join(x.contacts)})
        for x in beyond
    )
    values = {
        "beyond": Phrase("ban-beyond", "") if beyond else "",
        "lines": lines,
        "named": Phrase("ban-named", "") if named else "",
    }
    turn.tell_of("ban", values)


# -- an initiative ---------------------------------------------------------------------------------


def in_network(turn: Turn, event: Membership) -> None:
    """Somebody comes into a room of the network besides its space, or goes."""
    initiative = _whose(turn, turn.room)
    if event.membership.out:
        if initiative is not None:
            _of_initiative(turn, event, initiative)
    elif turn.settings.premises.is_barred(event.user, turn.room, turn.look):
        take_out(turn, event.user, (turn.room,))
    elif initiative is None:
        return
    elif event.membership is MembershipKind.KNOCK:
        _at_the_door(turn, event, initiative)
    elif event.origin.sender not in (event.user, turn.settings.account):
        _decided(turn, initiative, WishMoves.admitted, event.origin.sender)


def _whose(turn: Turn, room: str) -> Initiative | None:
    """The initiative whose space this is."""
    return next((x for x in turn.settings.initiatives if x.space == room), None)


def _at_the_door(turn: Turn, event: Membership, initiative: Initiative) -> None:
    """She asks to join an initiative where it is, instead of choosing it in her private chat."""
    if turn.known is not None and turn.member.stage in consent.IN:
        choosing.knocked(turn, initiative, wishes.reason(event))
    else:
        take_out(turn, event.user, (turn.room,), JOIN_FIRST)


def _decided(turn: Turn, initiative: Initiative, how: Move[WishState], by: str) -> None:
    """By a contact's own hand, past us, or by herself."""
    with turn.about(initiative.id):
        if turn.waits:
            wishes.close(turn, how, by)


def _of_initiative(turn: Turn, event: Membership, initiative: Initiative) -> None:
    banned, by = event.membership is MembershipKind.BAN, event.origin.sender
    own, ours = by == event.user, by == turn.settings.account
    if MembershipKind.BAN in (event.membership, event.before):
        with turn.about(initiative.id):
            wishes.show_ban(turn)
    if event.before is MembershipKind.KNOCK and not banned and not ours:
        # She does not ask any more, or a contact has declined.
        _decided(turn, initiative, wishes.ended(own=own), by)
    if ours or (not banned and _never_was(event)) or is_in(event.room, event.user):
        return
    rooms = turn.settings.premises.lost(event.user, turn.room, turn.look)
    take_out(turn, event.user, rooms)
    if turn.known is not None:
        _drop(turn, initiative)
        if rooms and not own and turn.is_reached:
            turn.say("out-of-initiative", {"initiative": initiative.name})


def _drop(turn: Turn, initiative: Initiative) -> None:
    """She is out of it, until she chooses it again."""
    of_it = {x.room for x in initiative.places}
    turn.change(
        wishes=tuple(x for x in turn.member.wishes if x != initiative.id),
        invited=tuple(x for x in turn.member.invited if x not in of_it),
    )


def sweep(turn: Turn) -> None:
    """Whom a ban keeps out and who is in all the same: it was made while we did not look."""
    for room, user in turn.settings.premises.intruders(turn.look):
        if turn.greets(user):
            take_out(turn, user, (room,))
