/** What the person asks of groups, step by step: each change of the log, and what is told to members after it. */
import * as v from 'valibot';
import type { RoomList } from '../group-model.ts';
import type { Result } from '../model.ts';
import { fail, ok } from '../result.ts';
import type { Book } from './book.ts';
import type { Changing, Wanted } from './changing.ts';
import type { Follow } from './following.ts';
import type { GroupAsk } from './group-ask.ts';
import type { GroupServer } from './group-server.ts';
import { readLinkCode } from './link-code.ts';
import { viewOf } from './record.ts';
import { groupInfoSchema, openInfo } from './sealed-info.ts';
import type { Secrets } from './secrets.ts';
import { makeLinkKey } from './signatures.ts';
import type { Witness } from './witness.ts';

interface Needs {
  readonly subtle: SubtleCrypto;
  readonly ownId: string;
  readonly server: GroupServer;
  readonly book: Book;
  readonly changing: Changing;
  readonly secrets: Secrets;
  readonly witness: Witness;
  readonly follow: Follow;
}

export type Perform = (ask: GroupAsk) => Promise<Result<string | null | void>>;

export function createAsks(needs: Needs): Perform {
  const { subtle, ownId, server, book, changing, secrets, witness, follow } = needs;

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
    if (removed.ok && book.get(groupId)?.state?.room === null) await changing.reseal(groupId);
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

  return (ask) => {
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
  };
}
