/** Identities of people, what friends signed of them, and the versions of both, in the database. */
import { and, asc, eq, ne, or, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Queries } from '../../db/client.ts';
import { oneOf } from '../../db/one-of.ts';
import {
  contacts,
  groupMembers,
  identities,
  identitySignatures,
  keyVersions,
  people,
} from '../../db/schema.ts';
import type { SigningKey } from '../protocol/keys.ts';

export interface Identity {
  readonly master: SigningKey;
  readonly selfSigning: SigningKey;
  readonly userSigning: SigningKey;
}

const rowOf = ({ master, selfSigning, userSigning }: Identity) => ({
  masterKey: JSON.stringify(master),
  selfSigningKey: JSON.stringify(selfSigning),
  userSigningKey: JSON.stringify(userSigning),
});
const identityOf = (row: typeof identities.$inferSelect): Identity => ({
  master: JSON.parse(row.masterKey) as SigningKey,
  selfSigning: JSON.parse(row.selfSigningKey) as SigningKey,
  userSigning: JSON.parse(row.userSigningKey) as SigningKey,
});

/** Answers whether it is the first one. */
export async function insertIdentity(q: Queries, personId: string, identity: Identity): Promise<boolean> {
  const rows = await q
    .insert(identities)
    .values({ personId, ...rowOf(identity) })
    .onConflictDoNothing()
    .returning({ personId: identities.personId });
  return rows.length > 0;
}

/** Held until the transaction ends. */
export async function lockIdentity(q: Queries, personId: string): Promise<Identity | null> {
  const [row] = await q.select().from(identities).where(eq(identities.personId, personId)).for('update');
  return row === undefined ? null : identityOf(row);
}

export async function setIdentity(q: Queries, personId: string, identity: Identity): Promise<void> {
  await q.update(identities).set(rowOf(identity)).where(eq(identities.personId, personId));
}

export async function findIdentities(q: Queries, ids: readonly string[]): Promise<Map<string, Identity>> {
  const rows = await q.select().from(identities).where(oneOf(identities.personId, ids));
  return new Map(rows.map((row) => [row.personId, identityOf(row)]));
}

// --- What the user-signing key of one says of another ------------------------------------------------------------

export interface IdentitySignature {
  readonly personId: string;
  readonly masterKey: string;
  /** By key id. */
  readonly signatures: Readonly<Record<string, string>>;
}

export async function listSignatures(
  q: Queries,
  signerId: string,
  personIds: readonly string[],
): Promise<IdentitySignature[]> {
  const { personId, masterKey, signatures } = identitySignatures;
  const rows = await q
    .select({ personId, masterKey, signatures })
    .from(identitySignatures)
    .where(and(eq(identitySignatures.signerId, signerId), oneOf(personId, personIds)));
  return rows.map((row) => ({ ...row, signatures: JSON.parse(row.signatures) as Record<string, string> }));
}

export async function setSignature(
  q: Queries,
  signerId: string,
  signature: IdentitySignature,
): Promise<void> {
  const { personId, masterKey } = signature;
  const set = { masterKey, signatures: JSON.stringify(signature.signatures) };
  await q
    .insert(identitySignatures)
    .values({ signerId, personId, ...set, version: 1 })
    .onConflictDoUpdate({
      target: [identitySignatures.signerId, identitySignatures.personId],
      set: { ...set, version: sql`${identitySignatures.version} + 1` },
    });
}

/** The rows stay, because versions only ever grow. */
export async function emptySignatures(q: Queries, signerId: string): Promise<void> {
  await q
    .update(identitySignatures)
    .set({ signatures: '{}', version: sql`${identitySignatures.version} + 1` })
    .where(eq(identitySignatures.signerId, signerId));
}

// --- Versions --------------------------------------------------------------------------------------------------

export interface VersionRow {
  /** Whom it concerns to know. */
  readonly viewerId: string;
  readonly personId: string;
  readonly version: number;
}

const VERSION = sql<number>`coalesce(${keyVersions.version}, 0) + coalesce(${identitySignatures.version}, 0)`;
const signedBy = (signer: SQL) =>
  and(eq(identitySignatures.personId, people.id), eq(identitySignatures.signerId, signer));

/** In the transaction of the change; the last thing in it, so that no two wait for each other. */
export async function raiseVersions(q: Queries, personIds: readonly string[]): Promise<void> {
  if (personIds.length === 0) return;
  await q
    .insert(keyVersions)
    .values([...new Set(personIds)].toSorted().map((personId) => ({ personId, version: 1 })))
    .onConflictDoUpdate({ target: keyVersions.personId, set: { version: sql`${keyVersions.version} + 1` } });
}

/** Members of groups with this person, as a query of ids; a person alone in groups is a member with themselves. */
const membersWith = (personId: string) => sql`select theirs.person_id from ${groupMembers} own
  join ${groupMembers} theirs on theirs.group_id = own.group_id and theirs.left_revision is null
  where own.person_id = ${personId} and own.left_revision is null`;
const friendsOf = (personId: string) => sql`select person_id from ${contacts} where owner_id = ${personId}`;

/** The versions that a viewer sees, of themselves, friends and co-members; of these people alone if they are named. */
export async function visibleVersions(
  q: Queries,
  viewerId: string,
  personIds?: readonly string[],
): Promise<VersionRow[]> {
  const visible = or(
    eq(people.id, viewerId),
    sql`${people.id} in (${friendsOf(viewerId)})`,
    sql`${people.id} in (${membersWith(viewerId)})`,
  );
  const named = personIds === undefined ? undefined : oneOf(people.id, personIds);
  const rows = await q
    .select({ personId: people.id, version: VERSION })
    .from(people)
    .leftJoin(keyVersions, eq(keyVersions.personId, people.id))
    .leftJoin(identitySignatures, signedBy(sql`${viewerId}`))
    .where(and(visible, named))
    .orderBy(asc(people.id));
  return rows.map((row) => ({ ...row, viewerId }));
}

const viewers = alias(people, 'viewers');

/** The versions of these people that these viewers see, who are known to be friends or co-members of theirs. */
export async function versionsFor(
  q: Queries,
  viewerIds: readonly string[],
  personIds: readonly string[],
): Promise<VersionRow[]> {
  return versionRows(q, and(oneOf(viewers.id, viewerIds), oneOf(people.id, personIds)));
}

/** The version of a person that each friend and co-member sees. */
export async function othersVersions(q: Queries, personId: string): Promise<VersionRow[]> {
  const others = or(
    sql`${viewers.id} in (${friendsOf(personId)})`,
    sql`${viewers.id} in (${membersWith(personId)})`,
  );
  return versionRows(q, and(eq(people.id, personId), ne(viewers.id, personId), others));
}

async function versionRows(q: Queries, which: SQL | undefined): Promise<VersionRow[]> {
  return q
    .select({ viewerId: viewers.id, personId: people.id, version: VERSION })
    .from(people)
    .crossJoin(viewers)
    .leftJoin(keyVersions, eq(keyVersions.personId, people.id))
    .leftJoin(identitySignatures, signedBy(sql`${viewers.id}`))
    .where(which);
}
