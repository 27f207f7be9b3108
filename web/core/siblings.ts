/** In the leading tab: one's own other devices that are there now, and what moves history between them and this one. */
import type { Address } from './crypto/address.ts';
import type { HistoryNeeds, LeaderHistory } from './leader-history.ts';
import type { Peer } from './link/peer.ts';
import type { Scope } from './scope.ts';

type Needs = Omit<HistoryNeeds, 'database'> & {
  /** Null when the browser's storage cannot be used. */
  readonly database: HistoryNeeds['database'] | null;
  readonly scope: Scope;
  readonly deviceId: string;
  /** Others came or went. */
  readonly onDevices: () => void;
};

export interface Siblings {
  devices(): readonly string[];
  /** All of one's own that are there, as the server says. */
  setDevices(deviceIds: readonly string[]): void;
  setPeer(address: Address, peer: Peer | null): void;
  /** Runs `work`, once there is something here to answer what comes of it. */
  whenReady(work: () => void): void;
  wake(): void;
  fetchAll(): void;
  cancel(): void;
}

export function startSiblings(needs: Needs): Siblings {
  const { database, scope } = needs;
  let devices: readonly string[] = [];
  let opening: Promise<LeaderHistory> | null = null;

  /** Its code is fetched when another device is there. */
  async function open(): Promise<LeaderHistory> {
    if (!database) throw new Error('no storage');
    const { startHistory } = await import('./leader-history.ts');
    return startHistory({ ...needs, database });
  }

  function run(work: (history: LeaderHistory) => void): void {
    opening ??= open().catch((error: unknown) => {
      opening = null;
      throw error;
    });
    // Without it there is no history to move; the next occasion tries again.
    opening.then(
      (history) => !scope.ended && work(history),
      () => undefined,
    );
  }

  return {
    devices: () => devices,
    setDevices(deviceIds) {
      devices = deviceIds.filter((id) => id !== needs.deviceId);
      needs.onDevices();
      if (devices.length > 0 || opening) run((history) => history.setDevices(devices));
    },
    setPeer: ({ deviceId }, peer) => run((history) => history.setChannel(deviceId, peer?.files ?? null)),
    whenReady: (work) => run(work),
    wake() {
      if (opening) run((history) => history.wake());
    },
    fetchAll: () => run((history) => history.fetchAll()),
    cancel: () => run((history) => history.cancel()),
  };
}
