/** Two pages' transfers, whatever happens to the link, the pages and the disks. */
import { describe, expect, it } from 'vitest';
import {
  connect,
  content,
  createPage,
  disconnect,
  file,
  FakeChannel,
  ID,
  incoming,
  outgoing,
  phases,
  reach,
  SIZE,
  soon,
  whole,
  type Page,
} from '../../../tests/fakes/transfer-pages.ts';
import { PIECE_BYTES } from '../wire/file-frame.ts';
import type { DataChannel } from './bulk-channel.ts';
import type { FileSource } from './run.ts';

function offered(source: FileSource = new Blob([content])) {
  const [ann, bob] = [createPage(), createPage()];
  const wire = connect(ann, bob);
  ann.hub.offer(outgoing, source);
  return { ann, bob, wire };
}

/** From the third piece on, nothing of the file gets through any more. */
function stall(wire: { a: FakeChannel }, after = 40) {
  let frames = 0;
  wire.a.spoil = (data) => {
    const isFile = typeof data !== 'string' || data.includes('"piece"');
    if (typeof data !== 'string') frames += 1;
    return isFile && frames > after ? null : data;
  };
}

async function cutInTheMiddle(ann: Page, bob: Page, wire: { a: FakeChannel }) {
  stall(wire);
  bob.hub.accept(incoming, null);
  await soon(() => expect(bob.view()?.bytes).toBe(2 * PIECE_BYTES));
  disconnect(ann, bob, wire);
}

describe('a file', () => {
  it('goes over whole, and both pages say so', async () => {
    const { ann, bob } = offered();
    expect(ann.view()).toMatchObject({ phase: 'offered', direction: 'out', file: { name: 'x.bin' } });
    bob.hub.accept(incoming, null);
    await reach([ann, bob], 'complete', 'complete');
    expect(whole(bob)).toBe(true);
    expect(bob.view()).toMatchObject({ bytes: SIZE, kept: true, file: { name: 'x.bin' } });
    expect(bob.wants.at(-1)).toBe(false);
    expect(bob.wants).toContain(true);
  });

  it('goes on after the link was cut, from the pieces that are there', async () => {
    const { ann, bob, wire } = offered();
    await cutInTheMiddle(ann, bob, wire);
    await reach([ann, bob], 'waiting', 'waiting');
    const again = connect(ann, bob);
    const accepts: unknown[] = [];
    again.b.spoil = (data) => {
      if (typeof data === 'string') accepts.push(JSON.parse(data));
      return data;
    };
    await reach([ann, bob], 'complete', 'complete');
    expect(whole(bob)).toBe(true);
    expect(accepts).toContainEqual({ type: 'verified', stream: expect.any(Number) as number, count: 3 });
    expect(accepts).not.toContainEqual({ type: 'verified', stream: expect.any(Number) as number, count: 2 });
  });

  it('goes on after the receiving page was reloaded', async () => {
    const { ann, bob, wire } = offered();
    await cutInTheMiddle(ann, bob, wire);
    bob.scope.end();
    const reloaded = createPage(bob.disk, bob.records);
    connect(ann, reloaded);
    await reach([ann, reloaded], 'complete', 'complete');
    expect(whole(reloaded)).toBe(true);
  });

  it('that was saved leaves the browser’s own storage at the next start, and only that', async () => {
    const { bob } = offered();
    bob.hub.accept(incoming, null);
    await soon(() => expect(bob.view()?.phase).toBe('complete'));
    const untouched = createPage(bob.disk, bob.records);
    await soon(() => expect(untouched.view()).toMatchObject({ phase: 'complete', kept: true }));
    expect(bob.disk.files.has(ID)).toBe(true);

    bob.hub.saved(ID);
    const started = createPage(bob.disk, bob.records);
    await soon(() => expect(started.view()).toMatchObject({ phase: 'complete', kept: false }));
    expect(bob.disk.files.has(ID)).toBe(false);
    expect(bob.records.get(ID)?.view.kept).toBe(false);
  });

  it('whose message was deleted stops on both pages, and leaves nothing behind', async () => {
    const { ann, bob, wire } = offered();
    stall(wire);
    bob.hub.accept(incoming, null);
    await soon(() => expect(bob.view()?.bytes).toBe(2 * PIECE_BYTES));
    ann.hub.forget(ID);
    await soon(() => expect(bob.view()?.stop).toEqual({ by: 'friend', reason: 'person' }));
    bob.hub.forget(ID);
    await soon(() => expect(phases(ann, bob)).toEqual([undefined, undefined]));
    await soon(() => expect(bob.disk.files.size + bob.records.size + ann.records.size).toBe(0));
    expect([ann.wants.at(-1), bob.wants.at(-1)]).toEqual([false, false]);
  });

  it('that has come goes from the browser’s own storage with its message, also after a reload', async () => {
    const { bob } = offered();
    bob.hub.accept(incoming, null);
    await soon(() => expect(bob.records.get(ID)?.view).toMatchObject({ phase: 'complete', kept: true }));
    // Else the page from before the reload might still note something.
    bob.scope.end();
    bob.disk.files.set('another', { bytes: new Uint8Array(1), verified: 1 });
    bob.records.set('another', { ...bob.records.get(ID)!, view: { ...bob.view()!, id: 'another' } });
    const reloaded = createPage(bob.disk, bob.records);
    reloaded.hub.forget(ID);
    await soon(() => expect([...bob.disk.files.keys()]).toEqual(['another']));
    await soon(() => expect([...bob.records.keys()]).toEqual(['another']));
  });

  it('is gone when the sending page was reloaded, and the receiver hears of it', async () => {
    const { ann, bob, wire } = offered();
    await cutInTheMiddle(ann, bob, wire);
    const reloaded = createPage(ann.disk, ann.records);
    connect(reloaded, bob);
    await reach([reloaded, bob], 'stopped', 'stopped');
    expect(reloaded.view()?.stop).toEqual({ by: 'me', reason: 'gone' });
    expect(bob.view()?.stop).toEqual({ by: 'friend', reason: 'gone' });
  });

  it('with a piece spoiled on the way has it sent again', async () => {
    const { ann, bob, wire } = offered();
    let frames = 0;
    wire.a.spoil = (data) => {
      if (typeof data !== 'string' && ++frames === 20) new Uint8Array(data)[100]! ^= 1;
      return data;
    };
    bob.hub.accept(incoming, null);
    await reach([ann, bob], 'complete', 'complete');
    expect(whole(bob)).toBe(true);
  });

  it('that is empty arrives too', async () => {
    const [ann, bob] = [createPage(), createPage()];
    connect(ann, bob);
    const empty = { kind: 'file', file: { ...file, size: 0 } } as const;
    ann.hub.offer({ ...outgoing, body: { ...empty, device: '' } }, new Blob([]));
    bob.hub.accept({ ...incoming, body: { ...empty, device: 'ann-1' } }, null);
    await reach([ann, bob], 'complete', 'complete');
  });
});

describe('the end of a transfer', () => {
  it('by declining', async () => {
    const { ann, bob } = offered();
    bob.hub.decline(incoming);
    await reach([ann, bob], 'declined', 'declined');
  });

  it('by declining while the link is away', async () => {
    const { ann, bob, wire } = offered();
    disconnect(ann, bob, wire);
    bob.hub.decline(incoming);
    connect(ann, bob);
    await reach([ann, bob], 'declined', 'declined');
  });

  it.each(['ann', 'bob'] as const)('by cancel of %s in the middle', async (who) => {
    const { ann, bob, wire } = offered();
    stall(wire);
    bob.hub.accept(incoming, null);
    await reach([ann, bob], 'moving', 'moving');
    (who === 'ann' ? ann : bob).hub.cancel(who === 'ann' ? outgoing : incoming);
    await reach([ann, bob], 'stopped', 'stopped');
    const mine = { by: 'me', reason: 'person' };
    const theirs = { by: 'friend', reason: 'person' };
    expect([ann.view()?.stop, bob.view()?.stop]).toEqual(who === 'ann' ? [mine, theirs] : [theirs, mine]);
    expect(bob.disk.files.has(ID)).toBe(false);
  });

  it('by the sender taking back an offer that the receiving page has not looked at', async () => {
    const { ann, bob } = offered();
    ann.hub.cancel(outgoing);
    await reach([ann, bob], 'stopped', 'stopped');
    expect(bob.view()?.stop).toEqual({ by: 'friend', reason: 'person' });
  });

  it('by a file that cannot be read', async () => {
    const slice = () => ({ arrayBuffer: () => Promise.reject(new Error('moved')) });
    const { ann, bob } = offered({ size: SIZE, slice });
    bob.hub.accept(incoming, null);
    await reach([ann, bob], 'stopped', 'stopped');
    expect(bob.view()?.stop).toEqual({ by: 'friend', reason: 'unreadable' });
  });

  it('by a full disk, and on again once there is room', async () => {
    const { ann, bob } = offered();
    bob.disk.setFull(true);
    bob.hub.accept(incoming, null);
    await reach([ann, bob], 'stopped', 'stopped');
    expect(ann.view()?.stop).toEqual({ by: 'friend', reason: 'storage-full' });
    bob.disk.setFull(false);
    bob.hub.accept(incoming, null);
    await reach([ann, bob], 'complete', 'complete');
    expect(whole(bob)).toBe(true);
  });

  it('by another device having taken it', async () => {
    const { ann, bob, wire } = offered();
    stall(wire, 0);
    bob.hub.accept(incoming, null);
    await reach([ann, bob], 'moving', 'moving');
    const phone = createPage();
    const [a, b] = [new FakeChannel(), new FakeChannel()];
    a.other = b;
    b.other = a;
    ann.hub.setChannel({ userId: 'bob', deviceId: 'bob-2' }, a as FakeChannel & DataChannel);
    phone.hub.setChannel({ userId: 'ann', deviceId: 'ann-1' }, b as FakeChannel & DataChannel);
    phone.hub.accept(incoming, null);
    await reach([ann, phone], 'moving', 'stopped');
    expect(phone.view()?.stop).toEqual({ by: 'friend', reason: 'taken' });
  });
});

it('ignores what is not of this channel', async () => {
  const { ann, bob, wire } = offered();
  for (const data of ['', '{}', 'nonsense', '{"type":"accept","id":"M1","from":-1}']) wire.b.send(data);
  wire.b.send(new Uint8Array(40));
  wire.b.send('{"type":"cancel","id":"unknown","reason":"person"}');
  bob.hub.accept(incoming, null);
  await reach([ann, bob], 'complete', 'complete');
});
