/** Routes of files that wait for devices that are not there. */
import { route, type Route } from '../http/route.ts';
import { refuse } from '../outcome.ts';
import * as blobs from '../protocol/blobs.ts';
import { LIMITS } from '../protocol/limits.ts';
import type { BlobService } from './blob-service.ts';

/** Some megabytes a second. */
const PIECE_RATE = { burst: 70, perSecond: 20 };

const PIECE = /^\d{1,6}$/;

/** Null for what cannot be a piece's number. */
const pieceOf = (params: Readonly<Record<string, string>>): number | null =>
  PIECE.test(params['piece'] ?? '') ? Number(params['piece']) : null;
const idOf = (params: Readonly<Record<string, string>>): string => params['id'] ?? '';

export function blobRoutes(service: BlobService): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/blobs',
      summary: 'Announces a sealed file for the devices that people have',
      access: 'signed-in',
      body: blobs.blobCreateSchema,
      status: 204,
      handle: ({ me, body }) => service.create(me, body),
    }),
    route({
      method: 'PUT',
      path: '/api/blobs/:id/:piece',
      summary: 'Puts a piece of it there',
      access: 'signed-in',
      body: blobs.blobPieceSchema,
      bodyBytes: LIMITS.blobRequestBytes,
      rate: PIECE_RATE,
      handle: async ({ me, params, body }) => {
        const piece = pieceOf(params);
        return piece === null ? refuse('not-found') : service.putPiece(me, idOf(params), piece, body);
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/blobs/:id',
      summary: 'Takes it back',
      access: 'signed-in',
      handle: ({ me, params }) => service.takeBack(me, idOf(params)),
    }),
    route({
      method: 'GET',
      path: '/api/blobs/:id/:piece',
      summary: 'A piece of a file that waits for this device',
      access: 'signed-in',
      answer: blobs.blobPieceSchema,
      rate: PIECE_RATE,
      handle: async ({ me, params }) => {
        const piece = pieceOf(params);
        return piece === null ? refuse('not-found') : service.readPiece(me, idOf(params), piece);
      },
    }),
    route({
      method: 'POST',
      path: '/api/blobs/:id/done',
      summary: 'This device has it',
      access: 'signed-in',
      handle: ({ me, params }) => service.done(me, idOf(params)),
    }),
  ];
}
