/**
 * Changes of a group's log from one member to another, where the server withholds them. Who heard of more than the server
 * shows asks whoever said so, sealed from device to device; what comes is verified like what the server says
 * (reading.ts), so a member can add nothing, either. Only what was asked for is looked at, and only members are answered.
 */
import * as v from 'valibot';
import { groupIdSchema } from '../../../signaling/protocol/common.ts';
import { loggedChangeSchema } from '../../../signaling/protocol/groups.ts';
import type { Address } from '../crypto/address.ts';
import { keyOf } from '../crypto/address.ts';
import type { Engine } from '../crypto/engine-model.ts';
import type { Clock } from '../platform.ts';
import type { Book } from './book.ts';
import type { GroupRecord, LoggedChange } from './record.ts';
import { TAIL_MAX } from './record.ts';

const toldSchema = v.variant('type', [
  v.object({
    type: v.literal('group-log-ask'),
    group: groupIdSchema,
    /** The last change that the asking device knows. */
    after: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  }),
  /** In order, and the first one follows what was asked for. */
  v.object({
    type: v.literal('group-log'),
    group: groupIdSchema,
    changes: v.pipe(v.array(loggedChangeSchema), v.minLength(1), v.maxLength(TAIL_MAX)),
  }),
]);
type Told = v.InferOutput<typeof toldSchema>;

interface Needs {
  readonly engine: Pick<Engine, 'tell'>;
  readonly book: Book;
  readonly clock: Pick<Clock, 'monotonic' | 'now'>;
  readonly isMember: (groupId: string, personId: string) => Promise<boolean>;
  /** More of the log is known. */
  readonly onTaken: (groupId: string) => void;
  /** This member's log has other changes than the one known here. */
  readonly onFork: (groupId: string, memberId: string) => Promise<void>;
}

export interface HandingOn {
  /** Asks this member for what is in the log beyond what is known here; too soon after the last time, does nothing. */
  ask(groupId: string, memberId: string): Promise<void>;
  told(from: Address, content: unknown): Promise<void>;
}

/** One member is asked, and one device answered, at most so often about one group. */
const EVERY = 20_000;
/** Characters of one letter's changes, which has at least one; in the worst of scripts it fits what is sealed at once. */
const LETTER_CHARS = 12_000;
/** Of one member's devices together, for one question. */
const LETTERS_MAX = 64;

export function createHandingOn({ engine, book, clock, isMember, onTaken, onFork }: Needs): HandingOn {
  const asked = new Map<string, { readonly at: number; lettersLeft: number }>();
  const answered = new Map<string, number>();

  async function ask(groupId: string, memberId: string): Promise<void> {
    const key = `${groupId} ${memberId}`;
    const now = clock.monotonic();
    const after = book.get(groupId)?.state?.revision;
    if (after === undefined || now - (asked.get(key)?.at ?? -Infinity) < EVERY) return;
    asked.set(key, { at: now, lettersLeft: LETTERS_MAX });
    // Failing, the next word of somebody who knows more asks again.
    await engine.tell([memberId], { type: 'group-log-ask', group: groupId, after } satisfies Told);
  }

  async function answer(from: Address, groupId: string, after: number): Promise<void> {
    const key = `${groupId} ${keyOf(from)}`;
    const last = answered.get(key);
    if (last !== undefined && clock.monotonic() - last < EVERY) return;
    if (!(await isMember(groupId, from.userId))) return;
    const record = book.get(groupId);
    if (!record) return;
    answered.set(key, clock.monotonic());
    for (const changes of inLetters(changesAfter(record, after)))
      await engine.tell([from.userId], { type: 'group-log', group: groupId, changes } satisfies Told);
  }

  async function take(from: Address, groupId: string, changes: readonly LoggedChange[]): Promise<void> {
    const question = asked.get(`${groupId} ${from.userId}`);
    if (!question || question.lettersLeft === 0) return;
    question.lettersLeft -= 1;
    // When the server took them in is that member's word: what was written since then does not count.
    const now = clock.now();
    const became = await book.take(
      groupId,
      from.userId,
      changes.map((each) => ({ ...each, at: Math.min(each.at, now) })),
    );
    if (became === 'forked') await onFork(groupId, from.userId);
    else if (became === 'taken') onTaken(groupId);
  }

  return {
    ask,
    async told(from, content) {
      const parsed = v.safeParse(toldSchema, content);
      if (!parsed.success) return;
      await book.ready;
      const said = parsed.output;
      if (said.type === 'group-log-ask') await answer(from, said.group, said.after);
      else await take(from, said.group, said.changes);
    },
  };
}

/** Empty if it is too long ago. */
export function changesAfter({ state, tail }: GroupRecord, after: number): readonly LoggedChange[] {
  const lacking = (state?.revision ?? 0) - after;
  return lacking > 0 && lacking <= tail.length ? tail.slice(-lacking) : [];
}

export function inLetters(changes: readonly LoggedChange[]): LoggedChange[][] {
  const letters: LoggedChange[][] = [];
  let room = 0;
  for (const change of changes) {
    room -= change.body.length;
    const last = letters.at(-1);
    if (last && room >= 0) last.push(change);
    else {
      letters.push([change]);
      room = LETTER_CHARS - change.body.length;
    }
  }
  return letters;
}
