/** TURN's rules for one thread: takes messages from clients and packets from peers, says what to send. No sockets. */
import type { Allocation, Channel } from '../allocation/allocation.ts';
import { Ledger, type LedgerMemory } from '../allocation/ledger.ts';
import { Reservations } from '../allocation/reservations.ts';
import { OwnAddresses } from '../allocation/own-addresses.ts';
import type { Address } from '../stun/address.ts';
import { Attr, Class, Method, type ErrorCode } from '../stun/constants.ts';
import { parseMessage, type StunMessage } from '../stun/message.ts';
import { MessageWriter } from '../stun/writer.ts';
import type { ClientPath, Clock, RelayOpener } from '../transport/transport.ts';
import { allocate, end, refresh } from './allocate.ts';
import { AnswerBudget } from './answer-budget.ts';
import { Authenticator, type Session } from './authenticate.ts';
import { answerBinding } from './binding.ts';
import { fail, type Context, type Reply, type Request } from './context.ts';
import { Counters, type CountersMemory } from './counters.ts';
import { channelBind, channelIsOpen, createPermission, fromPeer, send } from './peers.ts';
import { Ports } from './ports.ts';
import type { Settings } from './settings.ts';

const KNOWN: ReadonlySet<number> = new Set([
  Attr.username,
  Attr.messageIntegrity,
  Attr.messageIntegritySha256,
  Attr.passwordAlgorithm,
  Attr.realm,
  Attr.nonce,
  Attr.channelNumber,
  Attr.lifetime,
  Attr.xorPeerAddress,
  Attr.data,
  Attr.requestedAddressFamily,
  Attr.evenPort,
  Attr.requestedTransport,
  Attr.dontFragment,
  Attr.reservationToken,
]);
const METHODS: ReadonlySet<number> = new Set([
  Method.allocate,
  Method.refresh,
  Method.createPermission,
  Method.channelBind,
]);
const SWEEP_MS = 1000;
/** A challenge is 80 bytes, the shortest real Allocate 28: what is shorter than a third is no client's. As in QUIC. */
const MOST_TIMES = 3;

export class Engine {
  readonly #context: Context;
  readonly #authenticator: Authenticator;
  readonly #budget: AnswerBudget;
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(options: {
    settings: Settings;
    clock: Clock;
    opener: RelayOpener;
    ledger: LedgerMemory;
    reservations: SharedArrayBuffer;
    counters: CountersMemory;
    thread: number;
  }) {
    const { settings, clock, opener } = options;
    const ledger = new Ledger(options.ledger, settings.limits, options.thread);
    this.#context = {
      settings,
      clock,
      opener,
      ledger,
      counters: new Counters(options.counters, options.thread),
      own: ownAddresses(settings),
      ports: new Ports({
        ledger,
        reservations: new Reservations(options.reservations, options.thread),
        opener,
        clock,
        min: settings.minPort,
        max: settings.maxPort,
      }),
      allocations: new Map(),
    };
    this.#authenticator = new Authenticator(settings, clock);
    this.#budget = new AnswerBudget(settings.limits.unauthenticatedRate);
  }

  get counters(): Counters {
    return this.#context.counters;
  }

  get ledger(): Ledger {
    return this.#context.ledger;
  }

  now(): number {
    return this.#context.clock.now();
  }

  /** This host's addresses have changed; all else in the settings is as it was. */
  update(settings: Settings): void {
    this.#context.settings = settings;
    const own = ownAddresses(settings);
    this.#context.own = own;
    // A channel knows whether its peer is here: where that is no longer so, it has to be bound anew.
    for (const allocation of this.#context.allocations.values()) {
      for (const channel of allocation.channels.values()) {
        if (own.isOwn(channel.peer.ip) !== channel.own) allocation.unbind(channel);
      }
    }
  }

  /** Anything from a client that is not channel data. */
  receive(path: ClientPath, bytes: Uint8Array): void {
    const message = parseMessage(bytes);
    if (!message) {
      this.#context.counters.add('malformed');
      return;
    }
    if (message.class === Class.request) this.#request(path, message);
    else if (message.class === Class.indication && message.method === Method.send && !message.classic) {
      const allocation = this.#context.allocations.get(path.key);
      if (allocation) send(this.#context, message, allocation, this.#context.clock.now());
    }
  }

  /** Whether a channel may carry that packet; the transport then moves it. */
  opens(channel: Channel, bytes: number, now: number): boolean {
    return channelIsOpen(this.#context, channel, bytes, now);
  }

  /** A packet from a peer without a channel. */
  fromPeer(allocation: Allocation, source: Address, data: Uint8Array): void {
    fromPeer(this.#context, allocation, source, data, this.#context.clock.now());
  }

  pathClosed(path: ClientPath): void {
    const allocation = this.#context.allocations.get(path.key);
    if (allocation) end(this.#context, allocation);
  }

  /** Ends what has run out. Call it about once a second. */
  tick(): void {
    const now = this.#context.clock.now();
    if (now - this.#sweptAt < SWEEP_MS) return;
    this.#sweptAt = now;
    for (const allocation of this.#context.allocations.values()) {
      if (allocation.expiresAt <= now) end(this.#context, allocation);
      else allocation.sweep(now);
    }
    this.#context.ports.sweep(this.#context.clock.wall());
  }

  close(): void {
    for (const allocation of this.#context.allocations.values()) end(this.#context, allocation);
    this.#context.ports.sweep(Number.POSITIVE_INFINITY);
  }

  #request(path: ClientPath, message: StunMessage): void {
    if (message.method === Method.binding) this.#binding(path, message);
    else if (METHODS.has(message.method) && !message.classic) this.#turn(path, message);
    else this.#context.counters.add('malformed');
  }

  #binding(path: ClientPath, message: StunMessage): void {
    // RFC 3489 knows no IPv6, and its three addresses would make a long answer to a short question.
    if (message.classic && path.client.family === 6) {
      this.#context.counters.add('malformed');
      return;
    }
    this.#context.counters.add('bindings');
    const answer = answerBinding(this.#context.settings, message, path);
    if (!this.#mayAnswer(path, message, answer.bytes)) {
      this.#context.counters.add('silenced');
      return;
    }
    if (path.sendFrom && (answer.from || answer.toPort !== undefined)) {
      path.sendFrom(answer.bytes, answer.from ?? path.server, answer.toPort ?? path.client.port);
    } else path.send(answer.bytes);
  }

  #turn(path: ClientPath, message: StunMessage): void {
    const allocation = this.#context.allocations.get(path.key);
    const verdict = this.#authenticator.judge(message, path, allocation);
    if (typeof verdict === 'number') {
      this.#refuse(path, message, verdict);
      return;
    }
    const request: Request = { message, path, session: verdict, now: this.#context.clock.now() };
    this.#answer(request, this.#handle(request, allocation));
  }

  #handle(request: Request, allocation: Allocation | undefined): Reply {
    const { message, session } = request;
    const unknown = message.unknown(KNOWN);
    if (unknown.length > 0) return { error: 420, unknown };
    if (message.method === Method.allocate) return allocate(this.#context, request);
    if (!allocation || allocation.expiresAt <= request.now) return fail(437);
    if (allocation.username !== session.username) return fail(441);
    if (message.method === Method.refresh) return refresh(this.#context, request, allocation);
    if (message.method === Method.createPermission)
      return createPermission(this.#context, request, allocation);
    return channelBind(this.#context, request, allocation);
  }

  #answer(request: Request, reply: Reply): void {
    const { message, path, session } = request;
    if ('repeat' in reply) {
      path.send(reply.repeat);
      return;
    }
    if ('error' in reply) this.#context.counters.error(reply.error);
    const writer = write(message, reply);
    seal(writer, message, session);
    const made = this.#context.allocations.get(path.key);
    if ('write' in reply && message.method === Method.allocate && made) made.answer = writer.bytes().slice();
    path.send(writer.bytes());
  }

  /** An error before authentication: no integrity, as few bytes as can be, and only what the budget allows. */
  #refuse(path: ClientPath, message: StunMessage, code: ErrorCode): void {
    const writer = new MessageWriter(message.method, Class.error, message.id).error(code, '');
    if (code !== 400) this.#authenticator.challenge(writer, path);
    if (message.has(Attr.fingerprint)) writer.fingerprint();
    const answer = writer.bytes();
    const tooLong = path.protocol === 'udp' && answer.length > MOST_TIMES * message.bytes.length;
    if (tooLong || !this.#mayAnswer(path, message, answer)) {
      this.#context.counters.add('silenced');
      return;
    }
    this.#context.counters.error(code);
    path.send(answer);
  }

  /** A stream's source is proven by its handshake; a datagram's may be forged. */
  #mayAnswer(path: ClientPath, question: StunMessage, answer: Uint8Array): boolean {
    if (path.protocol !== 'udp') return true;
    const now = this.#context.clock.now();
    return this.#budget.spend(path.client.ip, question.bytes.length, answer.length, now);
  }
}

function ownAddresses({ local, plans, external }: Settings): OwnAddresses {
  const relays = plans.flatMap((plan) => [plan.ipv4, plan.ipv6].filter((ip) => ip !== undefined));
  return new OwnAddresses({ local, relays, external });
}

function write(message: StunMessage, reply: Exclude<Reply, { repeat: Uint8Array }>): MessageWriter {
  if ('write' in reply) {
    const writer = new MessageWriter(message.method, Class.success, message.id);
    reply.write(writer);
    return writer;
  }
  const writer = new MessageWriter(message.method, Class.error, message.id).error(reply.error);
  if (reply.unknown) writer.unknownAttributes(reply.unknown);
  return writer;
}

function seal(writer: MessageWriter, message: StunMessage, session: Session): void {
  writer.integrity(session.kind, session.key);
  if (message.has(Attr.fingerprint)) writer.fingerprint();
}
