/**
 * Each device's mailbox, as spoken on the socket. The server cannot tell what is in it: room keys, messages and receipts
 * are all sealed bytes. What was taken in is durable before it is answered; what was delivered stays until acknowledged.
 */
import * as v from 'valibot';
import { idSchema, refSchema, timeSchema } from './common.ts';
import { errorCodeSchema } from './errors.ts';
import { LIMITS } from './limits.ts';

const addressSchema = v.object({ userId: idSchema, deviceId: idSchema });
export type Address = v.InferOutput<typeof addressSchema>;

/** Made by the sender, for telling a repeat (after a lost answer) from a new one; a repeat has the same parcels in the same order. */
const mailIdSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{8,64}$/));

/** Items in a mailbox are numbered in the order in which they came, as text. */
const itemIdSchema = v.pipe(v.string(), v.regex(/^[0-9]{1,19}$/));

const bodySchema = v.pipe(v.string(), v.minLength(1), v.maxLength(LIMITS.relayBodyMax), v.base64());

// --- Page to server --------------------------------------------------------------------------------------------

/**
 * For devices of friends, of members of one's groups, or one's own other devices, online or not. Each parcel is put into the mailbox of every device
 * that it is for. All together fit one frame, and
 * are at most `mailItemsMax` items and `mailStoredMax` bytes in the mailboxes. Answered by `mailed` or `error`.
 */
export const sendMail = v.object({
  type: v.literal('mail'),
  ref: refSchema,
  id: mailIdSchema,
  parcels: v.pipe(
    v.array(
      v.object({
        to: v.pipe(v.array(addressSchema), v.minLength(1), v.maxLength(LIMITS.mailItemsMax)),
        body: bodySchema,
      }),
    ),
    v.minLength(1),
    v.maxLength(LIMITS.mailParcelsMax),
  ),
});

/**
 * Asks for the next page of what waits, after this item (null: from the beginning). Answered by `mail-page`. Once a page
 * said that nothing more waits, whatever comes is handed over at once, as further pages, until one of them says `more`
 * (it may be empty): then it is to be asked for again.
 */
export const nextMail = v.object({
  type: v.literal('mail-next'),
  ref: refSchema,
  after: v.nullable(itemIdSchema),
});

/** These are stored here: the server may forget them. */
export const ackMail = v.object({
  type: v.literal('mail-ack'),
  ids: v.pipe(v.array(itemIdSchema), v.minLength(1), v.maxLength(LIMITS.mailPageMax)),
});

// --- Server to page --------------------------------------------------------------------------------------------

const refusedSchema = v.object({ to: addressSchema, code: errorCodeSchema });
export type Refused = v.InferOutput<typeof refusedSchema>;

/** Durable in every mailbox but these. `mailbox-full`: of the recipient; `not-found`: no such device of somebody one may write to. */
export const mailed = v.object({
  type: v.literal('mailed'),
  ref: refSchema,
  refused: v.array(refusedSchema),
});

export const mailPage = v.object({
  type: v.literal('mail-page'),
  /** Of the `mail-next` that it answers; without: came in just now. */
  ref: v.optional(refSchema),
  items: v.array(v.object({ id: itemIdSchema, from: addressSchema, at: timeSchema, body: v.string() })),
  /** Ask for the next one, after the last item that came. */
  more: v.boolean(),
});
