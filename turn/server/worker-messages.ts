/** What the main thread and the relay's threads tell each other. */
import type { Address } from '../stun/address.ts';
import type { Settings } from './settings.ts';

export interface Listening {
  readonly kind: 'udp' | 'tcp' | 'tls';
  readonly address: Address;
}

/** From a relay thread. */
export type WorkerMessage =
  | { readonly type: 'ready' }
  /** `code` is the system's: EADDRINUSE, EADDRNOTAVAIL, EACCES, … */
  | { readonly type: 'failed'; readonly listening: Listening; readonly code: string }
  /** An exception that nobody expected; the thread goes on with the next packet. */
  | { readonly type: 'bug'; readonly stack: string };

/** To all relay threads: this host's addresses have changed. */
export interface NewSettings {
  readonly settings: Settings;
}
