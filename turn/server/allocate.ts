/** Allocate and Refresh (RFC 8656, sections 7 and 8). */
import { Allocation } from '../allocation/allocation.ts';
import { address, sameIp } from '../stun/address.ts';
import { Attr, Family, UDP_PROTOCOL } from '../stun/constants.ts';
import type { StunMessage } from '../stun/message.ts';
import type { MessageWriter } from '../stun/writer.ts';
import type { ClientPath, Relay } from '../transport/transport.ts';
import { fail, succeed, type Context, type Refusal, type Reply, type Request } from './context.ts';

type FamilyNumber = 4 | 6;
const FAMILIES: Record<number, FamilyNumber> = { [Family.ipv4]: 4, [Family.ipv6]: 6 };

interface Wish {
  readonly family: FamilyNumber;
  readonly both: boolean;
  readonly even: boolean;
  readonly reserveNext: boolean;
  readonly token: Uint8Array | undefined;
}

interface Opened {
  readonly relays: Relay[];
  readonly token?: Uint8Array;
  /** The second family was asked for and could not be had. */
  readonly missing?: 440 | 508;
}

export function allocate(context: Context, request: Request): Reply {
  const existing = context.allocations.get(request.path.key);
  if (existing && existing.expiresAt <= request.now) end(context, existing);
  else if (existing) {
    const again = existing.transaction === transactionOf(request.message);
    if (again && existing.username === request.session.username) return { repeat: existing.answer };
    return fail(437);
  }
  const wish = readWish(context, request.message);
  if ('error' in wish) return wish;
  if (context.ledger.draining) return fail(508);
  const slot = context.ledger.claim(request.session.user);
  if (typeof slot === 'string') return fail(slot === 'user quota' ? 486 : 508);
  const opened = openRelays(context, request, wish);
  if (typeof opened === 'number') {
    context.ledger.release(slot);
    return fail(opened);
  }
  return begin(context, request, slot, opened);
}

function readWish(context: Context, message: StunMessage): Wish | Refusal {
  const transport = message.get(Attr.requestedTransport);
  if (transport?.length !== 4) return fail(400);
  if (transport[0] !== UDP_PROTOCOL) return fail(442);
  if (message.has(Attr.dontFragment) && !context.opener.canForbidFragments) {
    return { error: 420, unknown: [Attr.dontFragment] };
  }
  const family = message.get(Attr.requestedAddressFamily);
  const additional = message.get(Attr.additionalAddressFamily);
  const even = message.get(Attr.evenPort);
  const token = message.get(Attr.reservationToken);
  if (token && (token.length !== 8 || even || family || additional)) return fail(400);
  if (family && additional) return fail(400);
  if (additional && additional[0] !== Family.ipv6) return fail(400);
  const reserveNext = even !== undefined && (even[0]! & 0x80) !== 0;
  if (additional && reserveNext) return fail(400);
  if (family && !FAMILIES[family[0]!]) return fail(440);
  return {
    family: FAMILIES[family?.[0] ?? Family.ipv4] ?? 4,
    both: additional !== undefined,
    even: even !== undefined,
    reserveNext,
    token,
  };
}

function openRelays(context: Context, request: Request, wish: Wish): Opened | 440 | 508 {
  const { ports } = context;
  const { username } = request.session;
  if (wish.token) {
    const relay = ports.redeem(wish.token, username);
    return relay ? { relays: [relay] } : 508;
  }
  const ip = relayIp(context, request.path, wish.family);
  if (!ip) return 440;
  if (wish.reserveNext) {
    const pair = ports.openPair(ip, username);
    return pair ? { relays: [pair.relay], token: pair.token } : 508;
  }
  const relay = ports.open(ip, wish.even);
  if (!relay) return 508;
  return wish.both ? withSecond(context, request.path, relay) : { relays: [relay] };
}

function withSecond(context: Context, path: ClientPath, first: Relay): Opened {
  const ip = relayIp(context, path, 6);
  const second = ip && context.ports.open(ip);
  return second ? { relays: [first, second] } : { relays: [first], missing: ip ? 508 : 440 };
}

function relayIp(context: Context, path: ClientPath, family: FamilyNumber): Uint8Array | undefined {
  const plan = context.settings.plans.find((p) => sameIp(p.listening, path.server.ip));
  return family === 4 ? plan?.ipv4 : plan?.ipv6;
}

function begin(context: Context, request: Request, slot: number, opened: Opened): Reply {
  const { message, path, session, now } = request;
  const seconds = lifetime(context, message);
  const allocation = new Allocation({
    path,
    username: session.username,
    realmKey: session.key,
    slot,
    transaction: transactionOf(message),
    relays: opened.relays,
    expiresAt: now + seconds * 1000,
  });
  for (const relay of opened.relays) relay.attach(allocation);
  context.allocations.set(path.key, allocation);
  path.attach(allocation);
  context.counters.add('allocationsMade');
  return succeed((writer) => describe(context, writer, allocation, opened, seconds));
}

function describe(
  context: Context,
  writer: MessageWriter,
  allocation: Allocation,
  opened: Opened,
  seconds: number,
): void {
  for (const relay of allocation.relays) {
    const ip = context.own.toAnnounced(relay.address.ip);
    writer.xorAddress(Attr.xorRelayedAddress, address(ip, relay.address.port));
  }
  writer.uint32(Attr.lifetime, seconds);
  if (opened.token) writer.attribute(Attr.reservationToken, opened.token);
  if (opened.missing) {
    const code = Uint8Array.of(Family.ipv6, 0, Math.floor(opened.missing / 100), opened.missing % 100);
    writer.attribute(Attr.addressErrorCode, code);
  }
  writer.xorAddress(Attr.xorMappedAddress, allocation.path.client);
}

/** The client's wish counts between the default and the maximum. */
function lifetime(context: Context, message: StunMessage): number {
  const { defaultLifetime, maxLifetime } = context.settings.limits;
  return Math.min(maxLifetime, Math.max(defaultLifetime, message.uint32(Attr.lifetime) ?? 0));
}

export function refresh(context: Context, request: Request, allocation: Allocation): Reply {
  const asked = request.message.get(Attr.requestedAddressFamily);
  const family = asked && FAMILIES[asked[0]!];
  if (asked && (!family || !allocation.relayFor(family))) return fail(443);
  if (request.message.uint32(Attr.lifetime) === 0) {
    endRelays(context, allocation, family);
    return succeed((writer) => writer.uint32(Attr.lifetime, 0));
  }
  const seconds = lifetime(context, request.message);
  allocation.expiresAt = request.now + seconds * 1000;
  context.counters.add('refreshes');
  return succeed((writer) => writer.uint32(Attr.lifetime, seconds));
}

function endRelays(context: Context, allocation: Allocation, family: FamilyNumber | undefined): void {
  if (family === undefined || allocation.relays.length === 1) {
    end(context, allocation);
    return;
  }
  const relay = allocation.takeRelay(family);
  if (relay) context.ports.close(relay);
}

/** Ends an allocation and gives back everything that it held. */
export function end(context: Context, allocation: Allocation): void {
  context.allocations.delete(allocation.path.key);
  for (const relay of allocation.end()) context.ports.close(relay);
  context.ledger.release(allocation.slot);
  context.counters.add('allocationsEnded');
}

function transactionOf(message: StunMessage): string {
  return Buffer.from(message.id).toString('latin1');
}
