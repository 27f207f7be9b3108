/** Opens relay sockets on free ports of the configured range, and keeps the reserved half of an even pair. */
import { randomInt } from 'node:crypto';
import { address } from '../stun/address.ts';
import type { Ledger } from '../allocation/ledger.ts';
import type { Reservations, Reserved } from '../allocation/reservations.ts';
import type { Clock, Relay, RelayOpener } from '../transport/transport.ts';

const ATTEMPTS = 64;

export class Ports {
  readonly #ledger: Ledger;
  readonly #opener: RelayOpener;
  readonly #clock: Clock;
  readonly #min: number;
  readonly #max: number;
  readonly #reservations: Reservations;

  constructor(options: {
    ledger: Ledger;
    reservations: Reservations;
    opener: RelayOpener;
    clock: Clock;
    min: number;
    max: number;
  }) {
    this.#reservations = options.reservations;
    this.#ledger = options.ledger;
    this.#opener = options.opener;
    this.#clock = options.clock;
    this.#min = options.min;
    this.#max = options.max;
  }

  /** A relay on a random port of the range: unguessable ports are the first line against blind senders. */
  open(ip: Uint8Array, even = false): Relay | undefined {
    for (const port of this.#candidates(even)) {
      const relay = this.#openAt(ip, port);
      if (relay) return relay;
    }
    return undefined;
  }

  /** An even port and the next one, which is kept for whoever brings the token. */
  openPair(ip: Uint8Array, username: string): { relay: Relay; token: Uint8Array } | undefined {
    for (const port of this.#candidates(true)) {
      if (port === this.#max) continue;
      const relay = this.#openAt(ip, port);
      const next = relay && this.#openAt(ip, port + 1);
      if (relay && next) return this.#keepSecond(relay, next, username);
      if (relay) this.close(relay);
    }
    return undefined;
  }

  redeem(token: Uint8Array, username: string): Relay | undefined {
    const reserved = this.#reservations.redeem(token, username, this.#clock.wall());
    return reserved && this.#takeUp(reserved);
  }

  close(relay: Relay): void {
    relay.close();
    this.#ledger.releasePort(relay.address.ip, relay.address.port);
  }

  /** Ends reservations that nobody came for; whichever thread finds them. */
  sweep(wallMs: number): void {
    for (;;) {
      const reserved = this.#reservations.takeExpired(wallMs);
      if (!reserved) return;
      this.close(this.#takeUp(reserved));
    }
  }

  #takeUp({ handle, address: at }: Reserved): Relay {
    this.#ledger.takeOverPort(at.ip, at.port);
    return this.#opener.takeUp(handle, at);
  }

  #keepSecond(relay: Relay, next: Relay, username: string): { relay: Relay; token: Uint8Array } | undefined {
    const { address: at } = next;
    const handle = this.#opener.layDown(next);
    const token = this.#reservations.keep({ handle, address: at }, username, this.#clock.wall());
    if (token) return { relay, token };
    this.close(this.#opener.takeUp(handle, at));
    this.close(relay);
    return undefined;
  }

  #openAt(ip: Uint8Array, port: number): Relay | undefined {
    if (!this.#ledger.claimPort(ip, port)) return undefined;
    const relay = this.#opener.open(address(ip, port));
    if (!relay) this.#ledger.releasePort(ip, port);
    return relay;
  }

  /** Random ports first; when the range is nearly full, every port once, from a random start. */
  *#candidates(even: boolean): Generator<number> {
    const size = this.#max - this.#min + 1;
    for (let i = 0; i < ATTEMPTS; i++) {
      const port = this.#min + randomInt(size);
      if (!even || port % 2 === 0) yield port;
    }
    const start = randomInt(size);
    for (let i = 0; i < size; i++) {
      const port = this.#min + ((start + i) % size);
      if (!even || port % 2 === 0) yield port;
    }
  }
}
