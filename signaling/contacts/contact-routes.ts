/** Routes of the contact list. */
import { route, type Route } from '../http/route.ts';
import { ok } from '../outcome.ts';
import * as http from '../protocol/http.ts';
import type { ContactService } from './contact-service.ts';

/** Asking is how strangers are reached, so it is slow. */
const REQUEST_RATE = { burst: 20, perSecond: 1 / 60 };

export function contactRoutes(contacts: ContactService): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/contacts',
      summary: 'Contacts, requests and blocked people',
      access: 'signed-in',
      answer: http.contactListSchema,
      handle: async ({ me }) => ok(await contacts.list(me)),
    }),
    route({
      method: 'POST',
      path: '/api/contacts/requests',
      summary: 'Asks a user to be a contact; the answer is the same for a name that nobody has',
      access: 'account',
      status: 202,
      body: http.contactRequestSchema,
      answer: http.outgoingRequestSchema,
      rate: REQUEST_RATE,
      handle: ({ me, body }) => contacts.request(me, body.userName),
    }),
    route({
      method: 'DELETE',
      path: '/api/contacts/requests/:id',
      summary: 'Takes a request back',
      access: 'account',
      handle: ({ me, params }) => contacts.withdraw(me, params['id'] ?? ''),
    }),
    route({
      method: 'POST',
      path: '/api/contacts/incoming/:userId/accept',
      summary: 'Agrees to a request',
      access: 'account',
      handle: ({ me, params }) => contacts.accept(me, params['userId'] ?? ''),
    }),
    route({
      method: 'POST',
      path: '/api/contacts/incoming/:userId/decline',
      summary: 'Declines a request; who asked does not learn it',
      access: 'account',
      handle: ({ me, params }) => contacts.decline(me, params['userId'] ?? ''),
    }),
    route({
      method: 'POST',
      path: '/api/contacts/incoming/:userId/block',
      summary: 'Declines a request and blocks who asked',
      access: 'account',
      handle: ({ me, params }) => contacts.block(me, params['userId'] ?? ''),
    }),
    route({
      method: 'PATCH',
      path: '/api/contacts/:userId',
      summary: 'Gives a contact a name of one’s own, or mutes them',
      access: 'signed-in',
      body: http.contactPatchSchema,
      handle: ({ me, params, body }) => contacts.change(me, params['userId'] ?? '', body),
    }),
    route({
      method: 'DELETE',
      path: '/api/contacts/blocked/:userId',
      summary: 'Takes a block back',
      access: 'signed-in',
      handle: ({ me, params }) => contacts.unblock(me, params['userId'] ?? ''),
    }),
    route({
      method: 'DELETE',
      path: '/api/contacts/:userId',
      summary: 'Ends a contact on both sides',
      access: 'signed-in',
      handle: ({ me, params }) => contacts.remove(me, params['userId'] ?? ''),
    }),
    route({
      method: 'POST',
      path: '/api/contacts/:userId/block',
      summary: 'Ends a contact and blocks the person',
      access: 'signed-in',
      handle: ({ me, params }) => contacts.block(me, params['userId'] ?? ''),
    }),
  ];
}
