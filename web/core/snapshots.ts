/** In the leading tab: the way to the sealed history on the server, whose code is loaded when it can be of use. */
import { inBackground } from './background.ts';
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
  const background = inBackground(needs.platform.report);
  let opening: Promise<LeaderSnapshot> | null = null;
  let changedBefore = false;

  async function open(own: Pick<SnapshotNeeds, 'database' | 'subtle'>): Promise<LeaderSnapshot> {
    const { startSnapshot } = await import('./leader-snapshot.ts');
    const snapshot = startSnapshot({ ...needs, ...own });
    if (changedBefore) snapshot.changed();
    return snapshot;
  }

  function run(act: Act | 'changed'): void {
    if (!database || !subtle) return;
    opening ??= open({ database, subtle }).catch((error: unknown) => {
      // Nothing is kept or taken in; the next occasion tries again.
      opening = null;
      throw error;
    });
    background(
      'loading what keeps the sealed history',
      opening.then((snapshot) => !scope.ended && snapshot[act]()),
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
