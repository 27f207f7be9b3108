/** What a relay thread tells the main thread. */
import type { Address } from '../stun/address.ts';

export interface Listening {
  readonly kind: 'udp' | 'tcp' | 'tls';
  readonly address: Address;
}

export type WorkerMessage =
  | { readonly type: 'ready' }
  /** `code` is the system's: EADDRINUSE, EADDRNOTAVAIL, EACCES, … */
  | { readonly type: 'failed'; readonly listening: Listening; readonly code: string }
  /** An exception that nobody expected; the thread goes on with the next packet. */
  | { readonly type: 'bug'; readonly stack: string };
