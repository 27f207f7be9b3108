/**
 * Groups: the server orders the signed changes of their members, holds them to the rules that pages hold them to
 * (protocol/group-log.ts), and makes none itself.
 */
import type * as v from 'valibot';
import type { Database, Queries } from '../../db/client.ts';
import { findIdentities } from '../keys/identity-store.ts';
import { publicKeyOf } from '../keys/signed.ts';
import { ok, refuse, type Outcome } from '../outcome.ts';
import type { ErrorCode } from '../protocol/errors.ts';
import {
  foldBody,
  linkProofText,
  memberOf,
  parseBody,
  type GroupBody,
  type GroupChange,
  type GroupProblem,
  type GroupState,
} from '../protocol/group-log.ts';
import type { Group, groupAppendSchema, GroupLog, GroupLook } from '../protocol/groups.ts';
import type { Me } from '../protocol/http.ts';
import { LIMITS } from '../protocol/limits.ts';
import { parseUserName } from '../protocol/user-name.ts';
import type { Changed, GroupAnnouncer } from './group-announcer.ts';
import * as store from './group-store.ts';
import type { RoomPolicy } from './room-service.ts';
import { digestOfText, isSigned } from './signatures.ts';

type Append = v.InferOutput<typeof groupAppendSchema>;

const CODES = {
  malformed: 'bad-request',
  pointless: 'bad-request',
  'out-of-order': 'conflict',
  forbidden: 'forbidden',
  'too-many': 'too-many',
} as const satisfies Record<GroupProblem, ErrorCode>;

const LOG_PAGE = 200;
/** What makes a group smaller, or ends it, is never too much. */
const ALWAYS: ReadonlySet<GroupChange['kind']> = new Set(['leave', 'remove', 'gone', 'dissolve']);

export class GroupService {
  constructor(
    private readonly db: Database,
    private readonly announcer: GroupAnnouncer,
    private readonly rooms: RoomPolicy,
    private readonly now: () => number,
  ) {}

  // --- Changing ------------------------------------------------------------------------------------------------

  async found(me: Me, append: Append): Promise<Outcome<{ revision: number }>> {
    const body = parseBody(append.body);
    if (body?.change.kind !== 'create') return refuse('bad-request');
    const { room } = body.change;
    if (room !== null && !this.rooms.mayOpen(me)) return refuse('forbidden');
    return this.performed(
      await this.db.transaction((q) => this.change(q, me, { append, body, before: null })),
    );
  }

  async append(me: Me, groupId: string, append: Append): Promise<Outcome<{ revision: number }>> {
    const changed = await this.db.transaction(async (q) => {
      const before = await store.lockGroup(q, groupId);
      const body = parseBody(append.body);
      const isMember = before !== null && memberOf(before.state, me.id) !== undefined;
      if (before === null || (!isMember && !this.letsIn(before.state, me, body))) return refuse('not-found');
      if (body === null) return refuse('bad-request');
      return this.change(q, me, { append, body, before });
    });
    return this.performed(changed);
  }

  private async performed(changed: Outcome<Changed>): Promise<Outcome<{ revision: number }>> {
    if (!changed.ok) return changed;
    await this.announcer.changed(changed.value);
    return ok({ revision: changed.value.group.revision });
  }

  /** Somebody who is no member shows a right to become one: by the link's key, or because the room is public. */
  private letsIn(state: GroupState, me: Me, body: GroupBody | null): boolean {
    if (body?.change.kind !== 'join' || body.author !== me.id) return false;
    const { by } = body.change;
    if (by === null) return state.room !== null && this.rooms.areOpen;
    return by.link === state.link && isSigned(linkProofText(state.id, me.id), by.link, by.proof);
  }

  private async change(
    q: Queries,
    me: Me,
    { append, body, before }: { append: Append; body: GroupBody; before: store.StoredGroup | null },
  ): Promise<Outcome<Changed>> {
    const { change } = body;
    if (body.author !== me.id || (before !== null && body.group !== before.state.id))
      return refuse('bad-request');
    const folded = foldBody(before?.state ?? null, body, digestOfText(append.body));
    if (!folded.ok) return refuse(CODES[folded.problem]);
    const { state } = folded;
    if (state.revision > LIMITS.groupRevisionsMax && !ALWAYS.has(change.kind)) return refuse('too-many');
    const info = infoAfter(before?.info ?? null, change, append.info);
    if (info === undefined || !(await isByAuthor(q, append, body))) return refuse('bad-request');
    const moved = movedBetween(before?.state ?? null, state);
    const allowed = await this.allows(q, me, change, moved.joinedIds);
    if (!allowed.ok) return allowed;
    if (before === null && !(await store.insertGroup(q, state, skeletonOf(state)))) return refuse('conflict');
    await this.write(q, append, { state, info, ...moved });
    const [group] = await store.membersOf(q, [state.id]);
    return group === undefined ? refuse('not-found') : ok({ group, ...moved });
  }

  /** What the log alone does not show. */
  private async allows(
    q: Queries,
    me: Me,
    change: GroupChange,
    joinedIds: readonly string[],
  ): Promise<Outcome<undefined>> {
    const added = joinedIds.filter((id) => id !== me.id);
    if (added.length > 0 && (await store.countAccountContacts(q, me.id, added)) < added.length)
      return refuse('forbidden');
    if (change.kind === 'gone' && (await store.anyoneExists(q, change.memberIds))) return refuse('forbidden');
    if (await store.anyoneIsIn(q, joinedIds, LIMITS.groupsMax)) return refuse('too-many');
    return ok(undefined);
  }

  private async write(
    q: Queries,
    { body, signature }: Append,
    after: {
      state: GroupState;
      info: string | null;
      joinedIds: readonly string[];
      leftIds: readonly string[];
    },
  ): Promise<void> {
    const { state, info, joinedIds, leftIds } = after;
    const { id: groupId, revision } = state;
    const at = this.now();
    await store.setState(q, state, info);
    await store.insertChange(q, { groupId, revision, body, signature, at });
    await store.addMembers(q, groupId, joinedIds);
    await store.endMembers(q, groupId, leftIds, { leftRevision: revision, leftAt: at });
  }

  // --- Reading -------------------------------------------------------------------------------------------------

  async read(me: Me, groupId: string): Promise<Outcome<Group>> {
    return this.db.query(async (q) => {
      const right = await store.readableRevision(q, groupId, me.id);
      const found = right?.isMember === true ? await store.findGroup(q, groupId) : null;
      if (found === null) return refuse('not-found');
      const { id, revision } = found.state;
      return ok({ id, revision, info: found.info, people: await store.listPeople(q, groupId) });
    });
  }

  async readLog(me: Me, groupId: string, after: number): Promise<Outcome<GroupLog>> {
    return this.db.query(async (q) => {
      const right = await store.readableRevision(q, groupId, me.id);
      if (right === null) return refuse('not-found');
      const range = { after, upTo: right.upTo, atMost: LOG_PAGE + 1 };
      const rows = await store.readChanges(q, groupId, range);
      const changes = rows.slice(0, LOG_PAGE).map(({ body, signature, at }) => ({ body, signature, at }));
      return ok({ changes, more: rows.length > LOG_PAGE });
    });
  }

  /** For whoever holds the link that works now, and is not kept out. */
  async look(me: Me, groupId: string, proof: string): Promise<Outcome<GroupLook>> {
    const found = await this.db.query((q) => store.findGroup(q, groupId));
    const state = found?.state;
    const link = state?.link ?? null;
    if (found === null || state === undefined || link === null) return refuse('not-found');
    if (!isSigned(linkProofText(groupId, me.id), link, proof)) return refuse('not-found');
    if (state.removed.includes(me.id)) return refuse('forbidden');
    const { id, revision, head, members } = state;
    return ok({ id, revision, head, link, info: found.info, members: members.length });
  }
}

/** Signed by the author's master key as the directory has it. */
async function isByAuthor(q: Queries, append: Append, body: GroupBody): Promise<boolean> {
  const identity = (await findIdentities(q, [body.author])).get(body.author);
  if (identity === undefined || publicKeyOf(identity.master) !== body.authorKey) return false;
  return isSigned(append.body, body.authorKey, append.signature);
}

/** Undefined when what came is not what the change names. */
function infoAfter(
  before: string | null,
  change: GroupChange,
  given: string | undefined,
): string | null | undefined {
  const named = 'info' in change ? change.info : null;
  if (named === null) return given === undefined ? before : undefined;
  return given !== undefined && digestOfText(given) === named ? given : undefined;
}

function movedBetween(before: GroupState | null, after: GroupState) {
  const ids = (state: GroupState | null) => state?.members.map(({ id }) => id) ?? [];
  const [old, now] = [new Set(ids(before)), new Set(ids(after))];
  return {
    joinedIds: [...now].filter((id) => !old.has(id)),
    leftIds: [...old].filter((id) => !now.has(id)),
  };
}

function skeletonOf({ room }: GroupState): string | null {
  const parsed = room === null ? null : parseUserName(room.name);
  return parsed?.ok === true ? parsed.skeleton : null;
}
