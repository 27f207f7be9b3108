/** What the page sees of friends, requests and invites. */
import type { Person } from '../../signaling/protocol/common.ts';
import type {
  Contact,
  CreatedInvite,
  IncomingRequest,
  Invite,
  InviteLook,
  OutgoingRequest,
} from '../../signaling/protocol/http.ts';
import type { Result } from './failure-model.ts';
import type { Value } from './value.ts';

export interface PeopleState {
  /** Sorted for show is the page's business; here in the server's order. */
  readonly contacts: readonly Contact[];
  readonly incoming: readonly IncomingRequest[];
  readonly outgoing: readonly OutgoingRequest[];
  readonly blocked: readonly Person[];
  /** False until the first list of this start arrived, from the browser's store or the server. */
  readonly loaded: boolean;
}

export interface People {
  readonly state: Value<PeopleState>;
  request(userName: string): Promise<Result<OutgoingRequest>>;
  withdraw(requestId: string): Promise<Result>;
  accept(userId: string): Promise<Result>;
  decline(userId: string): Promise<Result>;
  /** Works for someone who asks and for a contact. */
  block(userId: string): Promise<Result>;
  unblock(userId: string): Promise<Result>;
  rename(userId: string, alias: string): Promise<Result>;
  /** No notices of what this friend writes, on any of one's devices. */
  mute(userId: string, muted: boolean): Promise<Result>;
  remove(userId: string): Promise<Result>;
}

export interface Invites {
  list(): Promise<Result<readonly Invite[]>>;
  /** The whole link is made by the page: `<origin>/i#<code>`; the code never reaches a server log, its second half no server. */
  create(kind: 'friend' | 'guest'): Promise<Result<CreatedInvite>>;
  revoke(inviteId: string): Promise<Result>;
  look(code: string): Promise<Result<InviteLook>>;
  accept(code: string): Promise<Result<{ contactId: string }>>;
}
