/** The buddy list's actions. The list itself changes when the server says so, on every device alike. */
import { outgoingRequestSchema } from '../../../signaling/protocol/http.ts';
import { parseUserName } from '../../../signaling/protocol/user-name.ts';
import type { People, PeopleState } from '../model.ts';
import { fail } from '../result.ts';
import type { Http } from '../signaling/http.ts';
import type { Value } from '../value.ts';

export function createPeople(http: Http, state: Value<PeopleState>): People {
  const incoming = (userId: string, verdict: 'accept' | 'decline' | 'block') =>
    http.tell('POST', `/api/contacts/incoming/${encodeURIComponent(userId)}/${verdict}`);
  const contact = (userId: string) => `/api/contacts/${encodeURIComponent(userId)}`;

  return {
    state,
    async request(userName) {
      const name = parseUserName(userName);
      if (!name.ok) return fail(name.problem);
      return http.ask('POST', '/api/contacts/requests', outgoingRequestSchema, { userName: name.name });
    },
    withdraw: (requestId) => http.tell('DELETE', `/api/contacts/requests/${encodeURIComponent(requestId)}`),
    accept: (userId) => incoming(userId, 'accept'),
    decline: (userId) => incoming(userId, 'decline'),
    block: (userId) =>
      state.get().incoming.some(({ id }) => id === userId)
        ? incoming(userId, 'block')
        : http.tell('POST', `${contact(userId)}/block`),
    unblock: (userId) => http.tell('DELETE', `/api/contacts/blocked/${encodeURIComponent(userId)}`),
    rename: (userId, alias) => http.tell('PATCH', contact(userId), { alias }),
    mute: (userId, muted) => http.tell('PATCH', contact(userId), { muted }),
    remove: (userId) => http.tell('DELETE', contact(userId)),
  };
}
