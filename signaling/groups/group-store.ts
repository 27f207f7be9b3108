/** Groups, their logs and members in the database. */
import {
  and,
  asc,
  count,
  desc,
  eq,
  gt,
  isNotNull,
  isNull,
  lt,
  lte,
  notExists,
  sql,
  type SQL,
} from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { oneOf } from '../../db/one-of.ts';
import { contacts, groupChanges, groupMembers, groups, people } from '../../db/schema.ts';
import type { Person } from '../protocol/common.ts';
import type { GroupState } from '../protocol/group-log.ts';

export interface StoredGroup {
  readonly state: GroupState;
  readonly info: string | null;
}

/** A group and who in it has an account. */
export interface Members {
  readonly id: string;
  readonly revision: number;
  readonly isRoom: boolean;
  readonly memberIds: readonly string[];
  /** The log names members whose accounts are gone. */
  readonly missing: boolean;
}

const stored = (row: { state: string; info: string | null }): StoredGroup => ({
  state: JSON.parse(row.state) as GroupState,
  info: row.info,
});
const GROUP = { state: groups.state, info: groups.info };
const isMember = isNull(groupMembers.leftRevision);

/** Null if the id, or a look-alike of the room's name, is taken. */
export async function insertGroup(
  q: Queries,
  { id, revision }: GroupState,
  roomSkeleton: string | null,
): Promise<boolean> {
  const rows = await q
    .insert(groups)
    .values({ id, revision, state: '', roomSkeleton })
    .onConflictDoNothing()
    .returning({ id: groups.id });
  return rows.length > 0;
}

/** Held until the transaction ends. */
export async function lockGroup(q: Queries, id: string): Promise<StoredGroup | null> {
  const [row] = await q.select(GROUP).from(groups).where(eq(groups.id, id)).for('update');
  return row === undefined ? null : stored(row);
}

export async function findGroup(q: Queries, id: string): Promise<StoredGroup | null> {
  const [row] = await q.select(GROUP).from(groups).where(eq(groups.id, id));
  return row === undefined ? null : stored(row);
}

/** A group that has ended gives its name and info away. */
export async function setState(q: Queries, state: GroupState, info: string | null): Promise<void> {
  await q
    .update(groups)
    .set({
      revision: state.revision,
      state: JSON.stringify(state),
      info: state.dissolved ? null : info,
      ...(state.dissolved && { roomSkeleton: null }),
    })
    .where(eq(groups.id, state.id));
}

// --- The log ---------------------------------------------------------------------------------------------------

export type ChangeRow = typeof groupChanges.$inferSelect;

export async function insertChange(q: Queries, change: ChangeRow): Promise<void> {
  await q.insert(groupChanges).values(change);
}

export async function readChanges(
  q: Queries,
  groupId: string,
  range: { readonly after: number; readonly upTo: number; readonly atMost: number },
): Promise<ChangeRow[]> {
  const { groupId: of, revision } = groupChanges;
  return q
    .select()
    .from(groupChanges)
    .where(and(eq(of, groupId), gt(revision, range.after), lte(revision, range.upTo)))
    .orderBy(asc(revision))
    .limit(range.atMost);
}

// --- Members ---------------------------------------------------------------------------------------------------

export async function addMembers(q: Queries, groupId: string, personIds: readonly string[]): Promise<void> {
  if (personIds.length === 0) return;
  await q
    .insert(groupMembers)
    .values(personIds.map((personId) => ({ groupId, personId })))
    .onConflictDoUpdate({
      target: [groupMembers.groupId, groupMembers.personId],
      set: { leftRevision: null, leftAt: null },
    });
}

export async function endMembers(
  q: Queries,
  groupId: string,
  personIds: readonly string[],
  left: { readonly leftRevision: number; readonly leftAt: number },
): Promise<void> {
  await q
    .update(groupMembers)
    .set(left)
    .where(and(eq(groupMembers.groupId, groupId), oneOf(groupMembers.personId, personIds)));
}

/** Up to which revision this person may read; null: not at all. */
export async function readableRevision(
  q: Queries,
  groupId: string,
  personId: string,
): Promise<{ readonly upTo: number; readonly isMember: boolean } | null> {
  const [row] = await q
    .select({ left: groupMembers.leftRevision, revision: groups.revision })
    .from(groupMembers)
    .innerJoin(groups, eq(groups.id, groupMembers.groupId))
    .where(and(eq(groupMembers.groupId, groupId), eq(groupMembers.personId, personId)));
  return row === undefined ? null : { upTo: row.left ?? row.revision, isMember: row.left === null };
}

export async function listPeople(q: Queries, groupId: string): Promise<Person[]> {
  return q
    .select({ id: people.id, userName: people.userName, displayName: people.displayName })
    .from(groupMembers)
    .innerJoin(people, eq(people.id, groupMembers.personId))
    .where(and(eq(groupMembers.groupId, groupId), isMember))
    .orderBy(asc(people.id));
}

/** Of these groups, those that are there. */
export async function membersOf(q: Queries, groupIds: readonly string[]): Promise<Members[]> {
  if (groupIds.length === 0) return [];
  const rows = await q
    .select({ id: groups.id, state: groups.state, personId: groupMembers.personId })
    .from(groups)
    .leftJoin(groupMembers, and(eq(groupMembers.groupId, groups.id), isMember))
    .where(oneOf(groups.id, groupIds));
  const byGroup = new Map<string, { state: GroupState; memberIds: string[] }>();
  for (const { id, state, personId } of rows) {
    const found = byGroup.get(id) ?? { state: JSON.parse(state) as GroupState, memberIds: [] };
    if (personId !== null) found.memberIds.push(personId);
    byGroup.set(id, found);
  }
  return [...byGroup].map(([id, { state, memberIds }]) => ({
    id,
    revision: state.revision,
    isRoom: state.room !== null,
    memberIds,
    missing: memberIds.length < state.members.length,
  }));
}

/** Of a person: the groups that they are in, or were in up to a revision. */
export async function listMemberships(
  q: Queries,
  personId: string,
): Promise<{ readonly groupId: string; readonly leftRevision: number | null }[]> {
  return q
    .select({ groupId: groupMembers.groupId, leftRevision: groupMembers.leftRevision })
    .from(groupMembers)
    .where(eq(groupMembers.personId, personId))
    .orderBy(asc(groupMembers.groupId));
}

export async function groupsWith(q: Queries, personIds: readonly string[]): Promise<string[]> {
  const rows = await q
    .selectDistinct({ id: groupMembers.groupId })
    .from(groupMembers)
    .where(and(oneOf(groupMembers.personId, personIds), isMember));
  return rows.map(({ id }) => id);
}

/** Whether somebody among these is in so many groups. */
export async function anyoneIsIn(
  q: Queries,
  personIds: readonly string[],
  groupCount: number,
): Promise<boolean> {
  const rows = await q
    .select({ personId: groupMembers.personId })
    .from(groupMembers)
    .where(and(oneOf(groupMembers.personId, personIds), isMember))
    .groupBy(groupMembers.personId)
    .having(sql`${count()} >= ${groupCount}`)
    .limit(1);
  return rows.length > 0;
}

// --- People ----------------------------------------------------------------------------------------------------

/** Contacts of this person, with accounts, among these. */
export async function countAccountContacts(
  q: Queries,
  ownerId: string,
  personIds: readonly string[],
): Promise<number> {
  const rows = await q
    .select({ id: people.id })
    .from(contacts)
    .innerJoin(people, eq(people.id, contacts.personId))
    .where(and(eq(contacts.ownerId, ownerId), oneOf(people.id, personIds), eq(people.kind, 'account')));
  return rows.length;
}

export async function anyoneExists(q: Queries, personIds: readonly string[]): Promise<boolean> {
  const rows = await q.select({ id: people.id }).from(people).where(oneOf(people.id, personIds)).limit(1);
  return rows.length > 0;
}

// --- Public rooms ----------------------------------------------------------------------------------------------

export interface RoomRow extends StoredGroup {
  readonly members: number;
}

/** Those whose name has this part, with most members first. */
export async function listRooms(q: Queries, part: string, atMost: number): Promise<RoomRow[]> {
  const name = sql`${groups.state}::jsonb -> 'room' ->> 'name'`;
  return rooms(q, part === '' ? undefined : sql`strpos(${name}, ${part}) > 0`, atMost);
}

export async function findRoom(q: Queries, skeleton: string): Promise<RoomRow | null> {
  const [row] = await rooms(q, eq(groups.roomSkeleton, skeleton), 1);
  return row ?? null;
}

async function rooms(q: Queries, which: SQL | undefined, atMost: number): Promise<RoomRow[]> {
  const members = count(groupMembers.personId);
  const rows = await q
    .select({ ...GROUP, members })
    .from(groups)
    .leftJoin(groupMembers, and(eq(groupMembers.groupId, groups.id), isMember))
    .where(and(isNotNull(groups.roomSkeleton), which))
    .groupBy(groups.id)
    .orderBy(desc(members), asc(groups.roomSkeleton))
    .limit(atMost);
  return rows.map((row) => ({ ...stored(row), members: row.members }));
}

// --- The end ---------------------------------------------------------------------------------------------------

/** Of these groups, those without any member go with all that is theirs. */
export async function deleteEmptyOf(q: Queries, groupIds: readonly string[]): Promise<void> {
  await q.delete(groups).where(and(oneOf(groups.id, groupIds), notExists(rowsOf(q, isMember))));
}

/** Who left before then may read no more; a group that has ended goes with the last of them. */
export async function forgetLeft(q: Queries, before: number): Promise<void> {
  await q.delete(groupMembers).where(and(isNotNull(groupMembers.leftAt), lt(groupMembers.leftAt, before)));
  await q.delete(groups).where(notExists(rowsOf(q)));
}

/** For a condition on groups. */
const rowsOf = (q: Queries, which?: SQL) =>
  q
    .select({ one: sql`1` })
    .from(groupMembers)
    .where(and(eq(groupMembers.groupId, groups.id), which));
