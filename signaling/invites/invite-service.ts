/** Invite links: made, listed, looked at, taken back, accepted. */
import type { Database } from '../../db/client.ts';
import type { ContactService } from '../contacts/contact-service.ts';
import { digestOf, newId, newSecret } from '../ids.ts';
import { done, ok, refuse, type Outcome } from '../outcome.ts';
import type { CreatedInvite, Invite, InviteLook } from '../protocol/http.ts';
import { LIMITS } from '../protocol/limits.ts';
import type { InviteGate } from './invite-gate.ts';
import * as store from './invite-store.ts';

const LIFETIME_MS = 7 * 24 * 3_600_000;

export class InviteService implements InviteGate {
  constructor(
    private readonly db: Database,
    private readonly contacts: ContactService,
    private readonly now: () => number,
  ) {}

  create(ownerId: string, kind: Invite['kind']): Promise<Outcome<CreatedInvite>> {
    const now = this.now();
    return this.db.transaction(async (q) => {
      if ((await store.countInvites(q, ownerId, now)) >= LIMITS.invitesMax) return refuse('too-many');
      const code = newSecret();
      const invite = { id: newId(), kind, createdAt: now, expiresAt: now + LIFETIME_MS, uses: 0 };
      await store.insertInvite(q, { ...invite, ownerId, codeDigest: digestOf(code) });
      return ok({ ...invite, code });
    });
  }

  async list(ownerId: string): Promise<Invite[]> {
    const rows = await this.db.query((q) => store.listInvites(q, ownerId, this.now()));
    return rows.map(({ id, kind, createdAt, expiresAt, uses }) => ({ id, kind, createdAt, expiresAt, uses }));
  }

  async revoke(ownerId: string, id: string): Promise<Outcome<undefined>> {
    return (await this.db.query((q) => store.deleteInvite(q, ownerId, id))) ? done : refuse('not-found');
  }

  async look(code: string): Promise<Outcome<InviteLook>> {
    const invite = await this.find(code);
    if (invite === null) return refuse('invite-invalid');
    return ok({ kind: invite.kind, inviter: { displayName: invite.ownerName } });
  }

  async isValid(code: string, kind?: 'guest'): Promise<boolean> {
    const invite = await this.find(code);
    return invite !== null && (kind === undefined || invite.kind === kind);
  }

  async accept(code: string, personId: string): Promise<Outcome<{ contactId: string }>> {
    const invite = await this.find(code);
    if (invite === null) return refuse('invite-invalid');
    if (invite.ownerId === personId) return refuse('self');
    const made = await this.contacts.befriendByInvite(invite.ownerId, personId, (q) =>
      store.countUse(q, invite.id),
    );
    return made.ok ? ok({ contactId: invite.ownerId }) : made;
  }

  private find(code: string) {
    return this.db.query((q) => store.findInvite(q, digestOf(code), this.now()));
  }
}
