"""The observer from outside must itself be believed: people with phones, one of them unsigned."""

from __future__ import annotations

import asyncio
import re
from copy import deepcopy
from pathlib import Path

import pytest

from bots.lab.people import crosssigning
from bots.lab.people.client import Json
from bots.lab.people.crosssigning import INSECURE_DEVICE, NO_KEY, UNKNOWN_DEVICE, UNSIGNED_DEVICE
from bots.lab.people.person import NOT_ENCRYPTED
from tests.synapse.conftest import MakePerson, NewAccount, conversation

pytestmark = pytest.mark.synapse


@pytest.mark.parametrize("version", ["10", "11", "12"])
@pytest.mark.parametrize("strict", [False, True])
async def test_a_private_conversation(make_person: MakePerson, version: str, strict: bool) -> None:
    anna, berta = await make_person("anna", strict=strict), await make_person("berta")
    room, first = await anna.write_privately(berta.user_id, "Hallo, Berta!", room_version=version)

    invitation = await berta.wait_until(lambda: berta.invited_rooms.get(room))
    assert (invitation.sender, invitation.is_direct) == (anna.user_id, True)
    await berta.join(room)
    seen = await berta.wait_for(event_id=first, body="Hallo, Berta!")
    assert (seen.type, seen.decrypted, seen.shield) == ("m.room.message", True, None)
    assert room not in berta.invited_rooms
    assert room in berta.joined_rooms

    await berta.send(room, "Hallo, Anna!")
    answer = await anna.wait_for(room_id=room, sender=berta.user_id, body=re.compile("Anna"))
    assert (answer.decrypted, answer.shield) == (True, None)
    assert (await anna.state(room, "m.room.create") or {})["room_version"] == version
    page = await anna.homeserver.call("GET", f"/rooms/{room}/messages?dir=b&limit=100")
    kinds = [event["type"] for event in page["chunk"]]
    assert (kinds.count("m.room.encrypted"), kinds.count("m.room.message")) == (2, 0)


async def test_threads_replies_edits_reactions_and_redactions(make_person: MakePerson) -> None:
    anna, berta = await make_person("anna"), await make_person("berta")
    room = await conversation(anna, berta)

    root = await anna.send(room, "Wer hilft am Samstag?")
    await anna.send(room, "Ich", thread=root)
    in_thread = await berta.wait_for(thread=root)
    assert (in_thread.body, in_thread.reply_to) == ("Ich", None)
    await anna.send(room, "Du auch?", thread=root, reply_to=in_thread.event_id)
    assert (await berta.wait_for(thread=root, body="Du auch?")).reply_to == in_thread.event_id
    await anna.send(room, "Sonst niemand?", reply_to=root)
    assert (await berta.wait_for(reply_to=root, thread=None)).body == "Sonst niemand?"

    await anna.edit(room, root, "Wer hilft am Sonntag?")
    assert (await berta.wait_for(edits=root)).body == "Wer hilft am Sonntag?"

    flag = await berta.react(room, root, "🚩")
    await anna.wait_for(reacts_to=root, key="🚩", encrypted=False, shield=None)
    await berta.redact(room, flag)
    await anna.wait_for(redacts=flag)
    assert (await anna.wait_for(event_id=flag)).redacted

    await anna.redact(room, root)
    gone = await berta.wait_for(event_id=root, redacted=True)
    assert (gone.body, gone.raw) == (None, {})


async def test_plaintext_in_an_encrypted_room_is_marked(make_person: MakePerson) -> None:
    anna, berta = await make_person("anna"), await make_person("berta")
    room = await conversation(anna, berta)
    content = {"msgtype": "m.text", "body": "offen"}
    await anna.send_event(room, "m.room.message", content, plain=True)
    seen = await berta.wait_for(body="offen")
    assert (seen.encrypted, seen.shield) == (False, NOT_ENCRYPTED)


async def test_who_is_invited_later_reads_from_then_on(make_person: MakePerson) -> None:
    anna, berta = await make_person("anna"), await make_person("berta")
    clara = await make_person("clara")
    room = await conversation(anna, berta)
    before = await anna.send(room, "unter uns")
    await berta.invite(room, clara.user_id)
    await anna.wait_for(state_key=clara.user_id)
    after = await anna.send(room, "zu dritt")
    await clara.join(room)
    assert (await clara.wait_for(event_id=after)).body == "zu dritt"
    assert (await clara.wait_for(event_id=before)).shield == NO_KEY


async def test_a_device_that_nobody_told_of_reads_a_new_conversation(
    make_person: MakePerson, new_account: NewAccount
) -> None:
    account = await new_account("berta")
    anna, berta = await make_person("anna"), await make_person(account=account)
    await anna.write_privately(berta.user_id, "Sie kommt nie herein.")
    assert anna._listening
    anna._listening.cancel()
    tablet = await make_person(account=account, cross_signed=False)
    room, first = await anna.write_privately(berta.user_id, "Hallo?")
    await tablet.join(room)
    assert (await tablet.wait_for(event_id=first)).body == "Hallo?"


async def test_the_strict_neither_believe_nor_inform_an_unsigned_device(
    make_person: MakePerson, new_account: NewAccount
) -> None:
    account = await new_account("berta")
    anna = await make_person("anna", strict=True)
    berta = await make_person(account=account, cross_signed=False)
    clara = await make_person("clara")
    room, first = await anna.write_privately(berta.user_id, "geheim")
    await berta.join(room)
    unreadable = await berta.wait_for(event_id=first)
    assert (unreadable.decrypted, unreadable.body, unreadable.shield) == (False, None, NO_KEY)

    await anna.invite(room, clara.user_id)
    await clara.join(room)
    await berta.wait_for(state_key=clara.user_id, sender=clara.user_id)
    answer = await berta.send(room, "von einem unsicheren Gerät")
    refused = await anna.wait_for(event_id=answer)
    assert (refused.decrypted, refused.body, refused.shield) == (False, None, INSECURE_DEVICE)
    warned = await clara.wait_for(event_id=answer)
    assert (warned.decrypted, warned.shield) == (True, UNSIGNED_DEVICE)


async def test_a_device_that_is_signed_later_is_believed(
    make_person: MakePerson, new_account: NewAccount, tmp_path: Path
) -> None:
    account, phone = await new_account("berta"), tmp_path / "phone"
    anna = await make_person("anna", strict=True)
    berta = await make_person(account=account, directory=phone, cross_signed=False)
    room, _ = await anna.write_privately(berta.user_id, "geheim")
    await berta.join(room)
    answer = await berta.send(room, "noch unsicher")
    await anna.wait_for(event_id=answer, shield=INSECURE_DEVICE)

    await berta.close()
    berta = await make_person(account=account, directory=phone)
    assert (await anna.wait_for(event_id=answer, decrypted=True)).body == "noch unsicher"
    now = await anna.send(room, "jetzt aber")
    assert (await berta.wait_for(event_id=now)).body == "jetzt aber"


async def test_another_identity_than_the_first_is_not_believed(
    make_person: MakePerson, new_account: NewAccount, tmp_path: Path
) -> None:
    account = await new_account("berta")
    anna = await make_person("anna", strict=True)
    berta = await make_person(account=account)
    room = await conversation(anna, berta)
    with pytest.raises(RuntimeError, match="cross-signed with other keys"):
        await make_person(account=account)

    other = crosssigning.Identity(tmp_path / "other.json", berta.user_id)
    who = {"type": "m.id.user", "user": berta.user_id}
    auth = {"type": "m.login.password", "identifier": who, "password": account.password}
    body = other._public_keys() | {"auth": auth}
    await berta.homeserver.call("POST", "/keys/device_signing/upload", body)
    await other.establish(berta.homeserver.call, berta.device_id)
    answer = await berta.send(room, "Ich bin es!")
    assert (await anna.wait_for(event_id=answer)).shield == INSECURE_DEVICE
    question = await anna.send(room, "Wer?")
    assert (await berta.wait_for(event_id=question)).shield == NO_KEY


async def test_only_a_whole_chain_of_signatures_is_believed(
    make_person: MakePerson, tmp_path: Path
) -> None:
    anna, berta = await make_person("anna"), await make_person("berta")
    everybody: Json = {"device_keys": {anna.user_id: [], berta.user_id: []}}
    answer = await anna.homeserver.call("POST", "/keys/query", everybody)
    device = answer["device_keys"][anna.user_id][anna.device_id]
    curve, ed = (device["keys"][f"{kind}:{anna.device_id}"] for kind in ("curve25519", "ed25519"))

    def shield(kind: str, of: str = anna.user_id, **changed: object) -> str | None:
        forged = deepcopy(answer)
        value = forged[kind][anna.user_id]
        (value[anna.device_id] if kind == "device_keys" else value).update(changed)
        devices = crosssigning.Devices(tmp_path / f"{len(list(tmp_path.iterdir()))}.json")
        devices.learn(forged)
        return devices.shield(of, curve, ed)

    assert shield("device_keys") is None
    assert shield("device_keys", of=berta.user_id) == UNKNOWN_DEVICE
    assert shield("device_keys", algorithms=[]) == UNKNOWN_DEVICE
    assert shield("device_keys", signatures={}) == UNKNOWN_DEVICE
    name, own = f"ed25519:{anna.device_id}", device["signatures"][anna.user_id]
    by_itself = {anna.user_id: {name: own[name]}}
    assert shield("device_keys", signatures=by_itself) == UNSIGNED_DEVICE
    for kind in ("master_keys", "self_signing_keys"):
        assert shield(kind, **answer[kind][berta.user_id]) == UNSIGNED_DEVICE
        assert shield(kind, usage=["user_signing"]) == UNSIGNED_DEVICE
    assert shield("self_signing_keys", signatures={}) == UNSIGNED_DEVICE


async def test_somebody_elses_ciphertext_is_not_believed(make_person: MakePerson) -> None:
    anna, berta = await make_person("anna"), await make_person("berta")
    room = await conversation(anna, berta)
    audience = {anna.user_id, berta.user_id}
    content = {"msgtype": "m.text", "body": "von Anna"}
    sealed = await anna._keys.encrypt(room, audience, "m.room.message", content)
    forged = await berta.send_event(room, "m.room.encrypted", sealed, plain=True)
    assert (await anna.wait_for(event_id=forged)).shield == UNKNOWN_DEVICE


async def test_a_key_that_comes_late(
    make_person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, berta = await make_person("anna"), await make_person("berta")
    room = await conversation(anna, berta)
    await anna.invite(room, (await make_person("clara")).user_id)
    held: list[tuple[str, str, Json | None]] = []
    passing = anna._keys._call

    async def hold(method: str, path: str, body: Json | None = None) -> Json:
        if path.startswith("/sendToDevice/"):
            held.append((method, path, body))
            return {}
        return await passing(method, path, body)

    monkeypatch.setattr(anna._keys, "_call", hold)
    early = await anna.send(room, "zu früh")
    later = await anna.send(room, "auch zu früh")
    await berta.wait_for(event_id=early, decrypted=False, shield=NO_KEY)
    await berta.wait_for(event_id=later, decrypted=False)
    for method, path, body in held:
        await passing(method, path, body)
    assert (await berta.wait_for(event_id=later, decrypted=True)).shield is None
    bodies = [seen.body for seen in berta.seen(room) if seen.decrypted]
    assert bodies == ["Hallo?", "Ja!", "zu früh", "auch zu früh"]


async def test_who_cannot_be_given_the_key_is_named(
    make_person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, berta = await make_person("anna"), await make_person("berta")
    passing = anna._keys._call

    async def without_keys(method: str, path: str, body: Json | None = None) -> Json:
        return {"one_time_keys": {}} if path == "/keys/claim" else await passing(method, path, body)

    monkeypatch.setattr(anna._keys, "_call", without_keys)
    with pytest.raises(crosssigning.KeysNotShared, match=berta.device_id):
        await anna.write_privately(berta.user_id, "Hallo?")


async def test_one_time_keys_are_replaced_when_all_are_gone(make_person: MakePerson) -> None:
    anna, berta = await make_person("anna"), await make_person("berta")
    wanted = {"one_time_keys": {berta.user_id: {berta.device_id: "signed_curve25519"}}}
    await asyncio.gather(*(anna.homeserver.call("POST", "/keys/claim", wanted) for _ in range(60)))
    await conversation(anna, berta)
    await conversation(berta, anna)


async def test_a_phone_that_was_off_goes_on(
    make_person: MakePerson, new_account: NewAccount, tmp_path: Path
) -> None:
    account, phone = await new_account("berta"), tmp_path / "phone"
    anna = await make_person("anna")
    berta = await make_person(account=account, directory=phone, strict=True)
    room = await conversation(anna, berta)
    await berta.close()
    meanwhile = await anna.send(room, "Bist du noch da?")

    again = await make_person(account=account, directory=phone, strict=True)
    assert again.device_id == berta.device_id
    assert (await again.wait_for(event_id=meanwhile)).body == "Bist du noch da?"
    answer = await again.send(room, "Ja.")
    assert (await anna.wait_for(event_id=answer)).body == "Ja."


async def test_a_gap_is_seen_whole(
    make_person: MakePerson, new_account: NewAccount, tmp_path: Path
) -> None:
    account, phone = await new_account("berta"), tmp_path / "phone"
    anna, berta = await make_person("anna"), await make_person(account=account, directory=phone)
    room = await conversation(anna, berta)
    await berta.close()
    sent = await asyncio.gather(*(anna.send(room, f"{number}") for number in range(200)))
    for event in sent:
        await anna.wait_for(event_id=event)

    berta = await make_person(account=account, directory=phone)
    last = anna.seen(room)[-200:]
    assert {seen.event_id for seen in last} == set(sent)
    assert all(seen.decrypted for seen in last)
    assert berta.seen(room) == last


async def test_what_is_not_seen_is_told(make_person: MakePerson) -> None:
    anna = await make_person("anna")
    with pytest.raises(TimeoutError, match=r"did not see .*nirgends"):
        await anna.wait_for(body="nirgends", timeout=0.1)
    await anna.close()
    with pytest.raises(RuntimeError, match="not listening"):
        await anna.wait_for(body="nirgends", timeout=0.1)
