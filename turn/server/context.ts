/** What the request handlers share, and the shape of what they answer. */
import type { Allocation } from '../allocation/allocation.ts';
import type { Ledger } from '../allocation/ledger.ts';
import type { OwnAddresses } from '../allocation/own-addresses.ts';
import type { ErrorCode } from '../stun/constants.ts';
import type { StunMessage } from '../stun/message.ts';
import type { MessageWriter } from '../stun/writer.ts';
import type { ClientPath, Clock, RelayOpener } from '../transport/transport.ts';
import type { Session } from './authenticate.ts';
import type { Counters } from './counters.ts';
import type { Ports } from './ports.ts';
import type { Settings } from './settings.ts';

export interface Context {
  /** New ones come when this host's addresses change. */
  settings: Settings;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly counters: Counters;
  own: OwnAddresses;
  readonly opener: RelayOpener;
  readonly ports: Ports;
  /** Allocations by the key of their 5-tuple. */
  readonly allocations: Map<string, Allocation>;
}

/** An authenticated request. */
export interface Request {
  readonly message: StunMessage;
  readonly path: ClientPath;
  readonly session: Session;
  readonly now: number;
}

export interface Refusal {
  readonly error: ErrorCode;
  readonly unknown?: readonly number[];
}
/** What to say: an error, or a success with whatever the handler writes into it. */
export type Reply =
  | Refusal
  | { readonly write: (writer: MessageWriter) => void }
  /** The same bytes as the first time: a retransmitted Allocate. */
  | { readonly repeat: Uint8Array };

export const fail = (error: ErrorCode): Refusal => ({ error });
export const succeed = (write: (writer: MessageWriter) => void = () => undefined): Reply => ({ write });
