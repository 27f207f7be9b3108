/** Arranges messages for show: days, groups by sender and five minutes, and where the unread begin. Pure. */
import type { Message } from '../../core/model.ts';
import { dayOf } from '../i18n/format.ts';

export interface Row {
  readonly message: Message;
  /** A day starts above this message. */
  readonly startsDay: boolean;
  /** The unread start above this message. */
  readonly startsUnread: boolean;
  /** First and last of a group: same author, no gap over five minutes, nothing told in between. */
  readonly first: boolean;
  readonly last: boolean;
}

const GROUP_GAP_MS = 5 * 60_000;

/** A row that is the same as in `known` is the same object, so that whoever draws it can leave it as it is. */
export function toRows(
  messages: readonly Message[],
  firstUnreadId: string | null,
  known: readonly Row[] = [],
): Row[] {
  const offset = Math.max(
    0,
    known.findIndex(({ message }) => message.id === messages[0]?.id),
  );
  const isSameAt = (index: number): boolean => {
    const [message, row] = [messages[index], known[index + offset]];
    return (
      message === row?.message &&
      (row === undefined || row.startsUnread === (row.message.id === firstUnreadId))
    );
  };
  return messages.map((message, index) => {
    const same = known[index + offset];
    // A row depends on its neighbours, and on nothing further away: most are as they were, and are not looked into.
    const sameAround = isSameAt(index - 1) && isSameAt(index) && isSameAt(index + 1);
    if (same !== undefined && sameAround) return same;
    const row = rowOf(message, messages[index - 1], messages[index + 1], firstUnreadId);
    return same !== undefined && isSameRow(same, row) ? same : row;
  });
}

function rowOf(
  message: Message,
  before: Message | undefined,
  after: Message | undefined,
  firstUnreadId: string | null,
): Row {
  return {
    message,
    startsDay: before === undefined || !isSameDay(before.at, message.at),
    startsUnread: message.id === firstUnreadId,
    first: startsGroup(message, before, firstUnreadId),
    last: after === undefined || startsGroup(after, message, firstUnreadId),
  };
}

function isSameRow(a: Row, b: Row): boolean {
  return (
    a.message === b.message &&
    a.startsDay === b.startsDay &&
    a.startsUnread === b.startsUnread &&
    a.first === b.first &&
    a.last === b.last
  );
}

/** Cheap for neighbours in a history, most of which are close to each other. */
function isSameDay(a: number, b: number): boolean {
  return a === b || (Math.abs(a - b) < 86_400_000 + 3_600_000 && dayOf(a) === dayOf(b));
}

function startsGroup(message: Message, before: Message | undefined, firstUnreadId: string | null): boolean {
  return (
    before === undefined ||
    before.author !== message.author ||
    // What became of a group stands by itself.
    (before.body.kind === 'group') !== (message.body.kind === 'group') ||
    message.at - before.at > GROUP_GAP_MS ||
    message.id === firstUnreadId ||
    !isSameDay(before.at, message.at)
  );
}

export interface Step {
  readonly rows: readonly Row[];
  /** The change is at the start: what is seen must be held from the end. */
  readonly shift: boolean;
  /** Nothing in common with what was shown: start over. */
  readonly fresh: boolean;
}

/**
 * The ways from what is shown to what should be, one end at a time, since the virtual list can hold its place through
 * a change of one end only. Ids sort by time, and both lists are unbroken runs of the same history.
 */
export function stepsBetween(shown: readonly Row[], next: readonly Row[]): Step[] {
  const nextStart = next[0]?.message.id;
  const shownStart = shown[0]?.message.id;
  if (nextStart === undefined || shownStart === undefined) return [{ rows: next, shift: false, fresh: true }];
  if (nextStart === shownStart) return [{ rows: next, shift: false, fresh: false }];
  const inNext = new Map(next.map((row, index) => [row.message.id, index]));
  const common = shown.findIndex((row) => inNext.has(row.message.id));
  if (common === -1) return [{ rows: next, shift: false, fresh: true }];
  const sharedStart = inNext.get(shown[common]?.message.id ?? '') ?? 0;
  const updated = shown.slice(common).map((row) => next[inNext.get(row.message.id) ?? -1] ?? row);
  const head = [...next.slice(0, sharedStart), ...updated];
  const sameEnd = head.length === next.length && head.at(-1)?.message.id === next.at(-1)?.message.id;
  if (sameEnd) return [{ rows: next, shift: true, fresh: false }];
  return [
    { rows: head, shift: true, fresh: false },
    { rows: next, shift: false, fresh: false },
  ];
}
