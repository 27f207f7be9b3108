/** Packets that wait for the end of a round, gathered by socket, so that each socket needs one system call. */
import { type Arena, SLOTS } from './arena.ts';
import { EAGAIN, MSG_DONTWAIT, type Libc } from './libc.ts';
import { SOCKADDR_WORDS, sockaddrLength } from './sockaddr.ts';

/** A socket that can send; the outbox keeps its chain of entries in it. */
export interface Sender {
  readonly fd: number;
  firstOut: number;
  lastOut: number;
}

export const NO_ENTRY = -1;

export class Outbox {
  readonly #libc: Libc;
  readonly #arena: Arena;
  readonly #lost: () => void;
  readonly #next = new Int32Array(SLOTS);
  readonly #start = new Int32Array(SLOTS);
  readonly #length = new Int32Array(SLOTS);
  readonly #senders: Sender[] = [];
  #entries = 0;

  constructor(libc: Libc, arena: Arena, lost: () => void) {
    this.#libc = libc;
    this.#arena = arena;
    this.#lost = lost;
  }

  get isEmpty(): boolean {
    return this.#entries === 0;
  }

  /** Queues the bytes from `start` of the arena for the address in `words`, from `at` on. */
  add(sender: Sender, start: number, length: number, words: Int32Array, at: number): void {
    if (this.#entries === SLOTS) this.flush();
    const entry = this.#entries++;
    const arena = this.#arena;
    const to = arena.destinationAt(entry);
    for (let i = 0; i < SOCKADDR_WORDS; i++) arena.words[to + i] = words[at + i]!;
    this.#start[entry] = start;
    this.#length[entry] = length;
    this.#next[entry] = NO_ENTRY;
    if (sender.firstOut === NO_ENTRY) {
      sender.firstOut = entry;
      this.#senders.push(sender);
    } else {
      this.#next[sender.lastOut] = entry;
    }
    sender.lastOut = entry;
  }

  flush(): void {
    let place = 0;
    for (const sender of this.#senders) {
      const first = place;
      for (let entry = sender.firstOut; entry !== NO_ENTRY; entry = this.#next[entry]!) {
        const family = this.#arena.words[this.#arena.destinationAt(entry)]!;
        this.#arena.putOut(place++, entry, this.#start[entry]!, this.#length[entry]!, sockaddrLength(family));
      }
      sender.firstOut = NO_ENTRY;
      this.#transmit(sender.fd, first, place);
    }
    this.#senders.length = 0;
    this.#entries = 0;
  }

  /** A packet that the kernel refuses is lost; those behind it are not, unless its buffer is full. */
  #transmit(fd: number, from: number, to: number): void {
    let at = from;
    while (at < to) {
      const sent = this.#libc.sendmmsg(fd, this.#arena.outHeader(at), to - at, MSG_DONTWAIT);
      if (sent > 0) {
        at += sent;
      } else if (this.#libc.errno() === EAGAIN) {
        for (; at < to; at++) this.#lost();
      } else {
        this.#lost();
        at++;
      }
    }
  }
}
