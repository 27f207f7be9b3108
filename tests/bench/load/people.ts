/** Fills a database with signed-in people for a load run: rings of buddies, and one star whom two hundred know. */
import { randomBytes } from 'node:crypto';
import { openDatabase, type Queries } from '../../../db/client.ts';
import { contacts, devices, people } from '../../../db/schema.ts';
import { digestOf, newId, newSecret } from '../../../signaling/ids.ts';
import type { Page } from './clients.ts';

export interface Crowd {
  readonly people: number;
  /** Everybody knows this many to either side of them. */
  readonly ring: number;
  /** The first one's contacts: those who follow. */
  readonly star: number;
}

const BATCH = 500;
const MONTH_MS = 30 * 24 * 3_600_000;

export async function makeCrowd(dataDir: string, crowd: Crowd, url: string | null = null): Promise<Page[]> {
  const db = await openDatabase({ url, dataDir, onConnectionLost: () => {} });
  const made = Array.from({ length: crowd.people }, () => ({
    id: newId(),
    deviceId: newId(),
    token: newSecret(),
  }));
  const ids = made.map(({ id }) => id);
  await db.transaction(async (q) => {
    for (let from = 0; from < made.length; from += BATCH)
      await insertPeople(q, made.slice(from, from + BATCH));
    const pairs = friendships(ids, crowd);
    for (let from = 0; from < pairs.length; from += BATCH) {
      await q
        .insert(contacts)
        .values(pairs.slice(from, from + BATCH))
        .onConflictDoNothing();
    }
  });
  await db.close();
  return made.map(({ id, deviceId, token }) => ({ cookie: `holler=${token}`, userId: id, deviceId }));
}

async function insertPeople(
  q: Queries,
  batch: readonly { id: string; deviceId: string; token: string }[],
): Promise<void> {
  const now = Date.now();
  await q.insert(people).values(
    batch.map(({ id }) => {
      const name = randomBytes(8).toString('hex');
      const names = { userName: name, skeleton: name, displayName: `Person ${name}` };
      return { id, kind: 'account' as const, ...names, opaqueRecord: 'none', createdAt: now };
    }),
  );
  await q.insert(devices).values(
    batch.map(({ id, deviceId, token }) => ({
      id: deviceId,
      personId: id,
      tokenDigest: digestOf(token),
      name: 'Load',
      clientVersion: '0',
      address: '127.0.0.1',
      createdAt: now,
      lastSeen: now,
      expiresAt: now + MONTH_MS,
    })),
  );
}

function friendships(ids: readonly string[], { ring, star }: Crowd) {
  const at = (index: number) => ids[index % ids.length] as string;
  const both = (a: string, b: string) => [
    { ownerId: a, personId: b, since: 1 },
    { ownerId: b, personId: a, since: 1 },
  ];
  const rings = ids.flatMap((id, index) =>
    Array.from({ length: ring }, (_, step) => both(id, at(index + step + 1))).flat(),
  );
  const stars = Array.from({ length: star }, (_, step) => both(at(0), at(step + 1))).flat();
  return [...rings, ...stars];
}
