import 'fake-indexeddb/auto';
import { deleteDB, openDB } from 'idb';
import { webcrypto } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Me } from '../../signaling/protocol/http.ts';
import { createStore } from './conversation/store.ts';
import { openDatabase } from './database.ts';
import { exportHistory, importHistory } from './history-file.ts';
import type { FileNeeds } from './history-file.ts';
import type { HistoryOutcome } from './history-model.ts';
import type { Message } from './model.ts';
import { timeOfId } from './wire/message-id.ts';

const access = { open: openDB, remove: deleteDB, KeyRange: IDBKeyRange };
const subtle = derivingOnce(webcrypto.subtle as SubtleCrypto);
const random = { bytes: (n: number) => webcrypto.getRandomValues(new Uint8Array(n)), fraction: () => 0.5 };
const ADA = 'ada-ada-ada-ada-ada-ad';
const PASSPHRASE = 'four calm otters sing';
const MESSAGES = 450;
let count = 0;

const textOf = (bytes: unknown): string => (bytes as Uint8Array).join(',');

/** The same key is derived once, since each time takes most of a second, as it should for whoever guesses. */
function derivingOnce(real: SubtleCrypto): SubtleCrypto {
  const secrets = new WeakMap<CryptoKey, string>();
  const keys = new Map<string, Promise<CryptoKey>>();
  const importKey = async (...[format, data, ...rest]: Parameters<SubtleCrypto['importKey']>) => {
    const key = await real.importKey(
      format as 'raw',
      data as Uint8Array<ArrayBuffer>,
      ...(rest as [never, never, never]),
    );
    secrets.set(key, textOf(data));
    return key;
  };
  const deriveKey = (...asked: Parameters<SubtleCrypto['deriveKey']>) => {
    const [how, material] = asked;
    const { salt, iterations } = how as Pbkdf2Params;
    const name = `${secrets.get(material)} ${textOf(salt)} ${iterations}`;
    const known = keys.get(name) ?? real.deriveKey(...asked);
    keys.set(name, known);
    return known;
  };
  return Object.assign(Object.create(null), {
    importKey,
    deriveKey,
    encrypt: real.encrypt.bind(real),
    decrypt: real.decrypt.bind(real),
  }) as SubtleCrypto;
}

async function browser(accountId: string): Promise<FileNeeds & { changes: number }> {
  const database = await openDatabase(access, `${accountId}-${(count += 1)}`);
  const needs = {
    platform: { database: access, random },
    subtle,
    database,
    me: { id: accountId, displayName: 'Ada Byron King' } as Me,
    changes: 0,
    onChange: () => void (needs.changes += 1),
  };
  return needs;
}

const run = (progress: [number, number][] = []) => ({
  signal: new AbortController().signal,
  onProgress: (done: number, total: number) => void progress.push([done, total]),
});

const take = (to: FileNeeds, file: Blob, { passphrase = PASSPHRASE, any = false } = {}) =>
  importHistory(to, file, passphrase, any, run());

const everything = (needs: FileNeeds) => needs.database.getAll('messages');

async function valueOf<T>(outcome: Promise<HistoryOutcome<T>>): Promise<T> {
  const done = await outcome;
  if (!done.ok) throw new Error(done.why);
  return done.value;
}

let source: FileNeeds;
let file: Blob;
const progress: [number, number][] = [];

beforeAll(async () => {
  source = await browser(ADA);
  const store = createStore(source.database, IDBKeyRange);
  const messages = Array.from({ length: MESSAGES }, (_, n): Message => {
    const id = String(n + 1).padStart(26, '0');
    const body = { kind: 'text', text: `secret words ${n} 你好` } as const;
    return { id, conversationId: 'f', author: 'friend', at: timeOfId(id), body, state: 'delivered' };
  });
  for (const conversationId of ['ben-ben-ben-ben-ben-be', 'g-a-group-a-group-a-grou']) {
    const own = messages.slice(0, conversationId.startsWith('g-') ? 5 : MESSAGES);
    await store.addReceived(
      conversationId,
      'friend',
      own.map((message) => ({ ...message, conversationId })),
    );
  }
  file = await valueOf(exportHistory(source, PASSPHRASE, run(progress)));
});

describe('a history as a file', () => {
  it('comes whole into another browser, once however often it is taken in', async () => {
    const other = await browser(ADA);
    expect(await valueOf(take(other, file))).toBe(MESSAGES + 5);
    expect(await everything(other)).toEqual(await everything(source));
    expect(other.changes).toBeGreaterThan(2);
    expect(progress.at(-1)).toEqual([MESSAGES + 5, MESSAGES + 5]);
    expect(await valueOf(take(other, file))).toBe(0);
  });

  // Words of three letters may well be in so many sealed bytes.
  it('shows nothing of what is in it', async () => {
    const text = Buffer.from(await file.arrayBuffer()).toString('latin1');
    for (const word of ['secret', ADA, 'Byron King', 'conversation']) expect(text).not.toContain(word);
  });

  it('needs its passphrase', async () => {
    const other = await browser(ADA);
    expect(await take(other, file, { passphrase: 'another' })).toEqual({
      ok: false,
      why: 'wrong-passphrase',
    });
    expect(await everything(other)).toEqual([]);
  });

  it('of another account is taken in only if that is wanted', async () => {
    const other = await browser('eve-eve-eve-eve-eve-ev');
    expect(await take(other, file)).toEqual({ ok: false, why: 'other-account', name: 'Ada Byron King' });
    expect(await everything(other)).toEqual([]);
    expect(await valueOf(take(other, file, { any: true }))).toBe(MESSAGES + 5);
  });

  it('brings in no conversation of a person with themselves', async () => {
    const other = await browser('ben-ben-ben-ben-ben-be');
    expect(await valueOf(take(other, file, { any: true }))).toBe(5);
  });

  it('is told when its end is missing, wherever it was cut', async () => {
    const bytes = await file.arrayBuffer();
    const [head, first] = [29, new DataView(bytes).getUint32(29)];
    for (const size of [head, head + 2, head + 4 + first, file.size - 1, file.size - 24]) {
      const outcome = await take(await browser(ADA), file.slice(0, size));
      expect(outcome, String(size)).toEqual({ ok: false, why: 'cut-off' });
    }
  });

  it('is told when it was changed', async () => {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const outcomeOf = async (change: (copy: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>) =>
      take(await browser(ADA), new Blob([change(bytes.slice())]));
    const set = (at: number, value: number) => (copy: Uint8Array<ArrayBuffer>) => {
      copy[at] = value;
      return copy;
    };
    expect(await outcomeOf(set(0, 0))).toMatchObject({ why: 'not-history' });
    expect(await outcomeOf(set(8, 9))).toMatchObject({ why: 'newer' });
    // A count of rounds that would keep the page busy, or that nobody's passphrase is safe with.
    expect(await outcomeOf(set(9, 255))).toMatchObject({ why: 'not-history' });
    expect(await outcomeOf(set(10, 0))).toMatchObject({ why: 'not-history' });
    expect(await outcomeOf((copy) => set(copy.length - 400, copy.at(-400)! ^ 1)(copy))).toMatchObject({
      why: 'damaged',
    });
    // What follows the end belongs to nobody.
    expect(await outcomeOf((copy) => new Uint8Array([...copy, 0, 0]))).toMatchObject({ why: 'damaged' });
    expect(await take(await browser(ADA), new Blob(['a photograph']))).toMatchObject({ why: 'not-history' });
  });

  it('stops where the person wants it to', async () => {
    const other = await browser(ADA);
    const stop = new AbortController();
    const until = { signal: stop.signal, onProgress: () => stop.abort() };
    expect(await importHistory(other, file, PASSPHRASE, false, until)).toEqual({
      ok: false,
      why: 'cancelled',
    });
    expect((await everything(other)).length).toBeLessThan(MESSAGES);
    expect(await exportHistory(source, PASSPHRASE, until)).toEqual({ ok: false, why: 'cancelled' });
  });
});
