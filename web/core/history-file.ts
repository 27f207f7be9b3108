/** A history out of the database into a file, and back; fetched when it is first wanted. */
import type { Me } from '../../signaling/protocol/http.ts';
import { listHistory, readAllHistory } from './conversation/history-pages.ts';
import { mergeHistory } from './conversation/merging.ts';
import type { Change } from './conversation/writing.ts';
import type { Database } from './database.ts';
import type { HistoryOutcome, HistoryRun } from './history-model.ts';
import { readFile, writeFile } from './history/file.ts';
import type { Platform } from './platform.ts';

export interface FileNeeds {
  readonly platform: Pick<Platform, 'database' | 'random'>;
  readonly subtle: SubtleCrypto;
  readonly database: Database;
  readonly me: Me;
  readonly onChange: (change: Change) => void;
}

export async function exportHistory(
  { platform, subtle, database, me }: FileNeeds,
  passphrase: string,
  { signal, onProgress }: HistoryRun,
): Promise<HistoryOutcome<Blob>> {
  const { KeyRange } = platform.database;
  const parts = await listHistory(database, KeyRange);
  const total = parts.reduce((sum, { count }) => sum + count, 0);
  let done = 0;
  async function* counted() {
    for await (const page of readAllHistory(database, KeyRange, parts)) {
      yield page;
      done += page.messages.length;
      onProgress(done, total);
    }
  }
  const introduction = { accountId: me.id, name: me.displayName, messages: total };
  // The browser may put what is in a Blob on its disk, so the file is never whole in memory.
  const pieces: Blob[] = [];
  for await (const bytes of writeFile(
    { subtle, random: platform.random },
    passphrase,
    introduction,
    counted(),
  )) {
    if (signal.aborted) return { ok: false, why: 'cancelled' };
    pieces.push(new Blob([bytes]));
  }
  return { ok: true, value: new Blob(pieces, { type: 'application/octet-stream' }) };
}

export async function importHistory(
  { platform, subtle, database, me, onChange }: FileNeeds,
  file: Blob,
  passphrase: string,
  anyAccount: boolean,
  { signal, onProgress }: HistoryRun,
): Promise<HistoryOutcome<number>> {
  const { KeyRange } = platform.database;
  const before = await database.count('messages');
  let total = 0;
  let done = 0;
  for await (const part of readFile(subtle, passphrase, file)) {
    if (signal.aborted) return { ok: false, why: 'cancelled' };
    if (part.kind === 'problem') return { ok: false, why: part.problem };
    if (part.kind === 'introduction') {
      const { accountId, name, messages } = part.introduction;
      if (accountId !== me.id && !anyAccount) return { ok: false, why: 'other-account', name };
      total = messages;
      continue;
    }
    // A friend's history has a conversation with this person in it.
    if (part.page.conversation !== me.id) onChange(await mergeHistory(database, KeyRange, part.page, me.id));
    done += part.page.messages.length;
    onProgress(done, Math.max(done, total));
  }
  return { ok: true, value: (await database.count('messages')) - before };
}
