/** The one way in for what the server tells the engine: events, changed people, counts of its own keys. */
import type * as Wasm from '@matrix-org/matrix-sdk-crypto-wasm';
import { engineUserId } from '../../../signaling/protocol/keys.ts';
import type { Machine } from './machine.ts';

/** What the server has left of this device's own keys. */
export interface KeyCounts {
  readonly oneTimeKeys: number;
  readonly fallbackUsed: boolean;
}

export type Processed = Awaited<ReturnType<Wasm.OlmMachine['receiveSyncChanges']>>[number];

export interface Sync {
  setCounts(counts: KeyCounts): void;
  /** Own keys were brought to the server, which has so many now: what it said before is out of date. */
  uploaded(oneTimeKeys: number): void;
  /** Stored when it resolves: one result for each event, in order. `changed` are people whose keys must be asked for. */
  take(events: readonly object[], changed?: readonly string[]): Promise<readonly Processed[]>;
}

const ALGORITHM = 'signed_curve25519';

export function createSync({ olm, library, call }: Machine): Sync {
  let known: KeyCounts | null = null;
  return {
    setCounts: (counts) => void (known = counts),
    // With them went a new fallback key, if one was called for.
    uploaded: (oneTimeKeys) => void (known = { oneTimeKeys, fallbackUsed: false }),
    take(events, changed = []) {
      const text = JSON.stringify(events);
      const people = new library.DeviceLists(
        changed.map((person) => new library.UserId(engineUserId(person))),
      );
      // Counts that are not known must not be taken for zero: the engine would make new keys each time.
      if (known === null) return call(() => olm.receiveSyncChangesMsc4186(text, people, new Map()));
      const left = new Map([[ALGORITHM, known.oneTimeKeys]]);
      const unused = new Set(known.fallbackUsed ? [] : [ALGORITHM]);
      return call(() => olm.receiveSyncChanges(text, people, left, unused));
    },
  };
}
