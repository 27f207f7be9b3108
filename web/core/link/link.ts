/** A link to one device of a friend, as the rest of core sees it. */
import type { Address } from '../crypto/address.ts';
import type { Result } from '../model.ts';
import type { Platform } from '../platform.ts';
import type { Value } from '../value.ts';
import type { SelectedPair } from './candidates.ts';
import type { IceServerSource } from './ice-servers.ts';
import type { PeerMaker } from './peer-maker.ts';
import type { Peer } from './peer.ts';
import type { LinkEvent, LinkPhase } from './state.ts';

export interface LinkView {
  readonly at: LinkPhase;
  readonly wanted: boolean;
  readonly failures: number;
  readonly pair: SelectedPair | null;
  /** Of our own ping, ms; null until first answered. */
  readonly rtt: number | null;
  /** The server is the better way, though the link is open. */
  readonly slow: boolean;
}

export interface Link {
  readonly address: Address;
  readonly view: Value<LinkView>;
  /** The connection while there is one, for channels of one's own, tracks and statistics; another one after each reopening. */
  readonly peer: Value<Peer | null>;
  event(event: LinkEvent): void;
  takeSignal(linkId: string, body: string): void;
  sendChat(bytes: Uint8Array<ArrayBuffer>): 'sent' | 'full' | 'closed';
  close(): void;
}

export interface LinkNeeds {
  readonly platform: Pick<Platform, 'clock' | 'random' | 'timers'>;
  readonly address: Address;
  readonly ownDeviceId: string;
  readonly peerMaker: () => Promise<PeerMaker | null>;
  readonly iceServers: IceServerSource;
  readonly sendSignal: (to: Address, linkId: string, body: string) => Promise<Result<unknown>>;
  readonly onChat: (bytes: Uint8Array) => void;
  readonly onDrained: () => void;
}
