/** Files that wait for devices that are not there: who may leave and fetch them, and how much; on both databases. */
import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import { bothKinds } from '../lib/databases.ts';
import { digestOf, found, newGroupId, withIdentity } from '../lib/groups.ts';
import { otherDevice } from '../lib/keys.ts';
import { codeOf, type Browser } from '../lib/person.ts';
import { friends, type Person, serverOn, startTestServer } from '../lib/server.ts';

const newBlobId = () => randomBytes(16).toString('base64url');
const MB = 1024 * 1024;

type By = { readonly browser: Browser };
const announce = ({ browser }: By, id: string, bytes: number, ...to: readonly Person[]) =>
  browser.call('POST', '/api/blobs', { id, bytes, to: to.map(({ me }) => me.id) });
const put = ({ browser }: By, id: string, piece: number, data: Buffer) =>
  browser.call('PUT', `/api/blobs/${id}/${piece}`, { data: data.toString('base64') });
const fetchPiece = ({ browser }: By, id: string, piece: number) =>
  browser.call<{ data: string }>('GET', `/api/blobs/${id}/${piece}`);
const done = ({ browser }: By, id: string) => browser.call('POST', `/api/blobs/${id}/done`);
const takeBack = ({ browser }: By, id: string) => browser.call('DELETE', `/api/blobs/${id}`);

describe.each(bothKinds())('files that wait on $name', (kind) => {
  const server = serverOn(kind, { MAILBOX_FILE_MAX: '1', MAILBOX_DAYS: '2' });
  /** Two friends, and somebody whom they do not know. */
  let ann: Person, bob: Person, eve: Person;
  beforeAll(async () => {
    [ann, bob] = await friends(server);
    eve = await server.newPerson();
  });

  it('are fetched by the devices that they are for, each in its time, and by nobody else; then they are gone', async () => {
    const [phone, tablet] = [await otherDevice(server, bob), await otherDevice(server, ann)];
    const [id, bytes] = [newBlobId(), randomBytes(LIMITS.blobPieceBytes + 1000)];
    const pieces = [bytes.subarray(0, LIMITS.blobPieceBytes), bytes.subarray(LIMITS.blobPieceBytes)];
    expect((await announce(ann, id, bytes.length, bob, ann)).status).toBe(204);
    expect(codeOf(await fetchPiece(bob, id, 0))).toBe('not-found');
    for (const [index, piece] of [...pieces.entries()].toReversed())
      expect((await put(ann, id, index, piece)).status).toBe(204);
    // An answer was lost.
    expect((await announce(ann, id, bytes.length, bob, ann)).status).toBe(204);
    expect((await put(ann, id, 0, pieces[0]!)).status).toBe(204);
    for (const stranger of [ann, eve]) {
      expect(codeOf(await fetchPiece(stranger, id, 0))).toBe('not-found');
      expect(codeOf(await done(stranger, id))).toBe('not-found');
    }
    for (const device of [bob, phone, tablet]) {
      const read = [await fetchPiece(device, id, 0), await fetchPiece(device, id, 1)];
      expect(Buffer.concat(read.map(({ body }) => Buffer.from(body.data, 'base64')))).toEqual(bytes);
      expect(codeOf(await fetchPiece(device, id, 2))).toBe('not-found');
      expect((await done(device, id)).status).toBe(204);
      expect(codeOf(await fetchPiece(device, id, 0))).toBe('not-found');
    }
    // It is not there any more: its id is free.
    expect(codeOf(await takeBack(ann, id))).toBe('not-found');
  });

  it('are refused for strangers, for who blocked the sender, and when they are not what was announced', async () => {
    const id = newBlobId();
    expect(codeOf(await announce(eve, id, 10, bob))).toBe('not-found');
    expect(codeOf(await announce(ann, id, 10, bob, eve))).toBe('not-found');
    expect(codeOf(await announce(ann, id, MB + 1, bob))).toBe('too-large');
    expect((await announce(ann, id, 10, bob)).status).toBe(204);
    expect(codeOf(await announce(ann, id, 11, bob))).toBe('conflict');
    expect(codeOf(await announce(bob, id, 10, ann))).toBe('conflict');
    for (const length of [9, 11])
      expect(codeOf(await put(ann, id, 0, Buffer.alloc(length)))).toBe('bad-request');
    expect(codeOf(await put(ann, id, 1, Buffer.alloc(10)))).toBe('bad-request');
    expect(codeOf(await put(bob, id, 0, Buffer.alloc(10)))).toBe('not-found');
    expect(codeOf(await takeBack(bob, id))).toBe('not-found');
    expect((await put(ann, id, 0, Buffer.alloc(10))).status).toBe(204);
    expect((await takeBack(ann, id)).status).toBe(204);
    expect(codeOf(await fetchPiece(bob, id, 0))).toBe('not-found');
    const [c, d] = await friends(server);
    await d.browser.must('POST', `/api/contacts/${c.me.id}/block`);
    expect(codeOf(await announce(c, newBlobId(), 10, d))).toBe('not-found');
  });

  it('go to members of one’s groups', async () => {
    const [host, member] = await friends(server);
    const signer = await withIdentity(host);
    const info = 'AAAA';
    const members = { memberIds: [member.me.id], info: digestOf(info), room: null };
    expect((await found(signer, newGroupId(), { kind: 'create', ...members }, info)).status).toBe(201);
    await host.browser.must('DELETE', `/api/contacts/${member.me.id}`);
    const id = newBlobId();
    expect((await announce(host, id, 3, member)).status).toBe(204);
    expect((await put(host, id, 0, Buffer.from('abc'))).status).toBe(204);
    expect((await fetchPiece(member, id, 0)).body).toEqual({ data: 'YWJj' });
  });

  it('are bounded for their sender, and kept for so many days', async () => {
    const [a, b] = await friends(server);
    const ids = Array.from({ length: 10 }, newBlobId);
    for (const id of ids) expect((await announce(a, id, MB, b)).status).toBe(204);
    expect(codeOf(await announce(a, newBlobId(), 1, b))).toBe('mailbox-full');
    expect((await done(b, ids[0]!)).status).toBe(204);
    const kept = newBlobId();
    expect((await announce(a, kept, 1, b)).status).toBe(204);
    expect((await put(a, kept, 0, Buffer.alloc(1))).status).toBe(204);
    server.pass(47 * 3_600_000);
    await server.tidy();
    expect((await fetchPiece(b, kept, 0)).status).toBe(200);
    server.pass(2 * 3_600_000);
    await server.tidy();
    expect(codeOf(await fetchPiece(b, kept, 0))).toBe('not-found');
  });

  it('are given up when they are not all there and nothing comes for an hour', async () => {
    const [a, b] = await friends(server);
    const [whole, half, bare] = [newBlobId(), newBlobId(), newBlobId()];
    const length = 2 * LIMITS.blobPieceBytes;
    const piece = Buffer.alloc(LIMITS.blobPieceBytes);
    for (const id of [whole, half, bare]) expect((await announce(a, id, length, b)).status).toBe(204);
    for (const index of [1, 0]) expect((await put(a, whole, index, piece)).status).toBe(204);
    server.pass(0.9 * 3_600_000);
    expect((await put(a, half, 1, piece)).status).toBe(204);
    server.pass(0.9 * 3_600_000);
    await server.tidy();
    expect(codeOf(await put(a, bare, 0, piece))).toBe('not-found');
    expect((await fetchPiece(b, half, 1)).status).toBe(200);
    server.pass(0.2 * 3_600_000);
    await server.tidy();
    expect(codeOf(await put(a, half, 0, piece))).toBe('not-found');
    expect((await fetchPiece(b, whole, 0)).status).toBe(200);
  });

  it('are none where the host wants none', async () => {
    const other = await startTestServer(await kind.newPlace(), { MAILBOX_FILE_MAX: '0' });
    const [a, b] = await friends(other);
    expect(await a.browser.must('GET', '/api/info')).toMatchObject({ waitingFileMax: 0 });
    expect(codeOf(await announce(a, newBlobId(), 1, b))).toBe('too-large');
    await other.stop();
  });
});
