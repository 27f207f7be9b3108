/** One device's socket: what is sent waits for the welcome, and a receiver too slow to keep up is let go. */
import type { WebSocket } from 'ws';
import { fullBucket, type Bucket, type Rate } from '../limits/token-buckets.ts';
import type { ServerMessage } from '../protocol/socket.ts';
import { encode } from './hub.ts';

/** Beyond this much unsent, presence and list changes end the socket: it gets everything anew when it comes back. */
const PUSH_BUFFER_BYTES = 4 * 1024 * 1024;
/** Beyond this much unsent, nothing is relayed to it, and no mail comes unasked. */
const RELAY_BUFFER_BYTES = 1024 * 1024;

export const MESSAGE_RATE: Rate = { burst: 240, perSecond: 60 };
/** Malformed or too many messages that are forgiven. */
export const OFFENCE_RATE: Rate = { burst: 30, perSecond: 0.5 };

/** The part of a socket that is used. */
type Socket = Pick<WebSocket, 'readyState' | 'OPEN' | 'bufferedAmount' | 'close' | 'terminate'> & {
  send(bytes: Buffer, options: { readonly binary: boolean }): void;
};

export class Connection {
  lastHeard: number;
  lastPinged: number;
  readonly messages: Bucket;
  readonly offences: Bucket;
  /** Null once welcomed. */
  private waiting: Buffer[] | null = [];

  constructor(
    private readonly socket: Socket,
    readonly personId: string,
    readonly deviceId: string,
    now: number,
  ) {
    this.lastHeard = now;
    this.lastPinged = now;
    this.messages = fullBucket(MESSAGE_RATE, now);
    this.offences = fullBucket(OFFENCE_RATE, now);
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /** The first message; what came up meanwhile follows in order. */
  welcome(message: ServerMessage): void {
    this.write(encode(message));
    const waiting = this.waiting ?? [];
    this.waiting = null;
    for (const bytes of waiting) this.write(bytes);
  }

  get isWelcomed(): boolean {
    return this.waiting === null;
  }

  push(bytes: Buffer): void {
    if (this.waiting !== null) this.waiting.push(bytes);
    else if (this.socket.bufferedAmount > PUSH_BUFFER_BYTES) this.socket.terminate();
    else this.write(bytes);
  }

  send(message: ServerMessage): void {
    this.push(encode(message));
  }

  /** It has not taken in yet what it was sent: more should wait. */
  get isBehind(): boolean {
    return this.waiting !== null || this.socket.bufferedAmount > RELAY_BUFFER_BYTES;
  }

  /** False when the device is too slow, or has not been welcomed yet. */
  relay(bytes: Buffer): boolean {
    if (this.isBehind) return false;
    this.write(bytes);
    return true;
  }

  close(code: number): void {
    this.socket.close(code);
  }

  /** Nobody is at the other end: no closing handshake. */
  terminate(): void {
    this.socket.terminate();
  }

  private write(bytes: Buffer): void {
    if (this.isOpen) this.socket.send(bytes, { binary: false });
  }
}
