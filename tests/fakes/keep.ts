/** What a browser keeps of small things, shared by its tabs. */
import type { Keep } from '../../web/core/platform.ts';

export function createFakeKeep(stored = new Map<string, string>()): Keep {
  return {
    keys: () => [...stored.keys()],
    get: (key) => stored.get(key) ?? null,
    set: (key, value) => void stored.set(key, value),
    remove: (key) => void stored.delete(key),
  };
}
