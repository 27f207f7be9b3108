/**
 * Receipts that nobody asks for again, from before they are sent until they went: in localStorage, so that the next tab
 * that leads sends what a tab that is gone did not.
 */
import * as v from 'valibot';
import { createKept } from '../kept.ts';
import type { Keep } from '../platform.ts';
import { messageIdSchema } from '../wire/message-id.ts';

const owedSchema = v.object({
  conversationId: v.string(),
  userId: v.string(),
  ids: v.array(messageIdSchema),
});

interface Owed {
  readonly conversationId: string;
  readonly userId: string;
  /** Of the letters. */
  readonly ids: readonly string[];
}

export interface OwedReceipts {
  /** All that is owed to somebody in a conversation; with no ids nothing is. */
  note(owed: Owed): void;
  all(): readonly Owed[];
  /** The account is forgotten here. */
  clear(): void;
}

export function createOwedReceipts(keep: Keep, accountId: string): OwedReceipts {
  const prefix = `holler-owed ${accountId} `;
  const { keys, read, clear } = createKept(keep, prefix, (value) => v.parse(owedSchema, value));

  return {
    note({ conversationId, userId, ids }) {
      const key = `${prefix}${conversationId} ${userId}`;
      if (ids.length > 0) keep.set(key, JSON.stringify({ conversationId, userId, ids }));
      else keep.remove(key);
    },
    all: () => keys().flatMap((key) => read(key) ?? []),
    clear,
  };
}
