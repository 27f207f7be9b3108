/** The sealed history as the server keeps it: what is there, its chunks in and out, sealed and opened. */
import { snapshotChunkSchema, snapshotStateSchema } from '../../signaling/protocol/snapshots.ts';
import type { SnapshotState } from '../../signaling/protocol/snapshots.ts';
import { base64, bytesOfBase64 } from './base64.ts';
import type { SnapshotProblem } from './history-model.ts';
import { introductionIn, sealSnapshot, snapshotCipher } from './history/snapshot.ts';
import type { Introduction, SnapshotCipher } from './history/snapshot.ts';
import type { Failure, Result } from './model.ts';
import type { Random } from './platform.ts';
import { ok } from './result.ts';
import type { Http } from './signaling/http.ts';
import type { HistoryPage } from './wire/history.ts';

export type Current = NonNullable<SnapshotState['current']>;

/** One that the account's secrets open. */
export interface Opened {
  readonly current: Current;
  readonly cipher: SnapshotCipher;
  readonly introduction: Introduction;
}

/** `given-up`: another device began one, or the person deleted it. */
export type Made = { readonly id: string } | { readonly problem: SnapshotProblem } | 'given-up';

interface Needs {
  readonly http: Http;
  readonly subtle: SubtleCrypto;
  readonly random: Pick<Random, 'bytes'>;
  readonly accountId: string;
  /** Of each request: tries it again for a while. */
  readonly persistently: <T>(work: () => Promise<Result<T>>) => Promise<Result<T>>;
}

export interface SnapshotStore {
  state(): Promise<Result<SnapshotState>>;
  /** `master`: seed of the account's master key. Null: it is not the account's own, which its first chunk tells. */
  open(master: string, current: Current): Promise<Result<Opened | null>>;
  /** Null: it does not open. */
  chunk(opened: Opened, number: number): Promise<Result<Uint8Array<ArrayBuffer> | null>>;
  /** `onChunk` is waited for after each. */
  put(
    master: string,
    introduction: Introduction,
    pages: AsyncIterable<HistoryPage>,
    onChunk: () => Promise<void>,
  ): Promise<Made>;
  remove(): Promise<Result>;
}

export function createSnapshotStore(needs: Needs): SnapshotStore {
  const { http, subtle, random, accountId, persistently } = needs;

  async function fetched(
    cipher: SnapshotCipher,
    { id, chunks }: Current,
    number: number,
  ): Promise<Result<Uint8Array<ArrayBuffer> | null>> {
    const answer = await persistently(() =>
      http.ask('GET', `/api/snapshot/${id}/${number}`, snapshotChunkSchema),
    );
    if (!answer.ok) return answer;
    const bytes = bytesOfBase64(answer.value.data);
    return ok(bytes && (await cipher.open(number, number === chunks - 1, bytes)));
  }

  return {
    state: () => http.ask('GET', '/api/snapshot', snapshotStateSchema),
    async open(master, current) {
      const cipher = await snapshotCipher(subtle, master, accountId, current.id);
      const plain = await fetched(cipher, current, 0);
      if (!plain.ok) return plain;
      const introduction = plain.value && introductionIn(plain.value);
      return ok(introduction && { current, cipher, introduction });
    },
    chunk: ({ cipher, current }, number) => fetched(cipher, current, number),
    async put(master, introduction, pages, onChunk) {
      const id = base64(random.bytes(16)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
      const begun = await persistently(() => http.tell('POST', '/api/snapshot', { id }));
      if (!begun.ok) return endOf(begun.failure);
      const cipher = await snapshotCipher(subtle, master, accountId, id);
      let chunks = 0;
      for await (const chunk of sealSnapshot(cipher, introduction, pages)) {
        const data = base64(chunk);
        const path = `/api/snapshot/${id}/${chunks++}`;
        const put = await persistently(() => http.tell('PUT', path, { data }));
        if (!put.ok) return endOf(put.failure);
        await onChunk();
      }
      const finished = await persistently(() => http.tell('POST', `/api/snapshot/${id}/done`, { chunks }));
      return finished.ok ? { id } : endOf(finished.failure);
    },
    remove: () => persistently(() => http.tell('DELETE', '/api/snapshot')),
  };
}

const endOf = (failure: Failure): Made =>
  failure.code === 'not-found' ? 'given-up' : { problem: problemOf(failure) };

export function problemOf({ code }: Failure): SnapshotProblem {
  switch (code) {
    case 'too-large':
      return 'too-large';
    case 'forbidden':
      return 'refused';
    case 'rate-limited':
      return 'busy';
    default:
      return 'network';
  }
}
