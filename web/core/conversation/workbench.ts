/** The messages that one transaction reads, adds and changes: held here, and written back together at its end. */
import { unwrap } from 'idb';
import type { Author } from '../model.ts';
import type { DatabaseAccess } from '../platform.ts';
import type { WireChange } from '../wire/message.ts';
import { withChange } from './changes.ts';
import type { StoredMessage } from '../database.ts';
import { textChanged } from './writing.ts';
import type { Writing } from './writing.ts';

export interface Workbench {
  /** Reads these at once, as far as they are here: what is then asked for with `find` costs nothing more. */
  gather(ids: readonly string[]): Promise<void>;
  find(id: string): Promise<StoredMessage | null>;
  /** False if it is here already. */
  add(message: StoredMessage): Promise<boolean>;
  /** As it is from now on; it must be here. */
  replace(message: StoredMessage): void;
  /** False if the message is not here. */
  apply(change: WireChange, by: Author): Promise<boolean>;
  /** Nothing that was quoted from this message stays. */
  forgetExcerpts(id: string): Promise<void>;
  /** Writes; returns the messages that are new or changed, and by how many unread ones there are more or less. */
  finish(): Promise<{ messages: readonly StoredMessage[]; unread: number }>;
}

export function createWorkbench(
  transaction: Writing,
  conversationId: string,
  KeyRange: DatabaseAccess['KeyRange'],
): Workbench {
  const store = transaction.objectStore('messages');
  const before = new Map<string, StoredMessage | null>();
  const now = new Map<string, StoredMessage>();

  async function read(id: string): Promise<void> {
    const found = (await store.get([conversationId, id])) ?? null;
    before.set(id, found);
    if (found) now.set(id, found);
  }

  async function gather(ids: readonly string[]): Promise<void> {
    const unread = [...new Set(ids)].filter((id) => !before.has(id)).toSorted();
    const [first, last] = [unread[0], unread.at(-1)];
    if (first === undefined || last === undefined) return;
    const range = KeyRange.bound([conversationId, first], [conversationId, last]);
    // Where little lies between them, one look at the keys spares one for each.
    const most = 2 * unread.length;
    const keys = await store.getAllKeys(range, most);
    const here = keys.length < most ? new Set(keys.map(([, id]) => id)) : null;
    for (const id of unread) if (here?.has(id) === false) before.set(id, null);
    await Promise.all(unread.filter((id) => !before.has(id)).map(read));
  }

  async function find(id: string): Promise<StoredMessage | null> {
    if (!before.has(id)) await read(id);
    return now.get(id) ?? null;
  }

  async function add(message: StoredMessage): Promise<boolean> {
    if (await find(message.id)) return false;
    const answered = message.replyTo && (await find(message.replyTo.id));
    now.set(message.id, answered?.body.kind === 'deleted' ? withoutExcerpt(message) : message);
    return true;
  }

  async function apply(change: WireChange, by: Author): Promise<boolean> {
    const message = await find(change.target);
    if (!message) return false;
    const changed = withChange(message, change, by);
    if (changed === message) return true;
    if (changed.body.kind !== 'deleted') {
      now.set(changed.id, changed);
      return true;
    }
    const { unread: _, ...rest } = changed;
    now.set(changed.id, rest);
    // Deleted on another device of one's own before it was through: nothing is left of it to be sent.
    await transaction.objectStore('outbox').delete([conversationId, changed.id]);
    await forgetExcerpts(changed.id);
    return true;
  }

  async function forgetExcerpts(id: string): Promise<void> {
    const range = KeyRange.only([conversationId, id]);
    for (const [, reply] of await store.index('replies').getAllKeys(range)) await find(reply);
    for (const message of now.values()) {
      if (message.replyTo?.id === id) now.set(message.id, withoutExcerpt(message));
    }
  }

  async function finish() {
    const messages = [...now.values()].filter((message) => message !== before.get(message.id));
    let unread = 0;
    // Unwrapped: hundreds of promises that nobody needs. What cannot be written aborts the transaction, which is awaited.
    const writable = unwrap(store);
    const texts: string[] = [];
    for (const message of messages) {
      const was = before.get(message.id);
      unread += (message.unread ?? 0) - (was?.unread ?? 0);
      writable.put(message);
      if (message.body !== was?.body) texts.push(message.id);
    }
    await textChanged(transaction, conversationId, texts);
    return { messages, unread };
  }

  const replace = (message: StoredMessage): void => void now.set(message.id, message);

  return { gather, find, add, replace, apply, forgetExcerpts, finish };
}

function withoutExcerpt(message: StoredMessage): StoredMessage {
  if (!message.replyTo) return message;
  const revision = (message.revision ?? 0) + 1;
  return { ...message, replyTo: { ...message.replyTo, excerpt: null }, revision };
}
