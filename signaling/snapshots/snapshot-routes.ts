/** Routes of the sealed history that an account may keep here. */
import { route, type Route } from '../http/route.ts';
import { refuse } from '../outcome.ts';
import { LIMITS } from '../protocol/limits.ts';
import * as snapshots from '../protocol/snapshots.ts';
import type { SnapshotService } from './snapshot-service.ts';

/** Some megabytes a second. */
const CHUNK_RATE = { burst: 70, perSecond: 20 };
/** A page makes one a day; a person may ask for some more. */
const BEGIN_RATE = { burst: 10, perSecond: 2 / 3_600 };

const CHUNK = /^\d{1,6}$/;

/** Null for what cannot be a chunk's number. */
const chunkOf = (params: Readonly<Record<string, string>>): number | null =>
  CHUNK.test(params['chunk'] ?? '') ? Number(params['chunk']) : null;
const idOf = (params: Readonly<Record<string, string>>): string => params['id'] ?? '';

export function snapshotRoutes(service: SnapshotService): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/snapshot',
      summary: 'What is kept of one’s history, sealed, and how much may be',
      access: 'account',
      answer: snapshots.snapshotStateSchema,
      handle: ({ me }) => service.state(me),
    }),
    route({
      method: 'POST',
      path: '/api/snapshot',
      summary: 'Begins a new one',
      access: 'account',
      body: snapshots.snapshotBeginSchema,
      status: 204,
      rate: BEGIN_RATE,
      handle: ({ me, body }) => service.begin(me, body.id),
    }),
    route({
      method: 'PUT',
      path: '/api/snapshot/:id/:chunk',
      summary: 'Puts its next chunk there',
      access: 'account',
      body: snapshots.snapshotChunkSchema,
      bodyBytes: LIMITS.snapshotRequestBytes,
      rate: CHUNK_RATE,
      handle: async ({ me, params, body }) => {
        const chunk = chunkOf(params);
        if (chunk === null) return refuse('not-found');
        return service.put(me, idOf(params), chunk, Buffer.from(body.data, 'base64'));
      },
    }),
    route({
      method: 'POST',
      path: '/api/snapshot/:id/done',
      summary: 'It is complete, and takes the place of the one before',
      access: 'account',
      body: snapshots.snapshotDoneSchema,
      handle: ({ me, params, body }) => service.finish(me, idOf(params), body.chunks),
    }),
    route({
      method: 'GET',
      path: '/api/snapshot/:id/:chunk',
      summary: 'A chunk of the current one',
      access: 'account',
      answer: snapshots.snapshotChunkSchema,
      rate: CHUNK_RATE,
      handle: async ({ me, params }) => {
        const chunk = chunkOf(params);
        return chunk === null ? refuse('not-found') : service.read(me, idOf(params), chunk);
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/snapshot',
      summary: 'Deletes it',
      access: 'account',
      handle: ({ me }) => service.remove(me),
    }),
  ];
}
