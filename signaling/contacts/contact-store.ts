/** Contacts, requests and refusals in the database. */
import { and, asc, count, eq, gt, isNotNull, lt, ne, or } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { oneOf } from '../../db/one-of.ts';
import { contacts, people, refusals, requests } from '../../db/schema.ts';

export interface ContactRow {
  readonly id: string;
  readonly kind: 'account' | 'guest';
  readonly userName: string | null;
  readonly displayName: string;
  readonly shownStatusText: string;
  readonly lastSeen: number | null;
  readonly alias: string;
  readonly muted: boolean;
  readonly since: number;
}

const PERSON = { id: people.id, userName: people.userName, displayName: people.displayName };
const CONTACT = {
  ...PERSON,
  kind: people.kind,
  shownStatusText: people.shownStatusText,
  lastSeen: people.lastSeen,
  alias: contacts.alias,
  muted: contacts.muted,
  since: contacts.since,
};

export async function listContacts(q: Queries, ownerId: string): Promise<ContactRow[]> {
  return q
    .select(CONTACT)
    .from(contacts)
    .innerJoin(people, eq(people.id, contacts.personId))
    .where(eq(contacts.ownerId, ownerId))
    .orderBy(asc(contacts.since), asc(contacts.personId));
}

export async function findContact(q: Queries, ownerId: string, personId: string): Promise<ContactRow | null> {
  const [row] = await q
    .select(CONTACT)
    .from(contacts)
    .innerJoin(people, eq(people.id, contacts.personId))
    .where(and(eq(contacts.ownerId, ownerId), eq(contacts.personId, personId)));
  return row ?? null;
}

export async function countContacts(q: Queries, ownerId: string): Promise<number> {
  const [row] = await q.select({ n: count() }).from(contacts).where(eq(contacts.ownerId, ownerId));
  return row?.n ?? 0;
}

export async function insertFriendship(q: Queries, a: string, b: string, since: number): Promise<void> {
  await q
    .insert(contacts)
    .values([
      { ownerId: a, personId: b, since },
      { ownerId: b, personId: a, since },
    ])
    .onConflictDoNothing();
}

/** Answers whether there was one. */
export async function deleteFriendship(q: Queries, a: string, b: string): Promise<boolean> {
  const rows = await q
    .delete(contacts)
    .where(
      or(
        and(eq(contacts.ownerId, a), eq(contacts.personId, b)),
        and(eq(contacts.ownerId, b), eq(contacts.personId, a)),
      ),
    )
    .returning({ ownerId: contacts.ownerId });
  return rows.length > 0;
}

/** What the owner alone sees of the contact. */
export async function setContact(
  q: Queries,
  ownerId: string,
  personId: string,
  change: { readonly alias?: string | undefined; readonly muted?: boolean | undefined },
): Promise<boolean> {
  const rows = await q
    .update(contacts)
    .set(change)
    .where(and(eq(contacts.ownerId, ownerId), eq(contacts.personId, personId)))
    .returning({ personId: contacts.personId });
  return rows.length > 0;
}

// --- Requests --------------------------------------------------------------------------------------------------

export type RequestRow = typeof requests.$inferSelect;
export type Asker = { readonly id: string; readonly userName: string | null; readonly displayName: string };

export async function insertRequest(q: Queries, request: RequestRow): Promise<void> {
  await q.insert(requests).values(request);
}

export async function findRequestByName(
  q: Queries,
  fromId: string,
  toName: string,
): Promise<RequestRow | null> {
  const [row] = await q
    .select()
    .from(requests)
    .where(and(eq(requests.fromId, fromId), eq(requests.toName, toName)));
  return row ?? null;
}

export async function countOutgoing(q: Queries, fromId: string): Promise<number> {
  const [row] = await q.select({ n: count() }).from(requests).where(eq(requests.fromId, fromId));
  return row?.n ?? 0;
}

export async function countIncoming(q: Queries, toId: string): Promise<number> {
  const [row] = await q.select({ n: count() }).from(requests).where(eq(requests.toId, toId));
  return row?.n ?? 0;
}

export async function listOutgoing(q: Queries, fromId: string): Promise<RequestRow[]> {
  return q
    .select()
    .from(requests)
    .where(eq(requests.fromId, fromId))
    .orderBy(asc(requests.requestedAt), asc(requests.id));
}

export async function listIncoming(q: Queries, toId: string): Promise<(Asker & { requestedAt: number })[]> {
  return q
    .select({ ...PERSON, requestedAt: requests.requestedAt })
    .from(requests)
    .innerJoin(people, eq(people.id, requests.fromId))
    .where(eq(requests.toId, toId))
    .orderBy(asc(requests.requestedAt), asc(requests.id));
}

export async function deleteOutgoing(q: Queries, fromId: string, id: string): Promise<RequestRow | null> {
  const [row] = await q
    .delete(requests)
    .where(and(eq(requests.fromId, fromId), eq(requests.id, id)))
    .returning();
  return row ?? null;
}

/** A request that `toId` was told of. */
export async function findIncoming(q: Queries, toId: string, fromId: string): Promise<RequestRow | null> {
  const [row] = await q
    .select()
    .from(requests)
    .where(and(eq(requests.toId, toId), eq(requests.fromId, fromId)));
  return row ?? null;
}

/** Stays for who asked, and is no longer shown to who was requests. */
export async function hideRequest(q: Queries, id: string): Promise<void> {
  await q.update(requests).set({ toId: null }).where(eq(requests.id, id));
}

/** Every request between two people who have become contacts, shown or hidden. */
export async function deleteRequestsBetween(q: Queries, a: string, b: string): Promise<RequestRow[]> {
  const both = await q
    .select({ id: people.id, userName: people.userName })
    .from(people)
    .where(oneOf(people.id, [a, b]));
  const nameOf = (id: string) => both.find((person) => person.id === id)?.userName ?? '';
  return q
    .delete(requests)
    .where(
      or(
        and(eq(requests.fromId, a), eq(requests.toName, nameOf(b))),
        and(eq(requests.fromId, b), eq(requests.toName, nameOf(a))),
      ),
    )
    .returning();
}

export async function findPersonByName(q: Queries, userName: string): Promise<Asker | null> {
  const [row] = await q.select(PERSON).from(people).where(eq(people.userName, userName));
  return row ?? null;
}

export async function findAsker(q: Queries, id: string): Promise<Asker | null> {
  const [row] = await q.select(PERSON).from(people).where(eq(people.id, id));
  return row ?? null;
}

// --- Refusals --------------------------------------------------------------------------------------------------

export async function setRefusal(
  q: Queries,
  refusal: { ownerId: string; personId: string; kind: 'blocked' | 'declined'; at: number },
): Promise<void> {
  const { kind, at } = refusal;
  await q
    .insert(refusals)
    .values(refusal)
    .onConflictDoUpdate({ target: [refusals.ownerId, refusals.personId], set: { kind, at } });
}

/** Whether `ownerId` does not want to hear from `personId`: blocked, or declined after `declinedSince`. */
export async function refuses(
  q: Queries,
  ownerId: string,
  personId: string,
  declinedSince: number,
): Promise<boolean> {
  const rows = await q
    .select({ kind: refusals.kind })
    .from(refusals)
    .where(
      and(
        eq(refusals.ownerId, ownerId),
        eq(refusals.personId, personId),
        or(eq(refusals.kind, 'blocked'), gt(refusals.at, declinedSince)),
      ),
    );
  return rows.length > 0;
}

export async function isBlocked(q: Queries, ownerId: string, personId: string): Promise<boolean> {
  return refuses(q, ownerId, personId, Number.MAX_SAFE_INTEGER);
}

export async function listBlocked(q: Queries, ownerId: string): Promise<Asker[]> {
  return q
    .select(PERSON)
    .from(refusals)
    .innerJoin(people, eq(people.id, refusals.personId))
    .where(and(eq(refusals.ownerId, ownerId), eq(refusals.kind, 'blocked')))
    .orderBy(asc(refusals.at), asc(refusals.personId));
}

export async function deleteRefusal(q: Queries, ownerId: string, personId: string): Promise<boolean> {
  const rows = await q
    .delete(refusals)
    .where(and(eq(refusals.ownerId, ownerId), eq(refusals.personId, personId), eq(refusals.kind, 'blocked')))
    .returning({ personId: refusals.personId });
  return rows.length > 0;
}

/** Whatever one of them had refused is over once they agree. */
export async function forgetRefusalsBetween(q: Queries, a: string, b: string): Promise<string[]> {
  const rows = await q
    .delete(refusals)
    .where(
      or(
        and(eq(refusals.ownerId, a), eq(refusals.personId, b)),
        and(eq(refusals.ownerId, b), eq(refusals.personId, a)),
      ),
    )
    .returning({ ownerId: refusals.ownerId, kind: refusals.kind });
  return rows.filter(({ kind }) => kind === 'blocked').map(({ ownerId }) => ownerId);
}

export async function deleteOldDeclines(q: Queries, before: number): Promise<void> {
  await q.delete(refusals).where(and(ne(refusals.kind, 'blocked'), lt(refusals.at, before)));
}

// --- Traces of people who go -----------------------------------------------------------------------------------

export interface Trace {
  readonly holderId: string;
  readonly goneId: string;
}

/** In whose lists people stand: as contact, as someone who asks, as blocked. */
export async function tracesOf(
  q: Queries,
  ids: readonly string[],
): Promise<{ contacts: Trace[]; incoming: Trace[]; blocked: Trace[] }> {
  return {
    contacts: await q
      .select({ holderId: contacts.ownerId, goneId: contacts.personId })
      .from(contacts)
      .where(oneOf(contacts.personId, ids)),
    incoming: (
      await q
        .select({ holderId: requests.toId, goneId: requests.fromId })
        .from(requests)
        .where(and(oneOf(requests.fromId, ids), isNotNull(requests.toId)))
    ).flatMap(({ holderId, goneId }) => (holderId === null ? [] : [{ holderId, goneId }])),
    blocked: await q
      .select({ holderId: refusals.ownerId, goneId: refusals.personId })
      .from(refusals)
      .where(and(oneOf(refusals.personId, ids), eq(refusals.kind, 'blocked'))),
  };
}
