/** A few things that the engine's own store has no place for, kept beside it: small values by name. */
import type { DatabaseAccess } from '../platform.ts';

export interface Notes {
  get(name: string): Promise<unknown>;
  /** All or none; stored when it resolves. */
  set(entries: readonly (readonly [name: string, value: unknown])[]): Promise<void>;
  close(): void;
}

export function memoryNotes(): Notes {
  const values = new Map<string, unknown>();
  return {
    get: (name) => Promise.resolve(values.get(name)),
    set(entries) {
      for (const [name, value] of entries) values.set(name, structuredClone(value));
      return Promise.resolve();
    },
    close: () => values.clear(),
  };
}

const STORE = 'notes';

/** Rejects where the browser refuses storage. */
export async function storedNotes(database: Pick<DatabaseAccess, 'open'>, name: string): Promise<Notes> {
  const db = await database.open(name, 1, { upgrade: (fresh) => void fresh.createObjectStore(STORE) });
  return {
    get: (key) => db.get(STORE, key),
    async set(entries) {
      const change = db.transaction(STORE, 'readwrite');
      for (const [key, value] of entries) void change.store.put(value, key);
      await change.done;
    },
    close: () => db.close(),
  };
}
