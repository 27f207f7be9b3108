/**
 * The rules of edits, deletions and reactions: what a message becomes by a change. Pure, and the same whatever the order
 * of arrival and however often a change comes.
 */
import type { Author, Message, Reaction } from '../model.ts';
import { timeOfId } from '../wire/message-id.ts';
import type { WireChange } from '../wire/message.ts';
import { fromWireText } from './wire-form.ts';

/** A person's last word on one emoji. */
interface ReactionMark {
  readonly by: Author;
  readonly emoji: string;
  readonly id: string;
  readonly on: boolean;
}

/** What tells which of two changes holds. */
interface ChangeLog {
  /** The edit whose text is shown. */
  readonly edit: string | null;
  readonly marks: readonly ReactionMark[];
}

/** A message with what decided how it is. */
export interface ChangeableMessage extends Message {
  readonly log?: ChangeLog;
}

/** So many last words of one person are kept under one message; the latest ones. */
export const MARKS_MAX = 24;

const NO_LOG: ChangeLog = { edit: null, marks: [] };

export const mentions = ({ body }: Message, personId: string): boolean =>
  body.kind === 'text' && (body.mentions?.some(({ memberId }) => memberId === personId) ?? false);

/** Whether a person may do this to the message as it is. */
export function mayChange({ author, body }: Message, change: WireChange, by: Author): boolean {
  switch (change.type) {
    case 'edit':
      return by === author && body.kind === 'text';
    case 'delete':
      return by === author && (body.kind === 'text' || body.kind === 'file');
    case 'reaction':
      return body.kind === 'text' || body.kind === 'file';
  }
}

/** The message after the change; the same object if it changes nothing, as one that is forged or overtaken. */
export function withChange<M extends ChangeableMessage>(message: M, change: WireChange, by: Author): M {
  if (!mayChange(message, change, by)) return message;
  const revision = (message.revision ?? 0) + 1;
  switch (change.type) {
    case 'edit': {
      const log = message.log ?? NO_LOG;
      if (log.edit !== null && log.edit >= change.id) return message;
      const body = fromWireText(change);
      return { ...message, body, edited: timeOfId(change.id), log: { ...log, edit: change.id }, revision };
    }
    case 'delete': {
      const { edited: _e, reactions: _r, replyTo: _t, log: _l, ...rest } = message;
      return { ...rest, body: { kind: 'deleted' }, revision } as M;
    }
    case 'reaction': {
      const log = message.log ?? NO_LOG;
      const marks = withMark(log.marks, { by, emoji: change.emoji, id: change.id, on: change.on });
      if (marks === log.marks) return message;
      const { reactions: _r, ...rest } = message;
      const reactions = reactionsOf(marks);
      const shown = reactions.length > 0 ? { reactions } : {};
      return { ...rest, ...shown, log: { ...log, marks }, revision } as M;
    }
  }
}

/** Whether one's own change would be seen; what would not need not be sent. */
export function wouldShow({ body, reactions }: Message, change: WireChange): boolean {
  if (change.type === 'edit') return body.kind === 'text' && body.text !== change.text;
  if (change.type === 'delete') return true;
  const isOn = reactions?.some(({ emoji, by }) => emoji === change.emoji && by.includes('me')) ?? false;
  return isOn !== change.on;
}

/** The newest change of this person's to the message, which their next one must follow; null if there is none. */
export function newestBy({ author, log }: ChangeableMessage, by: Author): string | null {
  const marks = (log?.marks ?? []).filter((mark) => mark.by === by).map(({ id }) => id);
  const own = author === by && log?.edit ? [...marks, log.edit] : marks;
  return own.toSorted().at(-1) ?? null;
}

/** Whether `older`, if it still waits to be sent, need not be sent any more. */
export function overtakes(newer: WireChange, older: WireChange): boolean {
  if (newer.target !== older.target) return false;
  if (newer.type === 'delete') return true;
  if (newer.type !== older.type || newer.id <= older.id) return false;
  return newer.type === 'edit' || (older.type === 'reaction' && newer.emoji === older.emoji);
}

/**
 * Each person's latest mark for each emoji, and of these the latest MARKS_MAX. A mark that belongs to the final ones is
 * never pushed out on the way, as fewer than MARKS_MAX emoji ever have a later one: so the order does not matter.
 */
function withMark(marks: readonly ReactionMark[], mark: ReactionMark): readonly ReactionMark[] {
  const same = marks.find(({ by, emoji }) => by === mark.by && emoji === mark.emoji);
  if (same && same.id >= mark.id) return marks;
  const all = [...marks.filter((each) => each !== same), mark].toSorted(byId);
  const own = all.filter(({ by }) => by === mark.by);
  const dropped = own.length > MARKS_MAX ? own[0] : undefined;
  return dropped === mark ? marks : all.filter((each) => each !== dropped);
}

function reactionsOf(marks: readonly ReactionMark[]): readonly Reaction[] {
  const byEmoji = new Map<string, Author[]>();
  for (const { emoji, by, on } of marks) {
    if (on) byEmoji.set(emoji, [...(byEmoji.get(emoji) ?? []), by]);
  }
  return [...byEmoji].map(([emoji, by]) => ({ emoji, by }));
}

function byId(a: ReactionMark, b: ReactionMark): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
