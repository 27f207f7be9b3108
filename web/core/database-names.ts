/** Up to version 7 of a browser's database the id of a conversation was called `friendId`, a group's, too. */
import type { DatabaseAccess } from './platform.ts';

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
type Range = DatabaseAccess['KeyRange'];

/**
 * A key path cannot be changed, so all records go over to stores that are made anew, and `then` within the same
 * transaction; a failure leaves the old version. `onProgress` is told of records, all of which are counted first.
 */
export function nameConversations(
  KeyRange: Range,
  database: IDBDatabase,
  upgrade: IDBTransaction,
  onProgress: (done: number, total: number) => void,
  then: () => void,
): void {
  let done = 0;
  let total = 0;
  for (const name of KEYED_BY_CONVERSATION) {
    const count = upgrade.objectStore(name).count();
    count.addEventListener('success', () => (total += count.result));
  }
  const onMoved = (count: number): void => {
    done += count;
    onProgress(done, total);
  };
  let left = KEYED_BY_CONVERSATION.length;
  for (const name of KEYED_BY_CONVERSATION) {
    const old = upgrade.objectStore(name);
    old.name = `${name} up to 7`;
    const renewed = database.createObjectStore(name, { keyPath: renamedPath(old.keyPath) });
    for (const index of old.indexNames) renewed.createIndex(index, renamedPath(old.index(index).keyPath));
    moveAll(KeyRange, old, renewed, onMoved, () => {
      database.deleteObjectStore(old.name);
      left -= 1;
      if (left === 0) then();
    });
  }
}

/** Some at a time, since all of a long history would not fit into memory, and to go on after each takes long. */
const BATCH = 1_000;

function moveAll(
  KeyRange: Range,
  from: IDBObjectStore,
  to: IDBObjectStore,
  onMoved: (count: number) => void,
  then: () => void,
): void {
  const moveFrom = (after?: IDBKeyRange): void => {
    const keys = from.getAllKeys(after, BATCH);
    const records = from.getAll(after, BATCH);
    records.addEventListener('success', () => {
      for (const record of records.result) to.put(renamed(record));
      onMoved(records.result.length);
      const last = keys.result.at(-1);
      if (last === undefined) then();
      else moveFrom(KeyRange.lowerBound(last, true));
    });
  };
  moveFrom();
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
