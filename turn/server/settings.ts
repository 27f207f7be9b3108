/** What every relay thread is told; plain data, so that it can be handed to a worker. */
import type { Address } from '../stun/address.ts';
import type { PeerPolicy } from '../allocation/peer-policy.ts';
import type { LedgerLimits } from '../allocation/ledger.ts';

export interface Limits extends LedgerLimits {
  readonly permissionsPerAllocation: number;
  readonly channelsPerAllocation: number;
  /** Bytes a second that an unauthenticated source may be answered beyond what it sent. */
  readonly unauthenticatedRate: number;
  readonly streams: number;
  /** Seconds. */
  readonly defaultLifetime: number;
  readonly maxLifetime: number;
  readonly permissionLifetime: number;
  readonly channelLifetime: number;
}

export const DEFAULT_LIMITS: Limits = {
  allocationsPerUser: 100,
  allocationsTotal: 10_000,
  userRate: 0,
  totalRate: 0,
  permissionsPerAllocation: 128,
  channelsPerAllocation: 128,
  unauthenticatedRate: 8192,
  streams: 10_000,
  defaultLifetime: 600,
  maxLifetime: 3600,
  permissionLifetime: 300,
  channelLifetime: 600,
};

/** Where a relay is bound for clients that reached `listening`, per family. */
export interface RelayPlan {
  readonly listening: Uint8Array;
  readonly ipv4?: Uint8Array;
  readonly ipv6?: Uint8Array;
}

export interface Settings {
  readonly realm: string;
  readonly secrets: readonly string[];
  readonly nonceKey: Uint8Array;
  readonly policy: PeerPolicy;
  readonly limits: Limits;
  readonly minPort: number;
  readonly maxPort: number;
  readonly plans: readonly RelayPlan[];
  readonly external: readonly Uint8Array[];
  /** All of this host's addresses, listened on or not: only live relays may be reached there. */
  readonly local: readonly Uint8Array[];
  /** The second address and port for behaviour discovery. */
  readonly alternate?: { readonly ip?: Uint8Array; readonly port: number };
  /** Where this server listens for UDP. */
  readonly listeners: readonly Address[];
}
