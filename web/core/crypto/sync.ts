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
  uploaded(oneTimeKeys: number, withFallback: boolean): void;
  /**
   * Has the engine make the keys that the server lacks. Not while keys are being uploaded: with the answer, the engine
   * takes all that there are for uploaded.
   */
  takeCounts(): Promise<void>;
  /** Stored when it resolves: one result for each event, in order. `changed` are people whose keys must be asked for. */
  take(events: readonly object[], changed?: readonly string[]): Promise<readonly Processed[]>;
}

const ALGORITHM = 'signed_curve25519';

export function createSync({ olm, library, call }: Machine): Sync {
  let known: KeyCounts | null = null;
  return {
    setCounts: (counts) => void (known = counts),
    uploaded(oneTimeKeys, withFallback) {
      known = { oneTimeKeys, fallbackUsed: !withFallback && (known?.fallbackUsed ?? true) };
    },
    async takeCounts() {
      if (known === null) return;
      const left = new Map([[ALGORITHM, known.oneTimeKeys]]);
      const unused = new Set(known.fallbackUsed ? [] : [ALGORITHM]);
      await call(() => olm.receiveSyncChanges('[]', new library.DeviceLists(), left, unused));
    },
    take(events, changed = []) {
      const people = new library.DeviceLists(
        changed.map((person) => new library.UserId(engineUserId(person))),
      );
      // Without counts: they must not be taken for zero, or the engine would make new keys each time.
      return call(() => olm.receiveSyncChangesMsc4186(JSON.stringify(events), people, new Map()));
    },
  };
}
