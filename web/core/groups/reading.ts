/**
 * Takes in what the server (or a member, in its place) says was changed in a group: each change must be signed by its author, follow the one before,
 * and be allowed by the rules; else it and all after it count for nothing. So the server can withhold, and add nobody.
 *
 * Whose signature it is: the author's identity as the engine has pinned it. Of whoever the directory knows nothing (any
 * more), the key of their first change is taken, as any identity that is seen first. What an anchor vouches for needs no
 * such look: identities change, and changes that were signed by an earlier one stay valid.
 */
import type { GroupBody, GroupState } from '../../../signaling/protocol/group-log.ts';
import { foldBody, linkProofText, parseBody } from '../../../signaling/protocol/group-log.ts';
import type { GroupEvent } from '../group-model.ts';
import type { Anchor, GroupRecord, LoggedChange } from './record.ts';
import { foldedOf, HEADS_KEPT, tailOf } from './record.ts';
import { digestOf, isSigned } from './signatures.ts';

/** A change that was taken in. */
export interface TakenChange {
  readonly body: GroupBody;
  readonly digest: string;
  readonly at: number;
}

export interface Reading {
  readonly record: GroupRecord;
  readonly taken: readonly TakenChange[];
  /** Something follows that cannot be believed, for now or ever. */
  readonly stuck: boolean;
  /** The server shows other changes than those that a member handed on. */
  readonly belied?: GroupRecord['doubt'];
}

interface Needs {
  readonly subtle: SubtleCrypto;
  /** Pinned master keys: see `Signing.keysOf`. Null: they cannot be had now. */
  readonly keysOf: (people: readonly string[]) => Promise<ReadonlyMap<string, string | null> | null>;
  /** Whether the directory still knows this person as a member of the group. */
  readonly isThere: (personId: string) => boolean;
}

interface Parsed {
  readonly body: GroupBody;
  readonly digest: string;
  readonly signature: string;
  readonly at: number;
  readonly text: string;
}

export async function readChanges(
  { subtle, keysOf, isThere }: Needs,
  record: GroupRecord,
  changes: readonly LoggedChange[],
): Promise<Reading> {
  const parsed = await parse(subtle, changes);
  const vouched = vouchedFor(record.anchor, parsed);
  const strangers = parsed.filter(({ body }) => body.revision > vouched).map(({ body }) => body.author);
  const pinned = strangers.length > 0 ? await keysOf([...new Set(strangers)]) : new Map<string, never>();
  let { state } = record;
  const keys = { ...record.keys };
  const past = { ...record.past };
  const taken: TakenChange[] = [];
  for (const { body, digest, signature, at, text } of parsed) {
    if (body.group !== record.id || !(await isSigned(subtle, body.authorKey, text, signature))) break;
    if (body.revision > vouched && !believes(body, pinned, keys)) break;
    if (!(await isLetIn(subtle, body))) break;
    if (body.change.kind === 'gone' && body.change.memberIds.some(isThere)) break;
    const folded = foldBody(state, body, digest);
    if (!folded.ok) break;
    notePast(past, state, folded.state, at);
    ({ state } = folded);
    taken.push({ body, digest, at });
  }
  const heads = [...record.heads, ...taken.map(({ digest }) => digest)].slice(-HEADS_KEPT);
  const tail = tailOf([...record.tail, ...changes.slice(0, taken.length)]);
  return {
    record: { ...record, state, keys, past, heads, tail },
    taken,
    stuck: taken.length < changes.length,
  };
}

/**
 * What is known once the server has shown this much beyond `now.handed.before`. It decides the order of changes, so what
 * it shows holds against what a member handed on: they may have signed that and shown it to nobody else. But it may be the
 * server that lies, so it is for the person to decide.
 */
export function withHanded(now: GroupRecord, shown: Reading): Reading {
  const { handed, state } = now;
  const { record, taken, stuck } = shown;
  if (!handed || !state) return shown;
  if (taken.length === 0) return { record: now, taken, stuck };
  const all = { ...record, handed: null };
  if (taken.some(({ digest }) => digest === state.head))
    return { record: all, taken: taken.filter(({ body }) => body.revision > state.revision), stuck };
  const last = taken.at(-1);
  if (last && now.heads.includes(last.digest))
    return { record: { ...now, handed: { ...handed, before: foldedOf(record) } }, taken: [], stuck };
  const { revision, head } = state;
  return { record: all, taken, stuck, belied: { memberId: handed.by, kind: 'forked', revision, head } };
}

/** Whether these, which should follow what is known, show that their author knows another log: signed, on top of another. */
export async function isOtherLog(
  { subtle, keysOf }: Pick<Needs, 'subtle' | 'keysOf'>,
  { id, state, keys }: GroupRecord,
  changes: readonly LoggedChange[],
): Promise<boolean> {
  const [first] = await parse(subtle, changes.slice(0, 1));
  if (!first || !state) return false;
  const { body, text, signature } = first;
  if (body.group !== id || body.revision !== state.revision + 1 || body.previous === state.head) return false;
  if (!(await isSigned(subtle, body.authorKey, text, signature))) return false;
  return believes(body, await keysOf([body.author]), { ...keys });
}

async function parse(subtle: SubtleCrypto, changes: readonly LoggedChange[]): Promise<Parsed[]> {
  const parsed: Parsed[] = [];
  for (const { body: text, signature, at } of changes) {
    const body = parseBody(text);
    if (!body) break;
    parsed.push({ body, digest: await digestOf(subtle, text), signature, at, text });
  }
  return parsed;
}

/** Up to which revision the anchor holds: each change names the digest of the one before, and so of all. */
function vouchedFor(anchor: Anchor | null, parsed: readonly Parsed[]): number {
  const there = parsed.some(
    ({ body, digest }) => body.revision === anchor?.revision && digest === anchor.head,
  );
  return anchor && there ? anchor.revision : 0;
}

/** Whoever joins by a link shows that they hold it; the rules see to it that it is the one that is open. */
async function isLetIn(subtle: SubtleCrypto, { group, author, change }: GroupBody): Promise<boolean> {
  if (change.kind !== 'join' || change.by === null) return true;
  return isSigned(subtle, change.by.link, linkProofText(group, author), change.by.proof);
}

/** Notes the key of whoever is seen first. */
function believes(
  { author, authorKey }: GroupBody,
  pinned: ReadonlyMap<string, string | null> | null,
  keys: Record<string, string>,
): boolean {
  const known = pinned?.get(author);
  // Their identity changed, or could not be asked for.
  if (known === undefined) return false;
  if (known !== null) return known === authorKey;
  keys[author] ??= authorKey;
  return keys[author] === authorKey;
}

function notePast(
  past: Record<string, number>,
  before: GroupState | null,
  after: GroupState,
  at: number,
): void {
  const there = new Set(after.members.map(({ id }) => id));
  for (const { id } of before?.members ?? []) if (!there.has(id)) past[id] = at;
  for (const id of there) delete past[id];
}

/** What the group's history says of a change; null for what is nobody's business. */
export function eventOf({ change }: GroupBody): GroupEvent | null {
  switch (change.kind) {
    case 'create':
      return { kind: 'created' };
    case 'add':
      return { kind: 'added', memberIds: change.memberIds };
    case 'remove':
      return { kind: 'removed', memberIds: change.memberIds };
    case 'role':
      return { kind: 'role', memberId: change.memberId, role: change.role };
    case 'join':
      return { kind: 'joined' };
    case 'leave':
      return { kind: 'left' };
    case 'info':
    case 'topic':
      return { kind: 'info' };
    case 'dissolve':
      return { kind: 'dissolved' };
    case 'reseal':
    case 'link':
    case 'gone':
      return null;
  }
}
