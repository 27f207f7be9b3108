/** What two people's browsers say within a conversation; the envelope carries it over the link, the relay or the mailbox. */
import * as v from 'valibot';
import { messageIdSchema } from './message-id.ts';

export const WIRE_LIMITS = {
  /** UTF-16 code units, as JavaScript counts. */
  textMax: 16_000,
  excerptMax: 200,
  fileNameMax: 255,
  mimeMax: 127,
  /** Ids in one receipt. */
  receiptMax: 500,
} as const;

const replySchema = v.object({
  id: messageIdSchema,
  /** Whether the message answered was written by the author of this one. */
  own: v.boolean(),
  excerpt: v.pipe(v.string(), v.maxLength(WIRE_LIMITS.excerptMax)),
});

const textSchema = v.object({
  type: v.literal('text'),
  id: messageIdSchema,
  text: v.pipe(v.string(), v.minLength(1), v.maxLength(WIRE_LIMITS.textMax)),
  replyTo: v.optional(replySchema),
});

const fileSchema = v.object({
  type: v.literal('file'),
  id: messageIdSchema,
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(WIRE_LIMITS.fileNameMax)),
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  mime: v.pipe(v.string(), v.maxLength(WIRE_LIMITS.mimeMax)),
});

/** `delivered` ids are stored on this device; everything up to `readUpTo` was seen by the person. */
const receiptSchema = v.object({
  type: v.literal('receipt'),
  delivered: v.pipe(v.array(messageIdSchema), v.maxLength(WIRE_LIMITS.receiptMax)),
  readUpTo: v.optional(messageIdSchema),
});

const typingSchema = v.object({ type: v.literal('typing'), typing: v.boolean() });

export const wireMessageSchema = v.variant('type', [textSchema, fileSchema, receiptSchema, typingSchema]);
export type WireMessage = v.InferOutput<typeof wireMessageSchema>;
export type WireContent = Extract<WireMessage, { id: string }>;
export type WireReceipt = v.InferOutput<typeof receiptSchema>;
