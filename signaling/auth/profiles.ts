/** A person's own changes of how they are called and what they say of themselves. */
import type { ContactService } from '../contacts/contact-service.ts';
import { ok, type Outcome } from '../outcome.ts';
import type { PresenceService } from '../presence/presence-service.ts';
import type { PresenceRoster } from '../presence/roster.ts';
import type { Me } from '../protocol/http.ts';
import { meOf } from './me.ts';

export class Profiles {
  constructor(
    private readonly presence: PresenceService,
    private readonly contacts: ContactService,
    private readonly roster: PresenceRoster,
  ) {}

  async change(
    me: Me,
    change: { displayName?: string | undefined; statusText?: string | undefined },
  ): Promise<Outcome<Me>> {
    const changed = await this.presence.change(me.id, change);
    if (!changed.ok) return changed;
    // An invisible person's new name shows when their friends next load their lists: now it would betray them.
    if (change.displayName !== undefined && changed.value.presence !== 'invisible') {
      await this.contacts.pushContactToAll(this.roster.contactsOf(me.id), me.id);
    }
    return ok(meOf(changed.value, me.deviceId));
  }
}
