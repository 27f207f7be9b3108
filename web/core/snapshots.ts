/** In the leading tab: the way to the sealed history on the server, whose code is loaded when it can be of use. */
import type { LeaderSnapshot, SnapshotNeeds } from './leader-snapshot.ts';

type Needs = Omit<SnapshotNeeds, 'database' | 'subtle'> & {
  /** Null when the browser's storage cannot be used. */
  readonly database: SnapshotNeeds['database'] | null;
  /** Null on a page that was not loaded by HTTPS. */
  readonly subtle: SnapshotNeeds['subtle'] | null;
};

type Act = 'wake' | 'look' | 'make' | 'remove' | 'cancel';

export interface Snapshots {
  run(act: Act): void;
  /** Something changed in the history. */
  changed(): void;
}

export function startSnapshots(needs: Needs): Snapshots {
  const { database, subtle, scope } = needs;
  let opening: Promise<LeaderSnapshot> | null = null;
  let changedBefore = false;

  async function open(): Promise<LeaderSnapshot> {
    if (!database || !subtle) throw new Error('no storage or no ciphers');
    const { startSnapshot } = await import('./leader-snapshot.ts');
    const snapshot = startSnapshot({ ...needs, database, subtle });
    if (changedBefore) snapshot.changed();
    return snapshot;
  }

  function run(act: Act | 'changed'): void {
    opening ??= open().catch((error: unknown) => {
      opening = null;
      throw error;
    });
    // Without it nothing is kept or taken in; the next occasion tries again.
    opening.then(
      (snapshot) => !scope.ended && snapshot[act](),
      () => undefined,
    );
  }

  return {
    run,
    changed() {
      changedBefore = true;
      if (opening) run('changed');
    },
  };
}
