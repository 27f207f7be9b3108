/**
 * Brings pages of history from another device of the same person into the database. The outcome is the same in whatever
 * order and however often pages come, beside messages that arrive meanwhile: each is taken as a message and the changes
 * to it, for which changes.ts has the rules.
 */
import * as v from 'valibot';
import type { Database, StoredMessage } from '../database.ts';
import type { Author, Message } from '../model.ts';
import type { DatabaseAccess } from '../platform.ts';
import { historyDeletionSchema, historyMessageSchema } from '../wire/history.ts';
import type { HistoryMessage, HistoryPage } from '../wire/history.ts';
import { mentions } from './changes.ts';
import { LOWEST_ID, timeOfId } from '../wire/message-id.ts';
import type { WireChange } from '../wire/message.ts';
import { toWireText } from './wire-form.ts';
import { keepWaiting, takeWaiting } from './waiting-changes.ts';
import { createWorkbench } from './workbench.ts';
import type { Workbench } from './workbench.ts';
import { writeTo } from './writing.ts';
import type { Change, Writing } from './writing.ts';

type Range = DatabaseAccess['KeyRange'];

/** One transaction. What this version does not understand is left out. Throws what the storage throws. */
export function mergeHistory(
  database: Database,
  KeyRange: Range,
  page: HistoryPage,
  ownId: string,
): Promise<Change> {
  const conversationId = page.conversation;
  const messages = readable(historyMessageSchema, page.messages);
  const deletions = readable(historyDeletionSchema, page.deletions);
  return writeTo(database)(conversationId, async (transaction, line) => {
    const bench = createWorkbench(transaction, conversationId, KeyRange);
    const readUpTo = later(line.readUpTo, page.readUpTo);
    const added = new Set<string>();
    for (const message of messages) {
      if (await mergeMessage(bench, conversationId, message, readUpTo)) added.add(message.id);
    }
    if (added.size > 0) {
      const waited = await takeWaiting(transaction, KeyRange, conversationId, added);
      for (const each of waited) await bench.apply(each.change, each.by);
    }
    for (const deletion of deletions) {
      const { id, target } = deletion;
      const by = deletion.by as Author;
      const change = { type: 'delete', id, target } as const;
      if (await bench.apply(change, by)) continue;
      await keepWaiting(transaction, KeyRange, { conversationId, target, id, by, change });
    }
    if (readUpTo !== line.readUpTo) await readAll(transaction, KeyRange, bench, conversationId, readUpTo!);
    const { messages: changed, unread } = await bench.finish();
    const named = changed.some((each) => each.unread === 1 && mentions(each, ownId));
    if (unread === 0 && !named && readUpTo === line.readUpTo) return { messages: changed, line };
    // The device on which it was read tells of it.
    const readTold = readUpTo === line.readUpTo ? line.readTold : readUpTo;
    const left = Math.max(0, line.unread + unread);
    const mentioned = left > 0 && (named || (line.mentioned ?? false));
    return { messages: changed, line: { ...line, unread: left, mentioned, readUpTo, readTold } };
  });
}

const readable = <S extends v.GenericSchema>(schema: S, items: readonly unknown[]): v.InferOutput<S>[] =>
  items.flatMap((item) => {
    const parsed = v.safeParse(schema, item);
    return parsed.success ? [parsed.output] : [];
  });

const later = (a: string | null, b: string | null): string | null => (a === null || (b ?? '') > a ? b : a);

/** Answers whether it was not here. */
async function mergeMessage(
  bench: Workbench,
  conversationId: string,
  message: HistoryMessage,
  readUpTo: string | null,
): Promise<boolean> {
  const { id, body } = message;
  const author = message.author as Author;
  const wasRead = message.state === 'read' || (readUpTo !== null && id <= readUpTo);
  const added = await bench.add(fresh(conversationId, message, wasRead));
  if (!added) await raise(bench, message, wasRead);
  if (body.kind === 'deleted') {
    if (added) await bench.forgetExcerpts(id);
    else await bench.apply({ type: 'delete', id, target: id }, author);
    return added;
  }
  for (const { change, by } of changesOf(message)) await bench.apply(change, by);
  return added;
}

/** As it would be stored if it had come with no changes. */
function fresh(conversationId: string, message: HistoryMessage, wasRead: boolean): StoredMessage {
  const { id, body, replyTo, state } = message;
  const author = message.author as Author;
  const base = {
    id,
    conversationId,
    author,
    at: timeOfId(id),
    body,
    ...(replyTo && body.kind !== 'deleted' && { replyTo }),
  } as Omit<Message, 'state'>;
  if (author !== 'me' || body.kind === 'call' || body.kind === 'group') {
    if (wasRead) return { ...base, state: 'read' };
    const quiet = body.kind === 'deleted' || body.kind === 'group';
    return { ...base, state: 'delivered', ...(!quiet && { unread: 1 }) };
  }
  return state === 'read' ? { ...base, state } : { ...base, state, unseen: 1 };
}

function changesOf(message: HistoryMessage): { change: WireChange; by: Author }[] {
  const { id: target, body, edit, marks = [] } = message;
  const reactions = marks.map(({ by, emoji, id, on }) => ({
    change: { type: 'reaction', id, target, emoji, on } as const,
    by: by as Author,
  }));
  if (edit === undefined || body.kind !== 'text') return reactions;
  const change = { type: 'edit', id: edit, target, ...toWireText(body.text, body.mentions) } as const;
  return [{ change, by: message.author as Author }, ...reactions];
}

const RANK = { failed: 0, queued: 0, sent: 1, delivered: 2, read: 3 } as const;

/** What the other device knows to have come further has. */
async function raise(bench: Workbench, message: HistoryMessage, wasRead: boolean): Promise<void> {
  const known = await bench.find(message.id);
  // What still waits here to be sent is seen to here.
  if (!known || known.author !== message.author || known.state === 'queued') return;
  if (known.unread === 1) {
    if (wasRead) markRead(bench, known);
    return;
  }
  if (known.author !== 'me' || RANK[message.state] <= RANK[known.state]) return;
  const { failure: _f, unseen, ...rest } = known;
  const unseenStill = unseen === 1 && message.state !== 'read';
  bench.replace({ ...rest, state: message.state, ...(unseenStill && { unseen: 1 }) });
}

function markRead(bench: Workbench, message: StoredMessage): void {
  const { unread: _, ...rest } = message;
  bench.replace({ ...rest, state: 'read' });
}

async function readAll(
  transaction: Writing,
  KeyRange: Range,
  bench: Workbench,
  conversationId: string,
  upTo: string,
): Promise<void> {
  const range = KeyRange.bound([conversationId, 1, LOWEST_ID], [conversationId, 1, upTo]);
  const keys = await transaction.objectStore('messages').index('unread').getAllKeys(range);
  for (const [, id] of keys) {
    const message = await bench.find(id);
    if (message?.unread === 1) markRead(bench, message);
  }
}
