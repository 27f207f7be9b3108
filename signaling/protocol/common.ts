/** Pieces that several messages share: ids, names, people. */
import * as v from 'valibot';
import { LIMITS } from './limits.ts';

/** Ids made by the server: 22 characters of base64url (128 random bits). */
export const idSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/));

/** `g-` and 128 random bits, made by the page that founds the group: never mistaken for a person's id. */
export const groupIdSchema = v.pipe(v.string(), v.regex(/^g-[A-Za-z0-9_-]{22}$/));

/** Whether a conversation's id is a group's; else it is a person's. */
export const isGroupId = (conversationId: string): boolean => v.is(groupIdSchema, conversationId);

/** Secret codes in links and cookies: 43 characters of base64url (256 random bits). */
export const secretSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/));

/** Numbers a client message that wants an answer. */
export const refSchema = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));

// Line breaks, other control characters and bidirectional overrides could disguise one name as another.
const UNSAFE_IN_NAMES = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** Anything that is drawn: no spaces, controls, marks without a letter, or letters that are blank (Hangul, Braille). */
const VISIBLE = /[^\s\p{C}\p{M}\u115f\u1160\u3164\uffa0\u2800]/u;

/** One line of text that a person chose: trimmed, 1 to `max` code units, to be seen, nothing that changes direction. */
export const lineSchema = (max: number) =>
  v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1),
    v.maxLength(max),
    v.check((text) => VISIBLE.test(text), 'invisible'),
    v.check((text) => !UNSAFE_IN_NAMES.test(text), 'control character'),
  );

/** As `lineSchema`, but may be empty. */
export const optionalLineSchema = (max: number) =>
  v.pipe(
    v.string(),
    v.trim(),
    v.maxLength(max),
    v.check((text) => !UNSAFE_IN_NAMES.test(text), 'control character'),
  );

export const displayNameSchema = lineSchema(LIMITS.displayNameMax);
export const statusTextSchema = optionalLineSchema(LIMITS.statusTextMax);
export const aliasSchema = optionalLineSchema(LIMITS.aliasMax);

/** A user name as typed; user-name.ts has the rules, so that each broken rule has its own error code. */
export const userNameInputSchema = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(128));

export const opaqueMessageSchema = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(LIMITS.opaqueMax),
  v.regex(/^[A-Za-z0-9_-]+$/),
);

/** Milliseconds since 1970 by the server's clock. */
export const timeSchema = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What a person may set; `offline` is only ever concluded by the server. */
export const chosenPresenceSchema = v.picklist(['online', 'away', 'busy', 'invisible']);
export type ChosenPresence = v.InferOutput<typeof chosenPresenceSchema>;

/** What a friend sees. An invisible person is `offline` to everyone else. */
const shownPresenceSchema = v.picklist(['online', 'away', 'busy', 'offline']);
export type ShownPresence = v.InferOutput<typeof shownPresenceSchema>;

export const presenceSchema = v.object({
  state: shownPresenceSchema,
  statusText: v.string(),
  /** Null while online, and for someone who was never seen. */
  lastSeen: v.nullable(timeSchema),
  /** Devices that a link can be opened to now; empty when offline. */
  devices: v.array(idSchema),
});
export type Presence = v.InferOutput<typeof presenceSchema>;

export const personSchema = v.object({
  id: idSchema,
  /** Null for a guest, who has no account. */
  userName: v.nullable(v.string()),
  displayName: v.string(),
});
export type Person = v.InferOutput<typeof personSchema>;
