/** What a page needs to know before anyone has signed in. */
import { route, type Route } from './http/route.ts';
import { ok } from './outcome.ts';
import { infoSchema, type Info } from './protocol/http.ts';
import { PROTOCOL_VERSION } from './protocol/version.ts';

export function infoRoutes(registration: Info['registration'], rooms: boolean, version: string): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/info',
      summary: 'Version and how to register',
      access: 'anyone',
      answer: infoSchema,
      handle: () => Promise.resolve(ok({ version, protocol: PROTOCOL_VERSION, registration, rooms })),
    }),
  ];
}
