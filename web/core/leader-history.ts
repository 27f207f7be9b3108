/** The leading tab's history between one's own devices: fetches it where it is wanted, and hands it out. Loaded when another device is there. */
import { devicesSchema } from '../../signaling/protocol/http.ts';
import { announcementOf } from './conversation/conversation.ts';
import type { Announced } from './conversation/conversation.ts';
import { listHistory, readHistory } from './conversation/history-pages.ts';
import { mergeHistory } from './conversation/merging.ts';
import type { Database } from './database.ts';
import { createChannelEnd } from './history/channel-end.ts';
import type { ChannelEnd, HistoryChannel } from './history/channel-end.ts';
import { fetchHistory } from './history/fetching.ts';
import type { FetchEnd } from './history/fetching.ts';
import type { HistoryMove } from './history-model.ts';
import type { Platform } from './platform.ts';
import type { Scope } from './scope.ts';
import type { Http } from './signaling/http.ts';

export interface HistoryNeeds {
  readonly platform: Pick<Platform, 'database' | 'timers' | 'report'>;
  readonly scope: Scope;
  readonly http: Http;
  readonly database: Database;
  readonly ownId: string;
  /** Whether this device's keys are there, without which no link opens. */
  readonly isReady: () => boolean;
  /** Whether one's identity signed this device of one's own, and it was not removed. */
  readonly isOwn: (deviceId: string) => Promise<boolean>;
  /** Once what waited for this device while it was away has been taken in: nobody else can hand that out. */
  readonly caughtUp: () => Promise<void>;
  /** Links to one's other devices. */
  readonly wantLinks: (on: boolean) => void;
  readonly announce: (change: Announced) => void;
  readonly show: (move: HistoryMove | null) => void;
}

export interface LeaderHistory {
  /** Others of one's own that are there now. */
  setDevices(deviceIds: readonly string[]): void;
  /** Null: the link to it is gone. */
  setChannel(deviceId: string, channel: HistoryChannel | null): void;
  /** What was not ready may be now. */
  wake(): void;
  fetchAll(): void;
  cancel(): void;
}

const RETRY = 5_000;

export function startHistory(needs: HistoryNeeds): LeaderHistory {
  const { database, scope, http } = needs;
  const { KeyRange } = needs.platform.database;
  const channels = new Map<string, HistoryChannel>();
  const ends = new Map<string, ChannelEnd>();
  /** Gave all they have, which was not all there is. */
  const emptied = new Set<string>();
  let devices: readonly string[] = [];
  let fetching: { cancelled: boolean } | null = null;
  let looking: Promise<unknown> = Promise.resolve();
  let shown: HistoryMove | null = null;
  let cancelRetry = (): void => undefined;
  scope.own(() => cancelRetry());
  scope.own(() => ends.forEach((end) => end.end()));

  function show(move: HistoryMove | null): void {
    shown = move;
    needs.show(move);
  }

  function progress(
    direction: HistoryMove['direction'],
    deviceId: string,
    done: number,
    total: number,
  ): void {
    if (total === 0) return;
    const phase = done < total ? 'moving' : 'complete';
    show({ direction, deviceId, phase, done: Math.min(done, total), total });
  }

  /** It goes on when the other device is back, and is shown again then. */
  function hide(direction: HistoryMove['direction'], deviceId: string): void {
    const isIt = shown?.direction === direction && shown.deviceId === deviceId;
    if (isIt && shown?.phase === 'moving') show(null);
  }

  // --- Fetching --------------------------------------------------------------------------------------------------

  const wanted = () => database.get('fetchWanted', 'all');
  const unwant = () => database.delete('fetchWanted', 'all');

  /** The oldest device of an account has nothing to fetch; null: not known now. */
  async function isOldest(): Promise<boolean | null> {
    const answer = await http.ask('GET', '/api/devices', devicesSchema);
    if (!answer.ok) return null;
    const own = answer.value.devices.find(({ current }) => current);
    return answer.value.devices.every(({ createdAt }) => own !== undefined && createdAt >= own.createdAt);
  }

  /** Null: not known now. */
  const isComplete = async (): Promise<boolean | null> => (await wanted()) !== 'new' || isOldest();

  async function look(): Promise<void> {
    if (scope.ended || fetching || devices.length === 0 || !needs.isReady()) return;
    const how = await wanted();
    if (how === undefined) return;
    const oldest = how === 'new' ? await isOldest() : false;
    if (oldest === null) retryLater();
    else if (oldest) await unwant();
    else begin();
  }

  function begin(): void {
    const source = [...ends].find(([deviceId]) => !emptied.has(deviceId));
    const some = devices.some((deviceId) => !emptied.has(deviceId));
    needs.wantLinks(some);
    if (!source || fetching) return;
    const run = { cancelled: false };
    fetching = run;
    void fetchFrom(...source, run)
      .catch((): FetchEnd => 'cut')
      .then((end) => {
        fetching = null;
        return finish(source[0], end);
      })
      .catch(retryLater);
  }

  async function fetchFrom(
    deviceId: string,
    from: ChannelEnd,
    run: { cancelled: boolean },
  ): Promise<FetchEnd> {
    return fetchHistory({
      from,
      fetched: await database.getAll('fetched'),
      async store(page, fetched) {
        const change = await mergeHistory(database, KeyRange, page, needs.ownId);
        await database.put('fetched', fetched);
        needs.announce(announcementOf(change));
      },
      onProgress: (done, total) => {
        if (!run.cancelled) progress('in', deviceId, done, total);
      },
      stopped: () => run.cancelled || scope.ended,
    });
  }

  async function finish(deviceId: string, end: FetchEnd): Promise<void> {
    if (scope.ended) return;
    hide('in', deviceId);
    if (end === 'cut') {
      // Another device, if there is one, has its turn first.
      const channel = channels.get(deviceId);
      if (channel) setChannel(deviceId, channel);
      retryLater();
      return;
    }
    if (end === 'complete') await unwant();
    if (end !== 'stopped') await database.clear('fetched');
    if (end === 'incomplete') {
      emptied.add(deviceId);
      wake();
    } else needs.wantLinks(false);
  }

  function retryLater(): void {
    cancelRetry();
    cancelRetry = needs.platform.timers.after(RETRY, wake);
  }

  function wake(): void {
    looking = looking.then(look).catch(retryLater);
  }

  // --- Handing out -----------------------------------------------------------------------------------------------

  function open(deviceId: string, channel: HistoryChannel): ChannelEnd {
    return createChannelEnd({
      channel,
      timers: needs.platform.timers,
      async list() {
        if (!(await needs.isOwn(deviceId))) return null;
        await needs.caughtUp();
        const complete = await isComplete();
        // Said to be incomplete it would not be asked again.
        return complete === null ? null : { complete, parts: await listHistory(database, KeyRange) };
      },
      page: async (conversation, before) =>
        (await needs.isOwn(deviceId)) ? readHistory(database, KeyRange, conversation, before) : null,
      onProgress: (done, total) => progress('out', deviceId, done, total),
      report: needs.platform.report,
    });
  }

  function setChannel(deviceId: string, channel: HistoryChannel | null): void {
    ends.get(deviceId)?.end();
    ends.delete(deviceId);
    channels.delete(deviceId);
    if (channel) {
      channels.set(deviceId, channel);
      ends.set(deviceId, open(deviceId, channel));
    } else hide('out', deviceId);
  }

  return {
    setDevices(deviceIds) {
      devices = deviceIds;
      wake();
    },
    setChannel(deviceId, channel) {
      setChannel(deviceId, channel);
      wake();
    },
    wake,
    fetchAll() {
      emptied.clear();
      looking = looking
        .then(() => database.put('fetchWanted', 'asked', 'all'))
        .then(look)
        .catch(retryLater);
    },
    cancel() {
      if (fetching) fetching.cancelled = true;
      if (shown?.direction === 'in') show(null);
      needs.wantLinks(false);
      looking = looking.then(unwant).catch(retryLater);
    },
  };
}
