"""`plan` and `apply` against a real Synapse, seen from other people's clients."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.offices.registry import BOTS
from tests.conftest import Account, unique
from tests.synapse.networks import FOR_ALL, PASSWORD, Client, Declared, Run, contents, made_by
from tests.synapse.proxy import Proxy

pytestmark = pytest.mark.synapse
NewClient = Callable[..., Awaitable[Client]]


@pytest.fixture
def declared(tmp_path: Path, synapse: EmbeddedSynapse) -> Declared:
    return Declared(tmp_path, synapse)


@pytest.fixture
async def new_client(synapse: EmbeddedSynapse) -> AsyncIterator[NewClient]:
    """`await new_client("nora")`: an account, logged in. `existing=` is one that is there."""
    clients: list[Client] = []

    async def make(name: str = "user", *, admin: bool = False) -> Client:
        user = await synapse.register(unique(name), PASSWORD, admin=admin)
        clients.append(await Client.log_in(synapse.url, user))
        return clients[-1]

    yield make
    for client in clients:
        await client.close()


async def applied(declared: Declared) -> tuple[Run, list[str]]:
    """What an apply did, and the writing requests that the homeserver got: whatever their names."""
    direct = declared.data["homeserver"]["url"]
    async with Proxy(direct) as proxy:
        declared.data["homeserver"]["url"] = proxy.url
        run = await declared.apply()
        assert len(proxy.log) == run.counted.requests
        declared.data["homeserver"]["url"] = direct
        return run, proxy.written()


@pytest.mark.parametrize("version", ["10", "12"])
async def test_from_nothing_and_then_nothing(
    declared: Declared, new_client: NewClient, version: str
) -> None:
    contact, coordinator = await new_client("nora"), await new_client("karim")
    declared.data["rooms"]["version"] = version
    declared.data["coordinators"] = [coordinator.user]
    declared.initiative("nord", contact.user)
    declared.initiative("ost", contact.user)
    rooms, accounts = len(FOR_ALL) + 2 * 3, 1 + len(BOTS)
    first, written = await applied(declared)
    assert first.failures == []
    assert first.calls["createRoom"] == rooms
    assert first.calls["put state"] == rooms - 1
    name, own, kinds = 1, 2, 6  # of the creator; its picture; those of rooms and spaces
    assert first.calls["upload"] == kinds + 1
    assert first.writes == len(written) == rooms + (rooms - 1) + accounts + name + own + kinds

    second, written = await applied(declared)
    assert second.lines == written == []
    assert second.writes == 0
    assert second.counted.requests <= 6
    assert second.plan.is_done

    creator = await declared.client("creator")
    assert len(await made_by(creator)) == rooms
    invited = await contact.rooms("invite")
    assert len(invited) == 2 + 2 * 3  # the alliance, the coordination, and her own
    assert len(await coordinator.rooms("invite")) == len(FOR_ALL)
    for role in ("onboarding", "exchange", "announcements"):
        bot = await declared.client(role)
        assert await bot.rooms("invite")
        await bot.close()
    await creator.close()


async def test_what_people_and_bots_find(declared: Declared, new_client: NewClient) -> None:
    contact, stranger = await new_client("nora"), await new_client("eva")
    declared.initiative("nord", contact.user, district="Nord")
    await declared.apply()
    for name in ("alliance", "coordination", "nord", "nord/treffpunkt"):
        await contact.call("POST", "join", declared.alias(name), body={})
    # Rooms of her initiative and for all open to her without a further invitation.
    exchange = await contact.call("POST", "join", declared.alias("exchange"), body={})
    open_round = await contact.call("POST", "join", declared.alias("nord/offen"), body={})
    alliance = await declared.room_id(contact, "alliance")
    state = await contact.state(exchange["room_id"])
    assert contents(state, "m.room.encryption") == {}
    assert list(contents(state, "m.space.parent")) == [alliance]
    assert state["org.buendnis.room", ""]["content"] == {"kind": "exchange"}
    power = state["m.room.power_levels", ""]["content"]
    assert power["users"][declared.user("exchange")] == 50
    assert power["users"][declared.user("onboarding")] == 100
    assert declared.user("creator") not in power["users"]
    children = contents(await contact.state(alliance), "m.space.child")
    assert len(children) == len(FOR_ALL)  # and an initiative, but not itself
    assert all(child["via"] == [declared.synapse.server_name] for child in children.values())
    assert (
        contents(
            await contact.state(await declared.room_id(contact, "coordination")),
            "m.room.encryption",
        )
        != {}
    )
    # She moderates in her rooms, and nowhere else.
    await contact.put(open_round["room_id"], "m.room.topic", {"topic": "Donnerstags"})
    with pytest.raises(Exception, match="M_FORBIDDEN"):
        await contact.put(exchange["room_id"], "m.room.topic", {"topic": "Meins"})
    for name in ("alliance", "exchange", "nord", "nord/offen"):
        with pytest.raises(Exception, match="M_FORBIDDEN"):
            await stranger.call("POST", "join", declared.alias(name), body={})
    await stranger.call("POST", "knock", declared.alias("alliance"), body={})
    assert (await declared.plan()).plan.is_done


async def test_accounts_and_rooms_have_faces(declared: Declared, new_client: NewClient) -> None:
    contact = await new_client("nora")
    declared.initiative("nord", contact.user)
    await declared.apply()
    for name in ("alliance", "coordination", "nord", "nord/treffpunkt"):
        await contact.call("POST", "join", declared.alias(name), body={})
    ids = [await declared.room_id(contact, x) for x in ("alliance", "coordination", "nord")]
    faces = [(await contact.state(x))["m.room.avatar", ""]["content"]["url"] for x in ids]
    assert len(set(faces)) == 3
    assert all(x.startswith(f"mxc://{declared.synapse.server_name}/") for x in faces)
    creator = await contact.call("GET", "profile", declared.user("creator"))
    assert creator["displayname"] == "Technik"
    assert creator["avatar_url"] not in faces
    # What people choose themselves stays, and so does having none.
    for content in ({"url": "mxc://x/own"}, {}):
        await contact.put(ids[2], "m.room.avatar", content)
        assert (await declared.apply()).writes == 0
        assert (await contact.state(ids[2]))["m.room.avatar", ""]["content"] == content


async def listed(client: Client, name: str) -> dict[str, str]:
    """Name → how to join, of what the homeserver's public list shows for a search."""
    body = {"filter": {"generic_search_term": name}}
    answer = await client.call("POST", "publicRooms", body=body)
    return {room["name"]: room["join_rule"] for room in answer["chunk"]}


async def test_the_alliance_is_found_and_nothing_else(
    declared: Declared, new_client: NewClient
) -> None:
    stranger = await new_client("eva")
    name = declared.data["network"]["name"] = unique("Bund")
    declared.initiative("nord")
    await declared.apply()
    assert await listed(stranger, name) == {name: "knock"}

    declared.data["network"]["listed"] = False
    assert (await declared.apply()).calls["list"] == 1
    assert await listed(stranger, name) == {}
    assert (await declared.plan()).plan.is_done

    declared.data["network"]["listed"] = True
    [line] = (await declared.apply()).lines
    assert "public list" in line
    assert await listed(stranger, name) == {name: "knock"}


KILLS = (
    "before:register",
    "after:register",
    "after:register:2",
    "before:createRoom",
    "after:createRoom",
    "before:createRoom:2",
    "after:createRoom:3",
    "before:put state",
    "after:put state:2",
    "before:commit:unsettled:4",
)
"""Each comes as far as the one before, or further."""


async def test_killed_anywhere_it_goes_on_from_there(
    declared: Declared, new_client: NewClient
) -> None:
    contact = await new_client("nora")
    declared.initiative("nord", contact.user)
    reached = [await declared.killed(failpoint) for failpoint in KILLS]
    assert all(reached), reached
    last = await declared.apply()
    assert last.failures == []
    assert (await declared.apply()).writes == 0
    creator = await declared.client("creator")
    made = await made_by(creator)
    assert len(made) == len(FOR_ALL) + 3
    states = [await creator.state(room_id) for room_id in made]
    marks = {str(state["org.buendnis.room", ""]["content"]) for state in states}
    assert len(marks) == len(made)
    for state in states:
        assert len(contents(state, "m.room.member")) >= 3, "somebody was forgotten"
    assert len(await contact.rooms("invite")) == 5
    await creator.close()


async def test_a_room_half_made_is_made_whole(declared: Declared, new_client: NewClient) -> None:
    """As if the homeserver had been stopped while it made the room."""
    contact = await new_client("nora")
    declared.initiative("nord", contact.user)
    await declared.killed("after:createRoom:1")
    creator = await declared.client("creator")
    half = await creator.create(f"nord{declared.end}", creation_content={"type": "m.space"})
    await declared.apply()
    assert await declared.room_id(contact, "nord") == half
    state = await creator.state(half)
    assert state["m.room.name", ""]["content"]["name"] == "Nord"
    assert state["m.room.join_rules", ""]["content"]["join_rule"] == "knock"
    assert half in await contact.rooms("invite")
    assert (await declared.apply()).writes == 0
    await creator.close()


async def test_an_alias_of_ours_that_leads_nowhere_is_used_again(
    declared: Declared, new_client: NewClient
) -> None:
    await declared.killed("after:createRoom:1")
    creator = await declared.client("creator")
    lost = await creator.create(f"exchange{declared.end}")
    await creator.call("POST", "rooms", lost, "leave", body={})
    assert (await declared.apply()).failures == []
    assert await declared.room_id(creator, "exchange") != lost
    await creator.close()


async def test_an_alias_that_belongs_to_others_is_left_to_them(
    declared: Declared, new_client: NewClient
) -> None:
    other = await new_client("eva")
    theirs = await other.create(f"exchange{declared.end}")
    before = await other.state(theirs)
    run = await declared.apply()
    [failure] = run.failures
    assert "is the address of a room that is not ours" in failure
    assert run.calls["createRoom"] == len(FOR_ALL)
    assert await other.state(theirs) == before
    assert await declared.room_id(other, "exchange") == theirs
    status, output = await declared.said("apply")
    assert status == 1
    assert f"! #exchange{declared.end}: room “Austausch”" in output


async def test_a_space_of_others_is_adopted_and_not_touched(
    declared: Declared, new_client: NewClient
) -> None:
    owner = await new_client("sara")
    alias = unique("start")
    theirs = await owner.create(alias, creation_content={"type": "m.space"}, preset="public_chat")
    before = await owner.state(theirs)
    full = f"#{alias}:{declared.synapse.server_name}"
    declared.initiative("sued", owner.user, space=full, via=[declared.synapse.server_name])
    run = await declared.apply()
    assert run.failures == []
    assert await owner.state(theirs) == before
    await owner.call("POST", "join", declared.alias("alliance"), body={})
    alliance = await declared.room_id(owner, "alliance")
    children = contents(await owner.state(alliance), "m.space.child")
    assert children[theirs]["via"] == [declared.synapse.server_name]
    assert (await declared.apply()).writes == 0

    # It moves to another room, and the link follows the new alias.
    other = await owner.create(f"{alias}-neu", creation_content={"type": "m.space"})
    declared.data["initiatives"][0]["space"] = full.replace(":", "-neu:")
    run = await declared.apply()
    assert len(run.lines) == 2
    children = contents(await owner.state(alliance), "m.space.child")
    assert other in children
    assert theirs not in children
    assert (await declared.apply()).writes == 0


async def test_an_adopted_space_that_is_not_to_be_found(declared: Declared) -> None:
    declared.initiative("sued", space=f"#{unique('nichts')}:{declared.synapse.server_name}")
    run = await declared.apply()
    [failure] = run.failures
    assert "leads nowhere (M_NOT_FOUND): check `space:`" in failure
    assert run.calls["createRoom"] == len(FOR_ALL)
    again = await declared.apply()
    assert len(again.failures) == 1
    assert again.writes == 0


async def test_drift_is_told_and_put_right(declared: Declared, new_client: NewClient) -> None:
    contact = await new_client("nora")
    declared.initiative("nord", contact.user)
    await declared.apply()
    await contact.call("POST", "join", declared.alias("nord"), body={})
    nord = await declared.room_id(contact, "nord")
    await contact.put(nord, "m.room.name", {"name": "Unser Raum"})
    onboarding = await declared.client("onboarding")
    await onboarding.call("POST", "join", nord, body={})
    power = (await onboarding.state(nord))["m.room.power_levels", ""]["content"]
    users = {**power["users"], contact.user: 99}
    await onboarding.put(nord, "m.room.power_levels", {**power, "users": users})
    # What people add themselves stays.
    theirs = await contact.create(unique("eigenes"))
    await contact.put(nord, "m.space.child", {"via": ["localhost"]}, theirs)

    run = await declared.plan()
    assert run.lines == [
        f"~ #nord{declared.end}: power of {contact.user}: 99 → 50",
        f"~ #nord{declared.end}: name: “Unser Raum” → “Nord”",
    ]
    assert run.writes == 0
    assert (await declared.apply()).writes == 2
    state = await contact.state(nord)
    assert state["m.room.name", ""]["content"]["name"] == "Nord"
    assert theirs in contents(state, "m.space.child")
    assert (await declared.apply()).writes == 0
    await onboarding.close()


async def test_an_upgraded_room_is_followed(declared: Declared, new_client: NewClient) -> None:
    contact = await new_client("nora")
    declared.data["rooms"]["version"] = "11"
    declared.initiative("nord", contact.user)
    await declared.apply()
    creator = await declared.client("creator")
    nord = await declared.room_id(creator, "nord")
    answer = await creator.call("POST", "rooms", nord, "upgrade", body={"new_version": "12"})
    new = answer["replacement_room"]
    run = await declared.apply()
    assert run.failures == []
    assert await declared.room_id(creator, "nord") == new
    state = await creator.state(new)
    mark = {"kind": "initiative", "initiative": f"nord{declared.end}"}
    assert state["org.buendnis.room", ""]["content"] == mark
    assert len(contents(state, "m.space.child")) == 2
    inner = await creator.state(await declared.room_id(creator, "nord/offen"))
    assert inner["m.room.join_rules", ""]["content"]["allow"][0]["room_id"] == new
    alliance = await creator.state(await declared.room_id(creator, "alliance"))
    assert new in contents(alliance, "m.space.child")
    assert nord not in contents(alliance, "m.space.child")
    assert (await declared.apply()).writes == 0
    await creator.close()


async def test_a_tombstone_that_leads_out_of_reach(declared: Declared) -> None:
    declared.initiative("nord")
    await declared.apply()
    onboarding = await declared.client("onboarding")
    await onboarding.call("POST", "join", declared.alias("exchange"), body={})
    exchange = await declared.room_id(onboarding, "exchange")
    tombstone = {"body": "weg", "replacement_room": "!elsewhere:localhost"}
    await onboarding.put(exchange, "m.room.tombstone", tombstone)
    declared.initiative("ost")
    run = await declared.apply()
    assert run.failures == []
    assert run.calls["createRoom"] == 3
    [problem] = run.plan.problems
    assert "was replaced by another room (!elsewhere:localhost)" in problem.text
    status, output = await declared.said("plan")
    assert status == 1
    assert f"! #exchange{declared.end}: was replaced by another room" in output
    await onboarding.close()


async def test_a_deleted_room_is_made_again(declared: Declared, new_client: NewClient) -> None:
    admin = await new_client("admin", admin=True)
    contact = await new_client("nora")
    declared.initiative("nord", contact.user)
    await declared.apply()
    lost = await declared.room_id(contact, "nord/offen")
    await admin.server.call("purge", "DELETE", f"/_synapse/admin/v1/rooms/{lost}", {"purge": True})
    run = await declared.plan()
    assert run.lines == [
        f"+ #nord{declared.end}-offen: room “Nord: Offene Runde”, open to the space around it, "
        "invites 3 — again: the one that is linked is gone",
        f"- #nord{declared.end}: no longer links {lost}",
    ]
    assert (await declared.apply()).failures == []
    new = await declared.room_id(contact, "nord/offen")
    assert new != lost
    assert new in await contact.rooms("invite")
    assert (await declared.apply()).writes == 0


async def test_a_lost_store_finds_the_rooms_again(declared: Declared) -> None:
    declared.initiative("nord")
    await declared.apply()
    for file in (declared.folder / "state/creator").iterdir():
        file.unlink()
    run = await declared.apply()
    assert run.lines == []
    assert run.writes == 0


async def test_what_is_no_longer_declared(declared: Declared, new_client: NewClient) -> None:
    contact = await new_client("nora")
    declared.initiative("nord", contact.user)
    declared.initiative("ost", contact.user)
    await declared.apply()
    nord = await declared.room_id(contact, "nord")
    await contact.call("POST", "join", declared.alias("alliance"), body={})
    alliance = await declared.room_id(contact, "alliance")
    del declared.data["initiatives"][0]
    assert (await declared.apply()).writes == 0
    status, output = await declared.said("plan")
    assert status == 0
    assert (
        f"- #alliance{declared.end}: links #nord{declared.end}:localhost, which is no longer "
        "declared (`apply --remove` takes that back)"
    ) in output
    assert nord in contents(await contact.state(alliance), "m.space.child")
    assert (await declared.apply(remove=True)).writes == 2
    assert nord not in contents(await contact.state(alliance), "m.space.child")
    assert await declared.room_id(contact, "nord") == nord
    assert (await declared.apply(remove=True)).writes == 0


async def test_two_initiatives_of_one_id_touch_nothing(declared: Declared) -> None:
    declared.initiative("nord")
    declared.initiative("nord")
    status, output = await declared.said("apply")
    assert status == 1
    assert f'initiatives[1].id: "nord{declared.end}" is listed twice' in output
    assert not (declared.folder / "state").exists()


async def test_the_ombuds_room_is_never_touched(declared: Declared, new_client: NewClient) -> None:
    """Even if somebody let the creator account into it, and dressed it up as one of ours."""
    ombuds = await new_client("ombuds")
    declared.data["ombuds"] = {"account": ombuds.user}
    await declared.apply()
    mark = {"type": "org.buendnis.room", "content": {"kind": "coordination"}}
    room = await ombuds.create(
        unique("ombudsstelle"),
        invite=[declared.user("creator")],
        initial_state=[mark],
        name="Ombudsstelle",
    )
    creator = await declared.client("creator")
    await creator.call("POST", "join", room, body={})
    before = await ombuds.state(room)
    assert (await declared.apply(remove=True)).writes == 0
    assert await ombuds.state(room) == before
    assert ombuds.user not in contents(
        await creator.state(await declared.room_id(creator, "coordination")), "m.room.member"
    )
    await creator.close()


async def test_nobody_has_power_before_she_is_there(
    declared: Declared, synapse: EmbeddedSynapse
) -> None:
    name = unique("nora")
    nora = f"@{name}:{synapse.server_name}"
    declared.initiative("nord", nora)
    declared.data["coordinators"] = [nora]
    for run in (await declared.apply(), await declared.apply()):
        [problem] = run.plan.problems
        assert problem.where == nora
        assert "has no account on its server" in problem.text
        assert run.failures == []
    creator = await declared.client("creator")
    for room_id in await made_by(creator):
        assert nora not in str(await creator.state(room_id))

    await synapse.register(name, PASSWORD)
    run = await declared.apply()
    assert run.plan.problems == ()
    assert run.failures == []
    space = next(
        state
        for state in [await creator.state(room_id) for room_id in await made_by(creator)]
        if contents(state, "m.room.name").get("", {}).get("name") == "Nord"
    )
    assert contents(space, "m.room.member")[nora]["membership"] == "invite"
    assert contents(space, "m.room.power_levels")[""]["users"][nora] == 50
    assert (await declared.apply()).writes == 0
    await creator.close()


async def test_a_contact_on_a_server_that_is_away_is_given_no_power(declared: Declared) -> None:
    """Who is afar has power once she has joined: tests/unit/test_plan.py."""
    kim = "@kim:nowhere.invalid"
    declared.initiative("nord", kim)
    declared.data["coordinators"] = [kim]
    run = await declared.apply()
    assert [note.where for note in run.plan.notes] == [kim]
    creator = await declared.client("creator")
    for room_id in await made_by(creator):
        levels = contents(await creator.state(room_id), "m.room.power_levels")[""]
        assert kim not in levels["users"]
    await creator.close()


async def test_accounts_that_are_given_and_not_made(
    declared: Declared, new_account: Callable[..., Awaitable[Account]]
) -> None:
    creator = await new_account("dienst")
    login = await Client.log_in(creator.homeserver, creator.user_id, creator.password)
    token = declared.folder / "token"
    token.touch(mode=0o600)
    token.write_text(login.server.token or "")
    declared.data["accounts"]["creator"] = {"user": creator.user_id, "token_file": "./token"}
    password = declared.folder / "password"
    password.touch(mode=0o600)
    password.write_text("x")
    declared.data["accounts"]["exchange"] = {
        "user": f"nobody{declared.end}",
        "password_file": "./password",
    }
    run = await declared.apply()
    [failure] = run.failures
    assert failure.endswith("is not there; make it, as its password or token was given")
    assert run.calls["register"] == len(BOTS) - 1
    assert len(await made_by(login)) == len(FOR_ALL)
    await login.close()


async def test_two_at_the_same_time(declared: Declared) -> None:
    from bots.offices.reading import load_network
    from bots.offices.spaces.planning import planning

    async with planning(load_network(declared.write())):
        status, output = await declared.said("plan")
    assert status == 1
    assert "Another `plan` or `apply` of this network is under way" in output


async def test_a_wrong_registration_secret(declared: Declared) -> None:
    (declared.folder / "secret").write_text("falsch")
    status, output = await declared.said("apply")
    assert status == 1
    assert "The homeserver refused the registration secret" in output


async def test_no_homeserver(declared: Declared) -> None:
    declared.data["homeserver"]["url"] = "http://127.0.0.1:9"
    status, output = await declared.said("plan")
    assert status == 1
    assert "No answer from the homeserver" in output
