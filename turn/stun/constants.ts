/** Numbers of the STUN and TURN registries that this server speaks (RFC 8489, 8656, 5780, 3489). */

export const MAGIC_COOKIE = 0x2112a442;
export const HEADER_BYTES = 20;
export const CHANNEL_HEADER_BYTES = 4;
/** RFC 8656 lets clients choose up to 0x4FFF, RFC 5766 let them choose up to 0x7FFF, and many of those are about. */
export const FIRST_CHANNEL = 0x4000;
export const LAST_CHANNEL = 0x7fff;

/** The first two bits tell channel data from STUN. */
export function isChannelData(firstByte: number): boolean {
  return (firstByte & 0xc0) === 0x40;
}

export const Method = {
  binding: 0x001,
  allocate: 0x003,
  refresh: 0x004,
  send: 0x006,
  data: 0x007,
  createPermission: 0x008,
  channelBind: 0x009,
} as const;

export const Class = { request: 0, indication: 1, success: 2, error: 3 } as const;
export type Class = (typeof Class)[keyof typeof Class];

export const Attr = {
  mappedAddress: 0x0001,
  responseAddress: 0x0002,
  changeRequest: 0x0003,
  sourceAddress: 0x0004,
  changedAddress: 0x0005,
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  channelNumber: 0x000c,
  lifetime: 0x000d,
  xorPeerAddress: 0x0012,
  data: 0x0013,
  realm: 0x0014,
  nonce: 0x0015,
  xorRelayedAddress: 0x0016,
  requestedAddressFamily: 0x0017,
  evenPort: 0x0018,
  requestedTransport: 0x0019,
  dontFragment: 0x001a,
  messageIntegritySha256: 0x001c,
  passwordAlgorithm: 0x001d,
  userhash: 0x001e,
  xorMappedAddress: 0x0020,
  reservationToken: 0x0022,
  padding: 0x0026,
  responsePort: 0x0027,
  additionalAddressFamily: 0x8000,
  addressErrorCode: 0x8001,
  passwordAlgorithms: 0x8002,
  software: 0x8022,
  fingerprint: 0x8028,
  responseOrigin: 0x802b,
  otherAddress: 0x802c,
} as const;

export const PasswordAlgorithm = { md5: 1, sha256: 2 } as const;

export const UDP_PROTOCOL = 17;
export const Family = { ipv4: 1, ipv6: 2 } as const;

export const ERROR_REASONS = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  420: 'Unknown Attribute',
  437: 'Allocation Mismatch',
  438: 'Stale Nonce',
  440: 'Address Family not Supported',
  441: 'Wrong Credentials',
  442: 'Unsupported Transport Protocol',
  443: 'Peer Address Family Mismatch',
  486: 'Allocation Quota Reached',
  508: 'Insufficient Capacity',
} as const;
export type ErrorCode = keyof typeof ERROR_REASONS;
