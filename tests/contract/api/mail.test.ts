/** The mailbox over real sockets: who may put what into which, and that its device gets it, once and in order; on both databases. */
import { describe, expect, it } from 'vitest';
import type { CreatedInvite, Me } from '../../../signaling/protocol/http.ts';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import { bothKinds } from '../lib/databases.ts';
import { otherDevice } from '../lib/keys.ts';
import { acknowledge, all, deposit, newMailId, page, pushed, text, type MailItem } from '../lib/mailbox.ts';
import { type Browser, DEVICE, type TestSocket } from '../lib/person.ts';
import { friends, serverOn, startTestServer } from '../lib/server.ts';

const ID = 'A'.repeat(22);
const addressOf = ({ id, deviceId }: Me) => ({ userId: id, deviceId });

async function connect({ browser }: { browser: Browser }): Promise<TestSocket> {
  const socket = browser.socket();
  await socket.next('welcome');
  return socket;
}

describe.each(bothKinds())('mail on $name', (kind) => {
  const server = serverOn(kind);

  /** All that waits, on a connection of its own. */
  const waiting = async (device: { browser: Browser }): Promise<MailItem[]> => {
    const socket = await connect(device);
    const items = await all(socket);
    await socket.close();
    return items;
  };
  /** What was acknowledged on this socket is gone then: it is done in order, and this is for nobody. */
  const settle = (socket: TestSocket, { me }: { me: Me }) =>
    deposit(socket, [{ userId: me.id, deviceId: ID }], ['x']);

  it('waits for who is away, says who sent it, and is gone when it was acknowledged', async () => {
    const [a, b] = await friends(server);
    const socketA = await connect(a);
    expect(await deposit(socketA, [addressOf(b.me)], ['one', 'two'])).toEqual([]);
    const socketB = await connect(b);
    const items = await all(socketB);
    expect(items.map(text)).toEqual(['one', 'two']);
    expect(items.map(({ from }) => from)).toEqual([addressOf(a.me), addressOf(a.me)]);
    acknowledge(socketB, items.slice(0, 1));
    await settle(socketB, b);
    await socketB.close();
    expect((await waiting(b)).map(text)).toEqual(['two']);
    await socketA.close();
  });

  it('goes at once to who is there and has all, also when invisible, which the sender does not learn', async () => {
    const [a, b] = await friends(server);
    const [socketA, socketB] = [await connect(a), await connect(b)];
    socketB.send({ type: 'set-presence', chosen: 'invisible' });
    await socketA.next('presence', ({ presence }) => presence.state === 'offline');
    expect(await all(socketB)).toEqual([]);
    socketA.seen.length = 0;
    expect(await deposit(socketA, [addressOf(b.me)], ['now'])).toEqual([]);
    const { items, more } = await pushed(socketB);
    expect([items.map(text), more]).toEqual([['now'], false]);
    acknowledge(socketB, items);
    await settle(socketB, b);
    expect(socketA.seen).toEqual([]);
    await Promise.all([socketA.close(), socketB.close()]);
  });

  it('comes in pages by count and by size', async () => {
    const [a, b] = await friends(server);
    const [socketA, socketB] = [await connect(a), await connect(b)];
    const texts = Array.from({ length: LIMITS.mailPageMax + 50 }, (_, index) => `${index}`);
    for (let at = 0; at < texts.length; at += 64)
      await deposit(socketA, [addressOf(b.me)], texts.slice(at, at + 64));
    const first = await page(socketB, null);
    expect([first.items.length, first.more]).toEqual([LIMITS.mailPageMax, true]);
    const items = await all(socketB);
    expect(items.map(text)).toEqual(texts);
    for (let at = 0; at < items.length; at += LIMITS.mailPageMax)
      acknowledge(socketB, items.slice(at, at + LIMITS.mailPageMax));
    const large = 'x'.repeat(70 * 1024);
    for (let i = 0; i < 15; i++) await deposit(socketA, [addressOf(b.me)], [large]);
    await socketB.close();
    const again = await connect(b);
    const page1 = await page(again, null);
    expect([page1.items.length, page1.more]).toEqual([11, true]);
    const page2 = await page(again, page1.items.at(-1)?.id ?? null);
    expect([page2.items.length, page2.more]).toEqual([4, false]);
    await Promise.all([socketA.close(), again.close()]);
  });

  it('is taken in once, however often and whenever it is repeated', async () => {
    const [a, b] = await friends(server);
    const [socketA, socketB] = [await connect(a), await connect(b)];
    const [id, to] = [newMailId(), [addressOf(b.me)]];
    await Promise.all([1, 2, 3].map(() => deposit(socketA, to, ['one', 'two'], id)));
    const items = await all(socketB);
    expect(items.map(text)).toEqual(['one', 'two']);
    await deposit(socketA, to, ['one', 'two'], id);
    acknowledge(socketB, items);
    await settle(socketB, b);
    expect(await deposit(socketA, to, ['one', 'two'], id)).toEqual([]);
    await socketB.close();
    expect(await waiting(b)).toEqual([]);
    // The same name from another device is another mail.
    const other = await connect(await otherDevice(server, a));
    await deposit(other, to, ['other'], id);
    expect((await waiting(b)).map(text)).toEqual(['other']);
    await Promise.all([socketA.close(), other.close()]);
  });

  it('cannot be acknowledged by another device, of the same person or of another', async () => {
    const [a, b] = await friends(server);
    const second = await otherDevice(server, b);
    const [socketA, socketB, other] = [await connect(a), await connect(b), await connect(second)];
    await deposit(socketA, [addressOf(b.me), addressOf(second.me)], ['mine']);
    const [mine, theirs] = [await all(socketB), await all(other)];
    for (const [socket, thief] of [
      [socketA, a],
      [other, second],
    ] as const) {
      acknowledge(socket, mine);
      await settle(socket, thief);
    }
    other.send({ type: 'mail-ack', ids: ['9'.repeat(19), '0'] });
    await settle(other, second);
    expect((await all(socketB)).map(text)).toEqual(['mine']);
    expect(await all(other)).toEqual(theirs);
    await Promise.all([socketA.close(), socketB.close(), other.close()]);
  });

  it('is for devices of friends and one’s own others alone; the refused look alike, and the rest get theirs', async () => {
    const [a, b] = await friends(server);
    const own = await otherDevice(server, a);
    const gone = await otherDevice(server, b);
    await gone.browser.must('POST', '/api/auth/logout');
    const stranger = await server.newPerson();
    const to = [
      addressOf(b.me),
      addressOf(own.me),
      addressOf(a.me),
      addressOf(stranger.me),
      addressOf(gone.me),
      { userId: ID, deviceId: ID },
      { userId: b.me.id, deviceId: ID },
      { userId: b.me.id, deviceId: stranger.me.deviceId },
      { userId: a.me.id, deviceId: b.me.deviceId },
      { userId: stranger.me.id, deviceId: b.me.deviceId },
    ];
    const socket = await connect(a);
    const refused = await deposit(socket, to, ['hello']);
    const byDevice = (one: { to: object }, two: { to: object }) =>
      JSON.stringify(one.to).localeCompare(JSON.stringify(two.to));
    expect(refused.toSorted(byDevice)).toEqual(
      to
        .slice(2)
        .map((one) => ({ to: one, code: 'not-found' }))
        .toSorted(byDevice),
    );
    expect([await waiting(b), await waiting(own)].map((items) => items.map(text))).toEqual([
      ['hello'],
      ['hello'],
    ]);
    expect([await waiting(stranger), await waiting(a)]).toEqual([[], []]);
    await socket.close();
  });

  it('is refused from who was blocked or removed, in the middle of a connection; what waited is delivered', async () => {
    const [a, b] = await friends(server);
    const [c, d] = await friends(server);
    const [socketA, socketC] = [await connect(a), await connect(c)];
    await deposit(socketA, [addressOf(b.me)], ['before']);
    await deposit(socketC, [addressOf(d.me)], ['before']);
    await b.browser.must('POST', `/api/contacts/${a.me.id}/block`);
    await d.browser.must('DELETE', `/api/contacts/${c.me.id}`);
    for (const [socket, to] of [
      [socketA, addressOf(b.me)],
      [socketC, addressOf(d.me)],
    ] as const) {
      expect(await deposit(socket, [to], ['after'])).toEqual([{ to, code: 'not-found' }]);
    }
    expect([await waiting(b), await waiting(d)].map((items) => items.map(text))).toEqual([
      ['before'],
      ['before'],
    ]);
    await Promise.all([socketA.close(), socketC.close()]);
  });

  it('of a guest goes to who invited them, and to nobody else; it goes with the guest', async () => {
    const host = await server.newPerson();
    const stranger = await server.newPerson();
    const { code } = await host.browser.must<CreatedInvite>('POST', '/api/invites', { kind: 'guest' });
    const browser = server.newBrowser();
    await browser.must('POST', '/api/guest', { code, displayName: 'G', device: DEVICE });
    const socket = await connect({ browser });
    const to = [addressOf(host.me), addressOf(stranger.me)];
    expect(await deposit(socket, to, ['hello'])).toEqual([{ to: to[1], code: 'not-found' }]);
    expect((await waiting(host)).map(text)).toEqual(['hello']);
    await browser.must('POST', '/api/me/delete', {});
    expect(await waiting(host)).toEqual([]);
  });

  it('that would become too many items is refused whole', async () => {
    const [a, b] = await friends(server);
    const socket = await connect(a);
    const of = (count: number) => Array.from({ length: count }, () => addressOf(b.me));
    const parcels = Array.from({ length: LIMITS.mailParcelsMax + 1 }, () => ({ to: of(1), body: 'aGk=' }));
    socket.send({ type: 'mail', ref: 1, id: newMailId(), parcels });
    expect((await socket.next('error')).code).toBe('bad-request');
    const wide = parcels.slice(1).map((parcel) => ({
      ...parcel,
      to: of(LIMITS.mailItemsMax / LIMITS.mailParcelsMax + 1),
    }));
    socket.send({ type: 'mail', ref: 2, id: newMailId(), parcels: wide });
    expect(await socket.next('error')).toMatchObject({ ref: 2, code: 'too-large' });
    await socket.close();
    expect(await waiting(b)).toEqual([]);
  });

  it('is rate-limited by person, over all their devices', async () => {
    const [a, b] = await friends(server);
    const sockets = [await connect(a), await connect(await otherDevice(server, a))];
    const parcels = Array.from({ length: 64 }, () => ({
      to: Array.from({ length: 4 }, () => addressOf(b.me)),
      body: 'aGk=',
    }));
    for (let i = 0; i < 60; i++) sockets[i % 2]?.send({ type: 'mail', ref: i, id: newMailId(), parcels });
    const refused = await Promise.race(sockets.map((socket) => socket.next('error')));
    expect(refused.code).toBe('rate-limited');
    expect(refused.retryAfter).toBeGreaterThan(0);
    await Promise.all(sockets.map((socket) => socket.close()));
  });

  it('is kept for so many days', async () => {
    const other = await startTestServer(await kind.newPlace(), { MAILBOX_DAYS: '2' });
    const [a, b] = await friends(other);
    const socket = await connect(a);
    await deposit(socket, [addressOf(b.me)], ['old']);
    await socket.close();
    other.pass(36 * 3_600_000);
    const again = await connect(a);
    await deposit(again, [addressOf(b.me)], ['new']);
    await again.close();
    await other.tidy();
    expect((await waiting(b)).map(text)).toEqual(['old', 'new']);
    other.pass(13 * 3_600_000);
    await other.tidy();
    expect((await waiting(b)).map(text)).toEqual(['new']);
    await other.stop();
  });

  it('comes whole and in order to a device that comes and goes while friends write', async () => {
    const [a, b] = await friends(server);
    const second = await otherDevice(server, a);
    const MESSAGES = 150;
    let writing = 2;
    const write = async (name: string, device: { browser: Browser }) => {
      const socket = await connect(device);
      for (let at = 0; at < MESSAGES; at += 3)
        await deposit(
          socket,
          [addressOf(b.me)],
          [0, 1, 2].map((more) => `${name} ${at + more}`),
        );
      await socket.close();
      writing--;
    };
    const got: MailItem[] = [];
    const read = async () => {
      for (let visit = 0; writing > 0; visit++) {
        const socket = await connect(b);
        const items = await all(socket);
        for (let push = 0; push < visit % 4 && writing > 0; push++) {
          const hasCome = () => socket.seen.some(({ type }) => type === 'mail-page');
          while (writing > 0 && !hasCome()) await new Promise((resolve) => setTimeout(resolve, 5));
          if (hasCome()) items.push(...(await pushed(socket)).items);
        }
        const ids = items.map(({ id }) => Number(id));
        expect(ids).toEqual([...new Set(ids)].toSorted((x, y) => x - y));
        // Every other time the acknowledgement does not arrive before the next visit, or never.
        const kept = visit % 2 === 0 ? items : items.slice(0, items.length / 2);
        if (kept.length > 0) acknowledge(socket, kept.slice(0, 200));
        got.push(...kept.slice(0, 200));
        await settle(socket, b);
        await socket.close();
      }
    };
    await Promise.all([write('one', a), write('two', second), read()]);
    got.push(...(await waiting(b)));
    for (const name of ['one', 'two']) {
      const texts = got.map(text).filter((body) => body.startsWith(name));
      expect(texts).toEqual(Array.from({ length: MESSAGES }, (_, index) => `${name} ${index}`));
    }
  });
});
