/** Opens a tab's database, and has all tabs know how far it is being brought to this version's form, wherever that goes on. */
import { openDatabase } from './database.ts';
import type { Database } from './database.ts';
import type { HistoryUpgrade } from './history-model.ts';
import type { Platform } from './platform.ts';
import type { Scope } from './scope.ts';
import type { Bus } from './tabs/bus.ts';
import { cell } from './value.ts';
import type { Value } from './value.ts';

interface Needs {
  readonly platform: Pick<Platform, 'database' | 'report'>;
  readonly scope: Scope;
  readonly bus: Bus;
  readonly accountId: string;
  /** A newer version took the database over: this tab can do nothing more. */
  readonly onOutdated: () => void;
}

interface Opening {
  /** Null where storage is refused or broken. */
  readonly database: Promise<Database | null>;
  readonly upgrade: Value<HistoryUpgrade | null>;
}

export function openOwn({ platform, scope, bus, accountId, onOutdated }: Needs): Opening {
  const upgrade = cell<HistoryUpgrade | null>(null);
  /** What this tab itself does; the others wait for it, and should it go, one of them begins anew. */
  let own: HistoryUpgrade | null = null;
  let settled = false;

  scope.own(
    bus.onMessage((message) => {
      if (message.kind === 'upgrade' && !settled) upgrade.set(message.upgrade);
      // A tab that has just begun.
      if (message.kind === 'who-leads') tell();
    }),
  );

  function tell(): void {
    if (own) bus.post({ kind: 'upgrade', upgrade: own });
  }

  function onUpgrade(next: HistoryUpgrade): void {
    own = next;
    upgrade.set(next);
    tell();
  }

  async function open(): Promise<Database | null> {
    try {
      const opened = await openDatabase(platform.database, accountId, { onUpgrade, onOutdated });
      scope.own(() => opened.close());
      return opened;
    } catch (error) {
      platform.report('opening the database', error);
      return null;
    } finally {
      settled = true;
      own = null;
      upgrade.set(null);
    }
  }

  return { database: open(), upgrade };
}
