/** What registering and guest entry need of invites. */
import type { Outcome } from '../outcome.ts';

export interface InviteGate {
  /** Whether the code can be used now; `kind` narrows it to guest invites. */
  isValid(code: string, kind?: 'guest'): Promise<boolean>;
  /** Makes its owner and `personId` contacts. */
  accept(code: string, personId: string): Promise<Outcome<{ contactId: string }>>;
}
