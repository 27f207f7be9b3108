/** Up to version 7 of a browser's database the id of a conversation was called `friendId`, a group's, too. */

const KEYED_BY_CONVERSATION = [
  'messages',
  'conversations',
  'outbox',
  'changes',
  'receipts',
  'searchQueue',
  'searchBlocks',
  'searchSigns',
];

type KeyPath = IDBObjectStore['keyPath'];

/**
 * A key path cannot be changed, so all records go over to stores that are made anew, and `then` within the same
 * transaction; a failure leaves the old version.
 */
export function nameConversations(database: IDBDatabase, upgrade: IDBTransaction, then: () => void): void {
  let left = KEYED_BY_CONVERSATION.length;
  for (const name of KEYED_BY_CONVERSATION) {
    const old = upgrade.objectStore(name);
    old.name = `${name} up to 7`;
    const renewed = database.createObjectStore(name, { keyPath: renamedPath(old.keyPath) });
    for (const index of old.indexNames) renewed.createIndex(index, renamedPath(old.index(index).keyPath));
    moveAll(old, renewed, () => {
      database.deleteObjectStore(old.name);
      left -= 1;
      if (left === 0) then();
    });
  }
}

/** One at a time, since all of a long history would not fit into memory. */
function moveAll(from: IDBObjectStore, to: IDBObjectStore, then: () => void): void {
  const reading = from.openCursor();
  reading.addEventListener('success', () => {
    const cursor = reading.result;
    if (!cursor) return then();
    to.put(renamed(cursor.value));
    cursor.continue();
  });
}

function renamed({ friendId, ...others }: OldRecord): object {
  const { last } = others;
  return { ...others, ...(last ? { last: renamed(last) } : {}), conversationId: friendId };
}

interface OldRecord {
  readonly friendId: string;
  /** Of a conversation: its newest message. */
  readonly last?: OldRecord | null;
}

const renamedPath = (path: KeyPath): string | string[] =>
  typeof path === 'string' ? renamedField(path) : (path ?? []).map(renamedField);

const renamedField = (field: string): string => (field === 'friendId' ? 'conversationId' : field);
