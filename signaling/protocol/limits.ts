/** Sizes and counts that page and server agree on. Lengths of text are UTF-16 code units, as JavaScript counts them. */

export const LIMITS = {
  userNameMin: 3,
  userNameMax: 32,
  displayNameMax: 64,
  statusTextMax: 140,
  aliasMax: 64,
  deviceNameMax: 64,
  clientVersionMax: 32,
  /** Base64url text of any one OPAQUE message; the longest is about 500. */
  opaqueMax: 1024,
  httpBodyBytes: 16 * 1024,
  /** One WebSocket frame from a page; holds a message of the largest size for `mailItemsMax` devices. */
  socketFrameBytes: 192 * 1024,
  /** Text form of a sealed message that the server relays (base64). */
  relayBodyMax: 96 * 1024,
  /** One offer, answer or batch of candidates. */
  signalBodyMax: 64 * 1024,
  contactsMax: 1000,
  pendingRequestsMax: 50,
  invitesMax: 50,
  devicesMax: 20,
  /** One-time keys that a device may have waiting; the engine keeps 50. */
  oneTimeKeysMax: 100,
  /** Signatures by one person on one device's or person's keys: by their devices and signing keys. */
  signaturesMax: 24,
  /** Bodies of `/api/keys/*`. */
  keysBodyBytes: 256 * 1024,
  /** People in one query or claim of keys. */
  keyQueryMax: 300,
  /** Base64 text of the sealed secrets of an account. */
  vaultMax: 16 * 1024,
  /** Bodies that change the password, with the sealed secrets for the next one. */
  passwordBodyBytes: 32 * 1024,
  /** Parcels of one piece of mail. */
  mailParcelsMax: 64,
  /** Devices that a parcel may be for, and items that one piece of mail may become: its parcels times their devices. */
  mailItemsMax: 1024,
  /** Base64 text of these items, altogether: a long message to many devices goes in several pieces of mail. */
  mailStoredMax: 16 * 1024 * 1024,
  /** Items in one page of mail, and in one acknowledgement. */
  mailPageMax: 500,
  /** One piece of a file that waits on the server, as sealed bytes; the last may be shorter. */
  blobPieceBytes: 192 * 1024,
  /** Bodies of one piece, as base64 with its wrapping. */
  blobRequestBytes: 264 * 1024,
  /** People whose devices one such file may wait for. */
  blobPeopleMax: 256,
  /** One chunk of a sealed history that the server keeps. */
  snapshotChunkBytes: 192 * 1024,
  /** Bodies of one chunk, as base64 with its wrapping. */
  snapshotRequestBytes: 264 * 1024,
  groupMembersMax: 256,
  /** Groups that a person may be in. */
  groupsMax: 200,
  /** Changes in one group's log; leaving, removing and dissolving go on beyond. */
  groupRevisionsMax: 10_000,
  /** Removed people whom a group remembers. */
  groupRemovedMax: 1_000,
  /** Text of one change: names all members at most. */
  groupBodyMax: 8 * 1024,
  /** Base64 text of a group's sealed name and picture. */
  groupInfoMax: 48 * 1024,
  /** Bodies of `/api/groups/*`. */
  groupRequestBytes: 64 * 1024,
  topicMax: 280,
  /** UTF-16 code units of what is looked for in the names of public rooms. */
  roomPartMax: 64,
  /** Public rooms in one list. */
  roomsListed: 200,
} as const;

/** Times that both sides rely on, in milliseconds. */
export const TIMES = {
  /** The server says `ping` this often on every socket. */
  pingEvery: 5_000,
  /** Silence after which either side takes the socket for dead; with `pingEvery` it keeps presence right within 15 s. */
  deadAfter: 12_000,
  /** Idle time after which a page says `away`. */
  idleAfter: 5 * 60_000,
} as const;
