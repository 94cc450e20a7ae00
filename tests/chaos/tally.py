"""What came of the story of `network`, by the server's lists, by phones, and by the mails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bots.announcements.documents.people import Kind
from bridges.email.smtp import Server
from tests.chaos.alliance import Event
from tests.chaos.figures import Figure
from tests.chaos.ground import say
from tests.chaos.newcomers import history, knocking
from tests.chaos.town import NORTH, READERS, ROOMS, Town, address, announced, shared

MEMBER, ACCESS = "m.room.member", "m.room.history_visibility"
HERE = ("join", "invite")
SPOKEN = 5
"""In each private room: hello, the rules, a ✅ beneath them, thanks, and which groups there are."""


async def of_people(town: Town) -> list[Figure]:
    users = [x.client.user_id for x in town.newcomers] + [x.person.user_id for x in town.phones]
    against = f"{len(users)} people, {town.office.kills} kills"
    chats, unclear = await _chats(town)
    said = await _said(town)
    return [
        Figure("network_not_greeted", sum(not chats[x] for x in users), "people", against),
        Figure("network_greeted_twice", sum(chats[x] > 1 for x in users), "people", against),
        Figure("network_rooms_unclear", unclear, "private rooms", against),
        *await _of_invitations(town, users, against),
        *await _of_wishes(town),
        Figure("network_words_missing", said["missing"], "messages", against),
        Figure("network_words_doubled", said["doubled"], "messages", against),
        Figure("network_unreadable", said["unreadable"], "messages", f"{len(town.phones)} phones"),
    ]


async def _chats(town: Town) -> tuple[Counter[str], int]:
    """For whom the rooms are that the bot has made, by the server's list of all rooms; and of how
    many that can't be said, or nobody should be greeted there."""
    found: Counter[str] = Counter()
    unclear = 0
    for room in await town.ground.made_by(town.bot):
        state = {(x["type"], x["state_key"]): x["content"] for x in await town.ground.state(room)}
        if state[ACCESS, ""].get("history_visibility") == "world_readable":
            continue  # the one by which it is found
        members = {key: x["membership"] for (kind, key), x in state.items() if kind == MEMBER}
        ours = members.pop(town.bot, None)
        found.update([*members])
        sealed = ("m.room.encryption", "") in state
        unclear += len(members) != 1 or ours != "join" or not sealed
    return found, unclear


async def _of_invitations(town: Town, users: Sequence[str], against: str) -> list[Figure]:
    wanted = {(user, room) for user in users for room in town.rooms(ROOMS)}
    wanted |= {(x.person.user_id, room) for x in town.phones for room in town.rooms(NORTH)}
    wanted |= {(user, town.ids["alliance"]) for user in town.knocked}
    found = await _invitations(town)
    return [
        Figure("network_not_invited", len(wanted - found.keys()), "invitations", against),
        Figure("network_invited_unasked", len(found.keys() - wanted), "invitations", against),
        Figure("network_invited_twice", sum(n - 1 for n in found.values()), "times", against),
    ]


async def _invitations(town: Town) -> Counter[tuple[str, str]]:
    """By the bot, as they stand in the rooms; and by Anna, of those who had asked to be let in."""
    found: Counter[tuple[str, str]] = Counter()
    bot = await town.declared.client("onboarding")
    try:
        for room in town.rooms(("alliance", *ROOMS, *NORTH)):
            for event in await history(bot, room):
                if event["type"] != MEMBER or event["content"].get("membership") != "invite":
                    continue
                asked = event["sender"] == town.anna.user_id and event["state_key"] in town.knocked
                if asked or event["sender"] == town.bot:
                    found[event["state_key"], room] += 1
    finally:
        await bot.close()
    return found


async def _of_wishes(town: Town) -> list[Figure]:
    """Nobody who knocked is left standing, and coordinators are rung for nobody twice: of many who
    come at a time they read in one list."""
    events = await history(town.anna, town.ids["coordination"])
    left = await knocking(town.anna, town.ids["alliance"])
    told = [x for x in events if x["sender"] == town.bot and _is_message(x) and not _edits(x)]
    against = f"{len(town.knocked)} who knocked, {town.office.kills} kills"
    due = len(town.knocked) + len(town.phones)  # each phone chose a group that asks its contacts
    surplus = max(0, len(told) - due)
    return [
        Figure("network_wishes_missing", len(left), "wishes", against),
        Figure("network_wishes_doubled", surplus, "messages to coordinators", against),
    ]


def _is_message(event: Event) -> bool:
    return event["type"] in ("m.room.encrypted", "m.room.message")


def _edits(event: Event) -> bool:
    relation = event["content"].get("m.relates_to", {})
    return bool(relation.get("rel_type") == "m.replace")


async def _said(town: Town) -> Counter[str]:
    """What is missing in private rooms, and what stands there twice."""
    found: Counter[str] = Counter()
    bot = await town.declared.client("onboarding")
    try:
        for newcomer in town.newcomers:
            wanted = SPOKEN + (newcomer.client.user_id in town.out)  # a word that she is out
            _weigh(found, _spoken(await history(bot, newcomer.chat), town.bot), wanted)
    finally:
        await bot.close()
    for phone in town.phones:
        told = phone.told()
        found["unreadable"] += told.pop("unreadable")
        for times in told.values():
            _weigh(found, times, 1)
    return found


def _spoken(events: Sequence[Event], bot: str) -> int:
    """Messages and reactions of the bot."""
    mine = [x for x in events if x["sender"] == bot]
    return sum(_is_message(x) or x["type"] == "m.reaction" for x in mine)


def _weigh(found: Counter[str], times: int, wanted: int) -> None:
    found["missing"] += max(0, wanted - times)
    found["doubled"] += max(0, times - wanted)


async def of_those_out(town: Town) -> list[Figure]:
    """Who was banned or has left is in none of the rooms for all, and asked into none."""
    left = 0
    for room in town.rooms(ROOMS):
        members = (await town.anna.call("GET", "rooms", room, "members"))["chunk"]
        inside = {x["state_key"] for x in members if x["content"]["membership"] in HERE}
        left += len(inside & town.out)
    against = f"{len(town.out)} who were banned or left, {town.office.kills} kills"
    return [Figure("network_still_in", left, "seats", against)]


# -- what was shared -------------------------------------------------------------------------------


async def of_shares(town: Town) -> list[Figure]:
    exchange = town.declared.user("exchange")
    events = await history(town.anna, town.ids["exchange"])
    copies = [x for x in events if x["sender"] == exchange and _is_message(x)]
    times = {x: sum(shared(x) in str(copy["content"]) for copy in copies) for x in town.shared}
    gone = sum(not copy["content"] for copy in copies)
    kept = [times[x] for x in town.shared if x not in town.taken_back]
    left = sum(times[x] for x in town.taken_back)
    doubled = sum(max(0, x - 1) for x in kept) + max(0, gone + left - len(town.taken_back))
    against = f"{len(kept)} messages, {town.office.kills} kills"
    down = f"{len(town.taken_back)} messages taken back while the office was down"
    return [
        Figure("network_shares_missing", sum(not x for x in kept), "copies", against),
        Figure("network_shares_doubled", doubled, "copies", against),
        Figure("network_copies_left", left, "copies", down),
    ]


# -- mails, and the office -------------------------------------------------------------------------


def of_mails(town: Town, mails: int) -> list[Figure]:
    kills = town.office.kills
    against = f"{2 * READERS} readers, {mails} mails each, {kills} kills"
    arrived: Counter[tuple[str, int]] = Counter()
    for reader, text in town.read():
        arrived.update((reader, n) for n in range(mails) if announced(n) in text)
    wanted = {(address(kind, i), n) for kind in Kind for i in range(READERS) for n in range(mails)}
    doubled = sum(n - 1 for n in arrived.values())
    most = kills * Server("", 0).connections
    return [
        Figure("network_mails_missing", len(wanted - arrived.keys()), "mails", against),
        Figure("network_mails_unwanted", len(arrived.keys() - wanted), "mails", against),
        Figure("network_mails_thrice", sum(n > 2 for n in arrived.values()), "mails", against),
        Figure("network_mails_twice", doubled, "mails", "kills × connections", most),
    ]


def of_office(town: Town, kills: int) -> list[Figure]:
    for line in town.office.errors():
        say(f"  {line}")
    against = f"{town.office.kills} kills"
    return [
        Figure("network_kills", town.office.kills, "kills", "in the story", kills, "higher"),
        Figure("network_crashes", len(town.office.crashes), "times", against),
        Figure("network_errors_logged", len(town.office.errors()), "lines", against),
    ]
