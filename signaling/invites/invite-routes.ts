/** Routes of invite links. */
import { route, type Route } from '../http/route.ts';
import { ok } from '../outcome.ts';
import * as http from '../protocol/http.ts';
import type { InviteService } from './invite-service.ts';

const LOOK_RATE = { burst: 30, perSecond: 0.5 };

export function inviteRoutes(invites: InviteService): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/invites',
      summary: 'One’s own invite links that still work',
      access: 'account',
      answer: http.invitesSchema,
      handle: async ({ me }) => ok({ invites: await invites.list(me.id) }),
    }),
    route({
      method: 'POST',
      path: '/api/invites',
      summary: 'Makes an invite link; its code is answered this once',
      access: 'account',
      status: 201,
      body: http.inviteCreateSchema,
      answer: http.createdInviteSchema,
      handle: ({ me, body }) => invites.create(me.id, body.kind),
    }),
    route({
      method: 'DELETE',
      path: '/api/invites/:id',
      summary: 'Takes an invite link back',
      access: 'account',
      handle: ({ me, params }) => invites.revoke(me.id, params['id'] ?? ''),
    }),
    route({
      method: 'POST',
      path: '/api/invites/look',
      summary: 'Who invites',
      access: 'anyone',
      body: http.inviteCodeSchema,
      answer: http.inviteLookSchema,
      rate: LOOK_RATE,
      handle: ({ body }) => invites.look(body.code),
    }),
    route({
      method: 'POST',
      path: '/api/invites/accept',
      summary: 'Becomes a contact of who invites',
      access: 'account',
      body: http.inviteCodeSchema,
      answer: http.inviteAcceptedSchema,
      rate: LOOK_RATE,
      handle: ({ me, body }) => invites.accept(body.code, me.id),
    }),
  ];
}
