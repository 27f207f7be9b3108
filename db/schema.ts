/** The tables. Times are milliseconds since 1970 as bigint, so that no driver turns them into dates of its own. */
import { sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  boolean,
  check,
  customType,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

const time = (name: string) => bigint(name, { mode: 'number' });

const bytes = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' });
/** SHA-256 of a secret that only its owner holds. */
const digest = bytes;
/** Ciphertext. */
const sealed = bytes;

export const people = pgTable(
  'people',
  {
    id: text('id').primaryKey(),
    kind: text('kind', { enum: ['account', 'guest'] }).notNull(),
    /** Null for a guest. */
    userName: text('user_name').unique('people_user_name_unique'),
    /** Equal for names that look alike: nobody can take a second one. */
    skeleton: text('skeleton').unique('people_skeleton_unique'),
    displayName: text('display_name').notNull(),
    statusText: text('status_text').notNull().default(''),
    /** As friends see it: frozen while they are invisible. */
    shownStatusText: text('shown_status_text').notNull().default(''),
    presence: text('presence', { enum: ['online', 'away', 'busy', 'invisible'] })
      .notNull()
      .default('online'),
    /** What OPAQUE keeps instead of a password. */
    opaqueRecord: text('opaque_record'),
    createdAt: time('created_at').notNull(),
    /** When friends last saw them; frozen while they are invisible. */
    lastSeen: time('last_seen'),
    /** Only for a guest. */
    expiresAt: time('expires_at'),
  },
  (table) => [
    index('people_expires_at').on(table.expiresAt),
    check(
      'people_kind',
      sql`case ${table.kind}
        when 'account' then ${table.userName} is not null and ${table.skeleton} is not null
          and ${table.opaqueRecord} is not null and ${table.expiresAt} is null
        when 'guest' then ${table.userName} is null and ${table.skeleton} is null
          and ${table.opaqueRecord} is null and ${table.expiresAt} is not null
        else false end`,
    ),
  ],
);

const person = (name: string) =>
  text(name)
    .notNull()
    .references(() => people.id, { onDelete: 'cascade' });

/** A signed-in browser: device and session are one. */
export const devices = pgTable(
  'devices',
  {
    id: text('id').primaryKey(),
    personId: person('person_id'),
    tokenDigest: digest('token_digest').notNull().unique('devices_token_digest_unique'),
    name: text('name').notNull(),
    clientVersion: text('client_version').notNull(),
    address: text('address').notNull(),
    createdAt: time('created_at').notNull(),
    lastSeen: time('last_seen').notNull(),
    expiresAt: time('expires_at').notNull(),
  },
  (table) => [index('devices_person').on(table.personId), index('devices_expires_at').on(table.expiresAt)],
);

/** Friendship, once from each side. */
export const contacts = pgTable(
  'contacts',
  {
    ownerId: person('owner_id'),
    personId: person('person_id'),
    alias: text('alias').notNull().default(''),
    muted: boolean('muted').notNull().default(false),
    since: time('since').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.ownerId, table.personId] }),
    index('contacts_person').on(table.personId),
  ],
);

/** Somebody asked to be a friend. It stays for who asked, whether or not anyone was or will be told. */
export const requests = pgTable(
  'requests',
  {
    id: text('id').primaryKey(),
    fromId: person('from_id'),
    /** The name as it was asked for; nobody need have it. */
    toName: text('to_name').notNull(),
    /** Null when nobody is told: no such user, or one who declined or blocked. */
    toId: text('to_id').references(() => people.id, { onDelete: 'set null' }),
    requestedAt: time('requested_at').notNull(),
  },
  (table) => [unique('requests_from_to').on(table.fromId, table.toName), index('requests_to').on(table.toId)],
);

/** `ownerId` does not want to hear from `personId`: for good when blocked, for a while when declined. */
export const refusals = pgTable(
  'refusals',
  {
    ownerId: person('owner_id'),
    personId: person('person_id'),
    kind: text('kind', { enum: ['blocked', 'declined'] }).notNull(),
    at: time('at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.ownerId, table.personId] }),
    index('refusals_person').on(table.personId),
  ],
);

export const invites = pgTable(
  'invites',
  {
    id: text('id').primaryKey(),
    ownerId: person('owner_id'),
    kind: text('kind', { enum: ['friend', 'guest'] }).notNull(),
    codeDigest: digest('code_digest').notNull().unique('invites_code_digest_unique'),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    uses: integer('uses').notNull().default(0),
  },
  (table) => [index('invites_owner').on(table.ownerId), index('invites_expires_at').on(table.expiresAt)],
);

// --- Keys: what is inside is JSON as it was uploaded, since signatures cover it ----------------------------------

const device = (name: string) =>
  text(name)
    .notNull()
    .references(() => devices.id, { onDelete: 'cascade' });

export const deviceKeys = pgTable('device_keys', {
  deviceId: device('device_id').primaryKey(),
  keys: text('keys').notNull(),
});

const deviceWithKeys = (name: string) =>
  text(name)
    .notNull()
    .references(() => deviceKeys.deviceId, { onDelete: 'cascade' });

export const oneTimeKeys = pgTable(
  'one_time_keys',
  {
    deviceId: deviceWithKeys('device_id'),
    keyId: text('key_id').notNull(),
    key: text('key').notNull(),
    /** They are handed out in the order in which they came. */
    seq: bigserial('seq', { mode: 'number' }).notNull(),
    /** Handed out ones stay for a while, so that one uploaded again after a lost answer is known. */
    claimedAt: time('claimed_at'),
  },
  (table) => [
    primaryKey({ columns: [table.deviceId, table.keyId] }),
    index('one_time_keys_waiting')
      .on(table.deviceId, table.seq)
      .where(sql`${table.claimedAt} is null`),
    index('one_time_keys_claimed_at')
      .on(table.claimedAt)
      .where(sql`${table.claimedAt} is not null`),
  ],
);

export const fallbackKeys = pgTable('fallback_keys', {
  deviceId: deviceWithKeys('device_id').primaryKey(),
  keyId: text('key_id').notNull(),
  key: text('key').notNull(),
  used: boolean('used').notNull().default(false),
});

/** The public signing keys of a person. */
export const identities = pgTable('identities', {
  personId: person('person_id').primaryKey(),
  masterKey: text('master_key').notNull(),
  selfSigningKey: text('self_signing_key').notNull(),
  userSigningKey: text('user_signing_key').notNull(),
});

/** What somebody's user-signing key says of a friend's master key; shown to the signer alone. */
export const identitySignatures = pgTable(
  'identity_signatures',
  {
    signerId: person('signer_id'),
    personId: person('person_id'),
    /** The public key that is signed. */
    masterKey: text('master_key').notNull(),
    signatures: text('signatures').notNull(),
    /** Counts up, as part of the version that the signer sees. */
    version: integer('version').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.signerId, table.personId] }),
    index('identity_signatures_person').on(table.personId),
  ],
);

/** Counts the changes of a person's devices and identity. No row: none yet. */
export const keyVersions = pgTable('key_versions', {
  personId: person('person_id').primaryKey(),
  version: integer('version').notNull(),
});

/** An account's secrets, sealed in the page. */
export const vaults = pgTable('vaults', {
  personId: person('person_id').primaryKey(),
  version: integer('version').notNull(),
  byPassword: text('by_password'),
  byCode: text('by_code'),
});

// --- Mail ------------------------------------------------------------------------------------------------------

/** What waits in the mailbox of each device, sealed, until that device acknowledges it. */
export const mail = pgTable(
  'mail',
  {
    deviceId: device('device_id'),
    /** The order in which it came. */
    id: bigserial('id', { mode: 'number' }).notNull(),
    senderId: person('sender_id'),
    /** It may have been logged out since. */
    senderDeviceId: text('sender_device_id').notNull(),
    /** With `parcel`, what the sender repeats when an answer was lost. */
    mailId: text('mail_id').notNull(),
    parcel: integer('parcel').notNull(),
    at: time('at').notNull(),
    /** Length of the body. */
    bytes: integer('bytes').notNull(),
    body: text('body').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.deviceId, table.id] }),
    unique('mail_once').on(table.deviceId, table.senderDeviceId, table.mailId, table.parcel),
    index('mail_sender').on(table.senderId),
    index('mail_at').on(table.at),
  ],
);

// --- Groups ----------------------------------------------------------------------------------------------------

export const groups = pgTable('groups', {
  /** Made by the page that founded it. */
  id: text('id').primaryKey(),
  revision: integer('revision').notNull(),
  /** What the log comes to, as JSON (GroupState of protocol/group-log.ts): spares folding all of it for each change. */
  state: text('state').notNull(),
  /** Name and picture, sealed; null for a public room, and for a group that has ended. */
  info: text('info'),
  /** Of a public room's name, while it is open: equal for names that look alike. */
  roomSkeleton: text('room_skeleton').unique('groups_room_skeleton_unique'),
});

const group = (name: string) =>
  text(name)
    .notNull()
    .references(() => groups.id, { onDelete: 'cascade' });

/** The log of each group. Authors may be gone since. */
export const groupChanges = pgTable(
  'group_changes',
  {
    groupId: group('group_id'),
    revision: integer('revision').notNull(),
    body: text('body').notNull(),
    signature: text('signature').notNull(),
    at: time('at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.groupId, table.revision] })],
);

/** Who is or was in which group: what the log says, less the accounts that are gone. */
export const groupMembers = pgTable(
  'group_members',
  {
    groupId: group('group_id'),
    personId: person('person_id'),
    /** The change that ended it, up to which the log may be read for a while; null for members. */
    leftRevision: integer('left_revision'),
    leftAt: time('left_at'),
  },
  (table) => [
    primaryKey({ columns: [table.groupId, table.personId] }),
    index('group_members_person').on(table.personId),
    index('group_members_left_at')
      .on(table.leftAt)
      .where(sql`${table.leftAt} is not null`),
  ],
);

// --- Files that wait, sealed, for devices that are not there ------------------------------------------------------

export const blobs = pgTable(
  'blobs',
  {
    /** Made by the page that sends it. */
    id: text('id').primaryKey(),
    senderId: person('sender_id'),
    /** Of all pieces together; all but the last are of one length. */
    bytes: integer('bytes').notNull(),
    createdAt: time('created_at').notNull(),
    /** When a piece came last. */
    grownAt: time('grown_at'),
  },
  (table) => [index('blobs_sender').on(table.senderId), index('blobs_created_at').on(table.createdAt)],
);

const blob = (name: string) =>
  text(name)
    .notNull()
    .references(() => blobs.id, { onDelete: 'cascade' });

export const blobPieces = pgTable(
  'blob_pieces',
  { blobId: blob('blob_id'), index: integer('index').notNull(), data: sealed('data').notNull() },
  (table) => [primaryKey({ columns: [table.blobId, table.index] })],
);

/** The devices that have not fetched it yet. */
export const blobRecipients = pgTable(
  'blob_recipients',
  { blobId: blob('blob_id'), deviceId: device('device_id') },
  (table) => [
    primaryKey({ columns: [table.blobId, table.deviceId] }),
    index('blob_recipients_device').on(table.deviceId),
  ],
);

// --- Sealed histories that people keep for devices to come --------------------------------------------------------

/** Of each account at most one that is complete, and one on its way. */
export const snapshots = pgTable(
  'snapshots',
  {
    /** Made by the page. */
    id: text('id').primaryKey(),
    personId: person('person_id'),
    complete: boolean('complete').notNull().default(false),
    chunks: integer('chunks').notNull().default(0),
    /** Of all chunks. */
    bytes: bigint('bytes', { mode: 'number' }).notNull().default(0),
    /** When it was complete, or last grew. */
    at: time('at').notNull(),
  },
  (table) => [uniqueIndex('snapshots_person').on(table.personId, table.complete)],
);

export const snapshotChunks = pgTable(
  'snapshot_chunks',
  {
    snapshotId: text('snapshot_id')
      .notNull()
      .references(() => snapshots.id, { onDelete: 'cascade' }),
    index: integer('index').notNull(),
    data: sealed('data').notNull(),
  },
  (table) => [primaryKey({ columns: [table.snapshotId, table.index] })],
);
