/** The sealed history that an account may keep on the server: whose it is, in what order it comes, and how much; on both databases. */
import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import type { SnapshotState } from '../../../signaling/protocol/snapshots.ts';
import { bothKinds } from '../lib/databases.ts';
import { otherDevice } from '../lib/keys.ts';
import { codeOf, type Browser } from '../lib/person.ts';
import { type Person, serverOn, startTestServer } from '../lib/server.ts';

const MB = 1024 * 1024;
const HOUR = 3_600_000;
const newId = () => randomBytes(16).toString('base64url');

type By = { readonly browser: Browser };
const stateOf = ({ browser }: By) => browser.must<SnapshotState>('GET', '/api/snapshot');
const begin = ({ browser }: By, id: string) => browser.call('POST', '/api/snapshot', { id });
const put = ({ browser }: By, id: string, chunk: number, data: Buffer) =>
  browser.call('PUT', `/api/snapshot/${id}/${chunk}`, { data: data.toString('base64') });
const finish = ({ browser }: By, id: string, chunks: number) =>
  browser.call('POST', `/api/snapshot/${id}/done`, { chunks });
const read = ({ browser }: By, id: string, chunk: number) =>
  browser.call<{ data: string }>('GET', `/api/snapshot/${id}/${chunk}`);
const remove = ({ browser }: By) => browser.call('DELETE', '/api/snapshot');

/** A complete one. */
async function keep(by: By, ...chunks: readonly Buffer[]): Promise<string> {
  const id = newId();
  expect((await begin(by, id)).status).toBe(204);
  for (const [index, chunk] of chunks.entries()) expect((await put(by, id, index, chunk)).status).toBe(204);
  expect((await finish(by, id, chunks.length)).status).toBe(204);
  return id;
}

describe.each(bothKinds())('sealed histories on $name', (kind) => {
  const server = serverOn(kind, { SNAPSHOT_MAX: '1' });
  let ada: Person, eve: Person;
  beforeAll(async () => {
    [ada, eve] = [await server.newPerson(), await server.newPerson()];
  });

  it('are read by every device of the account, and by nobody else', async () => {
    const chunks = [randomBytes(LIMITS.snapshotChunkBytes), randomBytes(10)];
    expect(await stateOf(ada)).toEqual({ max: MB, current: null });
    const id = await keep(ada, ...chunks);
    const phone = await otherDevice(server, ada);
    const { current } = await stateOf(phone);
    expect(current).toMatchObject({ id, chunks: 2, bytes: LIMITS.snapshotChunkBytes + 10 });
    for (const [index, chunk] of chunks.entries())
      expect((await read(phone, id, index)).body.data).toBe(chunk.toString('base64'));
    expect(codeOf(await read(phone, id, 2))).toBe('not-found');
    expect((await stateOf(eve)).current).toBeNull();
    expect(codeOf(await read(eve, id, 0))).toBe('not-found');
    expect(codeOf(await put(eve, id, 2, Buffer.alloc(3)))).toBe('not-found');
    expect(codeOf(await finish(eve, id, 2))).toBe('not-found');
    expect(codeOf(await begin(eve, id))).toBe('conflict');
    expect((await remove(eve)).status).toBe(204);
    expect((await stateOf(ada)).current?.id).toBe(id);
  });

  it('take the place of the one before only when they are complete', async () => {
    const old = await keep(ada, Buffer.from('old'));
    const id = newId();
    expect((await begin(ada, id)).status).toBe(204);
    expect((await put(ada, id, 0, Buffer.from('new'))).status).toBe(204);
    expect(codeOf(await read(ada, id, 0))).toBe('not-found');
    expect((await stateOf(ada)).current?.id).toBe(old);
    expect((await read(ada, old, 0)).body.data).toBe(Buffer.from('old').toString('base64'));
    expect(codeOf(await finish(ada, id, 2))).toBe('conflict');
    expect((await finish(ada, id, 1)).status).toBe(204);
    expect((await stateOf(ada)).current?.id).toBe(id);
    expect(codeOf(await read(ada, old, 0))).toBe('not-found');
    // Nothing is added to what is complete.
    expect(codeOf(await put(ada, id, 1, Buffer.alloc(1)))).toBe('not-found');
    expect(codeOf(await begin(ada, id))).toBe('conflict');
  });

  it('come in order, and what is repeated after a lost answer is known', async () => {
    const id = newId();
    expect(codeOf(await put(ada, id, 0, Buffer.alloc(1)))).toBe('not-found');
    await begin(ada, id);
    expect(codeOf(await put(ada, id, 1, Buffer.from('b')))).toBe('conflict');
    for (let again = 0; again < 2; again++) {
      expect((await begin(ada, id)).status).toBe(204);
      expect((await put(ada, id, 0, Buffer.from('a'))).status).toBe(204);
    }
    expect(codeOf(await put(ada, id, 0, Buffer.from('x')))).toBe('conflict');
    expect(codeOf(await put(ada, id, 2, Buffer.from('c')))).toBe('conflict');
    expect((await put(ada, id, 1, Buffer.from('b'))).status).toBe(204);
    for (let again = 0; again < 2; again++) expect((await finish(ada, id, 2)).status).toBe(204);
    expect((await stateOf(ada)).current).toMatchObject({ id, chunks: 2, bytes: 2 });
  });

  it('are given up when another begins, or when nothing comes for an hour', async () => {
    const kept = await keep(ada, Buffer.from('kept'));
    const [first, second] = [newId(), newId()];
    await begin(ada, first);
    await put(ada, first, 0, Buffer.from('first'));
    await begin(ada, second);
    expect(codeOf(await put(ada, first, 1, Buffer.from('more')))).toBe('not-found');
    server.pass(0.9 * HOUR);
    expect((await put(ada, second, 0, Buffer.from('second'))).status).toBe(204);
    server.pass(0.9 * HOUR);
    await server.tidy();
    expect((await put(ada, second, 1, Buffer.from('more'))).status).toBe(204);
    server.pass(1.1 * HOUR);
    await server.tidy();
    expect(codeOf(await finish(ada, second, 2))).toBe('not-found');
    expect((await stateOf(ada)).current?.id).toBe(kept);
  });

  it('are bounded, and gone when the person says so', async () => {
    const kept = await keep(ada, Buffer.from('kept'));
    const [id, chunk] = [newId(), Buffer.alloc(LIMITS.snapshotChunkBytes)];
    const fit = Math.floor(MB / chunk.length);
    await begin(ada, id);
    expect(codeOf(await put(ada, id, 0, Buffer.alloc(LIMITS.snapshotChunkBytes + 3)))).toBe('bad-request');
    for (let index = 0; index < fit; index++) expect((await put(ada, id, index, chunk)).status).toBe(204);
    expect(codeOf(await put(ada, id, fit, chunk))).toBe('too-large');
    expect((await stateOf(ada)).current?.id).toBe(kept);
    expect((await remove(ada)).status).toBe(204);
    expect((await stateOf(ada)).current).toBeNull();
    for (const gone of [id, kept]) expect(codeOf(await read(ada, gone, 0))).toBe('not-found');
    expect(codeOf(await finish(ada, id, fit))).toBe('not-found');
  });

  it('are none where the host wants none', async () => {
    const other = await startTestServer(await kind.newPlace(), { SNAPSHOT_MAX: '0' });
    const person = await other.newPerson();
    expect(await stateOf(person)).toEqual({ max: 0, current: null });
    expect(codeOf(await begin(person, newId()))).toBe('forbidden');
    await other.stop();
  });
});
