/**
 * The groups of the person who uses this device, as the leading tab runs them: follows what the server says of their
 * logs, makes changes, and knows who is a member, which decides for whom a message is sealed and whose letters count.
 */
import * as v from 'valibot';
import { inBackground } from '../background.ts';
import type { Address } from '../crypto/address.ts';
import type { Engine } from '../crypto/engine.ts';
import type { GroupEvent, RoomList } from '../group-model.ts';
import type { Group, Result } from '../model.ts';
import type { Clock, Random, Report, Timers } from '../platform.ts';
import { fail, ok } from '../result.ts';
import type { Scope } from '../scope.ts';
import { createBook } from './book.ts';
import type { Records } from './book.ts';
import { createChanging } from './changing.ts';
import type { Wanted } from './changing.ts';
import { createFollowing } from './following.ts';
import type { GroupAsk } from './group-ask.ts';
import type { GroupServer } from './group-server.ts';
import { createHandingOn } from './handing-on.ts';
import { readLinkCode } from './link-code.ts';
import { createMembers } from './membership.ts';
import type { Membership } from './membership.ts';
import { eventOf } from './reading.ts';
import type { TakenChange } from './reading.ts';
import type { GroupRecord } from './record.ts';
import { viewOf } from './record.ts';
import { createResealing } from './resealing.ts';
import { createSecrets } from './secrets.ts';
import { groupInfoSchema, openInfo } from './sealed-info.ts';
import { makeLinkKey } from './signatures.ts';
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
  const { subtle, ownId, server, scope } = needs;
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

  // --- What the person asks --------------------------------------------------------------------------------------

  async function add(groupId: string, memberIds: readonly string[]): Promise<Result<null>> {
    const added = await changing.change(groupId, () =>
      Promise.resolve({ change: { kind: 'add', memberIds: [...memberIds] } }),
    );
    if (!added.ok) return added;
    await secrets.share(groupId, memberIds);
    return ok(null);
  }

  /** What follows a removal need not be waited for: whoever comes next among those who lead does it otherwise. */
  async function remove(groupId: string, memberId: string): Promise<Result> {
    const removed = await changing.change(groupId, () =>
      Promise.resolve({ change: { kind: 'remove', memberIds: [memberId], link: null } }),
    );
    if (removed.ok && stateOf(groupId)?.room === null) await changing.reseal(groupId);
    return removed;
  }

  async function openLink(groupId: string): Promise<Result<string>> {
    const link = await makeLinkKey(subtle);
    const before = book.get(groupId)?.link ?? null;
    await book.update(groupId, (record) => ({ ...record, link }));
    const opened = await changing.change(groupId, () =>
      Promise.resolve({ change: { kind: 'link', link: link.key } }),
    );
    if (!opened.ok) {
      await book.update(groupId, (record) => ({ ...record, link: before }));
      return opened;
    }
    const record = book.get(groupId);
    const leading = record?.state?.members.filter(({ role }) => role !== 'member') ?? [];
    await secrets.share(groupId, [...new Set([ownId, ...leading.map(({ id }) => id)])]);
    const shown = record && viewOf(record, ownId)?.link;
    return shown ? ok(shown) : fail('unavailable');
  }

  async function look(text: string): Promise<Result<string>> {
    const code = readLinkCode(text);
    const proof = code && (await changing.proofFor(code));
    if (!code || proof === null) return fail('link-malformed');
    const seen = await server.look(code.groupId, proof);
    if (!seen.ok) return seen;
    const { info: sealed, members } = seen.value;
    const info = sealed === null ? null : await openInfo(subtle, code.secret, code.groupId, sealed);
    return ok(JSON.stringify({ ...(info ?? { name: '', topic: '', picture: null }), memberCount: members }));
  }

  async function listRooms(part: string): Promise<Result<string>> {
    const found = await server.listRooms(part);
    if (!found.ok) return found;
    const { rooms, more, mayOpen } = found.value;
    const looks = rooms.map(({ id, name, topic, members }) => ({ id, name, topic, memberCount: members }));
    return ok(JSON.stringify({ rooms: looks, more, mayOpen } satisfies RoomList));
  }

  async function mute(groupId: string, muted: boolean): Promise<Result<null>> {
    if (!book.get(groupId)) return fail('not-found');
    await book.update(groupId, (record) => ({ ...record, muted }));
    await secrets.shareMuted(groupId, muted);
    return ok(null);
  }

  async function create(info: unknown, memberIds: readonly string[]): Promise<Result<string>> {
    const parsed = v.safeParse(groupInfoSchema, info);
    if (!parsed.success) return fail('bad-request');
    const made = await changing.found(parsed.output, memberIds);
    if (made.ok) await secrets.share(made.value, [ownId, ...memberIds]);
    return made;
  }

  async function setInfo(groupId: string, info: unknown): Promise<Result> {
    const parsed = v.safeParse(groupInfoSchema, info);
    return parsed.success ? changing.setInfo(groupId, parsed.output) : fail('bad-request');
  }

  async function joined(joining: Promise<Result<string>>): Promise<Result<string>> {
    const done = await joining;
    if (done.ok) follow(done.value);
    return done;
  }

  function performNow(ask: GroupAsk): Promise<Result<string | null | void>> {
    const simply = (groupId: string, change: Wanted['change']) =>
      changing.change(groupId, () => Promise.resolve({ change }));
    switch (ask.act) {
      case 'create':
        return create(ask.info, ask.memberIds);
      case 'add':
        return add(ask.groupId, ask.memberIds);
      case 'remove':
        return remove(ask.groupId, ask.memberId);
      case 'role':
        return simply(ask.groupId, { kind: 'role', memberId: ask.memberId, role: ask.role });
      case 'info':
        return setInfo(ask.groupId, ask.info);
      case 'mute':
        return mute(ask.groupId, ask.muted);
      case 'leave':
      case 'dissolve':
        return simply(ask.groupId, { kind: ask.act });
      case 'recheck':
        return witness.recheck(ask.groupId);
      case 'overrule':
        return witness.overrule(ask.groupId).then(() => ok(null));
      case 'open-link':
        return openLink(ask.groupId);
      case 'close-link':
        return simply(ask.groupId, { kind: 'link', link: null });
      case 'look-link':
        return look(ask.code);
      case 'join-link': {
        const code = readLinkCode(ask.code);
        return code ? joined(changing.joinByLink(code)) : Promise.resolve(fail('link-malformed'));
      }
      case 'list-rooms':
        return listRooms(ask.part);
      case 'join-room':
        return joined(changing.joinRoom(ask.name));
      case 'open-room':
        return changing.openRoom(ask.name, ask.topic);
    }
  }

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
