/** Changes that came before the message that they are to: kept until it comes. */
import type { DatabaseAccess } from '../platform.ts';
import { HIGHEST_ID, LOWEST_ID } from '../wire/message-id.ts';
import type { WaitingChange } from '../database.ts';
import type { Writing } from './writing.ts';

/** Of one conversation; beyond it the one whose message is the oldest is dropped. */
export const WAITING_MAX = 500;

type Range = DatabaseAccess['KeyRange'];

const ofConversation = (KeyRange: Range, conversationId: string) =>
  KeyRange.bound([conversationId, LOWEST_ID, LOWEST_ID], [conversationId, HIGHEST_ID, HIGHEST_ID]);

/** Those that wait for one of these messages; they wait no longer. */
export async function takeWaiting(
  transaction: Writing,
  KeyRange: Range,
  conversationId: string,
  arrived: ReadonlySet<string>,
): Promise<readonly WaitingChange[]> {
  const store = transaction.objectStore('changes');
  const waiting = await store.getAll(ofConversation(KeyRange, conversationId));
  const due = waiting.filter(({ target }) => arrived.has(target));
  for (const { target, id } of due) await store.delete([conversationId, target, id]);
  return due;
}

/** Keeps a change until its message comes; of a text that is to be deleted no version is kept. */
export async function keepWaiting(
  transaction: Writing,
  KeyRange: Range,
  waiting: WaitingChange,
): Promise<void> {
  const store = transaction.objectStore('changes');
  const { conversationId, target, by, change } = waiting;
  const range = KeyRange.bound([conversationId, target, LOWEST_ID], [conversationId, target, HIGHEST_ID]);
  const others = (await store.getAll(range)).filter((other) => other.by === by);
  if (change.type === 'edit' && others.some((other) => other.change.type === 'delete')) return;
  if (change.type === 'delete') {
    const edits = others.filter((other) => other.change.type === 'edit');
    for (const { id } of edits) await store.delete([conversationId, target, id]);
  }
  await store.put(waiting);
  const all = ofConversation(KeyRange, conversationId);
  if ((await store.count(all)) <= WAITING_MAX) return;
  const oldest = await store.getKey(all);
  if (oldest) await store.delete(oldest);
}
