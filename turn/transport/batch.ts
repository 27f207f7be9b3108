/**
 * UDP in batches on Linux: one system call takes in up to 64 packets, one sends all that a socket owes. A channel's
 * packet is read, looked up and sent from the same place in memory.
 *
 * Sockets share the port with those of the other threads (SO_REUSEPORT): the kernel gives each client to one thread.
 */
import type { node as KoffiNode } from 'koffi';
import type { Channel } from '../allocation/allocation.ts';
import { TO_CLIENT, TO_PEER } from '../server/counters.ts';
import type { Engine } from '../server/engine.ts';
import { sameAddress, type Address } from '../stun/address.ts';
import { CHANNEL_HEADER_BYTES, isChannelData } from '../stun/constants.ts';
import { Arena, SLOTS } from './arena.ts';
import { BatchPath, BatchRelay, Listener, type BatchSocket } from './batch-sockets.ts';
import type { Descriptors } from './descriptors.ts';
import { ChannelTable } from './channel-table.ts';
import { EPOLL_DATA_WORD, EPOLL_EVENT_WORDS, EPOLL_REMOVE, MSG_DONTWAIT, type Libc } from './libc.ts';
import { Outbox, type Sender } from './outbox.ts';
import { addressAt, sockaddrOf } from './sockaddr.ts';
import { addToEpoll, newScratch, openSocket, type Scratch } from './sockets.ts';
import type { Relay, RelayOpener } from './transport.ts';

/** Packets taken from one socket at once: each may cause one more to be sent, and slots must suffice for both. */
const BATCH = 64;
const RELAY_SCOPE = 1 << 31;
/** A thread with nothing else to do waits in the kernel, and goes round the event loop this often. */
const STAY_MS = 50;

export class BatchTransport implements RelayOpener {
  readonly canForbidFragments = true;
  readonly #libc: Libc;
  readonly #engine: () => Engine;
  readonly #arena: Arena;
  readonly #scratch: Scratch;
  readonly #descriptors: Descriptors;
  readonly #outbox: Outbox;
  readonly #table = new ChannelTable();
  readonly #epoll: number;
  readonly #sockets: (BatchSocket | undefined)[] = [];
  readonly #freeIndexes: number[] = [];
  /** By the table's values: the channel, and its peer's and client's addresses as words. */
  readonly #channels: (BoundChannel | undefined)[] = [];
  readonly #freeChannels: number[] = [];
  readonly #poll: KoffiNode.PollHandle | undefined;
  #closed = false;
  #usedSlots = 0;
  #inRound = false;
  #flushPlanned = false;
  #roundPlanned = false;

  /** `mayWait`: this thread has nothing else to do, and may wait for packets in the kernel. */
  constructor(options: { libc: Libc; engine: () => Engine; descriptors: Descriptors; mayWait: boolean }) {
    const { libc, engine } = options;
    this.#libc = libc;
    this.#engine = engine;
    this.#descriptors = options.descriptors;
    this.#scratch = newScratch(libc);
    this.#arena = new Arena((bytes) => Number(libc.koffi.address(bytes)));
    this.#outbox = new Outbox(libc, this.#arena, () => engine().counters.add('unsentPackets'));
    this.#epoll = libc.epollCreate(0);
    this.#descriptors.own(this.#epoll);
    if (options.mayWait) setImmediate(() => this.#stay());
    else this.#poll = libc.koffi.node.poll(this.#epoll, { readable: true }, () => this.#planRound());
  }

  /** Serves a socket that others opened and will close. */
  listen({ fd, address: at }: OpenListener): void {
    this.#add((index) => new Listener(fd, index, at, this));
  }

  open(at: Address): Relay | undefined {
    let fd: number;
    try {
      fd = openSocket(this.#libc, this.#scratch, at, 'relay');
    } catch {
      // Taken by another program, or the limit of open files is reached: either way there is no relay here.
      return undefined;
    }
    return this.takeUp(fd, at);
  }

  /** The handle is the file descriptor: it is the whole process's. */
  layDown(relay: Relay): number {
    const { fd, index } = relay as BatchRelay;
    this.#outbox.flush();
    this.#libc.epollCtl(this.#epoll, EPOLL_REMOVE, fd, 0);
    this.#forget(index);
    return fd;
  }

  takeUp(fd: number, at: Address): Relay {
    this.#descriptors.own(fd);
    return this.#add((index) => new BatchRelay(fd, index, at, this));
  }

  close(): void {
    this.#closed = true;
    this.#poll?.close();
    for (const socket of this.#sockets) if (socket instanceof BatchRelay) this.#close(socket.fd);
    this.#close(this.#epoll);
  }

  listenerAt(at: Address): Listener | undefined {
    return this.#sockets.find((s): s is Listener => s instanceof Listener && sameAddress(s.address, at));
  }

  /** Sends bytes from outside the arena: answers, indications, and what came in over a stream. */
  sendCopy(sender: Sender, parts: readonly Uint8Array[], to: Int32Array): void {
    if (this.#usedSlots === SLOTS) {
      this.#outbox.flush();
      this.#usedSlots = 0;
    }
    const start = this.#arena.packetAt(this.#usedSlots++);
    let length = 0;
    for (const part of parts) {
      this.#arena.bytes.set(part, start + length);
      length += part.length;
    }
    this.#outbox.add(sender, start, length, to, 0);
    this.#planFlush();
  }

  /** One packet with the don't-fragment bit: the socket is told before and told off after. */
  sendWhole(relay: BatchRelay, data: Uint8Array, to: Int32Array): void {
    this.#outbox.flush();
    relay.forbidFragments(this.#libc, this.#scratch, true);
    this.sendCopy(relay, [data], to);
    this.#outbox.flush();
    relay.forbidFragments(this.#libc, this.#scratch, false);
  }

  bound(relay: BatchRelay, channel: Channel): void {
    const { path } = channel.allocation;
    const client = path instanceof BatchPath ? path : undefined;
    const entry: BoundChannel = { channel, relay, client, target: sockaddrOf(channel.target) };
    const value = this.#freeChannels.pop() ?? this.#channels.length;
    this.#channels[value] = entry;
    this.#table.set(RELAY_SCOPE | relay.index, entry.target, value);
    if (client) this.#table.set((client.listener.index << 16) | channel.number, client.words, value);
  }

  unbound(relay: BatchRelay, channel: Channel): void {
    const target = sockaddrOf(channel.target);
    const value = this.#table.find(RELAY_SCOPE | relay.index, target, 0);
    const entry = this.#channels[value];
    if (!entry) return;
    this.#table.delete(RELAY_SCOPE | relay.index, target);
    const { client } = entry;
    if (client) this.#table.delete((client.listener.index << 16) | channel.number, client.words);
    this.#channels[value] = undefined;
    this.#freeChannels.push(value);
  }

  /** What is owed to a socket goes out first: its number may be the next one's. */
  closed(relay: BatchRelay): void {
    this.#outbox.flush();
    this.#forget(relay.index);
    this.#close(relay.fd);
  }

  #close(fd: number): void {
    this.#descriptors.closed(fd);
    this.#libc.close(fd);
  }

  #forget(index: number): void {
    this.#sockets[index] = undefined;
    this.#freeIndexes.push(index);
  }

  #add<T extends BatchSocket>(make: (index: number) => T): T {
    const index = this.#freeIndexes.pop() ?? this.#sockets.length;
    const socket = make(index);
    this.#sockets[index] = socket;
    addToEpoll(this.#libc, this.#scratch, this.#epoll, socket.fd, index);
    return socket;
  }

  #planFlush(): void {
    if (this.#inRound || this.#flushPlanned) return;
    this.#flushPlanned = true;
    setImmediate(() => {
      this.#flushPlanned = false;
      this.#endRound();
    });
  }

  /** Not in koffi's callback itself: a thread that is ended there would take the whole process with it. */
  #planRound(): void {
    if (this.#roundPlanned) return;
    this.#roundPlanned = true;
    setImmediate(() => {
      this.#roundPlanned = false;
      if (!this.#closed) this.#round(0);
    });
  }

  /** Round after round; timers and messages have their turn in between. */
  #stay(): void {
    const leaveAt = performance.now() + STAY_MS;
    let now = leaveAt - STAY_MS;
    while (now < leaveAt && !this.#closed) {
      this.#round(Math.ceil(leaveAt - now));
      now = performance.now();
    }
    if (!this.#closed) setImmediate(() => this.#stay());
  }

  /** Everything that is ready now: taken in, looked up, sent. Answers how many sockets had something. */
  #round(waitMs: number): number {
    const { words } = this.#arena;
    const ready = this.#libc.epollWait(
      this.#epoll,
      this.#arena.pointer('events'),
      this.#arena.maxEvents,
      waitMs,
    );
    this.#inRound = true;
    try {
      const now = this.#engine().now();
      for (let i = 0; i < ready; i++) {
        const index = words[this.#arena.eventsAt() + i * EPOLL_EVENT_WORDS + EPOLL_DATA_WORD]!;
        const socket = this.#sockets[index];
        if (socket) this.#drain(socket, now);
      }
    } finally {
      this.#inRound = false;
      this.#endRound();
    }
    return ready;
  }

  #endRound(): void {
    if (!this.#outbox.isEmpty) this.#outbox.flush();
    this.#usedSlots = 0;
  }

  #drain(socket: BatchSocket, now: number): void {
    if (SLOTS - this.#usedSlots < 2 * BATCH) this.#endRound();
    const first = this.#usedSlots;
    const count = this.#libc.recvmmsg(socket.fd, this.#arena.inHeader(first), BATCH, MSG_DONTWAIT, 0);
    if (count <= 0) return;
    this.#usedSlots += count;
    for (let slot = first; slot < first + count; slot++) {
      const length = this.#arena.takeLength(slot);
      if (socket instanceof Listener) this.#fromClient(socket, slot, length, now);
      else this.#fromPeer(socket, slot, length, now);
    }
  }

  #fromClient(listener: Listener, slot: number, length: number, now: number): void {
    const { bytes, words } = this.#arena;
    const at = this.#arena.packetAt(slot);
    if (length >= CHANNEL_HEADER_BYTES && isChannelData(bytes[at]!)) {
      const number = (bytes[at]! << 8) | bytes[at + 1]!;
      const size = (bytes[at + 2]! << 8) | bytes[at + 3]!;
      const value = this.#table.find((listener.index << 16) | number, words, this.#arena.sourceAt(slot));
      if (value < 0 || size > length - CHANNEL_HEADER_BYTES) return;
      const { channel, relay, target } = this.#channels[value]!;
      const engine = this.#engine();
      if (!engine.opens(channel, size, now)) return;
      engine.counters.packet(TO_PEER, size);
      this.#outbox.add(relay, at + CHANNEL_HEADER_BYTES, size, target, 0);
      return;
    }
    const client = addressAt(bytes, this.#arena.sourceAt(slot) * 4);
    // A copy: answers that are kept must not change with the next packet in this slot.
    this.#engine().receive(new BatchPath(listener, client, this), bytes.slice(at, at + length));
  }

  #fromPeer(relay: BatchRelay, slot: number, length: number, now: number): void {
    const { bytes, words } = this.#arena;
    const at = this.#arena.packetAt(slot);
    const value = this.#table.find(RELAY_SCOPE | relay.index, words, this.#arena.sourceAt(slot));
    const entry = value < 0 ? undefined : this.#channels[value]!;
    const engine = this.#engine();
    if (!entry || entry.channel.expiresAt <= now) {
      if (!relay.allocation) return;
      const source = addressAt(bytes, this.#arena.sourceAt(slot) * 4);
      engine.fromPeer(relay.allocation, source, bytes.subarray(at, at + length));
      return;
    }
    const { channel, client } = entry;
    if (!engine.opens(channel, length, now)) return;
    engine.counters.packet(TO_CLIENT, length);
    if (!client) {
      channel.allocation.path.sendChannel(channel.number, bytes.subarray(at, at + length));
      return;
    }
    const start = at - CHANNEL_HEADER_BYTES;
    bytes[start] = channel.number >> 8;
    bytes[start + 1] = channel.number & 255;
    bytes[start + 2] = length >> 8;
    bytes[start + 3] = length & 255;
    this.#outbox.add(client.listener, start, length + CHANNEL_HEADER_BYTES, client.words, 0);
  }
}

/** A listening socket, by its file descriptor, which is the whole process's. */
export interface OpenListener {
  readonly fd: number;
  readonly address: Address;
}

interface BoundChannel {
  readonly channel: Channel;
  readonly relay: BatchRelay;
  /** Undefined when the client came over a stream. */
  readonly client: BatchPath | undefined;
  readonly target: Int32Array;
}
