/** What one device keeps of a group: the log as far as it was verified and folded, its secret, and who is who. */
import type { GroupState } from '../../../signaling/protocol/group-log.ts';
import type { Person } from '../../../signaling/protocol/common.ts';
import type { GroupDoubt } from '../group-model.ts';
import type { Group, GroupInfo } from '../model.ts';
import type { LogPosition } from '../wire/message.ts';
import type { LinkKey } from './signatures.ts';
import { writeLinkCode } from './link-code.ts';

export interface LoggedChange {
  readonly body: string;
  readonly signature: string;
  /** When the server took it in, ms since 1970. */
  readonly at: number;
}

/** Somebody whom one relies on knows the log up to this change. */
export interface Anchor {
  readonly revision: number;
  readonly head: string;
}

/** What follows from the log. */
type Folded = Pick<GroupRecord, 'state' | 'keys' | 'past' | 'heads' | 'tail'>;

export const foldedOf = ({ state, keys, past, heads, tail }: GroupRecord): Folded => ({
  state,
  keys,
  past,
  heads,
  tail,
});

export interface GroupRecord {
  readonly id: string;
  /** Null until the log was read for the first time. */
  readonly state: GroupState | null;
  /** Master keys of authors of whom the directory knows nothing, as they were first seen. */
  readonly keys: Readonly<Record<string, string>>;
  /** When whoever is a member no more ceased to be one, ms since 1970 by the server. */
  readonly past: Readonly<Record<string, number>>;
  /** Also of those who were members. */
  readonly people: Readonly<Record<string, Person>>;
  /** What opens the sealed name and picture: 32 bytes, base64url. */
  readonly secret: string | null;
  /** What others said that it is, by member (or `link`: the invite link); whichever opens them becomes the secret. */
  readonly offered: Readonly<Record<string, string>>;
  /** Of one's own making, told to nobody before the server has what it seals. */
  readonly fresh: string | null;
  readonly info: GroupInfo | null;
  /** Of the link that is open, if this device may know it. */
  readonly link: LinkKey | null;
  readonly anchor: Anchor | null;
  readonly muted: boolean;
  /** Digests of the last changes in `state`, its head last; at most HEADS_KEPT. */
  readonly heads: readonly string[];
  /** The last changes in `state` as the log has them, for members from whom the server withholds them: see `tailOf`. */
  readonly tail: readonly LoggedChange[];
  /**
   * The last changes came from this member, and the server has not shown them, nor others in their place; `before`: as the
   * server shows it.
   */
  readonly handed: { readonly by: string; readonly before: Folded } | null;
  /** What somebody's device knows, and the server does not show. */
  readonly doubt: (GroupDoubt & LogPosition) | null;
  /** Members whose word on the log does not count, by decision of the person, until they agree again. */
  readonly overruled: readonly string[];
}

export const HEADS_KEPT = 256;
/** Changes that are kept as they are in the log, and their characters. */
export const TAIL_MAX = 256;
const TAIL_CHARS = 128 * 1024;

export const newRecord = (id: string): GroupRecord => ({
  id,
  state: null,
  keys: {},
  past: {},
  people: {},
  secret: null,
  offered: {},
  fresh: null,
  info: null,
  link: null,
  anchor: null,
  muted: false,
  heads: [],
  tail: [],
  handed: null,
  doubt: null,
  overruled: [],
});

/** The last of these that are to be kept. */
export function tailOf(changes: readonly LoggedChange[]): readonly LoggedChange[] {
  let chars = 0;
  const tooMany = changes.slice(-TAIL_MAX).findLastIndex(({ body }) => (chars += body.length) > TAIL_CHARS);
  return changes.slice(-TAIL_MAX).slice(tooMany + 1);
}

export function viewsOf(records: readonly GroupRecord[], ownId: string): ReadonlyMap<string, Group> {
  const views = new Map<string, Group>();
  for (const record of records) {
    const view = viewOf(record, ownId);
    if (view) views.set(record.id, view);
  }
  return views;
}

/** Null as long as nothing is known for certain. */
export function viewOf(record: GroupRecord, ownId: string): Group | null {
  const { id, state, people, info, link, secret, muted, doubt } = record;
  if (!state) return null;
  const members = state.members.map((member) => {
    const { userName = null, displayName = '' } = people[member.id] ?? {};
    return { id: member.id, userName, displayName, role: member.role };
  });
  const myRole = members.find((member) => member.id === ownId)?.role ?? null;
  const open = link && secret && link.key === state.link && myRole !== null && myRole !== 'member';
  return {
    id,
    name: state.room?.name ?? info?.name ?? '',
    topic: state.room?.topic ?? info?.topic ?? '',
    picture: info?.picture ?? null,
    members,
    former: Object.values(people).filter((one) => !members.some((member) => member.id === one.id)),
    myRole,
    doubt: doubt && { memberId: doubt.memberId, kind: doubt.kind },
    muted,
    public: state.room !== null,
    link: open
      ? writeLinkCode({ groupId: id, seed: link.seed, secret, revision: state.revision, head: state.head })
      : null,
  };
}
