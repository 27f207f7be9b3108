/** What is kept as JSON under keys that begin alike, in localStorage: outlives the tab, and is read by the next one. */
import type { Keep } from './platform.ts';

export interface Kept<T> {
  readonly keys: () => readonly string[];
  /** Null where there is nothing. Half of it, or what another version wrote otherwise, is removed. */
  readonly read: (key: string) => T | null;
  readonly clear: () => void;
}

/** `parse` throws for what it does not know. */
export function createKept<T>(keep: Keep, prefix: string, parse: (value: unknown) => T): Kept<T> {
  const keys = () => keep.keys().filter((key) => key.startsWith(prefix));
  return {
    keys,
    read(key) {
      const text = keep.get(key);
      if (text === null) return null;
      try {
        return parse(JSON.parse(text));
      } catch {
        keep.remove(key);
        return null;
      }
    },
    clear: () => keys().forEach((key) => keep.remove(key)),
  };
}
