/** What a page needs to know before anyone has signed in. */
import { route, type Route } from './http/route.ts';
import { ok } from './outcome.ts';
import { infoSchema, type Info } from './protocol/http.ts';

export function infoRoutes(info: Info): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/info',
      summary: 'Version and how to register',
      access: 'anyone',
      answer: infoSchema,
      handle: () => Promise.resolve(ok(info)),
    }),
  ];
}
