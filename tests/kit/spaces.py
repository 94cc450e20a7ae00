"""A homeserver in memory, as far as spaces go, and networks to declare on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from federation.model.actions import Handle, Invite, Ref, SetState
from federation.model.network import (
    Access,
    Adopted,
    Bot,
    Common,
    District,
    Initiative,
    InitiativeRoom,
    Made,
    Network,
    Words,
)
from federation.spaces.applying.references import handles, replaced
from federation.spaces.layout import lay_out
from federation.spaces.planning.plan import Plan, plan
from federation.spaces.seen import Lead, Observed, Seen
from federation.spaces.state import MARK, PICTURE, creation
from federation.spaces.steps import (
    BringAlong,
    Change,
    MakeAccount,
    MakeRoom,
    PointAlias,
    Step,
    Unlink,
)

CREATOR, ONBOARDING = "@dienst:x", "@willkommen:x"
EXCHANGE, ANNOUNCEMENTS = "@austausch:x", "@rundbrief:x"
BOTS = (
    Bot("onboarding", ONBOARDING, power=100, everywhere=True),
    Bot("exchange", EXCHANGE),
    Bot("announcements", ANNOUNCEMENTS),
)
ACCOUNTS = (CREATOR, *(bot.user for bot in BOTS))


def _sharing(is_on: object) -> frozenset[str]:
    return frozenset({"exchange"} if is_on else ())


def common(key: str, words: Words) -> Common:
    """A room for all as the network has it."""
    if key == "coordination":
        members = frozenset({"exchange"})
        return Common(key, words, Access.INVITE, members, encrypted=True, contacts=True)
    return Common(key, words, bots=frozenset({key}), writers=50 * (key == "announcements"))


def calling(declared: Network, key: str, words: Words) -> Network:
    """The same network with other words for a room for all."""
    rooms = (replace(x, words=words) if x.key == key else x for x in declared.common)
    return replace(declared, common=tuple(rooms))


def made(id_: str, *contacts: str, district: str = "", rooms: int = 1) -> Initiative:
    """An initiative whose space is made here, with so many rooms."""
    inner = tuple(
        InitiativeRoom(f"r{n}", Words(f"#{id_}-r{n}", f"{id_} {n}"), bots=_sharing(n % 2))
        for n in range(rooms)
    )
    space = Made(Words(f"#{id_}", id_.title()), Access.ASK, inner)
    where = District(district, Words(f"#bezirk-{district}", district.title()))
    return Initiative(id_, space, contacts, where if district else None)


def adopted(id_: str, alias: str, *via: str) -> Initiative:
    return Initiative(id_, Adopted(alias, via or (alias.partition(":")[2],)))


def network(*initiatives: Initiative, **changes: Any) -> Network:
    declared = Network(
        server="x",
        creator=CREATOR,
        bots=BOTS,
        alliance=Words("#buendnis", "Bündnis"),
        common=(
            common("coordination", Words("#koordination", "Koordination")),
            common("exchange", Words("#austausch", "Austausch")),
            common("announcements", Words("#rundbrief", "Rundbrief")),
        ),
        initiatives=initiatives,
    )
    return replace(declared, **changes)


class Homeserver:
    """Takes the steps of a plan as a real one would; its rooms can be meddled with."""

    def __init__(self) -> None:
        self.rooms: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
        self.makers: dict[str, str] = {}
        self.members: dict[str, dict[str, str]] = {}
        self.carried: dict[str, frozenset[str]] = {}
        """Room → who was in the rooms that it replaced."""
        self.elsewhere: dict[str, str] = {}
        """Aliases of rooms that are not ours."""
        self.leads: dict[str, Lead] = {}
        """Aliases of adopted spaces, and what their homeservers say of them."""
        self.accounts: set[str] = set()
        self._numbers = count(1)

    # -- seen from the creator account ---------------------------------------------------------

    def observed(self, afar: Collection[str] = ()) -> Observed:
        """`afar`: people whose power waits, so that members are asked for."""
        rooms = {
            room_id: Seen(
                room_id,
                self.makers[room_id],
                state,
                self._members(room_id, afar),
                carried=self.carried.get(room_id, frozenset()),
            )
            for room_id, state in self.rooms.items()
            if self.members[room_id].get(CREATOR) == "join"
        }
        return Observed(rooms, frozenset(ACCOUNTS) - self.accounts, self.leads)

    def _members(self, room_id: str, afar: Collection[str]) -> dict[str, str] | None:
        """Asked for where people are without power."""
        kind = self.rooms[room_id].get((MARK, ""), {}).get("kind")
        asked = kind in ("alliance", "coordination") or afar or room_id in self.carried
        return self.members[room_id] if asked else None

    def plan(self, declared: Network) -> Plan:
        layout = lay_out(declared)
        afar = {user for room in layout.rooms for user in room.afar}
        return plan(layout, self.observed(afar), declared.accounts)

    def apply(self, declared: Network, *, remove: bool = False, steps: int | None = None) -> Plan:
        """Carry out the plan, or its first steps alone; the plan."""
        planned = self.plan(declared)
        ids: dict[str, str] = {}
        changes = [*planned.changes, *(planned.undeclared if remove else ())]
        for change in changes[:steps]:
            self.take(change.step, planned, ids)
        return planned

    def room(self, alias: str) -> str:
        """The id of the room under an alias."""
        [found] = [id_ for id_ in self.rooms if self.alias(id_) == f"{alias}:x"]
        return found

    def alias(self, room_id: str) -> str:
        return str(self.rooms[room_id].get(("m.room.canonical_alias", ""), {}).get("alias", ""))

    def children(self, alias: str) -> set[str]:
        """The aliases of what a space links."""
        names = {room_id: name for name, room_id in self.elsewhere.items()}
        state = self.rooms[self.room(alias)]
        linked = [key for (type_, key), c in state.items() if type_ == "m.space.child" and c]
        return {names.get(id_) or self.alias(id_).removesuffix(":x") for id_ in linked}

    # -- steps ---------------------------------------------------------------------------------

    def take(self, step: Step, planned: Plan, ids: dict[str, str]) -> None:
        match step:
            case MakeAccount():
                self.accounts.add(step.user)
            case MakeRoom():
                body = creation(step.room, planned.ids, planned.layout)
                ids[step.room.key] = self.create(self._resolved(body, ids))
            case SetState():
                content = self._resolved(step.content, ids)
                place = (step.type, self._id(step.state_key, ids))
                self.rooms[self._id(step.room, ids)][place] = content
            case Invite() | BringAlong():
                users = (step.user,) if isinstance(step, Invite) else step.users
                members = self.members[self._id(step.room, ids)]
                members |= dict.fromkeys(users, "invite") | members
            case PointAlias():
                self.take(step.content, planned, ids)
            case Unlink():
                self._unlink(step, planned, ids)

    def _unlink(self, step: Unlink, planned: Plan, ids: dict[str, str]) -> None:
        child = self._id(step.link.state_key, ids)
        if step.unless is None or self._id(step.unless, ids) != child:
            self.take(step.link, planned, ids)

    def create(self, body: Mapping[str, Any], maker: str = CREATOR) -> str:
        alias = f"#{body['room_alias_name']}:x"
        assert alias not in {self.alias(room_id) for room_id in self.rooms}, f"{alias} is taken"
        room_id = f"!{next(self._numbers)}"
        create = {**body["creation_content"], "room_version": body["room_version"]}
        self.rooms[room_id] = {
            ("m.room.create", ""): create,
            ("m.room.canonical_alias", ""): {"alias": alias},
            ("m.room.power_levels", ""): dict(body["power_level_content_override"]),
        }
        for event in body["initial_state"]:
            self.rooms[room_id][event["type"], event["state_key"]] = event["content"]
        self.makers[room_id] = maker
        self.members[room_id] = {maker: "join"} | dict.fromkeys(body["invite"], "invite")
        return room_id

    def upgrade(self, alias: str, *, by: str = CREATOR) -> str:
        """Replace a room as its members would; the id of the new one."""
        old = self.room(alias)
        body = {
            "room_alias_name": "x",
            "creation_content": {},
            "room_version": "12",
            "power_level_content_override": {"users": {CREATOR: 100} if by != CREATOR else {}},
            "initial_state": [],
            "invite": [],
        }
        new = self.create(body, by)
        moved = self.rooms[old].pop(("m.room.canonical_alias", ""))
        self.rooms[new]["m.room.canonical_alias", ""] = moved
        self.rooms[old]["m.room.tombstone", ""] = {"replacement_room": new}
        return new

    def delete(self, alias: str) -> None:
        room_id = self.room(alias)
        for part in (self.rooms, self.makers, self.members):
            del part[room_id]

    def _id(self, ref: Ref, ids: Mapping[str, str]) -> str:
        if not isinstance(ref, Handle):
            return str(ref)
        return self.elsewhere[ref] if ref.startswith("#") else ids[ref]

    def _resolved(self, content: Any, ids: Mapping[str, str]) -> Any:
        known = {Handle(key): value for key, value in {**ids, **self.elsewhere}.items()}
        pictures = {x: f"mxc://x/{x}" for x in handles(content) if x.startswith(PICTURE)}
        return replaced(content, known | pictures)


def told(changes: tuple[Change, ...]) -> list[str]:
    """The lines of a plan, as they are printed."""
    return [str(change) for change in changes if not change.implied]
