/** Everything that core needs from the browser, as arguments: tests give a fake one, browser.ts gives the real one. */
import type { deleteDB, openDB } from 'idb';

export interface Platform {
  /** Shown in the list of devices. */
  readonly deviceName: string;
  readonly clientVersion: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: Timers;
  /** Runs `run` as a task of its own once what runs now has come to its end; unlike a timer not later in a hidden tab. */
  readonly soon: (run: () => void) => void;
  /** Same-origin requests. */
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
  readonly openSocket: (path: string) => PlatformSocket;
  /** Null where the browser has no WebRTC. */
  readonly rtc: RtcConstructors | null;
  readonly database: DatabaseAccess;
  /** Null on a page that was not loaded by HTTPS. */
  readonly subtle: SubtleCrypto | null;
  /** Null on a page that was not loaded by HTTPS. */
  readonly files: FileAccess | null;
  /** Null on a page that was not loaded by HTTPS. */
  readonly media: MediaAccess | null;
  /** The worker that opens what came many at once (web/worker/reader.ts); null where there are none. */
  readonly startReader: (() => WorkerPort) | null;
  readonly keep: Keep;
  readonly locks: Locks;
  readonly openChannel: (name: string) => TabChannel;
  readonly page: PageEvents;
  readonly report: Report;
}

/**
 * For whoever looks into what went wrong: a failure that no value carries and that the person need not decide about, as
 * it is made good by itself or costs little. `during`: what was being done.
 */
export type Report = (during: string, error: unknown) => void;

export interface Clock {
  /** Milliseconds since 1970 by this machine, right or wrong. */
  now(): number;
  /** Milliseconds that never jump; for measuring spans. */
  monotonic(): number;
}

export interface Random {
  bytes(length: number): Uint8Array;
  /** From 0 up to 1, for jitter only. */
  fraction(): number;
}

export interface Timers {
  /** Runs `run` once after `ms`; the returned function calls it off. */
  after(ms: number, run: () => void): () => void;
}

/** The part of WebSocket that is used. */
export interface PlatformSocket {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number }) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

export interface RtcConstructors {
  readonly RTCPeerConnection: typeof RTCPeerConnection;
  readonly RTCSessionDescription: typeof RTCSessionDescription;
  readonly RTCIceCandidate: typeof RTCIceCandidate;
}

export interface DatabaseAccess {
  readonly open: typeof openDB;
  readonly remove: typeof deleteDB;
  readonly KeyRange: typeof IDBKeyRange;
}

export interface FileAccess {
  /** SHA-256. */
  digest(bytes: ArrayBuffer): Promise<ArrayBuffer>;
  /** The worker that puts files on disk (web/worker/disk.ts). */
  startDisk(): WorkerPort;
  /** A file from the browser's own storage; null if it is not there. */
  read(folder: string, name: string): Promise<File | null>;
}

export interface MediaAccess {
  /** Microphone and camera; rejects with the browser's own DOMException. */
  user(constraints: MediaStreamConstraints): Promise<MediaStream>;
  /** The screen, a window or a tab, as the person chooses. */
  display(): Promise<MediaStream>;
  devices(): Promise<readonly MediaDeviceInfo[]>;
  onDevices(listener: () => void): () => void;
  stream(tracks: readonly MediaStreamTrack[]): MediaStream;
}

export interface WorkerPort {
  onmessage: ((message: unknown) => void) | null;
  /** It could not be loaded, or threw what nobody caught. */
  onerror: (() => void) | null;
  /** What is in `give` goes over to the worker instead of being copied. */
  post(message: unknown, give?: readonly Transferable[]): void;
  end(): void;
}

/** Small things that must be there before the first paint, hence synchronous. */
export interface Keep {
  keys(): readonly string[];
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
}

export interface Locks {
  /**
   * Waits for the lock of this name among all tabs; `onHeld` runs once it is ours.
   * The returned function gives it back, or stops waiting.
   */
  acquire(name: string, onHeld: () => void): () => void;
}

/** Reaches all other tabs of this browser that opened the same name, never the sender itself. */
export interface TabChannel {
  onmessage: ((message: unknown) => void) | null;
  post(message: unknown): void;
  close(): void;
}

/** Each `on…` returns a function that ends the listening. */
export interface PageEvents {
  visible(): boolean;
  /** False only when the browser is sure that there is no network. */
  online(): boolean;
  onVisibility(listener: () => void): () => void;
  onOnline(listener: () => void): () => void;
  /** The machine's way to the network changed: other Wi-Fi, cable pulled, mobile. */
  onNetworkChange(listener: () => void): () => void;
  /** The person touched, moved or typed; at most once a second. */
  onActivity(listener: () => void): () => void;
  /** An error that nobody caught. */
  onUncaught(listener: (error: unknown) => void): () => void;
  /** The tab is about to go. */
  onLeave(listener: () => void): () => void;
}
