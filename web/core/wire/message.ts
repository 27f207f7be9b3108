/** What people's browsers say within a conversation; the envelope carries it over the link, the relay or the mailbox. */
import * as v from 'valibot';
import { idSchema } from '../../../signaling/protocol/common.ts';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import { messageIdSchema } from './message-id.ts';

export const WIRE_LIMITS = {
  /** UTF-16 code units, as JavaScript counts. */
  textMax: 16_000,
  excerptMax: 200,
  fileNameMax: 255,
  mimeMax: 127,
  /** Ids in one receipt. */
  receiptMax: 500,
  /** UTF-16 code units of one emoji; the longest there is has 15. */
  emojiMax: 24,
  mentionsMax: 32,
  /** Of a mentioned person's name. */
  nameMax: 64,
  /** Ids of removed devices with each word: as many as an account may have devices, all of which may go at once. */
  removedMax: LIMITS.devicesMax,
} as const;

const replySchema = v.object({
  id: messageIdSchema,
  /** Whether the message answered was written by the author of this one. */
  own: v.boolean(),
  /** In a group, whose it is unless `own`: a person's id. */
  by: v.optional(idSchema),
  excerpt: v.pipe(v.string(), v.maxLength(WIRE_LIMITS.excerptMax)),
});

/** In a group: who is named in the text, as `@` and this name. */
const mentionsSchema = v.pipe(
  v.array(v.object({ id: idSchema, name: v.pipe(v.string(), v.maxLength(WIRE_LIMITS.nameMax)) })),
  v.maxLength(WIRE_LIMITS.mentionsMax),
);

const textSchema = v.object({
  type: v.literal('text'),
  id: messageIdSchema,
  text: v.pipe(v.string(), v.minLength(1), v.maxLength(WIRE_LIMITS.textMax)),
  replyTo: v.optional(replySchema),
  mentions: v.optional(mentionsSchema),
});

const fileSchema = v.object({
  type: v.literal('file'),
  id: messageIdSchema,
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(WIRE_LIMITS.fileNameMax)),
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  mime: v.pipe(v.string(), v.maxLength(WIRE_LIMITS.mimeMax)),
  /** It also waits on the server: its id there, and the AES-GCM key of 256 bits that seals it. */
  waits: v.optional(
    v.object({
      id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/)),
      key: v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{43}=$/)),
    }),
  ),
});

/** Only the author of `target` may say this; so with `delete`. */
const editSchema = v.object({
  type: v.literal('edit'),
  id: messageIdSchema,
  target: messageIdSchema,
  text: textSchema.entries.text,
  /** In place of those before; absent: nobody any more. */
  mentions: v.optional(mentionsSchema),
});

const deleteSchema = v.object({ type: v.literal('delete'), id: messageIdSchema, target: messageIdSchema });

/**
 * Exactly one emoji: a flag, a keycap, or pictures joined to one. Told by properties that Unicode reserves ahead, so that
 * browsers of different ages agree, which they do not on the list of all emoji.
 */
const PICTURE = String.raw`\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\uFE0F)?[\u{E0020}-\u{E007F}]*`;
const EMOJI = new RegExp(
  String.raw`^(?:\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3|${PICTURE}(?:\u200D${PICTURE})*)$`,
  'u',
);

export const emojiSchema = v.pipe(v.string(), v.maxLength(WIRE_LIMITS.emojiMax), v.regex(EMOJI));

/** One person's word on one emoji under a message; the latest holds. */
const reactionSchema = v.object({
  type: v.literal('reaction'),
  id: messageIdSchema,
  target: messageIdSchema,
  emoji: emojiSchema,
  on: v.boolean(),
});

/** `delivered` ids are stored on this device; everything up to `readUpTo` was seen by the person. */
const receiptSchema = v.object({
  type: v.literal('receipt'),
  delivered: v.pipe(v.array(messageIdSchema), v.maxLength(WIRE_LIMITS.receiptMax)),
  readUpTo: v.optional(messageIdSchema),
});

const typingSchema = v.object({ type: v.literal('typing'), typing: v.boolean() });

/** The last change of a group's log that a device knows: its number, and the digest of its text. */
const logPositionSchema = v.object({
  revision: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  head: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/)),
});
export type LogPosition = v.InferOutput<typeof logPositionSchema>;

export const wireMessageSchema = v.variant('type', [
  textSchema,
  fileSchema,
  editSchema,
  deleteSchema,
  reactionSchema,
  receiptSchema,
  typingSchema,
]);
export type WireMessage = v.InferOutput<typeof wireMessageSchema>;
/**
 * As it is said: in a group with what the speaker's device knows of its log, and always with the newest of the devices
 * that the speaker removed.
 */
export const spokenSchema = v.intersect([
  wireMessageSchema,
  v.object({
    log: v.optional(logPositionSchema),
    removed: v.optional(v.pipe(v.array(idSchema), v.maxLength(WIRE_LIMITS.removedMax))),
  }),
]);
export type Spoken = v.InferOutput<typeof spokenSchema>;
/** A message that takes a place of its own in the conversation. */
export type WireContent = Extract<WireMessage, { type: 'text' | 'file' }>;
/** A change to the message `target`; its id orders it among the other changes. */
export type WireChange = Extract<WireMessage, { target: string }>;
/** What the sender keeps until the friend's receipt for its id. */
export type WireLetter = WireContent | WireChange;
export type WireReceipt = v.InferOutput<typeof receiptSchema>;
