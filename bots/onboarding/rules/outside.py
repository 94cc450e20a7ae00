"""Who is out of the alliance, or of an initiative, is out of what followed from that.

Where she must not be any more is decided by `federation.model.membership`; here it is carried out,
and said: to her, and where somebody else has to act, to those.
"""

from __future__ import annotations

from collections.abc import Iterable

from bots.onboarding import handles
from bots.onboarding.models import Initiative, Stage, Wish, WishState
from bots.onboarding.rules import choosing, commands, consent, wishes
from bots.onboarding.rules.turn import Turn
from bots.onboarding.wording import JOIN_FIRST, OUTSIDE
from bots.runtime.model.decision import CancelTimer, Phrase
from federation.model.actions import Kick
from federation.model.events import Membership, MembershipKind
from federation.model.membership import is_in

PRESENT = (MembershipKind.JOIN, MembershipKind.INVITE)
NEVER_IN = (MembershipKind.KNOCK, MembershipKind.BAN)
"""Before: who was not let in, or whose ban was lifted."""


def take_out(turn: Turn, user: str, rooms: Iterable[str], text: str = OUTSIDE) -> None:
    values = {"network": turn.settings.network, "account": turn.settings.account}
    tongues = (turn.known.member and turn.known.member.language) or turn.settings.first_words
    reason = turn.state.tongues.text(text, tongues.split(maxsplit=1)[0], values)
    for room in dict.fromkeys(rooms):
        turn.ask(Kick(turn.place(room), user, notify=True, reason=reason, whose=user))


# -- the alliance ----------------------------------------------------------------------------------


def of_alliance(turn: Turn, event: Membership) -> None:
    """She has left its space, or somebody has put her out of it."""
    user, own = event.user, event.origin.sender == event.user
    banned = event.membership is MembershipKind.BAN
    if event.origin.sender == turn.settings.account or (not banned and _never_was(event)):
        return
    rooms = () if is_in(event.room, user) else _everywhere(turn, user)
    take_out(turn, user, rooms)
    was_in = turn.known.member is not None or event.before in (*PRESENT, MembershipKind.LEAVE)
    if banned and (rooms or was_in):
        _tell_contacts(turn, user)
    if turn.known.member is not None:
        _end(turn, "banned" if banned else "gone" if own else "removed", own=own)


def _never_was(event: Membership) -> bool:
    own = event.origin.sender == event.user
    return event.before in NEVER_IN or (own and event.before is MembershipKind.INVITE)


def _everywhere(turn: Turn, user: str) -> tuple[str, ...]:
    """Where she is, and what she is being asked into."""
    lost = turn.settings.premises.lost(user, turn.settings.space, turn.state.look)
    return (*lost, *_under_way(turn))


def _under_way(turn: Turn) -> tuple[str, ...]:
    member, premises = turn.known.member, turn.settings.premises
    if member is None:
        return ()
    kept = premises.kept(member.user, turn.settings.space, turn.state.look)
    return tuple(x for x in member.invited if x != turn.settings.space and x not in kept)


def leave(turn: Turn, text: str) -> None:
    """As she wishes: every room that membership gave her, however she came in."""
    user = turn.member.user
    wishes.withdraw_all(turn)
    take_out(turn, user, (*_everywhere(turn, user), turn.settings.space), text)


def _end(turn: Turn, key: str, *, own: bool) -> None:
    """What she agreed to and was allowed is over until she is let in again."""
    before = turn.member
    wishes.withdraw_all(turn)
    values = {"rules": commands.RULES, **elsewhere(turn)}
    if own:
        turn.let_go(Stage.GONE, shown="", first=0)
        turn.ask(CancelTimer(handles.REMIND + before.user))
    else:
        turn.let_go(Stage.REFUSED if before.accepted else before.stage)
    reached = before.chat is not None and not before.away
    if reached and (before.approved or before.accepted):
        turn.say(key, values)


def elsewhere(turn: Turn) -> dict[str, object]:
    """Rooms out of which we do not take her, for her to know."""
    member, premises = turn.member, turn.settings.premises
    own = tuple(x.name for x in _beyond(turn, member.user))
    kept = premises.kept(member.user, turn.settings.space, turn.state.look)
    if premises.is_barred(member.user, turn.settings.space, turn.state.look):
        kept = ()
    names = tuple(turn.settings.names.get(x, turn.settings.network) for x in kept)
    return {
        "beyond": Phrase("beyond", "", {"names": own}) if own else "",
        "kept": Phrase("seat-kept", "", {"rooms": names}) if names else "",
    }


def _beyond(turn: Turn, user: str) -> tuple[Initiative, ...]:
    """Initiatives that run their rooms themselves and in which she may be: she chose them, or has
    her account there."""
    chosen = turn.known.member.wishes if turn.known.member is not None else ()
    here = user.partition(":")[2]
    return tuple(
        x for x in turn.settings.initiatives if x.server and (x.id in chosen or x.server == here)
    )


def _tell_contacts(turn: Turn, user: str) -> None:
    """Of a ban: those who alone can carry it out where we can't, and those who know who runs the
    settings."""
    beyond = tuple(x for x in turn.settings.initiatives if x.server)  # we can't see who is there
    named = user in turn.settings.coordinators or any(
        user in x.contacts for x in turn.settings.initiatives
    )
    if not beyond and not named:
        return
    lines = tuple(
        Phrase("contacts-of", "", {"initiative": x.name, "contacts": ", ".join(x.contacts)})
        for x in beyond
    )
    values = {
        "person": turn.person(user),
        "beyond": Phrase("ban-beyond", "") if beyond else "",
        "lines": lines,
        "named": Phrase("ban-named", "") if named else "",
    }
    turn.name_person(turn.settings.coordination, "ban", values)


# -- an initiative ---------------------------------------------------------------------------------


def in_network(turn: Turn, event: Membership) -> None:
    """Somebody comes into a room of the network besides its space, or goes."""
    user, room = event.user, turn.state.room
    if not turn.greets(user):
        return
    initiative = _whose(turn, room)
    if event.membership.out:
        if initiative is not None:
            _of_initiative(turn, event, initiative)
    elif turn.settings.premises.is_barred(user, room, turn.state.look):
        take_out(turn, user, (room,))
    elif event.membership is MembershipKind.KNOCK:
        if initiative is not None:
            _at_the_door(turn, event, initiative)
    elif event.origin.sender not in (user, turn.settings.account):
        _let_in(turn, event)


def _whose(turn: Turn, room: str) -> Initiative | None:
    """The initiative whose space this is."""
    return next((x for x in turn.settings.initiatives if x.space == room), None)


def _open_door(turn: Turn, room: str) -> Wish | None:
    """What she asked of the initiative whose space this is, if nobody has decided."""
    initiative = _whose(turn, room)
    asked = (x for x in turn.known.doors if x.state is WishState.OPEN)
    return next((x for x in asked if initiative and x.initiative == initiative.id), None)


def _at_the_door(turn: Turn, event: Membership, initiative: Initiative) -> None:
    """She asks to join an initiative where it is, instead of choosing it in her private chat."""
    member = turn.known.member
    if member is not None and member.stage in consent.IN:
        choosing.knocked(turn, initiative, wishes.reason(event))
    else:
        take_out(turn, event.user, (turn.state.room,), JOIN_FIRST)


def _let_in(turn: Turn, event: Membership) -> None:
    """By a contact's own hand, past us."""
    door = _open_door(turn, turn.state.room)
    if door is not None:
        with turn.about(door):
            wishes.close(turn, WishState.ADMITTED, event.origin.sender)


def _of_initiative(turn: Turn, event: Membership, initiative: Initiative) -> None:
    banned = event.membership is MembershipKind.BAN
    _about_door(turn, event)
    if event.before is MembershipKind.KNOCK and not banned:
        _turned_away(turn, event)
    if event.origin.sender == turn.settings.account or (not banned and _never_was(event)):
        return
    if is_in(event.room, event.user):
        return
    premises = turn.settings.premises
    rooms = premises.lost(event.user, turn.state.room, turn.state.look)
    take_out(turn, event.user, rooms)
    member = turn.known.member
    if member is None:
        return
    of_it = {x.room for x in initiative.places}
    turn.change(
        wishes=tuple(x for x in member.wishes if x != initiative.id),
        invited=tuple(x for x in member.invited if x not in of_it),
    )
    own = event.origin.sender == event.user
    if rooms and not own and member.chat is not None and not member.away:
        turn.say("out-of-initiative", {"initiative": initiative.name})


def _about_door(turn: Turn, event: Membership) -> None:
    """Those who decide whether to let her in see a ban, and that it was lifted."""
    door = _open_door(turn, turn.state.room)
    if door is not None and MembershipKind.BAN in (event.membership, event.before):
        with turn.about(door):
            wishes.show(turn)


def _turned_away(turn: Turn, event: Membership) -> None:
    """She does not ask any more, or a contact has declined by her own hand."""
    door, by = _open_door(turn, turn.state.room), event.origin.sender
    if door is not None and by != turn.settings.account:
        own = by == event.user
        with turn.about(door):
            wishes.close(turn, WishState.WITHDRAWN if own else WishState.DECLINED, by)


def sweep(turn: Turn) -> None:
    """Whom a ban keeps out and who is in all the same: it was made while we did not look."""
    for room, user in turn.settings.premises.intruders(turn.state.look):
        if turn.greets(user):
            take_out(turn, user, (room,))
