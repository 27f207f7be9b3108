/** Messages on the WebSocket: JSON text frames, one message each. `ref` numbers a client message that wants an answer. */
import * as v from 'valibot';
import {
  chosenPresenceSchema,
  idSchema,
  presenceSchema,
  refSchema,
  statusTextSchema,
  timeSchema,
} from './common.ts';
import { errorCodeSchema } from './errors.ts';
import {
  contactListSchema,
  contactSchema,
  incomingRequestSchema,
  meSchema,
  outgoingRequestSchema,
  blockedSchema,
} from './http.ts';
import { groupChanged, groupNewsListSchema, memberDevices, reachableSchema } from './group-news.ts';
import { keyCounts, keysChanged, keyVersions, ownKeys } from './key-news.ts';
import { LIMITS } from './limits.ts';
import { ackMail, mailed, mailPage, nextMail, sendMail } from './mail.ts';

/** Names one attempt at a link; made by the offering side, so that stale signals can be told apart. */
export const linkIdSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{8,32}$/));

// --- Page to server --------------------------------------------------------------------------------------------

/** Answers `ping`. */
const pong = v.object({ type: v.literal('pong') });

/** The presence of this device; a person shows as the most present of their devices, `invisible` and `busy` hold for all. */
const setPresence = v.object({
  type: v.literal('set-presence'),
  /** What the person chose; kept by the server for all their devices. */
  chosen: v.optional(chosenPresenceSchema),
  /** Whether this device is idle or hidden. */
  idle: v.optional(v.boolean()),
  statusText: v.optional(statusTextSchema),
});

/** An offer, answer or candidates for one device of a friend or co-member (or one's own other device). Opaque to the server. */
const sendSignal = v.object({
  type: v.literal('signal'),
  ref: refSchema,
  to: v.object({ userId: idSchema, deviceId: idSchema }),
  linkId: linkIdSchema,
  body: v.pipe(v.string(), v.maxLength(LIMITS.signalBodyMax)),
});

/** A sealed message for one online device, when no direct link opens. Answered by `accepted` or `error`. */
const sendRelay = v.object({
  type: v.literal('relay'),
  ref: refSchema,
  to: v.object({ userId: idSchema, deviceId: idSchema }),
  body: v.pipe(v.string(), v.maxLength(LIMITS.relayBodyMax), v.base64()),
});

export const clientMessageSchema = v.variant('type', [
  pong,
  setPresence,
  sendSignal,
  sendRelay,
  sendMail,
  nextMail,
  ackMail,
]);
export type ClientMessage = v.InferOutput<typeof clientMessageSchema>;

// --- Server to page --------------------------------------------------------------------------------------------

const from = v.object({ userId: idSchema, deviceId: idSchema });

/** First message on every socket: everything needed to draw the list. */
const welcome = v.object({
  type: v.literal('welcome'),
  serverVersion: v.string(),
  serverTime: timeSchema,
  me: meSchema,
  list: contactListSchema,
  keys: v.object({ own: ownKeys, versions: keyVersions }),
  groups: groupNewsListSchema,
  reachable: reachableSchema,
});

const ping = v.object({ type: v.literal('ping') });

/** One friend's presence, whole. */
const presence = v.object({ type: v.literal('presence'), userId: idSchema, presence: presenceSchema });

/** One's own account changed on another device. */
const me = v.object({ type: v.literal('me'), me: meSchema });

/**
 * One's own devices that are connected, this one included: after `welcome` and whenever one comes or goes, unless there
 * is and was no other.
 */
const ownDevices = v.object({ type: v.literal('own-devices'), deviceIds: v.array(idSchema) });

/** One entry of the contact list is new or changed; or gone. */
const listChange = v.object({
  type: v.literal('list-change'),
  change: v.variant('kind', [
    v.object({ kind: v.literal('contact'), contact: contactSchema }),
    v.object({ kind: v.literal('contact-removed'), userId: idSchema }),
    v.object({ kind: v.literal('incoming'), request: incomingRequestSchema }),
    v.object({ kind: v.literal('incoming-removed'), userId: idSchema }),
    v.object({ kind: v.literal('outgoing'), request: outgoingRequestSchema }),
    v.object({ kind: v.literal('outgoing-removed'), id: idSchema }),
    v.object({ kind: v.literal('blocked'), person: blockedSchema }),
    v.object({ kind: v.literal('blocked-removed'), userId: idSchema }),
  ]),
});

const signal = v.object({ type: v.literal('signal'), from, linkId: linkIdSchema, body: v.string() });
const relay = v.object({ type: v.literal('relay'), from, body: v.string() });

/** The `relay` or `signal` with this ref was handed to the other device's socket. */
const accepted = v.object({ type: v.literal('accepted'), ref: refSchema });

/** Without `ref` it concerns the socket as a whole. */
const error = v.object({
  type: v.literal('error'),
  ref: v.optional(refSchema),
  code: errorCodeSchema,
  retryAfter: v.optional(v.number()),
});

export const serverMessageSchema = v.variant('type', [
  welcome,
  ping,
  presence,
  me,
  ownDevices,
  listChange,
  signal,
  relay,
  mailed,
  mailPage,
  keysChanged,
  keyCounts,
  groupChanged,
  memberDevices,
  accepted,
  error,
]);
export type ServerMessage = v.InferOutput<typeof serverMessageSchema>;
export type ListChange = v.InferOutput<typeof listChange>['change'];

/** WebSocket close codes (RFC 6455 section 7.4.2: 4000-4999 are private). */
export const CLOSE = {
  /** The session ended: logged out here or from another device, or the account is gone. */
  signedOut: 4401,
  /** A second socket of the same device took over. */
  replaced: 4409,
  /** The page speaks another protocol version: reload. */
  protocolVersion: 4426,
  /** Malformed, oversized or too many messages. */
  abuse: 4429,
  /** The server stops; come back. */
  restarting: 4503,
} as const;
