/** The messages that one transaction reads, adds and changes: held here, and written back together at its end. */
import type { Author } from '../model.ts';
import type { DatabaseAccess } from '../platform.ts';
import type { WireChange } from '../wire/message.ts';
import { withChange } from './changes.ts';
import type { StoredMessage } from '../database.ts';
import { textChanged } from './writing.ts';
import type { Writing } from './writing.ts';

export interface Workbench {
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
  friendId: string,
  KeyRange: DatabaseAccess['KeyRange'],
): Workbench {
  const store = transaction.objectStore('messages');
  const before = new Map<string, StoredMessage | null>();
  const now = new Map<string, StoredMessage>();

  async function find(id: string): Promise<StoredMessage | null> {
    if (!before.has(id)) {
      const found = (await store.get([friendId, id])) ?? null;
      before.set(id, found);
      if (found) now.set(id, found);
    }
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
    await transaction.objectStore('outbox').delete([friendId, changed.id]);
    await forgetExcerpts(changed.id);
    return true;
  }

  async function forgetExcerpts(id: string): Promise<void> {
    const range = KeyRange.only([friendId, id]);
    for (const [, reply] of await store.index('replies').getAllKeys(range)) await find(reply);
    for (const message of now.values()) {
      if (message.replyTo?.id === id) now.set(message.id, withoutExcerpt(message));
    }
  }

  async function finish() {
    const messages = [...now.values()].filter((message) => message !== before.get(message.id));
    let unread = 0;
    for (const message of messages) {
      const was = before.get(message.id);
      unread += (message.unread ?? 0) - (was?.unread ?? 0);
      await Promise.all([
        store.put(message),
        message.body === was?.body ? undefined : textChanged(transaction, message),
      ]);
    }
    return { messages, unread };
  }

  const replace = (message: StoredMessage): void => void now.set(message.id, message);

  return { find, add, replace, apply, forgetExcerpts, finish };
}

function withoutExcerpt(message: StoredMessage): StoredMessage {
  if (!message.replyTo) return message;
  const revision = (message.revision ?? 0) + 1;
  return { ...message, replyTo: { ...message.replyTo, excerpt: null }, revision };
}
