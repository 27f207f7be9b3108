/** The real platform: the only file of core that touches the browser's globals. */
import { deleteDB, openDB } from 'idb';
import { version } from '../../package.json';
import type { FullPlatform } from './full-platform.ts';
import { leaseLocks } from './tabs/lease-locks.ts';
import type {
  FileAccess,
  Keep,
  Locks,
  MediaAccess,
  PageEvents,
  PlatformSocket,
  TabChannel,
  Timers,
  WorkerPort,
} from './platform.ts';

export function browserPlatform(): FullPlatform {
  const keep = browserKeep();
  return {
    deviceName: deviceName(navigator.userAgent),
    clientVersion: version,
    clock,
    random,
    timers,
    soon: taskMaker(),
    fetch: (path, init) => fetch(path, init),
    openSocket,
    rtc:
      typeof RTCPeerConnection === 'undefined'
        ? null
        : { RTCPeerConnection, RTCSessionDescription, RTCIceCandidate },
    database: { open: openDB, remove: deleteDB, KeyRange: IDBKeyRange },
    loadEncryption: () => import('./encryption.ts').then((module) => module.encryption),
    subtle: isSecureContext ? crypto.subtle : null,
    files: isSecureContext ? files : null,
    media: typeof navigator.mediaDevices === 'undefined' ? null : media,
    startReader: () =>
      portOf(new Worker(new URL('../worker/reader.ts', import.meta.url), { type: 'module' })),
    keep,
    // Web Locks exist in secure contexts only; a page on a LAN without TLS is not one.
    locks: typeof navigator.locks === 'undefined' ? leaseLocks({ clock, random, timers, keep }) : webLocks(),
    openChannel,
    page: pageEvents(),
    // oxlint-disable-next-line no-console -- the one place that writes there
    report: (during, error) => console.warn(`While ${during}:`, error),
  };
}

const clock = { now: () => Date.now(), monotonic: () => performance.now() };

const random = {
  bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
  fraction: () => Math.random(),
};

const timers: Timers = {
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

function taskMaker(): FullPlatform['soon'] {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return (run) => {
    waiting.push(run);
    port2.postMessage(null);
  };
}

function deviceName(agent: string): string {
  const find = (table: readonly (readonly [RegExp, string])[]) =>
    table.find(([pattern]) => pattern.test(agent))?.[1];
  const browser = find([
    [/Edg\//, 'Edge'],
    [/OPR\//, 'Opera'],
    [/Firefox\/|FxiOS\//, 'Firefox'],
    [/Chrome\/|CriOS\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ]);
  const system = find([
    [/iPhone/, 'iPhone'],
    [/iPad/, 'iPad'],
    [/Android/, 'Android'],
    [/CrOS/, 'ChromeOS'],
    [/Windows/, 'Windows'],
    [/Mac OS X/, 'macOS'],
    [/Linux/, 'Linux'],
  ]);
  return [browser ?? 'Browser', system].filter(Boolean).join(', ');
}

/**
 * localStorage, or memory for what it refuses (private mode, blocked cookies, full): that does not outlive the tab. Only
 * for that: what another tab removes or changes is gone or changed here, too.
 */
export function browserKeep(): Keep {
  const memory = new Map<string, string>();
  return {
    keys() {
      try {
        return [...new Set([...Object.keys(localStorage), ...memory.keys()])];
      } catch {
        return [...memory.keys()];
      }
    },
    get(key) {
      try {
        return memory.get(key) ?? localStorage.getItem(key);
      } catch {
        return null;
      }
    },
    set(key, value) {
      try {
        localStorage.setItem(key, value);
        memory.delete(key);
      } catch {
        memory.set(key, value);
      }
    },
    remove(key) {
      memory.delete(key);
      try {
        localStorage.removeItem(key);
      } catch {
        // It was never there.
      }
    },
  };
}

function webLocks(): Locks {
  return {
    acquire(name, onHeld) {
      const waiting = new AbortController();
      let release = (): void => waiting.abort();
      const held = () =>
        new Promise<void>((resolve) => {
          release = resolve;
          onHeld();
        });
      navigator.locks.request(name, { signal: waiting.signal }, held).catch((error: unknown) => {
        if (!waiting.signal.aborted) throw error;
      });
      return () => release();
    },
  };
}

const files: FileAccess = {
  digest: (bytes) => crypto.subtle.digest('SHA-256', bytes),
  startDisk,
  async read(folder, name) {
    try {
      const root = await navigator.storage.getDirectory();
      return await (await (await root.getDirectoryHandle(folder)).getFileHandle(name)).getFile();
    } catch (error) {
      if (error instanceof DOMException) return null;
      throw error;
    }
  },
};

const media: MediaAccess = {
  user: (constraints) => navigator.mediaDevices.getUserMedia(constraints),
  display: () => navigator.mediaDevices.getDisplayMedia({ video: true, audio: false }),
  devices: () => navigator.mediaDevices.enumerateDevices(),
  onDevices: (listener) => listen(navigator.mediaDevices, ['devicechange'], listener),
  stream: (tracks) => new MediaStream([...tracks]),
};

function startDisk(): WorkerPort {
  return portOf(new Worker(new URL('../worker/disk.ts', import.meta.url), { type: 'module' }));
}

function portOf(real: Worker): WorkerPort {
  const port: WorkerPort = {
    onmessage: null,
    onerror: null,
    post: (message, give = []) => real.postMessage(message, [...give]),
    end: () => real.terminate(),
  };
  real.onmessage = ({ data }) => port.onmessage?.(data);
  real.onerror = () => port.onerror?.();
  return port;
}

function openSocket(path: string): PlatformSocket {
  const real = new WebSocket(new URL(path, location.href.replace(/^http/, 'ws')));
  const socket: PlatformSocket = {
    onmessage: null,
    onclose: null,
    send: (text) => real.send(text),
    close: (code) => real.close(code),
  };
  real.onmessage = ({ data }) => socket.onmessage?.({ data });
  real.onclose = ({ code }) => socket.onclose?.({ code });
  return socket;
}

function openChannel(name: string): TabChannel {
  const real = new BroadcastChannel(name);
  const channel: TabChannel = {
    onmessage: null,
    post: (message) => real.postMessage(message),
    close: () => real.close(),
  };
  real.onmessage = (event) => channel.onmessage?.(event.data);
  return channel;
}

function pageEvents(): PageEvents {
  return {
    visible: () => document.visibilityState === 'visible',
    online: () => navigator.onLine,
    onVisibility: (listener) => listen(document, ['visibilitychange'], listener),
    onOnline: (listener) => listen(window, ['online'], listener),
    onNetworkChange,
    onActivity: (listener) => {
      let last = -Infinity;
      return listen(window, ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchstart'], () => {
        if (performance.now() - last < 1_000) return;
        last = performance.now();
        listener();
      });
    },
    onUncaught(listener) {
      const heard = (event: ErrorEvent | PromiseRejectionEvent): void =>
        listener('reason' in event ? event.reason : event.error);
      window.addEventListener('error', heard);
      window.addEventListener('unhandledrejection', heard);
      return () => {
        window.removeEventListener('error', heard);
        window.removeEventListener('unhandledrejection', heard);
      };
    },
    onLeave: (listener) => listen(window, ['pagehide'], listener),
  };
}

/** `online` alone misses a switch of networks; Chromium also tells of those through Network Information. */
function onNetworkChange(listener: () => void): () => void {
  const ends = [listen(window, ['online'], listener)];
  const { connection } = navigator as Navigator & { connection?: EventTarget };
  if (connection) ends.push(listen(connection, ['change'], listener));
  return () => {
    for (const end of ends) end();
  };
}

function listen(target: EventTarget, names: readonly string[], listener: () => void): () => void {
  for (const name of names) target.addEventListener(name, listener, { passive: true, capture: true });
  return () => {
    for (const name of names) target.removeEventListener(name, listener, { capture: true });
  };
}
