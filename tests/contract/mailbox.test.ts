/** The mailbox below its sockets: limits, what a failed commit may hide, and a random schedule; on both databases. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { type Database, openDatabase, type Queries } from '../../db/client.ts';
import { devices, people } from '../../db/schema.ts';
import { newId } from '../../signaling/ids.ts';
import { Handover } from '../../signaling/mailbox/handover.ts';
import { type Addressed, MailKeeper, type KeeperEvents } from '../../signaling/mailbox/mail-keeper.ts';
import { readPage, type WaitingItem } from '../../signaling/mailbox/mail-store.ts';
import type { Address } from '../../signaling/protocol/mail.ts';
import { bothKinds } from './lib/databases.ts';

const QUIET: KeeperEvents = { kept: () => {}, missed: () => {}, acknowledged: () => {} };
const PAGE = { items: 7, bytes: 1024 * 1024 };

/** Mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

let mails = 0;
const itemFor = (to: Address, from: Address, body: string, mailId = `mail-${++mails}`): Addressed => ({
  to,
  deviceId: to.deviceId,
  senderId: from.userId,
  senderDeviceId: from.deviceId,
  mailId,
  parcel: 0,
  at: 1,
  body,
});

describe.each(bothKinds())('the mailbox on $name', (kind) => {
  let db: Database;
  beforeAll(async () => {
    await kind.start();
    db = await openDatabase({ ...(await kind.newPlace()), onConnectionLost: () => {} });
  });
  afterAll(async () => {
    await db.close();
    await kind.stop();
  });

  const newDevice = async (): Promise<Address> => {
    const [userId, deviceId] = [newId(), newId()];
    await db.query(async (q) => {
      const names = { userName: userId, skeleton: userId, displayName: 'x', opaqueRecord: 'r' };
      await q.insert(people).values({ id: userId, kind: 'account', ...names, createdAt: 1 });
      const about = { name: '', clientVersion: '', address: '', createdAt: 1, lastSeen: 1 };
      const tokenDigest = Buffer.from(deviceId);
      await q
        .insert(devices)
        .values({ id: deviceId, personId: userId, tokenDigest, ...about, expiresAt: 9e12 });
    });
    return { userId, deviceId };
  };
  const keeperOf = (events = QUIET, over = db) => new MailKeeper(over, events, Date.now);
  const fill = (to: Address, from: Address, count: number, bytes: number) =>
    db.query((q) =>
      q.execute(sql`insert into mail (device_id, sender_id, sender_device_id, mail_id, parcel, at, bytes, body)
        select ${to.deviceId}, ${from.userId}, ${from.deviceId}, 'fill-' || n, 0, 1, ${bytes}::int, 'x'
        from generate_series(1, ${count}::int) as n`),
    );
  const bodiesOf = async ({ deviceId }: Address) => {
    const { items } = await db.query((q) => readPage(q, deviceId, 0, { items: 50_000, bytes: 1e9 }));
    return items.map(({ body }) => body);
  };

  describe('is full', () => {
    const full = { code: 'mailbox-full' };

    it('for one sender before it is for others, by number of items', async () => {
      const [to, from, other] = [await newDevice(), await newDevice(), await newDevice()];
      await fill(to, from, 14_999, 1);
      const keeper = keeperOf();
      expect(await keeper.add({ items: [itemFor(to, from, 'a'), itemFor(to, from, 'b')] })).toMatchObject([
        full,
      ]);
      expect(await keeper.add({ items: [itemFor(to, other, 'c')] })).toEqual([]);
      const free = await newDevice();
      const both = [itemFor(to, from, 'd'), itemFor(free, from, 'd')];
      expect(await keeper.add({ items: both })).toEqual([{ to, code: 'mailbox-full' }]);
      expect((await bodiesOf(to)).filter((body) => body !== 'x')).toEqual(['a', 'c']);
      expect(await bodiesOf(free)).toEqual(['d']);
    });

    it('by size, for one sender and for all', async () => {
      const [to, from] = [await newDevice(), await newDevice()];
      const keeper = keeperOf();
      await fill(to, from, 32, 1024 * 1024 - 1);
      expect(await keeper.add({ items: [itemFor(to, from, 'x'.repeat(33))] })).toMatchObject([full]);
      expect(await keeper.add({ items: [itemFor(to, from, 'x'.repeat(32))] })).toEqual([]);
      const crowded = await newDevice();
      for (let i = 0; i < 4; i++) await fill(crowded, await newDevice(), 32, 1024 * 1024);
      expect(await keeper.add({ items: [itemFor(crowded, from, 'x')] })).toMatchObject([full]);
    });

    it('no more when something was acknowledged, and never for a repeat of what it holds', async () => {
      const [to, from] = [await newDevice(), await newDevice()];
      const keeper = keeperOf();
      await fill(to, from, 14_999, 1);
      const last = itemFor(to, from, 'last');
      await keeper.add({ items: [last] });
      expect(await keeper.add({ items: [last] })).toEqual([]);
      const next = itemFor(to, from, 'next');
      expect(await keeper.add({ items: [next] })).toMatchObject([full]);
      const { items } = await db.query((q) => readPage(q, to.deviceId, 0, PAGE));
      await keeper.add({ deviceId: to.deviceId, acknowledged: items.map(({ id }) => id) });
      expect(await keeper.add({ items: [next] })).toEqual([]);
    });
  });

  it('takes no more than it can keep up with', async () => {
    const [to, from] = [await newDevice(), await newDevice()];
    const keeper = keeperOf();
    const items = Array.from({ length: 256 }, (_, index) => itemFor(to, from, `${index}`));
    const answers = Array.from({ length: 100 }, () => keeper.add({ items }));
    expect(answers.filter((answer) => answer === null)).toHaveLength(22);
    await Promise.all(answers.flatMap((answer) => answer ?? []));
    expect(keeper.queued).toBe(0);
    expect(await bodiesOf(to)).toHaveLength(256);
  });

  /** A device that is there all the time, over a database that fails as it is told to. */
  async function scene(faults: { read: () => boolean; commit: () => boolean }) {
    const to = await newDevice();
    const got: WaitingItem[] = [];
    let [asks, idle] = [true, 0];
    const failing: Database = {
      ...db,
      // Committed, but nobody is told.
      transaction: async (work: (q: Queries) => Promise<never>) => {
        const result = await db.transaction(work);
        if (faults.commit()) throw new Error('lost on purpose');
        return result;
      },
    };
    const handover = new Handover({
      read: (after) => {
        if (faults.read()) return Promise.reject(new Error('unreadable on purpose'));
        return db.query((q) => readPage(q, to.deviceId, after, PAGE));
      },
      give: ({ items, more }) => {
        got.push(...items);
        asks = more;
      },
      isBehind: () => false,
      fits: (items) => items.length <= PAGE.items,
      failed: () => {},
    });
    const events = {
      ...QUIET,
      kept: (_to: Address, items: readonly WaitingItem[]) => handover.arrived(items),
      missed: (_to: Address, item?: number) => handover.missed(item),
    };
    const keeper = keeperOf(events, failing);
    /** Asks whenever it is its turn, until there is nothing to ask and `until` says so. */
    const follow = async (until: () => boolean) => {
      for (idle = 0; !until() || asks; idle++) {
        if (asks) await handover.next(got.at(-1)?.id ?? 0, idle).catch(() => {});
        else await new Promise((resolve) => setImmediate(resolve));
      }
    };
    return { to, got, keeper, handover, follow };
  }

  it.each([1, 2, 3])('gives everything once and in order while many write: seed %i', async (seed) => {
    const random = randomFrom(seed);
    const { to, got, keeper, follow } = await scene({ read: () => false, commit: () => false });
    let [writing, total] = [4, 0];
    const write = async (name: number) => {
      const from = await newDevice();
      for (let sent = 0; sent < 60;) {
        const count = 1 + Math.floor(random() * 12);
        const items = Array.from({ length: count }, (_, more) => itemFor(to, from, `${name} ${sent + more}`));
        sent += count;
        total += count;
        await keeper.add({ items });
        if (random() < 0.3) await new Promise((resolve) => setImmediate(resolve));
      }
      writing--;
    };
    const written = Promise.all([0, 1, 2, 3].map(write));
    await follow(() => writing === 0 && got.length >= total);
    await written;
    const all = await db.query((q) => readPage(q, to.deviceId, 0, { items: 10_000, bytes: 1e9 }));
    expect(got).toEqual(all.items.map((item) => expect.objectContaining(item)));
  });

  it.each([1, 2, 3])('loses nothing when commits go unheard and reads fail: seed %i', async (seed) => {
    const random = randomFrom(seed);
    let isOver = false;
    const fails = (share: number) => () => !isOver && random() < share;
    const { to, got, keeper, handover, follow } = await scene({ read: fails(0.3), commit: fails(0.3) });
    let writing = 3;
    const write = async (name: number) => {
      const from = await newDevice();
      for (let sent = 0; sent < 30; sent++) {
        const items = [itemFor(to, from, `${name} ${sent}`)];
        // As a page does: the same again until it is answered.
        for (;;) {
          const answer = await keeper.add({ items })?.catch(() => null);
          if (answer !== null) break;
        }
      }
      writing--;
    };
    const written = Promise.all([0, 1, 2].map(write));
    await follow(() => writing === 0);
    await written;
    isOver = true;
    handover.missed();
    const expected = [0, 1, 2].flatMap((name) => Array.from({ length: 30 }, (_, sent) => `${name} ${sent}`));
    await expect
      .poll(() => [...new Set(got.map(({ body }) => body))].toSorted(), { timeout: 20_000 })
      .toEqual(expected.toSorted());
    expect(await bodiesOf(to)).toHaveLength(90);
  });

  it('hands over what was committed unknown, late, and before others, when it is repeated', async () => {
    const { to, got, keeper, follow } = await scene({ read: () => false, commit: () => false });
    const from = await newDevice();
    await follow(() => true);
    const hidden = itemFor(to, from, 'hidden');
    // Another connection's commit, of which this process hears nothing.
    await keeperOf().add({ items: [hidden] });
    await keeper.add({ items: [itemFor(to, from, 'later')] });
    expect(got.map(({ body }) => body)).toEqual(['later']);
    await keeper.add({ items: [hidden] });
    await expect
      .poll(() => got.map(({ body }) => body), { timeout: 20_000 })
      .toEqual(['later', 'hidden', 'later']);
  });
});
