/**
 * Receipts that came before the message that they are for: another device of one's own sent it, and the friend's answer
 * was quicker than its copy. Kept until that comes.
 */
import type { StoredMessage, WaitingReceipt } from '../database.ts';
import type { Message } from '../model.ts';
import type { DatabaseAccess } from '../platform.ts';
import { HIGHEST_ID, LOWEST_ID } from '../wire/message-id.ts';
import type { Writing } from './writing.ts';

/** Of one conversation; beyond it the oldest ids are dropped. Some never come: those of changes, or made up. */
export const RECEIPTS_MAX = 1_000;

type Range = DatabaseAccess['KeyRange'];

export async function keepReceipts(
  transaction: Writing,
  KeyRange: Range,
  conversationId: string,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  const store = transaction.objectStore('receipts');
  for (const id of ids) {
    if ((await store.getKey([conversationId, id])) === undefined)
      await store.put({ conversationId, id, read: false });
  }
  const all = KeyRange.bound([conversationId, LOWEST_ID], [conversationId, HIGHEST_ID]);
  const surplus = (await store.count(all)) - RECEIPTS_MAX;
  if (surplus <= 0) return;
  for (const key of await store.getAllKeys(all, surplus)) await store.delete(key);
}

/** What is read up to a message includes those that are not here yet, but known to have arrived. */
export async function readReceipts(
  transaction: Writing,
  KeyRange: Range,
  conversationId: string,
  upTo: string,
): Promise<void> {
  const store = transaction.objectStore('receipts');
  const waiting = await store.getAll(KeyRange.bound([conversationId, LOWEST_ID], [conversationId, upTo]));
  for (const receipt of waiting) if (!receipt.read) await store.put({ ...receipt, read: true });
}

/** The copy of one's own message with what is known of it already, which waits no longer. */
export async function withReceipt(transaction: Writing, message: Message): Promise<StoredMessage> {
  const store = transaction.objectStore('receipts');
  const key = [message.conversationId, message.id] satisfies [string, string];
  const receipt: WaitingReceipt | undefined = await store.get(key);
  if (!receipt) return { ...message, unseen: 1 };
  await store.delete(key);
  return receipt.read ? { ...message, state: 'read' } : { ...message, state: 'delivered', unseen: 1 };
}
