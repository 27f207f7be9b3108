/**
 * Brings what one has not sent yet from the time before ids named their author: nobody takes such letters any more, so
 * they get ids that do. Once, with the upgrade of the database.
 */
import type { IDBPTransaction, StoreNames } from 'idb';
import type { Schema, StoredMessage } from '../database.ts';
import { authorOfId, boundTo } from '../wire/message-id.ts';
import { shown } from './writing.ts';

type Upgrade = IDBPTransaction<Schema, StoreNames<Schema>[], 'versionchange'>;

export async function bindUnsent(transaction: Upgrade, ownId: string): Promise<void> {
  const isUnsent = ({ id, author, state }: StoredMessage): boolean =>
    author === 'me' && authorOfId(id) === null && (state === 'queued' || state === 'failed');
  const unseen = await transaction.objectStore('messages').index('unseen').getAll();
  const unsent = unseen.filter(isUnsent);
  const isMoved = new Set(unsent.map(({ conversationId, id }) => `${conversationId} ${id}`));
  for (const { conversationId, id } of unsent)
    await move(transaction, conversationId, id, boundTo(id, ownId));

  const outbox = transaction.objectStore('outbox');
  for (const { conversationId, id, change } of await outbox.getAll()) {
    await outbox.delete([conversationId, id]);
    const bound = boundTo(id, ownId);
    if (change) {
      const target = isMoved.has(`${conversationId} ${change.target}`)
        ? boundTo(change.target, ownId)
        : change.target;
      await outbox.put({ conversationId, id: bound, change: { ...change, id: bound, target } });
    } else if (isMoved.has(`${conversationId} ${id}`)) await outbox.put({ conversationId, id: bound });
    // Else a device or a mailbox has the message already, where another id would show it twice.
  }
}

async function move(transaction: Upgrade, conversationId: string, before: string, id: string): Promise<void> {
  const messages = transaction.objectStore('messages');
  const message = await messages.get([conversationId, before]);
  if (!message) return;
  await messages.delete([conversationId, before]);
  await messages.put({ ...message, id });
  for (const reply of await messages.index('replies').getAll([conversationId, before])) {
    if (reply.replyTo) await messages.put({ ...reply, replyTo: { ...reply.replyTo, id } });
  }
  for (const each of [before, id])
    await transaction.objectStore('searchQueue').put({ conversationId, id: each });
  const lines = transaction.objectStore('conversations');
  const line = await lines.get(conversationId);
  if (line?.last?.id === before) await lines.put({ ...line, last: { ...shown(message), id } });
  const transfers = transaction.objectStore('transfers');
  const transfer = await transfers.get(before);
  if (!transfer) return;
  await transfers.delete(before);
  await transfers.put({ ...transfer, view: { ...transfer.view, id } }, id);
}
