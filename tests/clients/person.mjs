// A person with Element's engine, strict: keys go to, and are taken from, devices that their owner
// has signed (MSC4153). Speaks JSON, a line each, over stdin and stdout; `strict.py` is its other end.
//
//   node person.mjs HOMESERVER USER PASSWORD
//
// in:  {"n": 1, "do": "join", …}, see `acts`
// out: {"is": "ready" | "done" | "failed" | "event" | "rooms", …}. An event is told again whenever
//      there is more to be seen of it; "rooms" is the whole list, whenever it looks different.
import readline from "node:readline";
import * as sdk from "matrix-js-sdk";
import { logger } from "matrix-js-sdk/lib/logger.js";
import { OnlySignedDevicesIsolationMode } from "matrix-js-sdk/lib/crypto-api/index.js";

logger.setLevel("silent");
for (const level of ["log", "info", "warn", "error", "debug"]) console[level] = () => {}; // it speaks past its logger
const [url, user, password] = process.argv.slice(2);
const say = (is, more) => process.stdout.write(JSON.stringify({ is, ...more }) + "\n");

const login = await (
  await fetch(url + "/_matrix/client/v3/login", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ type: "m.login.password", identifier: { type: "m.id.user", user }, password }),
  })
).json();
const client = sdk.createClient({
  baseUrl: url,
  userId: login.user_id,
  deviceId: login.device_id,
  accessToken: login.access_token,
  cryptoCallbacks: { getSecretStorageKey: async () => null },
});
await client.initRustCrypto({ useIndexedDB: false });
const crypto = client.getCrypto();
crypto.setDeviceIsolationMode(new OnlySignedDevicesIsolationMode());
await crypto.bootstrapCrossSigning({
  authUploadDeviceSigningKeys: (request) =>
    request({ type: "m.login.password", identifier: { type: "m.id.user", user: login.user_id }, password }),
});

// -- what she sees ---------------------------------------------------------------------------------

const seen = (event, push, shield) => ({
  room: event.getRoomId(),
  id: event.getId(),
  sender: event.getSender(),
  name: event.sender?.name,
  type: event.getType(),
  content: event.getContent(),
  relation: event.getWireContent()["m.relates_to"] ?? null,
  encrypted: event.isEncrypted(),
  redacted: event.isRedacted(),
  failure: event.decryptionFailureReason ?? null, // why there stands "Unable to decrypt message"
  shield: shield?.shieldReason ?? null,
  rings: push?.notify ?? false,
});

async function show(event) {
  if (event.isEncrypted()) await client.decryptEventIfNeeded(event);
  const shield = event.isEncrypted() ? await crypto.getEncryptionInfoForEvent(event) : null;
  say("event", seen(event, client.getPushActionsForEvent(event), shield));
}

let shownRooms = "";
function showRooms() {
  const rooms = client.getRooms().map((room) => ({
    room: room.roomId,
    name: room.name, // as invitation, list and header have it
    topic: room.currentState.getStateEvents("m.room.topic", "")?.getContent().topic ?? "",
    mine: room.getMyMembership(),
    inviter: room.getDMInviter() ?? null,
    space: room.isSpaceRoom(),
    unread: room.getUnreadNotificationCount("total"),
  }));
  const now = JSON.stringify(rooms);
  if (now !== shownRooms) say("rooms", { rooms });
  shownRooms = now;
}

client.on(sdk.RoomEvent.Timeline, (event, room, toStart) => {
  if (!toStart && !event.isState()) void show(event);
});
client.on(sdk.MatrixEventEvent.Decrypted, (event) => void show(event));
client.on(sdk.RoomEvent.Redaction, (event, room) => {
  const target = room.findEventById(event.getAssociatedId() ?? "");
  if (target) void show(target);
});
client.on(sdk.RoomEvent.Name, showRooms);
client.on(sdk.RoomEvent.MyMembership, showRooms);
client.on(sdk.ClientEvent.Sync, showRooms);
await client.startClient({ initialSyncLimit: 50 });
await new Promise((ready) => client.once(sdk.ClientEvent.Sync, ready));
say("ready", { user: login.user_id, device: login.device_id });

// Some versions of the engine leave `msgtype` out of a request to verify in a chat, and homeservers refuse it.
const plainRequest = client.http.authedRequest.bind(client.http);
client.http.authedRequest = (method, path, query, body, options) => {
  const asks = typeof body === "string" && path.includes("/send/m.room.message/");
  return plainRequest(method, path, query, asks ? withType(body) : body, options);
};
const withType = (body) => JSON.stringify({ msgtype: "m.key.verification.request", ...JSON.parse(body) });

// -- what she does ---------------------------------------------------------------------------------

function message(x) {
  const relation = x.thread
    ? { rel_type: "m.thread", event_id: x.thread, is_falling_back: true, "m.in_reply_to": { event_id: x.thread } }
    : x.reply_to
      ? { "m.in_reply_to": { event_id: x.reply_to } }
      : null;
  return { msgtype: "m.text", body: x.body, ...(relation ? { "m.relates_to": relation } : {}) };
}

const acts = {
  knock: (x) => client.knockRoom(x.room, { viaServers: x.via ?? [], reason: x.reason }),
  join: async (x) => (await client.joinRoom(x.room, { viaServers: x.via ?? [] })).roomId,
  invite: (x) => client.invite(x.room, x.user),
  leave: (x) => client.leave(x.room),
  send: async (x) => (await client.sendMessage(x.room, message(x))).event_id,
  react: async (x) => {
    const relation = { rel_type: "m.annotation", event_id: x.event, key: x.key };
    return (await client.sendEvent(x.room, "m.reaction", { "m.relates_to": relation })).event_id;
  },
  edit: async (x) => {
    const relation = { rel_type: "m.replace", event_id: x.event };
    const body = { ...message({ body: `* ${x.body}` }), "m.new_content": message(x), "m.relates_to": relation };
    return (await client.sendMessage(x.room, body)).event_id;
  },
  redact: async (x) => (await client.redactEvent(x.room, x.event)).event_id,
  // "Verify" in somebody's profile: with a chat, in it, else from device to device. Ends when the dialog does.
  verify: async (x) => {
    const devices = x.room ? null : (await crypto.getUserDeviceInfo([x.user], true)).get(x.user);
    const request = x.room
      ? await crypto.requestVerificationDM(x.user, x.room)
      : await crypto.requestDeviceVerification(x.user, [...devices.keys()][0]);
    while (request.pending) await new Promise((news) => request.once("change", news));
    return { phase: request.phase, code: request.cancellationCode, by: request.cancellingUserId ?? null };
  },
  create: async (x) => (await client.createRoom(x.body)).room_id,
  // As Element does: the room is made with the first message.
  dm: async (x) => {
    const { room_id } = await client.createRoom({
      preset: "trusted_private_chat",
      is_direct: true,
      invite: [x.user],
      initial_state: [{ type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } }],
    });
    // … and once her client knows who is in it: else nobody else would be given the key.
    while (!client.getRoom(room_id)?.getMember(x.user)) {
      await new Promise((news) => client.once(sdk.ClientEvent.Sync, news));
    }
    await client.sendMessage(room_id, message(x));
    return room_id;
  },
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  const x = JSON.parse(line);
  Promise.resolve()
    .then(() => acts[x.do](x))
    .then((answer) => say("done", { n: x.n, answer: answer ?? null }))
    .catch((error) => say("failed", { n: x.n, error: String(error) }));
}
client.stopClient();
process.exit(0);
