/** Links that let others in as friends or guests. */
import * as v from 'valibot';
import { secretSchema } from '../../../signaling/protocol/common.ts';
import {
  createdInviteSchema,
  inviteAcceptedSchema,
  inviteLookSchema,
  invitesSchema,
} from '../../../signaling/protocol/http.ts';
import type { Invites, Result } from '../model.ts';
import { fail, mapOk } from '../result.ts';
import type { Http } from '../signaling/http.ts';

export function createInvites(http: Http): Invites {
  const withCode = async <T>(code: string, work: () => Promise<Result<T>>): Promise<Result<T>> =>
    v.is(secretSchema, code) ? work() : fail('link-malformed');

  return {
    list: async () => mapOk(await http.ask('GET', '/api/invites', invitesSchema), ({ invites }) => invites),
    create: (kind) => http.ask('POST', '/api/invites', createdInviteSchema, { kind }),
    revoke: (inviteId) => http.tell('DELETE', `/api/invites/${encodeURIComponent(inviteId)}`),
    look: (code) => withCode(code, () => http.ask('POST', '/api/invites/look', inviteLookSchema, { code })),
    accept: (code) =>
      withCode(code, () => http.ask('POST', '/api/invites/accept', inviteAcceptedSchema, { code })),
  };
}
