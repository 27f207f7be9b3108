/**
 * How a group's secret comes to the devices of its members: told by whoever lets somebody in, makes a new one, or is asked
 * for it. With it goes up to which change of the log the teller vouches, and between admins the key of the open link.
 */
import * as v from 'valibot';
import { groupIdSchema } from '../../../signaling/protocol/common.ts';
import { textDigestSchema } from '../../../signaling/protocol/group-log.ts';
import type { Address } from '../crypto/address.ts';
import { keyOf } from '../crypto/address.ts';
import type { Engine } from '../crypto/engine-model.ts';
import type { Clock, Timers } from '../platform.ts';
import type { Scope } from '../scope.ts';
import type { Book } from './book.ts';
import type { GroupRecord } from './record.ts';

const code = textDigestSchema;
const toldSchema = v.variant('type', [
  v.object({
    type: v.literal('group-secret'),
    group: groupIdSchema,
    /** Null in a public room. */
    secret: v.nullable(code),
    revision: v.pipe(v.number(), v.integer(), v.minValue(1)),
    head: code,
    link: v.nullable(v.object({ key: code, seed: code })),
  }),
  v.object({ type: v.literal('group-ask'), group: groupIdSchema }),
  /** Between one's own devices. */
  v.object({ type: v.literal('group-muted'), group: groupIdSchema, muted: v.boolean() }),
]);
type Told = v.InferOutput<typeof toldSchema>;
type Secret = Extract<Told, { type: 'group-secret' }>;

interface Needs {
  readonly ownId: string;
  readonly engine: Pick<Engine, 'tell'>;
  readonly book: Book;
  readonly timers: Timers;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly scope: Scope;
  readonly isFriend: (personId: string) => boolean;
  /** Reads the log again, with what is known now. */
  readonly refresh: (groupId: string) => void;
  readonly isMember: (groupId: string, personId: string) => Promise<boolean>;
}

export interface Secrets {
  told(from: Address, content: unknown): Promise<void>;
  /** Tells these members what they need. Failing, they ask. */
  share(groupId: string, people: readonly string[]): Promise<void>;
  shareMuted(groupId: string, muted: boolean): Promise<void>;
  /** Asks for what is lacking of this group, if anything is, until it came. */
  askFor(groupId: string): void;
}

const FIRST_ASK = 5_000;
const ASK_MAX = 10 * 60_000;
const ASKED_AT_ONCE = 6;
/** One device is answered at most so often about one group. */
const ANSWER_EVERY = 20_000;
/** Groups that one was told of and the server was not, yet. */
const UNREAD_MAX = 50;

export function createSecrets(needs: Needs): Secrets {
  const { ownId, engine, book, timers, clock, scope } = needs;
  const asking = new Map<string, () => void>();
  const answered = new Map<string, number>();
  scope.own(() => asking.forEach((cancel) => cancel()));

  const roleOf = (record: GroupRecord | null, personId: string) =>
    record?.state?.members.find(({ id }) => id === personId)?.role;
  const leads = (record: GroupRecord | null, personId: string): boolean => {
    const role = roleOf(record, personId);
    return role === 'owner' || role === 'admin';
  };

  function secretFor(record: GroupRecord, personId: string): Secret | null {
    const { id, state, secret, link } = record;
    if (!state || (secret === null && state.room === null)) return null;
    const open = link?.key === state.link && (personId === ownId || leads(record, personId)) ? link : null;
    return {
      type: 'group-secret',
      group: id,
      secret,
      revision: state.revision,
      head: state.head,
      link: open,
    };
  }

  async function share(groupId: string, people: readonly string[]): Promise<void> {
    const record = book.get(groupId);
    if (!record) return;
    const withLink = people.filter((id) => id === ownId || leads(record, id));
    const without = people.filter((id) => !withLink.includes(id));
    for (const group of [withLink, without]) {
      const secret = group[0] === undefined ? null : secretFor(record, group[0]);
      if (secret) await engine.tell(group, secret);
    }
  }

  async function takeSecret(from: Address, said: Secret): Promise<void> {
    const record = book.get(said.group);
    const own = from.userId === ownId;
    const relied = own || needs.isFriend(from.userId) || leads(record, from.userId);
    if (!record) {
      const unread = book.all().filter(({ state }) => state === null).length;
      if (!relied || unread >= UNREAD_MAX) return;
    } else if (!relied && roleOf(record, from.userId) === undefined) return;
    await book.update(said.group, (now) => {
      const ahead = said.revision > (now.state?.revision ?? 0);
      return {
        ...now,
        offered: said.secret === null ? now.offered : { ...now.offered, [from.userId]: said.secret },
        anchor: relied && ahead ? { revision: said.revision, head: said.head } : now.anchor,
        link: said.link && (own || leads(now, from.userId)) ? said.link : now.link,
      };
    });
    needs.refresh(said.group);
  }

  async function answer(from: Address, groupId: string): Promise<void> {
    const key = `${groupId} ${keyOf(from)}`;
    const last = answered.get(key);
    if (last !== undefined && clock.monotonic() - last < ANSWER_EVERY) return;
    if (!(await needs.isMember(groupId, from.userId))) return;
    answered.set(key, clock.monotonic());
    await share(groupId, [from.userId]);
  }

  function askFor(groupId: string): void {
    if (asking.has(groupId) || !book.lacks(groupId)) return;
    plan(groupId, FIRST_ASK);
  }

  function plan(groupId: string, wait: number): void {
    const next = (): void => {
      asking.delete(groupId);
      if (scope.ended || !book.lacks(groupId)) return;
      plan(groupId, Math.min(wait * 2, ASK_MAX));
      // Failing, the next turn asks again.
      void engine.tell(someWhoKnow(groupId), { type: 'group-ask', group: groupId } satisfies Told);
      needs.refresh(groupId);
    };
    asking.set(groupId, timers.after(wait, next));
  }

  /** One's own other devices and those who lead; the rest is as good, but need not all be asked. */
  function someWhoKnow(groupId: string): string[] {
    const members = book.get(groupId)?.state?.members ?? [];
    const leading = members.filter(({ role }) => role !== 'member');
    const others = [...leading, ...members].map(({ id }) => id).filter((id) => id !== ownId);
    return [ownId, ...new Set(others)].slice(0, ASKED_AT_ONCE);
  }

  return {
    async told(from, content) {
      const parsed = v.safeParse(toldSchema, content);
      if (!parsed.success) return;
      await book.ready;
      const said = parsed.output;
      if (said.type === 'group-ask') void answer(from, said.group);
      else if (said.type === 'group-secret') await takeSecret(from, said);
      else if (from.userId === ownId && book.get(said.group))
        await book.update(said.group, (record) => ({ ...record, muted: said.muted }));
    },
    share,
    async shareMuted(groupId, muted) {
      await engine.tell([ownId], { type: 'group-muted', group: groupId, muted } satisfies Told);
    },
    askFor,
  };
}
