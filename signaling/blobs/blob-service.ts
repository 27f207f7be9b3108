/**
 * Small files that wait, sealed, for devices that are not there: bounded for each sender and each device, fetched by the
 * devices that they are for, gone when each of them has them.
 */
import type * as v from 'valibot';
import type { Database, Queries } from '../../db/client.ts';
import { scaled, type TokenBuckets } from '../limits/token-buckets.ts';
import { done, ok, refuse, type Outcome } from '../outcome.ts';
import type { blobCreateSchema, blobPieceSchema } from '../protocol/blobs.ts';
import type { Me } from '../protocol/http.ts';
import { LIMITS } from '../protocol/limits.ts';
import * as store from './blob-store.ts';

type Create = v.InferOutput<typeof blobCreateSchema>;
type Piece = v.InferOutput<typeof blobPieceSchema>;

export interface BlobSurroundings {
  readonly db: Database;
  readonly buckets: TokenBuckets;
  /** In bytes; 0: no file may wait. */
  readonly fileMax: number;
  readonly rateFactor: number;
  /** Which of these people this one may write to: contacts and members of the same groups. */
  readonly known: (q: Queries, personId: string, otherIds: readonly string[]) => Promise<readonly string[]>;
  readonly now: () => number;
}

/** In largest files: what may wait of one sender, and for one device, and what one sender may send at once and per hour. */
const PER_SENDER = 10;
const PER_DEVICE = 20;
const AT_ONCE = 10;
const PER_HOUR = 40;
/** One that is not all there, and to which nothing was added for so long. */
const ABANDONED_MS = 3_600_000;

export class BlobService {
  constructor(private readonly around: BlobSurroundings) {}

  // --- Sending -------------------------------------------------------------------------------------------------

  async create(me: Me, { id, bytes, to }: Create): Promise<Outcome<undefined>> {
    const { db, fileMax, now } = this.around;
    if (bytes > fileMax) return refuse('too-large');
    return db.transaction(async (q) => {
      const before = await store.findBlob(q, id);
      if (before !== null)
        return before.senderId === me.id && before.bytes === bytes ? done : refuse('conflict');
      const allowed = await this.recipients(q, me, to);
      if (!allowed.ok) return allowed;
      if ((await store.bytesBy(q, me.id)) + bytes > PER_SENDER * fileMax) return refuse('mailbox-full');
      const wait = this.spend(me, bytes);
      if (wait > 0) return refuse('rate-limited', wait);
      const blob = { id, senderId: me.id, bytes, createdAt: now() };
      if (!(await store.insertBlob(q, blob))) return refuse('conflict');
      await store.addRecipients(q, id, allowed.value);
      return done;
    });
  }

  /** Ids of devices that have room for one more. */
  private async recipients(q: Queries, me: Me, to: readonly string[]): Promise<Outcome<string[]>> {
    const { known, fileMax, now } = this.around;
    const people = [...new Set(to)];
    const others = people.filter((id) => id !== me.id);
    const reached = new Set(await known(q, me.id, others));
    if (!others.every((id) => reached.has(id))) return refuse('not-found');
    const devices = await store.listDevices(q, people, me.deviceId, now());
    if (devices.length === 0) return refuse('not-found');
    const full = new Set(await store.fullDevices(q, devices, (PER_DEVICE - 1) * fileMax));
    const free = devices.filter((id) => !full.has(id));
    return free.length === 0 ? refuse('mailbox-full') : ok(free);
  }

  private spend(me: Me, bytes: number): number {
    const { buckets, fileMax, rateFactor } = this.around;
    const rate = { burst: AT_ONCE * fileMax, perSecond: (PER_HOUR * fileMax) / 3_600 };
    return buckets.take(`blobs of ${me.id}`, scaled(rate, rateFactor), bytes);
  }

  async putPiece(me: Me, id: string, index: number, { data }: Piece): Promise<Outcome<undefined>> {
    const bytes = Buffer.from(data, 'base64');
    return this.around.db.transaction(async (q) => {
      const blob = await store.findBlob(q, id);
      if (blob === null || blob.senderId !== me.id) return refuse('not-found');
      if (bytes.length !== pieceLength(blob.bytes, index)) return refuse('bad-request');
      await store.setPiece(q, id, index, bytes, this.around.now());
      return done;
    });
  }

  async takeBack(me: Me, id: string): Promise<Outcome<undefined>> {
    const deleted = await this.around.db.query((q) => store.deleteBlob(q, id, me.id));
    return deleted ? done : refuse('not-found');
  }

  // --- Fetching ------------------------------------------------------------------------------------------------

  async readPiece(me: Me, id: string, index: number): Promise<Outcome<Piece>> {
    const data = await this.around.db.query((q) => store.readPiece(q, id, index, me.deviceId));
    return data === null ? refuse('not-found') : ok({ data: data.toString('base64') });
  }

  async done(me: Me, id: string): Promise<Outcome<undefined>> {
    const waited = await this.around.db.transaction((q) => store.removeRecipient(q, id, me.deviceId));
    return waited ? done : refuse('not-found');
  }

  async sweep(before: number): Promise<void> {
    const { db, now } = this.around;
    await db.query(async (q) => {
      await store.deleteOldBlobs(q, before);
      await store.deleteAbandonedBlobs(q, now() - ABANDONED_MS, LIMITS.blobPieceBytes);
    });
  }
}

/** 0 for a piece that there is none of. */
function pieceLength(bytes: number, index: number): number {
  return Math.max(0, Math.min(LIMITS.blobPieceBytes, bytes - index * LIMITS.blobPieceBytes));
}
