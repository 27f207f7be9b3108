/**
 * The text messages of a file channel: JSON, one message each, in order with the binary frames of file-frame.ts.
 *
 * The offer itself is a chat message of kind `file`, so it is kept and delivered like any other; its id names the
 * transfer here. The receiver drives: it asks with `accept` from the first piece that it lacks, at the start and again
 * whenever the link comes back; the sender answers with `begin`, then frames, and `piece` after the last frame of each.
 */
import * as v from 'valibot';
import { jsonSchema } from './json.ts';

const idSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/));
const countSchema = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff));

const cancelReasonSchema = v.picklist([
  /** Somebody pressed cancel. */
  'person',
  /** The receiver's disk or quota is full. */
  'storage-full',
  /** The receiver's disk refused for another reason. */
  'storage-failed',
  /** The sender's file changed, moved or cannot be read. */
  'unreadable',
  /** Pieces kept arriving with another content than announced. */
  'corrupt',
  /** The sender's page was closed or reloaded since: it no longer holds the file. */
  'gone',
  /** Another device of the receiver has taken it. */
  'taken',
  /** The other side said something that makes no sense. */
  'protocol',
]);
export type CancelReason = v.InferOutput<typeof cancelReasonSchema>;

const messageSchema = v.variant('type', [
  /** Receiver: send the pieces from this one on. */
  v.object({ type: v.literal('accept'), id: idSchema, from: countSchema }),
  v.object({ type: v.literal('decline'), id: idSchema }),
  /** Either side; final for a person's own cancel, otherwise the receiver may accept again. */
  v.object({ type: v.literal('cancel'), id: idSchema, reason: cancelReasonSchema }),
  /** Sender: the frames of `stream` follow, starting with piece `from`. */
  v.object({ type: v.literal('begin'), id: idSchema, stream: countSchema, from: countSchema }),
  /** Sender: all frames of this piece are out; SHA-256 as base64. */
  v.object({
    type: v.literal('piece'),
    stream: countSchema,
    index: countSchema,
    sha256: v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{43}=$/)),
  }),
  /** Receiver: this many pieces, from the first on, are verified and on disk. */
  v.object({ type: v.literal('verified'), stream: countSchema, count: countSchema }),
  /** Receiver: the file is whole. Repeated on every new link until `done-ack`. */
  v.object({ type: v.literal('done'), id: idSchema }),
  v.object({ type: v.literal('done-ack'), id: idSchema }),
]);
export type FileControl = v.InferOutput<typeof messageSchema>;

export const fileControlSchema = jsonSchema(messageSchema);
