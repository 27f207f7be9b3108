/**
 * Clients and peers of a relay on raw sockets, sending and receiving in batches, so that the generator costs far less
 * than the servers that it measures.
 */
import { Attr, Class, Method } from '../../../turn/stun/constants.ts';
import type { Address } from '../../../turn/stun/address.ts';
import { parseMessage, type StunMessage } from '../../../turn/stun/message.ts';
import { Arena } from '../../../turn/transport/arena.ts';
import { EPOLL_DATA_WORD, EPOLL_EVENT_WORDS, loadLibc, MSG_DONTWAIT } from '../../../turn/transport/libc.ts';
import { NO_ENTRY, Outbox, type Sender } from '../../../turn/transport/outbox.ts';
import { sockaddrOf } from '../../../turn/transport/sockaddr.ts';
import { addToEpoll, newScratch, openSocket } from '../../../turn/transport/sockets.ts';
import {
  channelNumber,
  errorCode,
  request,
  signerFrom,
  type Signer,
  udpTransport,
} from '../../fakes/turn-requests.ts';
import { at } from '../../fakes/turn-world.ts';

export interface Access {
  readonly port: number;
  readonly username: string;
  readonly credential: string;
}

const SERVER_HOST = '127.0.0.1';
const PEER_HOST = '127.0.0.3';
const BATCH = 64;
const ANSWER_MS = 3000;
const PAYLOAD_BYTES = 1200;
const HEADER_BYTES = 4;
const CHANNEL = 0x4000;
/** Beyond what a batch takes in, so that what is sent from here is not overwritten. */
const OWN_SLOT = 200;

class LoadSocket implements Sender {
  readonly fd: number;
  readonly address: Address;
  readonly isPeer: boolean;
  firstOut = NO_ENTRY;
  lastOut = NO_ENTRY;
  answer: StunMessage | undefined;

  constructor(fd: number, where: Address, isPeer: boolean) {
    this.fd = fd;
    this.address = where;
    this.isPeer = isPeer;
  }
}

export interface Flow {
  readonly client: LoadSocket;
  readonly peer: LoadSocket;
  readonly relayed: Int32Array;
}
type Handler = (socket: LoadSocket, slot: number, length: number) => void;

export class Generator {
  readonly #libc = needLibc();
  readonly #arena = new Arena((bytes) => Number(this.#libc.koffi.address(bytes)));
  readonly #scratch = newScratch(this.#libc);
  readonly #outbox = new Outbox(this.#libc, this.#arena, () => undefined);
  readonly #view = new DataView(this.#arena.bytes.buffer, this.#arena.bytes.byteOffset);
  readonly #epoll = this.#libc.epollCreate(0);
  readonly #sockets: LoadSocket[] = [];
  readonly #access: Access;
  readonly #server: Int32Array;
  #nextPort = 20_000 + Math.floor(Math.random() * 5000);

  constructor(access: Access) {
    this.#access = access;
    this.#server = sockaddrOf(at(`${SERVER_HOST}:${access.port}`));
  }

  openFlows(count: number): Flow[] {
    return Array.from({ length: count }, () => {
      const [client, peer] = [this.#open(SERVER_HOST), this.#open(PEER_HOST)];
      const { signer, relayed } = this.#allocate(client);
      const bind = request(
        Method.channelBind,
        (w) =>
          w
            .attribute(Attr.channelNumber, channelNumber(CHANNEL))
            .xorAddress(Attr.xorPeerAddress, peer.address),
        signer,
      );
      succeeded(this.#ask(client, bind), 'ChannelBind');
      return { client, peer, relayed };
    });
  }

  /** Makes allocations one after another; seconds that it took. */
  allocateMany(count: number): number {
    const clients = Array.from({ length: count }, () => this.#open(SERVER_HOST));
    const began = performance.now();
    for (const client of clients) this.#allocate(client);
    return (performance.now() - began) / 1000;
  }

  /** Sends at a rate (or as fast as it can), and says how many packets got through the relay. */
  flood(flows: readonly Flow[], from: 'clients' | 'peers', seconds: number, rate: number): number {
    const start = this.#prepare();
    let [sent, received] = [0, 0];
    const count: Handler = (_, _slot, length) => {
      if (length >= PAYLOAD_BYTES) received++;
    };
    const began = performance.now();
    const end = began + seconds * 1000;
    for (let now = began; now < end; now = performance.now()) {
      const due = Math.min(((now - began) / 1000) * rate, sent + 2 * BATCH);
      for (; sent < due; sent++) {
        const { client, peer, relayed } = flows[sent % flows.length]!;
        if (from === 'clients')
          this.#outbox.add(client, start, HEADER_BYTES + PAYLOAD_BYTES, this.#server, 0);
        else this.#outbox.add(peer, start + HEADER_BYTES, PAYLOAD_BYTES, relayed, 0);
      }
      if (!this.#outbox.isEmpty) this.#outbox.flush();
      this.#pump(0, count);
    }
    for (const last = performance.now() + 300; performance.now() < last;) this.#pump(20, count);
    return received;
  }

  /** Milliseconds to the peer and back, each packet relayed twice. */
  roundTrips(flows: readonly Flow[], seconds: number, rate: number): number[] {
    const times: number[] = [];
    const handle: Handler = (socket, slot, length) => {
      const start = this.#arena.packetAt(slot);
      if (socket.isPeer) {
        this.#outbox.add(socket, start, length, this.#arena.words, this.#arena.sourceAt(slot));
      } else if (length >= PAYLOAD_BYTES) {
        times.push(performance.now() - this.#view.getFloat64(start + HEADER_BYTES));
      }
    };
    const start = this.#prepare();
    const began = performance.now();
    let sent = 0;
    for (let now = began; now < began + seconds * 1000; now = performance.now()) {
      if (sent < ((now - began) / 1000) * rate) {
        this.#view.setFloat64(start + HEADER_BYTES, performance.now());
        const { client } = flows[sent++ % flows.length]!;
        this.#outbox.add(client, start, HEADER_BYTES + PAYLOAD_BYTES, this.#server, 0);
        this.#outbox.flush();
      }
      this.#pump(0, handle);
    }
    return times;
  }

  #prepare(): number {
    const start = this.#arena.packetAt(OWN_SLOT);
    const header = [CHANNEL >> 8, CHANNEL & 255, PAYLOAD_BYTES >> 8, PAYLOAD_BYTES & 255];
    this.#arena.bytes.set(header, start);
    return start;
  }

  #open(host: string): LoadSocket {
    for (;;) {
      const where = at(`${host}:${this.#nextPort++}`);
      try {
        const fd = openSocket(this.#libc, this.#scratch, where, 'relay');
        const socket = new LoadSocket(fd, where, host === PEER_HOST);
        addToEpoll(this.#libc, this.#scratch, this.#epoll, fd, this.#sockets.push(socket) - 1);
        return socket;
      } catch (error) {
        // Someone else has that port: the next one.
        if ((error as { code?: string }).code !== 'EADDRINUSE') throw error;
      }
    }
  }

  #pump(waitMs: number, handle: Handler): void {
    const arena = this.#arena;
    const ready = this.#libc.epollWait(this.#epoll, arena.pointer('events'), arena.maxEvents, waitMs);
    for (let i = 0; i < ready; i++) {
      const index = arena.words[arena.eventsAt() + i * EPOLL_EVENT_WORDS + EPOLL_DATA_WORD]!;
      const socket = this.#sockets[index]!;
      const count = this.#libc.recvmmsg(socket.fd, arena.inHeader(0), BATCH, MSG_DONTWAIT, 0);
      for (let slot = 0; slot < count; slot++) handle(socket, slot, arena.takeLength(slot));
      if (!this.#outbox.isEmpty) this.#outbox.flush();
    }
  }

  #allocate(client: LoadSocket): { signer: Signer; relayed: Int32Array } {
    const challenge = this.#ask(client, request(Method.allocate, udpTransport));
    const signer = signerFrom(challenge, this.#access);
    const answer = succeeded(this.#ask(client, request(Method.allocate, udpTransport, signer)), 'Allocate');
    return { signer, relayed: sockaddrOf(answer.xorAddress(Attr.xorRelayedAddress)!) };
  }

  #ask(socket: LoadSocket, bytes: Uint8Array): StunMessage {
    const start = this.#arena.packetAt(OWN_SLOT);
    this.#arena.bytes.set(bytes, start);
    socket.answer = undefined;
    this.#outbox.add(socket, start, bytes.length, this.#server, 0);
    this.#outbox.flush();
    const deadline = performance.now() + ANSWER_MS;
    while (!socket.answer && performance.now() < deadline) {
      this.#pump(5, (from, slot, length) => {
        const at = this.#arena.packetAt(slot);
        from.answer = parseMessage(this.#arena.bytes.slice(at, at + length));
      });
    }
    if (!socket.answer) throw new Error('the server does not answer');
    return socket.answer;
  }
}

function needLibc(): NonNullable<ReturnType<typeof loadLibc>> {
  const libc = loadLibc();
  if (!libc) throw new Error('the load generator needs Linux and koffi');
  return libc;
}

function succeeded(answer: StunMessage, what: string): StunMessage {
  if (answer.class !== Class.success) throw new Error(`${what}: ${errorCode(answer)}`);
  return answer;
}
