/**
 * A person's history as one of their devices gives it to another: in pages of one conversation each, over a link, in a
 * file or in a snapshot. `me` is the same person on both sides.
 */
import * as v from 'valibot';
import type { CallOutcome } from './call-control.ts';
import { cleanFileName } from './file-name.ts';
import { jsonSchema } from './json.ts';
import { messageIdSchema } from './message-id.ts';
import { emojiSchema, WIRE_LIMITS } from './message.ts';

export const HISTORY_LIMITS = {
  /** Messages in one page. */
  pageMessages: 200,
  /** A page that has so many characters as JSON gets no further message. */
  pageChars: 256 * 1024,
  /** UTF-8 of one page: a message more than `pageChars`, in the worst of scripts. */
  pageBytes: 4 * 1024 * 1024,
  /** Conversations of one person: with friends, former ones too, and groups. */
  conversations: 10_000,
  /** Deletions in one page whose messages its device does not have. */
  deletions: 500,
  /** Of a group. */
  members: 256,
  /** Under one message: of each member of a group some. */
  marks: 8_192,
} as const;

const personId = '[A-Za-z0-9_-]{22}';
/** Of a person or a group. */
const conversationIdSchema = v.pipe(v.string(), v.regex(new RegExp(`^(?:g-)?${personId}$`)));
const personIdSchema = v.pipe(v.string(), v.regex(new RegExp(`^${personId}$`)));
const authorSchema = v.pipe(v.string(), v.regex(new RegExp(`^(?:me|friend|@${personId})$`)));

const textSchema = v.object({
  kind: v.literal('text'),
  text: v.pipe(v.string(), v.minLength(1), v.maxLength(WIRE_LIMITS.textMax)),
  mentions: v.optional(
    v.pipe(
      v.array(v.object({ memberId: personIdSchema, name: v.pipe(v.string(), v.maxLength(64)) })),
      v.maxLength(HISTORY_LIMITS.members),
      v.readonly(),
    ),
  ),
});

const fileSchema = v.object({
  kind: v.literal('file'),
  file: v.object({
    name: v.pipe(
      v.string(),
      v.minLength(1),
      v.maxLength(WIRE_LIMITS.fileNameMax),
      v.check((name) => cleanFileName(name) === name),
    ),
    size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
    type: v.pipe(v.string(), v.maxLength(WIRE_LIMITS.mimeMax)),
  }),
  device: v.pipe(v.string(), v.regex(new RegExp(`^(?:${personId})?$`))),
});

const OUTCOMES = [
  'talked',
  'no-answer',
  'cancelled',
  'missed',
  'declined',
  'busy',
  'elsewhere',
  'lost',
  'no-media',
] as const satisfies readonly CallOutcome[];

const callSchema = v.object({
  kind: v.literal('call'),
  call: v.object({
    kind: v.picklist(['voice', 'video']),
    outcome: v.picklist(OUTCOMES),
    seconds: v.pipe(v.number(), v.minValue(0), v.maxValue(1e7)),
  }),
});

const groupSchema = v.object({
  kind: v.literal('group'),
  event: v.variant('kind', [
    v.object({ kind: v.picklist(['created', 'joined', 'left', 'info', 'dissolved']) }),
    v.object({
      kind: v.picklist(['added', 'removed']),
      memberIds: v.pipe(v.array(personIdSchema), v.maxLength(HISTORY_LIMITS.members), v.readonly()),
    }),
    v.object({
      kind: v.literal('role'),
      memberId: personIdSchema,
      role: v.picklist(['owner', 'admin', 'member']),
    }),
  ]),
});

const deletedSchema = v.object({ kind: v.literal('deleted') });

/** `edit`: id of the edit whose text it has; `marks`: everybody's last words on emoji. */
export const historyMessageSchema = v.object({
  id: messageIdSchema,
  author: authorSchema,
  body: v.variant('kind', [textSchema, fileSchema, callSchema, groupSchema, deletedSchema]),
  replyTo: v.optional(
    v.object({
      id: messageIdSchema,
      author: authorSchema,
      excerpt: v.nullable(v.pipe(v.string(), v.maxLength(WIRE_LIMITS.excerptMax))),
    }),
  ),
  edit: v.optional(messageIdSchema),
  marks: v.optional(
    v.pipe(
      v.array(v.object({ by: authorSchema, emoji: emojiSchema, id: messageIdSchema, on: v.boolean() })),
      v.maxLength(HISTORY_LIMITS.marks),
      v.readonly(),
    ),
  ),
  state: v.picklist(['sent', 'delivered', 'read']),
});
export type HistoryMessage = v.InferOutput<typeof historyMessageSchema>;

/** Of a message that has not come to this device. */
export const historyDeletionSchema = v.object({
  by: authorSchema,
  id: messageIdSchema,
  target: messageIdSchema,
});

/** Newest first. What a newer version says of a message may be unknown here, so each is read for itself. */
export const historyPageSchema = v.object({
  conversation: conversationIdSchema,
  /** The newest message that the person has seen. */
  readUpTo: v.nullable(messageIdSchema),
  messages: v.pipe(v.array(v.unknown()), v.maxLength(HISTORY_LIMITS.pageMessages)),
  deletions: v.pipe(v.array(v.unknown()), v.maxLength(HISTORY_LIMITS.deletions)),
  /** Older messages than this one follow in another page; null: there are none. */
  before: v.nullable(messageIdSchema),
});
export type HistoryPage = v.InferOutput<typeof historyPageSchema>;

const countSchema = v.pipe(v.number(), v.integer(), v.minValue(0));

/**
 * What a device says to another one of the same person, as text on their link's `files` channel: it asks for what there
 * is (`list`) and for pages, each of which is answered in order in frames of bytes (history/frames.ts) with the JSON of
 * a HistoryList or a HistoryPage; and it tells how far it has come.
 */
export const historyAskSchema = jsonSchema(
  v.variant('type', [
    v.object({ type: v.literal('list') }),
    v.object({
      type: v.literal('page'),
      conversation: conversationIdSchema,
      before: v.nullable(messageIdSchema),
    }),
    v.object({ type: v.literal('progress'), done: countSchema, total: countSchema }),
  ]),
);
export type HistoryAsk = v.InferOutput<typeof historyAskSchema>;

/** `complete`: false while this device is itself fetching its history from another. */
export const historyListSchema = v.object({
  complete: v.boolean(),
  parts: v.pipe(
    v.array(v.object({ conversation: conversationIdSchema, count: countSchema })),
    v.maxLength(HISTORY_LIMITS.conversations),
    v.readonly(),
  ),
});
export type HistoryList = v.InferOutput<typeof historyListSchema>;
