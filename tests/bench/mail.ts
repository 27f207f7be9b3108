/** `npm run bench:mail`: durable mailbox items a second through real sockets, against the bare database in the same run. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Database, openDatabase } from '../../db/client.ts';
import { mail } from '../../db/schema.ts';
import { startCluster } from '../contract/lib/postgres.ts';
import type { Page } from './load/clients.ts';
import { makeCrowd } from './load/people.ts';
import { Mailer } from './mail/mailer.ts';
import { report, type Row } from './report.ts';

/** Each sends to the one after it, who is away. */
const SENDERS = 100;
const SECONDS = 5;
const WAITING = 10_000;
const BODY = Buffer.alloc(768, 7).toString('base64');
const ROWS_A_COMMIT = 256;

interface Place {
  readonly url: string | null;
  readonly dataDir: string;
}

let rows = 0;
const rowFor = (to: Page, from: Page) => ({
  deviceId: to.deviceId,
  senderId: from.userId,
  senderDeviceId: from.deviceId,
  mailId: `bench-${++rows}`,
  parcel: 0,
  at: Date.now(),
  bytes: BODY.length,
  body: BODY,
});

/** Rows a second, each commit on the disk before the next on its connection. */
async function bareRate(db: Database, pages: readonly Page[], atOnce: number, rowsEach: number) {
  const started = performance.now();
  const end = started + (SECONDS * 1000) / 2;
  let count = 0;
  const work = async (lane: number) => {
    const [from, to] = [pages[lane % SENDERS] as Page, pages[SENDERS + (lane % SENDERS)] as Page];
    while (performance.now() < end) {
      await db.query((q) => q.insert(mail).values(Array.from({ length: rowsEach }, () => rowFor(to, from))));
      count += rowsEach;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, lane) => work(lane)));
  return count / ((performance.now() - started) / 1000);
}

async function bare(place: Place, pages: readonly Page[]) {
  const db = await openDatabase({ ...place, onConnectionLost: () => {} });
  const single = await bareRate(db, pages, 16, 1);
  const grouped = await bareRate(db, pages, 1, ROWS_A_COMMIT);
  await db.query((q) => q.delete(mail));
  const [reader, writer] = [pages.at(-1) as Page, pages[0] as Page];
  for (let made = 0; made < WAITING; made += 500) {
    const batch = Array.from({ length: 500 }, () => rowFor(reader, writer));
    await db.query((q) => q.insert(mail).values(batch));
  }
  await db.close();
  return { single, grouped };
}

async function startServer({ url, dataDir }: Place) {
  const script = fileURLToPath(new URL('../../dist/server/signaling/main.js', import.meta.url));
  const child = spawn(process.execPath, [script], {
    env: {
      ...process.env,
      ...(url !== null && { DATABASE_URL: url }),
      DATA_DIR: dataDir,
      HOST: '127.0.0.1',
      PORT: '0',
      TURN_PORT: '0',
      LOG_LEVEL: 'warn',
      RATE_LIMIT_FACTOR: '1000000',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const address = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString();
      const found = /Holler is at (\S+)/.exec(text);
      if (found !== null) resolve(found[1] ?? '');
    });
    child.on('exit', () => reject(new Error(`It ended: ${text}`)));
  });
  return {
    address,
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function ours(place: Place, pages: readonly Page[]) {
  const server = await startServer(place);
  try {
    const senders = await Promise.all(
      pages.slice(0, SENDERS).map((page) => Mailer.open(server.address, page)),
    );
    const started = performance.now();
    const end = started + SECONDS * 1000;
    const sent = await Promise.all(
      senders.map((sender, index) => sender.depositUntil(end, pages[SENDERS + index] as Page, BODY)),
    );
    const seconds = (performance.now() - started) / 1000;
    for (const sender of senders) sender.close();
    const reader = await Mailer.open(server.address, pages.at(-1) as Page);
    const emptied = await reader.empty();
    reader.close();
    if (emptied.items < WAITING) throw new Error(`Only ${emptied.items} items came`);
    return { rate: sent.reduce((sum, one) => sum + one, 0) / seconds, emptied };
  } finally {
    await server.stop();
  }
}

async function measure(name: string, place: Place, target: number): Promise<Row[]> {
  // The last one reads what waits, and gets nothing from the senders.
  const pages = await makeCrowd(
    place.dataDir,
    { people: 2 * SENDERS + 1, ring: SENDERS, star: 0 },
    place.url,
  );
  const reference = await bare(place, pages);
  const { rate, emptied } = await ours(place, pages);
  return [
    { name: `${name}: bare database, a row a commit`, value: reference.single, unit: 'rows/s' },
    {
      name: `${name}: bare database, ${ROWS_A_COMMIT} rows a commit`,
      value: reference.grouped,
      unit: 'rows/s',
    },
    {
      name: `${name}: durable items through ${SENDERS} sockets (wanted: ${target})`,
      value: rate,
      unit: 'items/s',
      ratio: rate / reference.single,
    },
    {
      name: `${name}: ${emptied.items} waiting items fetched and acknowledged`,
      value: emptied.seconds,
      unit: 's',
    },
  ];
}

const folder = mkdtempSync(join(tmpdir(), 'holler-mail-'));
const cluster = await startCluster(true);
try {
  const embedded = await measure('embedded', { url: null, dataDir: join(folder, 'embedded') }, 500);
  const place = { url: await cluster.newDatabase(), dataDir: join(folder, 'postgres') };
  report('mail', [...embedded, ...(await measure('PostgreSQL', place, 2_000))]);
} finally {
  await cluster.dispose();
  rmSync(folder, { recursive: true, force: true });
}
