/** Links that let others in as friends or guests. */
import {
  createdInviteSchema,
  inviteAcceptedSchema,
  inviteLookSchema,
  invitesSchema,
} from '../../../signaling/protocol/http.ts';
import type { InviteCode } from '../invite-code.ts';
import { formatInviteCode, parseInviteCode } from '../invite-code.ts';
import type { Invites, Result } from '../model.ts';
import { fail, mapOk, ok } from '../result.ts';
import type { Http } from '../signaling/http.ts';

interface Needs {
  readonly http: Http;
  /** Makes and keeps the secret of one's own link; null where that cannot be had. */
  readonly openSecret: (inviteId: string, expiresAt: number) => Promise<string | null>;
  readonly forgetSecret: (inviteId: string) => void;
  readonly cameBy: (secret: string, inviterId: string) => void;
}

export function createInvites({ http, openSecret, forgetSecret, cameBy }: Needs): Invites {
  const withCode = async <T>(
    text: string,
    work: (invite: InviteCode) => Promise<Result<T>>,
  ): Promise<Result<T>> => {
    const invite = parseInviteCode(text);
    return invite ? work(invite) : fail('link-malformed');
  };

  return {
    list: async () => mapOk(await http.ask('GET', '/api/invites', invitesSchema), ({ invites }) => invites),
    async create(kind) {
      const made = await http.ask('POST', '/api/invites', createdInviteSchema, { kind });
      if (!made.ok) return made;
      const { id, code, expiresAt } = made.value;
      const secret = await openSecret(id, expiresAt);
      return ok({ ...made.value, code: formatInviteCode({ code, secret }) });
    },
    async revoke(inviteId) {
      const revoked = await http.tell('DELETE', `/api/invites/${encodeURIComponent(inviteId)}`);
      if (revoked.ok) forgetSecret(inviteId);
      return revoked;
    },
    look: (text) =>
      withCode(text, ({ code }) => http.ask('POST', '/api/invites/look', inviteLookSchema, { code })),
    accept: (text) =>
      withCode(text, async ({ code, secret }) => {
        const accepted = await http.ask('POST', '/api/invites/accept', inviteAcceptedSchema, { code });
        if (accepted.ok && secret !== null) cameBy(secret, accepted.value.contactId);
        return accepted;
      }),
  };
}
