/**
 * The sealed copy of an account's history that the server keeps if the person wants it to: bodies of `/api/snapshot*`.
 * The page seals each chunk by a key that only the account's own devices can derive; the server sees lengths and times.
 * An account has at most one, and one on its way to take its place.
 */
import * as v from 'valibot';
import { idSchema, timeSchema } from './common.ts';
import { LIMITS } from './limits.ts';

const countSchema = v.pipe(v.number(), v.integer(), v.minValue(0));

/** GET /api/snapshot */
export const snapshotStateSchema = v.object({
  /** In sealed bytes, of one; 0: this server keeps none. */
  max: countSchema,
  /** The newest complete one. */
  current: v.nullable(
    v.object({
      id: idSchema,
      chunks: countSchema,
      bytes: countSchema,
      /** When it was complete. */
      at: timeSchema,
    }),
  ),
});
export type SnapshotState = v.InferOutput<typeof snapshotStateSchema>;

/**
 * POST /api/snapshot -> 204: begins one, in place of another that is on its way. `id`: 128 random bits. The same again is
 * no mistake, if an answer was lost. 403 `forbidden`: this server keeps none; 409 `conflict`: another has this id.
 */
export const snapshotBeginSchema = v.object({ id: idSchema });

/**
 * PUT /api/snapshot/:id/:chunk -> 204: the next chunk, or one that is there already, as it is. 404 `not-found`: another
 * took its place, or it waited too long; 409 `conflict`: not the next one; 413 `too-large`: altogether.
 * GET /api/snapshot/:id/:chunk: of the current one.
 */
export const snapshotChunkSchema = v.object({
  data: v.pipe(v.string(), v.minLength(1), v.maxLength(LIMITS.snapshotChunkBytes * (4 / 3)), v.base64()),
});

/**
 * POST /api/snapshot/:id/done -> 204: it has all these chunks, and takes the place of the current one. 409 `conflict`: it
 * has another number of them. DELETE /api/snapshot -> 204: the current one and what is on its way are gone.
 */
export const snapshotDoneSchema = v.object({ chunks: v.pipe(countSchema, v.minValue(1)) });
