/**
 * Files that wait on the server for devices that are not there: bodies of `/api/blobs*`. The page seals each piece by a
 * key that travels in a sealed message, and the server sees lengths alone. A file is gone once every device that it was
 * for has said that it has it, and after `MAILBOX_DAYS`.
 */
import * as v from 'valibot';
import { idSchema } from './common.ts';
import { LIMITS } from './limits.ts';

/** Made by the page that sends it: 128 random bits. */
export const blobIdSchema = idSchema;

/**
 * POST /api/blobs: announces one, for the devices that these people have now (oneself: the others). `bytes`: of all
 * sealed pieces, each of `blobPieceBytes` but the last. The same again is no mistake, if an answer was lost.
 * 404 `not-found`: somebody one may not write to, or none of them has a device; 413 `too-large`: more than the host
 * allows; 507 `mailbox-full`: no device has room for it, or too much of one's own waits already.
 */
export const blobCreateSchema = v.object({
  id: blobIdSchema,
  bytes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2_147_483_647)),
  to: v.pipe(v.array(idSchema), v.minLength(1), v.maxLength(LIMITS.blobPeopleMax)),
});

/** PUT /api/blobs/:id/:piece -> 204; by its sender, in any order, again as often as needed. */
export const blobPieceSchema = v.object({
  data: v.pipe(v.string(), v.minLength(1), v.maxLength((LIMITS.blobPieceBytes / 3) * 4), v.base64()),
});

/**
 * GET /api/blobs/:id/:piece -> BlobPiece; by the devices that it is for. POST /api/blobs/:id/done -> 204: this device has
 * it. DELETE /api/blobs/:id -> 204: its sender takes it back.
 */
