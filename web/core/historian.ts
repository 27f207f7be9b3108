/** A tab's way to what moves a history, whose code is loaded when it is first needed. */
import type { Me } from '../../signaling/protocol/http.ts';
import { announcementOf } from './conversation/conversation.ts';
import type { Announced } from './conversation/conversation.ts';
import type { Database } from './database.ts';
import type * as Tools from './history-file.ts';
import type { HistoryApi, HistoryOutcome } from './history-model.ts';
import type { Platform } from './platform.ts';

export type Historian = Pick<HistoryApi, 'exportFile' | 'importFile'>;

interface Needs {
  readonly platform: Pick<Platform, 'database' | 'random' | 'subtle' | 'report'>;
  readonly me: Me;
  /** Null when the browser's storage cannot be used. */
  readonly database: Promise<Database | null>;
  readonly announce: (change: Announced) => void;
}

export function createHistorian({ platform, me, database: opening, announce }: Needs): Historian {
  /** Null without a network. */
  const loadTools = () =>
    import('./history-file.ts').catch((error: unknown) => {
      platform.report('loading what moves the history', error);
      return null;
    });

  async function withTools<T>(
    work: (tools: typeof Tools, needs: Tools.FileNeeds) => Promise<HistoryOutcome<T>>,
  ): Promise<HistoryOutcome<T>> {
    const [database, tools] = await Promise.all([opening, loadTools()]);
    if (!tools) return { ok: false, why: 'network' };
    const { subtle } = platform;
    if (!database || !subtle) return { ok: false, why: 'storage' };
    const onChange: Tools.FileNeeds['onChange'] = (change) => announce(announcementOf(change));
    try {
      return await work(tools, { platform, subtle, database, me, onChange });
    } catch (error) {
      platform.report('moving the history to or from a file', error);
      return { ok: false, why: 'storage' };
    }
  }

  return {
    exportFile: (passphrase, run) => withTools((tools, needs) => tools.exportHistory(needs, passphrase, run)),
    importFile: (file, passphrase, anyAccount, run) =>
      withTools((tools, needs) => tools.importHistory(needs, file, passphrase, anyAccount, run)),
  };
}
