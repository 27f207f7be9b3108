/**
 * A sealed copy of an account's history, for its own devices to come: put here chunk by chunk, in order, it takes the
 * place of the one before only when all of it is here. What one account may keep is bounded by twice the largest.
 */
import type { Database } from '../../db/client.ts';
import { done, ok, refuse, type Outcome } from '../outcome.ts';
import type { Me } from '../protocol/http.ts';
import type { SnapshotState } from '../protocol/snapshots.ts';
import * as store from './snapshot-store.ts';

/** Nobody waits so long between two chunks. */
const ABANDONED_MS = 3_600_000;

export interface SnapshotSurroundings {
  readonly db: Database;
  /** In bytes; 0: none are kept. */
  readonly max: number;
  readonly now: () => number;
}

export class SnapshotService {
  constructor(private readonly around: SnapshotSurroundings) {}

  async state(me: Me): Promise<Outcome<SnapshotState>> {
    const row = await this.around.db.query((q) => store.findCurrent(q, me.id));
    const current = row && { id: row.id, chunks: row.chunks, bytes: row.bytes, at: row.at };
    return ok({ max: this.around.max, current });
  }

  async begin(me: Me, id: string): Promise<Outcome<undefined>> {
    const { db, max, now } = this.around;
    if (max === 0) return refuse('forbidden');
    return db.transaction(async (q) => {
      const known = await store.findForUpdate(q, id, me.id);
      if (known !== null) return known.complete ? refuse('conflict') : done;
      return (await store.begin(q, id, me.id, now())) ? done : refuse('conflict');
    });
  }

  async put(me: Me, id: string, index: number, data: Buffer): Promise<Outcome<undefined>> {
    const { db, max, now } = this.around;
    return db.transaction(async (q) => {
      const row = await store.findForUpdate(q, id, me.id);
      if (row === null || row.complete) return refuse('not-found');
      if (index < row.chunks) {
        const there = await store.readChunk(q, id, index);
        return there?.equals(data) === true ? done : refuse('conflict');
      }
      if (index > row.chunks) return refuse('conflict');
      if (row.bytes + data.length > max) return refuse('too-large');
      await store.append(q, row, data, now());
      return done;
    });
  }

  async finish(me: Me, id: string, chunks: number): Promise<Outcome<undefined>> {
    const { db, now } = this.around;
    return db.transaction(async (q) => {
      const row = await store.findForUpdate(q, id, me.id);
      if (row === null) return refuse('not-found');
      if (row.chunks !== chunks) return refuse('conflict');
      if (!row.complete) await store.complete(q, row, now());
      return done;
    });
  }

  async read(me: Me, id: string, index: number): Promise<Outcome<{ data: string }>> {
    return this.around.db.query(async (q) => {
      const current = await store.findCurrent(q, me.id);
      const data = current?.id === id ? await store.readChunk(q, id, index) : null;
      return data === null ? refuse('not-found') : ok({ data: data.toString('base64') });
    });
  }

  async remove(me: Me): Promise<Outcome<undefined>> {
    await this.around.db.query((q) => store.deleteAll(q, me.id));
    return done;
  }

  async sweep(): Promise<void> {
    await this.around.db.query((q) => store.deleteAbandoned(q, this.around.now() - ABANDONED_MS));
  }
}
