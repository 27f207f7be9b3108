/** Who a client may exchange packets with: CreatePermission, ChannelBind, Send and Data (RFC 8656, sections 9 to 12). */
import type { Allocation, Channel } from '../allocation/allocation.ts';
import { permitsPeer } from '../allocation/peer-policy.ts';
import { address, sameAddress, type Address } from '../stun/address.ts';
import { Attr, Class, FIRST_CHANNEL, LAST_CHANNEL, MAGIC_COOKIE, Method } from '../stun/constants.ts';
import type { StunMessage } from '../stun/message.ts';
import { MessageWriter } from '../stun/writer.ts';
import { fail, succeed, type Context, type Reply, type Request } from './context.ts';
import { TO_CLIENT, TO_PEER } from './counters.ts';

const COOKIE_BYTES = Uint8Array.of(
  MAGIC_COOKIE >>> 24,
  (MAGIC_COOKIE >> 16) & 255,
  (MAGIC_COOKIE >> 8) & 255,
  MAGIC_COOKIE & 255,
);
const SEND_KNOWN: ReadonlySet<number> = new Set([
  Attr.xorPeerAddress,
  Attr.data,
  Attr.dontFragment,
  // Clients may sign an indication; TURN does not check it (RFC 8656, section 11.2).
  Attr.messageIntegrity,
  Attr.messageIntegritySha256,
  Attr.username,
  Attr.realm,
  Attr.nonce,
]);

/** All or nothing: one refused address refuses the request. */
export function createPermission(context: Context, request: Request, allocation: Allocation): Reply {
  const { message, now } = request;
  const peers = message.xorAddresses(Attr.xorPeerAddress);
  if (!peers || peers.length === 0) return fail(400);
  for (const peer of peers) {
    if (!allocation.relayFor(peer.family)) return fail(443);
    if (!mayPermit(context, peer.ip)) return refuse(context);
  }
  const { permissionsPerAllocation, permissionLifetime } = context.settings.limits;
  const fresh = peers.filter((peer) => !allocation.hasPermission(peer.ip)).length;
  if (allocation.permissions.size + fresh > permissionsPerAllocation) return fail(508);
  for (const peer of peers) allocation.permit(peer.ip, now + permissionLifetime * 1000);
  return succeed();
}

function refuse(context: Context): Reply {
  context.counters.add('refusedPeers');
  return fail(403);
}

function mayPermit(context: Context, ip: Uint8Array): boolean {
  return context.own.isOwn(ip) || permitsPeer(context.settings.policy, ip);
}

export function channelBind(context: Context, request: Request, allocation: Allocation): Reply {
  const { message, now } = request;
  const number = readChannelNumber(message);
  const peer = message.xorAddress(Attr.xorPeerAddress);
  if (number === undefined || !peer) return fail(400);
  const relay = allocation.relayFor(peer.family);
  if (!relay) return fail(443);
  const known = allocation.channels.get(number);
  if (known && !sameAddress(known.peer, peer) && known.expiresAt > now) return fail(400);
  const bound = allocation.channelTo(peer);
  if (bound && bound.number !== number && bound.expiresAt > now) return fail(400);
  const { channelLifetime, permissionLifetime, channelsPerAllocation } = context.settings.limits;
  const full = allocation.channels.size >= channelsPerAllocation;
  if (!known && (!mayReach(context, peer) || !mayPermit(context, peer.ip))) return refuse(context);
  if (!known && (full || !roomFor(context, allocation, peer.ip))) return fail(508);
  for (const stale of [known, bound]) if (stale && stale.expiresAt <= now) allocation.unbind(stale);
  const permission = allocation.permit(peer.ip, now + permissionLifetime * 1000);
  const expiresAt = now + channelLifetime * 1000;
  if (known && known.expiresAt > now) known.expiresAt = expiresAt;
  else allocation.bind({ number, peer, ...route(context, peer), permission, relay, allocation, expiresAt });
  return succeed();
}

function roomFor(context: Context, allocation: Allocation, ip: Uint8Array): boolean {
  const { permissionsPerAllocation } = context.settings.limits;
  return allocation.hasPermission(ip) || allocation.permissions.size < permissionsPerAllocation;
}

function readChannelNumber(message: StunMessage): number | undefined {
  const value = message.get(Attr.channelNumber);
  if (value?.length !== 4) return undefined;
  const number = (value[0]! << 8) | value[1]!;
  return number >= FIRST_CHANNEL && number <= LAST_CHANNEL ? number : undefined;
}

/** Where packets for a peer go, and whether it is one of our own relays. */
function route(context: Context, peer: Address): { target: Address; own: boolean } {
  const own = context.own.isOwn(peer.ip);
  const ip = own ? context.own.toBound(peer.ip) : peer.ip;
  return { target: address(ip.slice(), peer.port), own };
}

/** At our own addresses only live relays may be reached: never a service of this host. */
function mayReach(context: Context, peer: Address): boolean {
  if (!context.own.isOwn(peer.ip)) return true;
  return context.ledger.isLiveRelay(context.own.toBound(peer.ip), peer.port);
}

/** Whether a channel may carry a packet of that size now; both directions ask. */
export function channelIsOpen(context: Context, channel: Channel, bytes: number, now: number): boolean {
  if (channel.expiresAt <= now || channel.permission.expiresAt <= now) return drop(context);
  if (channel.allocation.expiresAt <= now) return drop(context);
  if (channel.own && !context.ledger.isLiveRelay(channel.target.ip, channel.target.port))
    return drop(context);
  return mayCarry(context, channel.allocation, bytes, now);
}

function drop(context: Context): false {
  context.counters.add('refusedPackets');
  return false;
}

function mayCarry(context: Context, allocation: Allocation, bytes: number, now: number): boolean {
  if (context.ledger.spend(allocation.slot, bytes, Math.trunc(now / 1000))) return true;
  context.counters.add('rateLimitedPackets');
  return false;
}

/** A Send indication: anything wrong with it, and it is silently gone. */
export function send(context: Context, message: StunMessage, allocation: Allocation, now: number): void {
  const peer = message.xorAddress(Attr.xorPeerAddress);
  const data = message.get(Attr.data);
  const dontFragment = message.has(Attr.dontFragment);
  const relay = peer && allocation.relayFor(peer.family);
  if (!relay || !data || message.unknown(SEND_KNOWN).length > 0 || allocation.expiresAt <= now) return;
  if (dontFragment && !context.opener.canForbidFragments) return;
  if (!allocation.permits(peer.ip, now) || !mayReach(context, peer)) {
    drop(context);
    return;
  }
  if (!mayCarry(context, allocation, data.length, now)) return;
  context.counters.packet(TO_PEER, data.length);
  relay.send(data, route(context, peer).target, dontFragment);
}

/** A packet from a peer that has no channel: wrapped in a Data indication when the client let that peer in. */
export function fromPeer(
  context: Context,
  allocation: Allocation,
  source: Address,
  data: Uint8Array,
  now: number,
): void {
  const peer = address(context.own.toAnnounced(source.ip), source.port);
  if (allocation.expiresAt <= now || !allocation.permits(peer.ip, now) || !mayReach(context, peer)) {
    drop(context);
    return;
  }
  if (!mayCarry(context, allocation, data.length, now)) return;
  context.counters.packet(TO_CLIENT, data.length);
  const writer = new MessageWriter(Method.data, Class.indication, indicationId());
  writer.xorAddress(Attr.xorPeerAddress, peer).attribute(Attr.data, data);
  allocation.path.send(writer.bytes());
}

let indications = 0;

/** Nothing answers an indication, so its id need only differ from the last one's. */
function indicationId(): Uint8Array {
  const id = new Uint8Array(16);
  id.set(COOKIE_BYTES);
  new DataView(id.buffer).setUint32(12, ++indications);
  return id;
}
