/** What the search has to bring in: conversation/ writes it with the messages themselves, search/ reads it. */
import type { IDBPObjectStore } from 'idb';
import type { QueuedTexts, Schema } from './database.ts';

type Queue<Names extends ArrayLike<'searchQueue'>> = Pick<
  IDBPObjectStore<Schema, Names, 'searchQueue', 'readwrite'>,
  'get' | 'put'
>;

/** In one entry: what is brought in at a time. */
const TOGETHER = 100;
/** Fewer have entries of their own. */
const FEW = 3;

/** Of these messages of one conversation the text came, changed or went. */
export async function enqueue<Names extends ArrayLike<'searchQueue'>>(
  queue: Queue<Names>,
  conversationId: string,
  ids: readonly string[],
): Promise<void> {
  if (ids.length < FEW) await Promise.all(ids.map((id) => queue.put({ conversationId, id })));
  else
    for (let at = 0; at < ids.length; at += TOGETHER)
      await enqueueMany(queue, conversationId, ids.slice(at, at + TOGETHER));
}

async function enqueueMany<Names extends ArrayLike<'searchQueue'>>(
  queue: Queue<Names>,
  conversationId: string,
  ids: readonly string[],
): Promise<void> {
  // No message has such an id, so an entry for the first of them alone does not take this one's place.
  const id = `${ids[0]}..`;
  const before = await queue.get([conversationId, id]);
  await queue.put({ conversationId, id, ids: [...new Set([...(before?.ids ?? []), ...ids])] });
}

/** The keys of all messages that these entries name, each once. */
export function messagesIn(entries: readonly QueuedTexts[]): [conversationId: string, id: string][] {
  const ids = new Map<string, Set<string>>();
  for (const { conversationId, id, ids: many = [id] } of entries) {
    const known = ids.get(conversationId) ?? new Set<string>();
    ids.set(conversationId, known);
    for (const each of many) known.add(each);
  }
  return [...ids].flatMap(([conversationId, all]) =>
    [...all].map((id): [string, string] => [conversationId, id]),
  );
}
