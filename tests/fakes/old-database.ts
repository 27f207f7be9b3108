/** What an older version left in a browser: its database, with the object stores that it had. */
import { openDB } from 'idb';
import type { IDBPDatabase } from 'idb';

/** As version 1 made it, when the id of a conversation was called `friendId`; empty, and open. */
export function openFirstVersion(name: string): Promise<IDBPDatabase> {
  return openDB(name, 1, {
    upgrade(made) {
      const messages = made.createObjectStore('messages', { keyPath: ['friendId', 'id'] });
      messages.createIndex('unread', ['friendId', 'unread', 'id']);
      messages.createIndex('unseen', ['friendId', 'unseen', 'id']);
      made.createObjectStore('conversations', { keyPath: 'friendId' });
      made.createObjectStore('outbox', { keyPath: ['friendId', 'id'] });
      made.createObjectStore('cache');
      made.createObjectStore('transfers');
    },
  });
}
