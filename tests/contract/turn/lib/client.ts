/** A TURN client over real sockets: one request at a time, and a list of what else came in. */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { mintCredential } from '../../../../turn/credential.ts';
import { formatAddress, type Address } from '../../../../turn/stun/address.ts';
import { Attr, Class, Method } from '../../../../turn/stun/constants.ts';
import type { IntegrityKind } from '../../../../turn/stun/integrity.ts';
import { parseMessage, type StunMessage } from '../../../../turn/stun/message.ts';
import { FrameReader } from '../../../../turn/transport/frames.ts';
import {
  channelData,
  channelNumber,
  errorCode,
  type Fill,
  indication,
  newId,
  request,
  signerFrom,
  type Signer,
  udpTransport,
} from '../../../fakes/turn-requests.ts';
import { at } from '../../../fakes/turn-world.ts';
import { SECRET } from './servers.ts';

/** Generous: an answer that comes ends the waiting, and only a machine under load is slow. */
const PATIENCE_MS = 8_000;
/** RFC 8489 section 6.2.1: a question that got no answer is asked again, since UDP may lose either. */
const RETRANSMIT_MS = 1_000;

interface Wire {
  readonly lossy: boolean;
  send(bytes: Uint8Array): void;
  close(): void;
}

export class LiveClient {
  readonly #answers = new Map<string, (message: StunMessage) => void>();
  #wire: Wire | undefined;
  /** How long to wait for what may never come, ms; to be lowered where silence is the answer. */
  patience = PATIENCE_MS;
  signer: Signer | undefined;
  /** Data from peers, by channel number or by address. */
  readonly data: { from: number | string; bytes: Buffer }[] = [];

  static async udp(port: number, host = '127.0.0.1'): Promise<LiveClient> {
    const client = new LiveClient();
    const socket: UdpSocket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.bind(0, host);
    await once(socket, 'listening');
    socket.on('message', (bytes) => client.#receive(bytes));
    client.#wire = {
      lossy: true,
      send: (bytes) => socket.send(bytes, port, host),
      close: () => socket.close(),
    };
    return client;
  }

  static async stream(port: number, tls = false, host = '127.0.0.1'): Promise<LiveClient> {
    const client = new LiveClient();
    const socket: Socket = tls
      ? connectTls({ port, host, rejectUnauthorized: false })
      : connect({ port, host, noDelay: true });
    await once(socket, tls ? 'secureConnect' : 'connect');
    const reader = new FrameReader();
    socket.on('data', (chunk: Buffer) => {
      for (const frame of reader.push(chunk) ?? []) client.#receive(frame.bytes);
    });
    // A server that is killed resets the connection; the test says what it expects of that.
    socket.on('error', () => socket.destroy());
    client.#wire = {
      lossy: false,
      send: (bytes) => socket.write(padded(bytes)),
      close: () => socket.destroy(),
    };
    return client;
  }

  raw(bytes: Uint8Array): void {
    this.#wire?.send(bytes);
  }

  close(): void {
    this.#wire?.close();
  }

  /** The answer, or undefined when none comes in time. */
  ask(method: number, fill?: Fill, id = newId(), signer = this.signer): Promise<StunMessage | undefined> {
    return this.askRaw(request(method, fill, signer, id), id);
  }

  async askRaw(question: Uint8Array, id: Uint8Array): Promise<StunMessage | undefined> {
    const key = Buffer.from(id).toString('hex');
    let message: StunMessage | undefined;
    this.#answers.set(key, (answer) => (message ??= answer));
    const deadline = Date.now() + this.patience;
    while (!message && Date.now() < deadline) {
      this.raw(question);
      await until(() => message !== undefined, Math.min(RETRANSMIT_MS, deadline - Date.now()));
      if (!this.#wire?.lossy) await until(() => message !== undefined, deadline - Date.now());
    }
    this.#answers.delete(key);
    return message;
  }

  async logIn(credential = credentialFor('ann'), kind: IntegrityKind = 'sha1'): Promise<void> {
    const challenge = await this.ask(Method.allocate, udpTransport, undefined, undefined);
    if (!challenge) throw new Error('no challenge');
    this.signer = signerFrom(challenge, credential, kind);
  }

  /** Allocates, and says at which address. */
  async allocate(more: Fill = () => undefined): Promise<Address> {
    if (!this.signer) await this.logIn();
    const answer = await this.ask(Method.allocate, (w) => {
      udpTransport(w);
      more(w);
    });
    const relayed = answer?.xorAddress(Attr.xorRelayedAddress);
    if (!relayed) throw new Error(`no allocation: ${errorCode(answer)}`);
    return relayed;
  }

  permit(peer: string): Promise<StunMessage | undefined> {
    return this.ask(Method.createPermission, (w) => w.xorAddress(Attr.xorPeerAddress, at(peer)));
  }

  bind(number: number, peer: string): Promise<StunMessage | undefined> {
    return this.ask(Method.channelBind, (w) => {
      w.attribute(Attr.channelNumber, channelNumber(number)).xorAddress(Attr.xorPeerAddress, at(peer));
    });
  }

  refresh(lifetime?: number): Promise<StunMessage | undefined> {
    return this.ask(Method.refresh, (w) => {
      if (lifetime !== undefined) w.uint32(Attr.lifetime, lifetime);
    });
  }

  send(peer: string, data: Uint8Array): void {
    this.raw(indication((w) => w.xorAddress(Attr.xorPeerAddress, at(peer)).attribute(Attr.data, data)));
  }

  sendChannel(number: number, data: Uint8Array): void {
    this.raw(channelData(number, data));
  }

  async untilData(count: number, ms = this.patience): Promise<boolean> {
    return until(() => this.data.length >= count, ms);
  }

  #receive(bytes: Uint8Array): void {
    if ((bytes[0]! & 0xc0) === 0x40) {
      const length = (bytes[2]! << 8) | bytes[3]!;
      this.data.push({
        from: (bytes[0]! << 8) | bytes[1]!,
        bytes: Buffer.from(bytes.subarray(4, 4 + length)),
      });
      return;
    }
    const message = parseMessage(bytes);
    if (!message) return;
    if (message.class !== Class.indication) {
      this.#answers.get(Buffer.from(message.id).toString('hex'))?.(message);
      return;
    }
    const [from, data] = [message.xorAddress(Attr.xorPeerAddress), message.get(Attr.data)];
    if (from && data) this.data.push({ from: formatAddress(from), bytes: Buffer.from(data) });
  }
}

/** Over a stream channel data is padded to four bytes. */
function padded(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

export function credentialFor(user: string, ttlSeconds = 600): { username: string; credential: string } {
  return mintCredential({ secret: SECRET, user, ttlSeconds, nowMs: Date.now() });
}

export async function until(condition: () => boolean, ms: number): Promise<boolean> {
  const deadline = Date.now() + ms;
  while (!condition() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
  return condition();
}

/** A peer: a UDP socket that remembers, and answers what it is told to. */
export async function openPeer(
  host: string,
  echo = false,
): Promise<{
  readonly where: string;
  readonly received: { from: string; bytes: Buffer }[];
  send(to: Address, bytes: Uint8Array): void;
  close(): void;
}> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  socket.bind(0, host);
  await once(socket, 'listening');
  const received: { from: string; bytes: Buffer }[] = [];
  socket.on('message', (bytes, from) => {
    received.push({ from: `${from.address}:${from.port}`, bytes });
    if (echo) socket.send(bytes, from.port, from.address);
  });
  const { port } = socket.address();
  return {
    where: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
    received,
    send: (to, bytes) => socket.send(bytes, to.port, to.ip.join('.')),
    close: () => socket.close(),
  };
}
