/**
 * Membership of a group: a log of signed changes, and what it comes to. Server and pages fold it by these same rules, so
 * the server can withhold a change but make none. Pure, and without crypto: whoever folds hashes texts and verifies
 * signatures (`authorKey` over the body's text, the link's key over `linkProofText`) before.
 */
import * as v from 'valibot';
import { groupIdSchema, idSchema } from './common.ts';
import { LIMITS } from './limits.ts';
import { parseUserName } from './user-name.ts';

/** SHA-256 of a text's UTF-8 bytes: 43 characters of base64url. */
export const textDigestSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/));
/** An Ed25519 public key: 43 characters of base64url. */
const linkKeySchema = textDigestSchema;
/** A person's public master key, as the key directory has it: 43 characters of base64. */
const authorKeySchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{43}$/));
/** Ed25519: 86 characters of base64, or of base64url for a link's. */
export const authorSignatureSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{86}$/));
export const linkProofSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{86}$/));

const membersSchema = v.pipe(v.array(idSchema), v.minLength(1), v.maxLength(LIMITS.groupMembersMax));
const revisionSchema = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(Number.MAX_SAFE_INTEGER));

/** A public room is found by name: its name and topic are in the clear, and need no link. */
export const roomNameSchema = v.pipe(v.string(), v.check(isRoomName));
export const topicSchema = v.pipe(v.string(), v.trim(), v.maxLength(LIMITS.topicMax));

/** One script and no look-alikes, as for user names. */
export function isRoomName(name: string): boolean {
  const parsed = parseUserName(name);
  return parsed.ok && parsed.name === name;
}

const changeSchema = v.variant('kind', [
  /** Only the first one. `info`: digest of the sealed name and picture; a public room has `room` instead. */
  v.strictObject({
    kind: v.literal('create'),
    memberIds: v.pipe(v.array(idSchema), v.maxLength(LIMITS.groupMembersMax - 1)),
    info: v.nullable(textDigestSchema),
    room: v.nullable(v.strictObject({ name: roomNameSchema, topic: topicSchema })),
  }),
  /** Also takes back that somebody was removed. */
  v.strictObject({ kind: v.literal('add'), memberIds: membersSchema }),
  /** Who was removed cannot join again by link or name; only somebody can add them. */
  v.strictObject({
    kind: v.literal('remove'),
    memberIds: membersSchema,
    /** The invite link is taken back with it: whoever is removed may know it, and could pass it on. */
    link: v.optional(v.null()),
  }),
  /** An owner who leaves is followed by `successorOf`; with the last member the group ends. */
  v.strictObject({ kind: v.literal('leave') }),
  /** `owner` hands the group over: who did is an admin from then on. */
  v.strictObject({
    kind: v.literal('role'),
    memberId: idSchema,
    role: v.picklist(['owner', 'admin', 'member']),
  }),
  v.strictObject({ kind: v.literal('info'), info: textDigestSchema }),
  /** The same name and picture, sealed by another secret, since somebody who knows the last one is gone: see `stale`. */
  v.strictObject({ kind: v.literal('reseal'), info: textDigestSchema }),
  v.strictObject({ kind: v.literal('topic'), topic: topicSchema }),
  /** The key of the one invite link that works from now on; null: none does. */
  v.strictObject({ kind: v.literal('link'), link: v.nullable(linkKeySchema) }),
  /** Of the author, by the link with this key (`proof` signs `linkProofText`), or null: into a public room. */
  v.strictObject({
    kind: v.literal('join'),
    by: v.nullable(v.strictObject({ link: linkKeySchema, proof: linkProofSchema })),
  }),
  /**
   * The accounts of these are deleted, and cannot leave by themselves. Any member may record it, if it is so: the server
   * takes it only then, and a page believes it only if the directory knows these people no more.
   */
  v.strictObject({ kind: v.literal('gone'), memberIds: membersSchema }),
  v.strictObject({ kind: v.literal('dissolve') }),
]);
export type GroupChange = v.InferOutput<typeof changeSchema>;

export const groupBodySchema = v.strictObject({
  /** Nothing else that a master key signs says this. */
  type: v.literal('group-change'),
  group: groupIdSchema,
  revision: revisionSchema,
  /** Digest of the body's text before; null for the first. */
  previous: v.nullable(textDigestSchema),
  author: idSchema,
  /** The author's master key as it was then. */
  authorKey: authorKeySchema,
  change: changeSchema,
});
export type GroupBody = v.InferOutput<typeof groupBodySchema>;

export type GroupRole = 'owner' | 'admin' | 'member';

export interface GroupMember {
  readonly id: string;
  readonly role: GroupRole;
  /** The revision that let them in. */
  readonly since: number;
}

export interface GroupState {
  readonly id: string;
  readonly revision: number;
  /** Digest of the last body's text. */
  readonly head: string;
  /** In the order in which they came. */
  readonly members: readonly GroupMember[];
  /** Removed, the longest ago first, and not added again since. */
  readonly removed: readonly string[];
  readonly info: string | null;
  /** Somebody ceased to be a member since `info` was sealed. */
  readonly stale?: boolean;
  readonly link: string | null;
  readonly room: { readonly name: string; readonly topic: string } | null;
  readonly dissolved: boolean;
}

/**
 * `malformed`: not what a page would write; `out-of-order`: does not follow what is there; `forbidden`: this person may
 * not; `pointless`: it is so already, or concerns nobody who is there; `too-many`: a limit.
 */
export type GroupProblem = 'malformed' | 'out-of-order' | 'forbidden' | 'pointless' | 'too-many';

export type Folded =
  | { readonly ok: true; readonly state: GroupState }
  | { readonly ok: false; readonly problem: GroupProblem };

// --- Texts -----------------------------------------------------------------------------------------------------

/** JSON with sorted names and no spaces: one text for one meaning. */
export function bodyText(body: GroupBody): string {
  return JSON.stringify(body, (_name, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/** Null unless it is exactly what `bodyText` writes. */
export function parseBody(text: string): GroupBody | null {
  if (text.length > LIMITS.groupBodyMax) return null;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = v.safeParse(groupBodySchema, json);
  return parsed.success && bodyText(parsed.output) === text ? parsed.output : null;
}

/** What the link's private key signs for one person: nobody else can use the proof. */
export const linkProofText = (groupId: string, personId: string): string =>
  `holler-group-link ${groupId} ${personId}`;

/** The body that follows; `state` null founds the group. */
export function nextBody(
  groupId: string,
  state: Pick<GroupState, 'revision' | 'head'> | null,
  author: { readonly id: string; readonly key: string },
  change: GroupChange,
): GroupBody {
  return {
    type: 'group-change',
    group: groupId,
    revision: (state?.revision ?? 0) + 1,
    previous: state?.head ?? null,
    author: author.id,
    authorKey: author.key,
    change,
  };
}

// --- The fold --------------------------------------------------------------------------------------------------

/** `digest`: of the body's text. */
export function foldBody(state: GroupState | null, body: GroupBody, digest: string): Folded {
  if (body.revision !== (state?.revision ?? 0) + 1 || body.previous !== (state?.head ?? null))
    return no('out-of-order');
  if (state === null) return found(body, digest);
  if (body.group !== state.id) return no('out-of-order');
  const problem = problemOf(state, body.author, body.change);
  if (problem !== null) return no(problem);
  const changed = { ...state, ...outcomeOf(state, body), revision: body.revision, head: digest };
  return { ok: true, state: changed.members.length === 0 ? { ...changed, ...ENDED } : changed };
}

const ENDED = { members: [], removed: [], link: null, dissolved: true } as const;
const no = (problem: GroupProblem): Folded => ({ ok: false, problem });

function found({ group, author, change }: GroupBody, digest: string): Folded {
  if (change.kind !== 'create') return no('out-of-order');
  if ((change.info === null) === (change.room === null)) return no('malformed');
  if (change.memberIds.includes(author) || repeats(change.memberIds)) return no('malformed');
  const owner: GroupMember = { id: author, role: 'owner', since: 1 };
  const state = {
    id: group,
    revision: 1,
    head: digest,
    members: [owner, ...change.memberIds.map((id) => newMember(id, 1))],
    removed: [],
    info: change.info,
    link: null,
    room: change.room,
    dissolved: false,
  };
  return { ok: true, state };
}

const newMember = (id: string, since: number): GroupMember => ({ id, role: 'member', since });
const repeats = (ids: readonly string[]): boolean => new Set(ids).size !== ids.length;

export const memberOf = (state: GroupState, personId: string): GroupMember | undefined =>
  state.members.find(({ id }) => id === personId);

/** Why this person may not do this now; null: they may. For pages also the question which buttons to show. */
export function problemOf(state: GroupState, authorId: string, change: GroupChange): GroupProblem | null {
  if (state.dissolved) return 'forbidden';
  if (change.kind === 'join') return joinProblem(state, authorId, change.by?.link ?? null);
  const role = memberOf(state, authorId)?.role;
  if (role === undefined) return 'forbidden';
  const leads = role !== 'member';
  switch (change.kind) {
    case 'create':
      return 'out-of-order';
    case 'add':
      return leads ? additionProblem(state, change.memberIds) : 'forbidden';
    case 'remove':
      return removalProblem(state, role, change.memberIds);
    case 'leave':
      return null;
    case 'role':
      return roleProblem(state, role, change.memberId, change.role);
    case 'info':
      return leads && state.room === null ? null : 'forbidden';
    case 'reseal':
      if (!leads || state.room !== null) return 'forbidden';
      return state.stale === true ? null : 'pointless';
    case 'topic':
      return leads && state.room !== null ? null : 'forbidden';
    case 'link':
      if (!leads || state.room !== null) return 'forbidden';
      return change.link === state.link ? 'pointless' : null;
    case 'gone':
      return change.memberIds.includes(authorId) ? 'malformed' : absenceProblem(state, change.memberIds);
    case 'dissolve':
      return role === 'owner' ? null : 'forbidden';
  }
}

function joinProblem(state: GroupState, personId: string, link: string | null): GroupProblem | null {
  if (memberOf(state, personId) !== undefined) return 'pointless';
  if (state.removed.includes(personId)) return 'forbidden';
  // A public room has no link, and is open; any other group is open to whoever holds its link.
  if (state.room === null ? link === null || link !== state.link : link !== null) return 'forbidden';
  return state.members.length < LIMITS.groupMembersMax ? null : 'too-many';
}

function additionProblem(state: GroupState, ids: readonly string[]): GroupProblem | null {
  if (repeats(ids)) return 'malformed';
  if (ids.some((id) => memberOf(state, id) !== undefined)) return 'pointless';
  return state.members.length + ids.length <= LIMITS.groupMembersMax ? null : 'too-many';
}

function absenceProblem(state: GroupState, ids: readonly string[]): GroupProblem | null {
  if (repeats(ids)) return 'malformed';
  return ids.every((id) => memberOf(state, id) !== undefined) ? null : 'pointless';
}

/** Admins remove members; the owner removes admins, too; nobody removes an owner, so nobody removes themselves. */
function removalProblem(state: GroupState, role: GroupRole, ids: readonly string[]): GroupProblem | null {
  const problem = role === 'member' ? 'forbidden' : absenceProblem(state, ids);
  if (problem !== null) return problem;
  const roles = ids.map((id) => memberOf(state, id)?.role);
  return roles.every((one) => one === 'member' || (one === 'admin' && role === 'owner')) ? null : 'forbidden';
}

function roleProblem(state: GroupState, by: GroupRole, id: string, role: GroupRole): GroupProblem | null {
  if (by !== 'owner') return 'forbidden';
  const before = memberOf(state, id)?.role;
  if (before === undefined || before === role) return 'pointless';
  return before === 'owner' ? 'forbidden' : null;
}

function outcomeOf(state: GroupState, { revision, author, change }: GroupBody): Partial<GroupState> {
  switch (change.kind) {
    case 'create':
      return {};
    case 'add':
      return {
        members: [...state.members, ...change.memberIds.map((id) => newMember(id, revision))],
        removed: state.removed.filter((id) => !change.memberIds.includes(id)),
      };
    case 'remove':
      return {
        members: state.members.filter(({ id }) => !change.memberIds.includes(id)),
        removed: [...state.removed, ...change.memberIds].slice(-LIMITS.groupRemovedMax),
        ...(change.link === null && { link: null }),
        stale: true,
      };
    case 'leave':
      return { members: without(state.members, [author]), stale: true };
    case 'gone':
      return { members: without(state.members, change.memberIds), stale: true };
    case 'role':
      return { members: state.members.map((member) => withRole(member, author, change)) };
    case 'info':
    case 'reseal':
      return { info: change.info, stale: false };
    case 'topic':
      return { room: state.room === null ? null : { ...state.room, topic: change.topic } };
    case 'link':
      return { link: change.link };
    case 'join':
      return { members: [...state.members, newMember(author, revision)] };
    case 'dissolve':
      return ENDED;
  }
}

function withRole(
  member: GroupMember,
  author: string,
  { memberId, role }: Extract<GroupChange, { kind: 'role' }>,
): GroupMember {
  if (member.id === memberId) return { ...member, role };
  return role === 'owner' && member.id === author ? { ...member, role: 'admin' } : member;
}

/** Those who stay; if the owner goes, `successorOf` them owns the group. */
function without(members: readonly GroupMember[], ids: readonly string[]): GroupMember[] {
  const staying = members.filter(({ id }) => !ids.includes(id));
  if (staying.some(({ role }) => role === 'owner')) return staying;
  const next = successorOf(staying);
  return staying.map((member) => (member.id === next?.id ? { ...member, role: 'owner' } : member));
}

/** The admin who came first, else the member who came first. */
export function successorOf(members: readonly GroupMember[]): GroupMember | undefined {
  return members.find(({ role }) => role === 'admin') ?? members[0];
}
