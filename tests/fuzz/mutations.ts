/** Packets as a client sends them, and what is made of them to try a server. */
import { Attr, Method } from '../../turn/stun/constants.ts';
import {
  channelData,
  channelNumber,
  indication,
  request,
  type Signer,
  udpTransport,
} from '../fakes/turn-requests.ts';
import { at } from '../fakes/turn-world.ts';

export const PEER = '192.0.43.7:9000';

/** mulberry32: small, and good enough to visit everything. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}
export type Random = ReturnType<typeof randomFrom>;

/** Flips, cuts, grows, and overwrites lengths and types with numbers that tend to hurt. */
export function mutate(seed: Uint8Array, random: Random): Buffer {
  let bytes = Buffer.from(seed);
  for (let times = random(4); times >= 0 && bytes.length > 0; times--) {
    const place = random(bytes.length);
    switch (random(6)) {
      case 0:
        bytes[place]! ^= 1 << random(8);
        break;
      case 1:
        bytes[place] = [0, 1, 0x7f, 0x80, 0xff][random(5)]!;
        break;
      case 2:
        bytes = bytes.subarray(0, place);
        break;
      case 3:
        bytes = Buffer.concat([bytes, Buffer.alloc(random(40), random(256))]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(random(place + 1))]);
        break;
      default:
        if (bytes.length >= 4)
          bytes.writeUInt16BE(random(2) === 0 ? (bytes.length - 20) & 0xffff : random(65_536), 2);
    }
  }
  // Half of them keep a truthful length, so that they get past the first check.
  if (bytes.length >= 20 && random(2) === 0) bytes.writeUInt16BE((bytes.length - 20) & ~3 & 0xffff, 2);
  return bytes;
}

/** One of each thing that a client says, signed by a client with an allocation. */
export function seeds(signer?: Signer): Uint8Array[] {
  return [
    request(Method.binding),
    request(Method.binding, (w) => w.uint32(Attr.changeRequest, 6).fingerprint()),
    request(Method.allocate, udpTransport),
    request(Method.allocate, udpTransport, signer),
    request(
      Method.allocate,
      (w) => (udpTransport(w), w.attribute(Attr.evenPort, Uint8Array.of(0x80))),
      signer,
    ),
    request(
      Method.allocate,
      (w) => (udpTransport(w), w.attribute(Attr.reservationToken, new Uint8Array(8))),
      signer,
    ),
    request(Method.refresh, (w) => w.uint32(Attr.lifetime, 600), signer),
    request(Method.createPermission, (w) => w.xorAddress(Attr.xorPeerAddress, at(PEER)), signer),
    request(
      Method.channelBind,
      (w) => w.attribute(Attr.channelNumber, channelNumber(0x4000)).xorAddress(Attr.xorPeerAddress, at(PEER)),
      signer,
    ),
    indication((w) => w.xorAddress(Attr.xorPeerAddress, at(PEER)).text(Attr.data, 'data')),
    channelData(0x4000, Buffer.from('data')),
    Buffer.alloc(20),
    Buffer.from([0x40, 0]),
  ];
}
