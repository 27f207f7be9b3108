/** Routes about oneself and one's devices. */
import type { Database } from '../../db/client.ts';
import { route, type Route } from '../http/route.ts';
import { done, ok, refuse } from '../outcome.ts';
import * as http from '../protocol/http.ts';
import type { Hub } from '../socket/hub.ts';
import * as store from './auth-store.ts';
import type { AuthService } from './auth-service.ts';
import type { Profiles } from './profiles.ts';
import type { Sessions } from './sessions.ts';

export interface MeSurroundings {
  readonly db: Database;
  readonly auth: AuthService;
  readonly sessions: Sessions;
  readonly profiles: Profiles;
  readonly hub: Hub;
  readonly now: () => number;
}

const DELETE_RATE = { burst: 10, perSecond: 1 / 30 };

export function meRoutes({ db, auth, sessions, profiles, hub, now }: MeSurroundings): Route[] {
  const devicesOf = async (me: http.Me): Promise<http.Device[]> => {
    const rows = await db.query((q) => store.listDevices(q, me.id, now()));
    return rows.map(({ id, name, clientVersion, address, createdAt, lastSeen }) => {
      const online = hub.find(me.id, id) !== null;
      const current = id === me.deviceId;
      return {
        id,
        name,
        clientVersion,
        address,
        createdAt,
        lastSeen: online ? now() : lastSeen,
        online,
        current,
      };
    });
  };
  return [
    route({
      method: 'GET',
      path: '/api/me',
      summary: 'Who is signed in here',
      access: 'signed-in',
      answer: http.meSchema,
      handle: ({ me }) => Promise.resolve(ok(me)),
    }),
    route({
      method: 'PATCH',
      path: '/api/me',
      summary: 'Changes the name shown or the status text',
      access: 'signed-in',
      body: http.mePatchSchema,
      answer: http.meSchema,
      handle: ({ me, body }) => profiles.change(me, body),
    }),
    route({
      method: 'POST',
      path: '/api/me/delete',
      summary: 'Deletes the account and everything of it',
      access: 'signed-in',
      body: http.meDeleteSchema,
      rate: DELETE_RATE,
      handle: async ({ me, body }) => {
        const deleted = await auth.deleteMe(me, body.proof);
        return deleted.ok ? { ...done, session: null } : deleted;
      },
    }),
    route({
      method: 'GET',
      path: '/api/devices',
      summary: 'Where this account is signed in',
      access: 'signed-in',
      answer: http.devicesSchema,
      handle: async ({ me }) => ok({ devices: await devicesOf(me) }),
    }),
    route({
      method: 'DELETE',
      path: '/api/devices/:id',
      summary: 'Logs a device out',
      access: 'signed-in',
      handle: async ({ me, params }) => {
        const ended = await sessions.end(me.id, { only: params['id'] ?? '' });
        if (ended === 0) return refuse('not-found');
        return params['id'] === me.deviceId ? { ...done, session: null } : done;
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/devices',
      summary: 'Logs every other device out',
      access: 'signed-in',
      handle: async ({ me }) => {
        await sessions.end(me.id, { keep: me.deviceId });
        return done;
      },
    }),
  ];
}
