/**
 * The groups of the person who uses this device, as the leading tab runs them: follows what the server says of their
 * logs, makes changes, and knows who is a member, which decides for whom a message is sealed and whose letters count.
 */
import { inBackground } from '../background.ts';
import type { Address } from '../crypto/address.ts';
import type { Engine } from '../crypto/engine-model.ts';
import type { GroupEvent } from '../group-model.ts';
import type { Group, Result } from '../model.ts';
import type { Clock, Random, Report, Timers } from '../platform.ts';
import { ok } from '../result.ts';
import type { Scope } from '../scope.ts';
import { createAsks } from './asks.ts';
import { createBook } from './book.ts';
import type { Records } from './book.ts';
import { createChanging } from './changing.ts';
import { createFollowing } from './following.ts';
import type { GroupAsk } from './group-ask.ts';
import type { GroupServer } from './group-server.ts';
import { createHandingOn } from './handing-on.ts';
import { createMembers } from './membership.ts';
import type { Membership } from './membership.ts';
import { eventOf } from './reading.ts';
import type { TakenChange } from './reading.ts';
import type { GroupRecord } from './record.ts';
import { createResealing } from './resealing.ts';
import { createSecrets } from './secrets.ts';
import type { LogPosition } from '../wire/message.ts';
import { createWitness } from './witness.ts';

export interface GroupEntry {
  readonly groupId: string;
  /** Of the change in the log: the same on every device. */
  readonly digest: string;
  readonly at: number;
  readonly authorId: string;
  readonly event: GroupEvent;
}

/** What the server says of a group that one is in, or was. */
interface News {
  readonly id: string;
  readonly revision: number;
  /** Accounts of members are deleted, which is to be recorded. */
  readonly missing?: boolean;
}

export interface GroupHub {
  /** The groups that this device knows have been read from its store. */
  readonly ready: Promise<void>;
  /** Of a group that this person is in: oneself included. */
  members(groupId: string): readonly string[] | null;
  /** Whether this person is a member, or was at that time (ms since 1970 by the server); null: now. */
  wasMember(groupId: string, personId: string, at: number | null): Promise<Membership>;
  /** The groups that one is in with this person. */
  sharedWith(personId: string): readonly string[];
  /** Everybody with whom one is in a group. */
  people(): readonly string[];
  /** It is known that one is no member (any more). */
  isOver(groupId: string): boolean;
  /** Nothing may be said in it until the person decides. */
  isStopped(groupId: string): boolean;
  position(groupId: string): LogPosition | null;
  /** What a device of this member knows of the log. */
  heard(groupId: string, memberId: string, position: LogPosition): void;
  /** All that the server knows of, on a new connection. */
  welcome(news: readonly News[]): void;
  changed(news: News): void;
  /** Another device told this: see `Engine.tell`. */
  told(from: Address, content: unknown): Promise<void>;
  /** The person decided about an identity: what could not be believed may be now. */
  trustChanged(): void;
  perform(ask: GroupAsk): Promise<Result<string | null>>;
}

export interface GroupNeeds {
  readonly subtle: SubtleCrypto;
  readonly random: Pick<Random, 'bytes' | 'fraction'>;
  readonly timers: Timers;
  readonly clock: Pick<Clock, 'monotonic' | 'now'>;
  readonly scope: Scope;
  readonly ownId: string;
  readonly server: GroupServer;
  readonly engine: Pick<Engine, 'sign' | 'keysOf' | 'tell'>;
  readonly records: Records;
  readonly isFriend: (personId: string) => boolean;
  readonly publish: (groups: ReadonlyMap<string, Group>) => void;
  readonly onEntries: (entries: readonly GroupEntry[]) => Promise<void>;
  /** Somebody else let this person in. */
  readonly onAdded: (groupId: string) => void;
  /** Other people than before are in it. */
  readonly onMembers: (groupId: string) => void;
  /** Of whom it was said that it is found out `later` whether they are members, it can be now. */
  readonly onChecked: () => void;
  readonly report: Report;
}

export function createGroups(needs: GroupNeeds): GroupHub {
  const { ownId, scope } = needs;
  const background = inBackground(needs.report);
  const book = createBook({ ...needs, onTaken, onFresh: (groupId) => shareWithAll(groupId) });
  const { isIn, wasMember, isMember } = createMembers({ ...needs, book, sync: syncAndMend });
  const changing = createChanging({ ...needs, book });
  const secrets = createSecrets({
    ...needs,
    book,
    isMember,
    refresh: (groupId) => follow(groupId),
  });
  const handing = createHandingOn({
    ...needs,
    book,
    isMember,
    onTaken: mend,
    onFork: (groupId, memberId) => witness.forked(groupId, memberId),
  });

  const resealing = createResealing({ ...needs, book, reseal: (groupId) => changing.reseal(groupId) });
  const witness = createWitness({
    ...needs,
    book,
    sync: syncAndMend,
    ask: (groupId, memberId) => handing.ask(groupId, memberId),
    onDecided: needs.onMembers,
  });

  const follow = createFollowing({ ...needs, read: syncAndMend });

  async function syncAndMend(groupId: string): Promise<Result> {
    const read = await book.sync(groupId);
    if (scope.ended) return read;
    mend(groupId);
    const gone = book.missing(groupId);
    if (read.ok && gone.length > 0) {
      await changing.change(groupId, () =>
        Promise.resolve({ change: { kind: 'gone', memberIds: [...gone] } }),
      );
    }
    return read;
  }

  /** What may be lacking after more of the log is known. */
  function mend(groupId: string): void {
    secrets.askFor(groupId);
    resealing.consider(groupId);
  }

  async function onTaken(record: GroupRecord, taken: readonly TakenChange[], first: boolean): Promise<void> {
    const own = record.state?.members.find(({ id }) => id === ownId);
    // What was before this person came is not for them.
    const since = first ? (own?.since ?? Infinity) : 0;
    const entries = taken.flatMap(({ body, digest, at }): GroupEntry[] => {
      const event = body.revision >= since ? eventOf(body) : null;
      return event ? [{ groupId: record.id, digest, at, authorId: body.author, event }] : [];
    });
    await witness.settle(record.id);
    needs.onMembers(record.id);
    if (entries.length > 0) await needs.onEntries(entries);
    const letIn = taken.find(({ body }) => body.revision === own?.since);
    if (letIn && letIn.body.author !== ownId) needs.onAdded(record.id);
  }

  const stateOf = (groupId: string) => book.get(groupId)?.state ?? null;

  /** Whoever does not get it asks. */
  async function shareWithAll(groupId: string): Promise<void> {
    await secrets.share(groupId, stateOf(groupId)?.members.map(({ id }) => id) ?? []);
  }

  const performNow = createAsks({ ...needs, book, changing, secrets, witness, follow });

  return {
    ready: book.ready,
    members(groupId) {
      const state = stateOf(groupId);
      return state && isIn(groupId, ownId) ? state.members.map(({ id }) => id) : null;
    },
    wasMember,
    sharedWith: (personId) =>
      book.all().flatMap(({ id }) => (isIn(id, ownId) && isIn(id, personId) ? [id] : [])),
    people() {
      const all = book.all().flatMap(({ id, state }) => (isIn(id, ownId) ? (state?.members ?? []) : []));
      return [...new Set(all.map(({ id }) => id))].filter((id) => id !== ownId);
    },
    isOver: (groupId) => stateOf(groupId) !== null && !isIn(groupId, ownId),
    isStopped: (groupId) => (book.get(groupId)?.doubt ?? null) !== null,
    position(groupId) {
      const state = stateOf(groupId);
      return state && { revision: state.revision, head: state.head };
    },
    // Should the database fail, what is written next says so again.
    heard: (groupId, memberId, position) =>
      background("comparing a group's log", witness.heard(groupId, memberId, position)),
    welcome(news) {
      void book.ready.then(() => {
        for (const { id, revision, missing } of news) {
          // What was asked of a member may not have reached them.
          if (book.get(id)?.doubt) background("asking about a group's log", witness.recheck(id));
          else if (missing || (stateOf(id)?.revision ?? 0) < revision || book.lacks(id)) follow(id);
          // The server may by now have other changes in place of those.
          else if (book.get(id)?.handed) follow(id);
          else resealing.consider(id);
        }
      });
    },
    changed: ({ id }) => follow(id),
    async told(from, content) {
      await secrets.told(from, content);
      await handing.told(from, content);
    },
    trustChanged() {
      for (const { id } of book.all()) if (book.lacks(id)) follow(id);
    },
    async perform(ask) {
      await book.ready;
      const done = await performNow(ask);
      return done.ok ? ok(done.value ?? null) : done;
    },
  };
}
