/** A browser for unit tests: several tabs that share locks, storage and channels, and a network that can be cut. */
import 'fake-indexeddb/auto';
import { deleteDB, openDB } from 'idb';
import { encryption } from '../../web/core/encryption.ts';
import type { FullPlatform } from '../../web/core/full-platform.ts';
import type { Keep, PlatformSocket, TabChannel } from '../../web/core/platform.ts';
import { openFakeEngine } from './engine.ts';
import { createFakeKeep } from './keep.ts';
import type { FakeServer } from './server.ts';
import type { FakeTime } from './time.ts';

export interface FakeTab {
  readonly platform: FullPlatform;
  setVisible(visible: boolean): void;
  setOnline(online: boolean): void;
  /** As when the browser ends the tab: its locks are freed, its channels and sockets closed, nothing is said. */
  kill(): void;
}

export interface FakeBrowser {
  openTab(): FakeTab;
  readonly keep: Keep;
  /** The session cookie. */
  cookie: string | null;
  /** What its tabs were doing when something failed that nobody waits for. */
  readonly reports: string[];
}

let seed = 1;

/** `subtle`: as on a page loaded by HTTPS. */
export function createFakeBrowser(
  time: FakeTime,
  server: FakeServer,
  subtle: SubtleCrypto | null = null,
): FakeBrowser {
  const keep = createFakeKeep();
  const channels = new Set<{ name: string; channel: TabChannel }>();
  const locks = new Map<string, (() => void)[]>();

  const browser: FakeBrowser = { keep, cookie: null, reports: [], openTab };

  function openTab(): FakeTab {
    const ends: (() => void)[] = [];
    let alive = true;
    let visible = true;
    let online = true;
    const listeners = { visibility: new Set<() => void>(), online: new Set<() => void>() };
    const on = (set: Set<() => void>) => (listener: () => void) => {
      set.add(listener);
      return () => set.delete(listener);
    };

    function openChannel(name: string): TabChannel {
      const channel: TabChannel = {
        onmessage: null,
        post(message) {
          const copy = structuredClone(message);
          for (const other of channels) {
            if (other.name !== name || other.channel === channel) continue;
            setImmediate(() => channels.has(other) && other.channel.onmessage?.(copy));
          }
        },
        close: () => channels.delete(entry),
      };
      const entry = { name, channel };
      channels.add(entry);
      ends.push(() => channel.close());
      return channel;
    }

    function acquire(name: string, onHeld: () => void): () => void {
      const queue = locks.get(name) ?? [];
      locks.set(name, queue);
      const held = (): void => onHeld();
      queue.push(held);
      if (queue.length === 1) setImmediate(held);
      const release = (): void => {
        const at = queue.indexOf(held);
        if (at < 0) return;
        queue.splice(at, 1);
        if (at === 0 && queue[0]) setImmediate(queue[0]);
      };
      ends.push(release);
      return release;
    }

    function openSocket(): PlatformSocket {
      const socket = server.connect(browser.cookie, online);
      ends.push(() => socket.close());
      return socket;
    }

    const platform: FullPlatform = {
      deviceName: 'Fake',
      clientVersion: '0',
      clock: time.clock,
      timers: {
        after: (ms, run) => {
          const cancel = time.timers.after(ms, () => alive && run());
          ends.push(cancel);
          return cancel;
        },
      },
      random: {
        bytes: (length) => Uint8Array.from({ length }, () => (seed = (seed * 48_271) % 2_147_483_647) & 255),
        fraction: () => 0.5,
      },
      fetch: async (path, init) => {
        if (!online) throw new TypeError('no network');
        const answer = await server.fetch(path, init, browser.cookie);
        if (answer.cookie !== undefined) browser.cookie = answer.cookie;
        return answer.response;
      },
      openSocket,
      rtc: null,
      files: null,
      startReader: null,
      media: null,
      database: { open: openDB, remove: deleteDB, KeyRange: IDBKeyRange },
      loadEncryption: () =>
        Promise.resolve({
          ...encryption,
          openEngine: (needs) => openFakeEngine(server.devices, needs, server.withheld, server.named),
        }),
      subtle,
      keep,
      locks: { acquire },
      openChannel,
      soon: (run) => void setImmediate(run),
      report: (during) => browser.reports.push(during),
      page: {
        visible: () => visible,
        online: () => online,
        onVisibility: on(listeners.visibility),
        onOnline: on(listeners.online),
        onNetworkChange: on(listeners.online),
        onActivity: () => () => undefined,
        onUncaught: () => () => undefined,
        onLeave: () => () => undefined,
      },
    };

    return {
      platform,
      setVisible(next) {
        visible = next;
        for (const listener of listeners.visibility) listener();
      },
      setOnline(next) {
        online = next;
        if (next) for (const listener of listeners.online) listener();
        else server.cut(browser.cookie);
      },
      kill() {
        alive = false;
        for (const end of ends) end();
      },
    };
  }
  return browser;
}
