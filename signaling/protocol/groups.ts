/**
 * Groups: bodies of `/api/groups/*` and `/api/rooms*`, and what the socket says of them. Accounts only. Whoever is no
 * member (never was, or was removed) is answered `not-found`, as for a group that is not there.
 */
import * as v from 'valibot';
import { groupIdSchema, personSchema, timeSchema, userNameInputSchema } from './common.ts';
import { authorSignatureSchema, linkProofSchema, textDigestSchema } from './group-log.ts';
import { LIMITS } from './limits.ts';

const countSchema = v.pipe(v.number(), v.integer(), v.minValue(0));

/**
 * Name and picture, sealed by the group's secret: base64. Its digest (of this text) is in the log; the server keeps the
 * last one only.
 */
const sealedInfoSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(LIMITS.groupInfoMax), v.base64());

/** `body`: see `bodyText`; `signature`: by the author's master key over that text. */
const signedChangeSchema = v.object({
  body: v.pipe(v.string(), v.minLength(1), v.maxLength(LIMITS.groupBodyMax)),
  signature: authorSignatureSchema,
});
export type SignedChange = v.InferOutput<typeof signedChangeSchema>;

/**
 * POST /api/groups founds one (201); POST /api/groups/:id/log changes it, or lets its author in. `info` goes with
 * changes that name its digest. Durable when answered.
 * 409 `conflict`: another change was first (fetch, fold, try again), or the name of a public room is taken;
 * 403 `forbidden`: the rules or the host do not allow it, or somebody who is added is no contact of one's own;
 * 409 `too-many`: members, groups or changes; 400 `bad-request`: malformed, wrong signature, pointless.
 */
export const groupAppendSchema = v.object({
  ...signedChangeSchema.entries,
  info: v.optional(sealedInfoSchema),
});
export const groupAppendedSchema = v.object({ revision: countSchema });

/** GET /api/groups/:id: for members. */
export const groupSchema = v.object({
  id: groupIdSchema,
  revision: countSchema,
  info: v.nullable(sealedInfoSchema),
  /** Of the members whose accounts are there. Who is missing is to be recorded as `gone`. */
  people: v.array(personSchema),
});
export type Group = v.InferOutput<typeof groupSchema>;

/**
 * GET /api/groups/:id/log/:after: the changes after that revision (0: all), in order, some at a time. For members; who
 * was one reads up to the change that ended it, for as long as mail is kept.
 */
export const loggedChangeSchema = v.object({
  ...signedChangeSchema.entries,
  /** When the server took it in. */
  at: timeSchema,
});
export const groupLogSchema = v.object({ changes: v.array(loggedChangeSchema), more: v.boolean() });
export type GroupLog = v.InferOutput<typeof groupLogSchema>;

/** What somebody needs to join: the change to follow, and what to show them before. */
const openingSchema = v.object({
  id: groupIdSchema,
  revision: countSchema,
  head: textDigestSchema,
  members: countSchema,
});

/** POST /api/groups/:id/look: by whoever holds the link, proved by its key. */
export const groupLookSchema = v.object({ proof: linkProofSchema });
export const groupLookAnswerSchema = v.object({
  ...openingSchema.entries,
  link: textDigestSchema,
  info: v.nullable(sealedInfoSchema),
});
export type GroupLook = v.InferOutput<typeof groupLookAnswerSchema>;

/** A public room. */
export const roomSchema = v.object({ ...openingSchema.entries, name: v.string(), topic: v.string() });
export type Room = v.InferOutput<typeof roomSchema>;

/** POST /api/rooms/list. `part`: of the name; empty: all. */
export const roomListSchema = v.object({ part: v.pipe(v.string(), v.maxLength(LIMITS.roomPartMax)) });
/** The rooms with most members first, at most `roomsListed`. All of it is empty if the host has none. */
export const roomsSchema = v.object({
  rooms: v.array(roomSchema),
  /** There are others, too. */
  more: v.boolean(),
  /** Whether oneself may open one. */
  mayOpen: v.boolean(),
});
export type Rooms = v.InferOutput<typeof roomsSchema>;
/** POST /api/rooms/find -> Room, or `not-found` */
export const roomFindSchema = v.object({ name: userNameInputSchema });
