/** Channel data on the event loop: one table look-up, then out. Datagrams and streams share it. */
import type { Allocation, Channel } from '../allocation/allocation.ts';
import { TO_CLIENT, TO_PEER } from '../server/counters.ts';
import type { Engine } from '../server/engine.ts';
import { CHANNEL_HEADER_BYTES } from '../stun/constants.ts';

/** `packet` is 2 bytes channel, 2 bytes length, data, and perhaps padding. */
export function forwardToPeer(engine: Engine, allocation: Allocation, packet: Uint8Array): void {
  if (packet.length < CHANNEL_HEADER_BYTES) return;
  const channel = allocation.channels.get((packet[0]! << 8) | packet[1]!);
  const length = (packet[2]! << 8) | packet[3]!;
  if (!channel || length > packet.length - CHANNEL_HEADER_BYTES) return;
  if (!engine.opens(channel, length, engine.now())) return;
  engine.counters.packet(TO_PEER, length);
  channel.relay.sendChannel(channel, packet.subarray(CHANNEL_HEADER_BYTES, CHANNEL_HEADER_BYTES + length));
}

/** False when the channel has run out: the packet may still reach the client as a Data indication. */
export function forwardToClient(engine: Engine, channel: Channel, data: Uint8Array): boolean {
  const now = engine.now();
  if (channel.expiresAt <= now) return false;
  if (!engine.opens(channel, data.length, now)) return true;
  engine.counters.packet(TO_CLIENT, data.length);
  channel.allocation.path.sendChannel(channel.number, data);
  return true;
}

/** From Node's pool: a typed array of its own for each packet would cost more than the look-up. */
export function channelHeader(number: number, length: number): Uint8Array {
  const header = Buffer.allocUnsafe(CHANNEL_HEADER_BYTES);
  header[0] = number >> 8;
  header[1] = number & 255;
  header[2] = length >> 8;
  header[3] = length & 255;
  return header;
}
