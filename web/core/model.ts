/** What the page sees of core: the observable states, the actions, and their results, joined here. No implementation. */
import type { ChosenPresence } from '../../signaling/protocol/common.ts';
import type { Account, ConnectionState, SessionState } from './account-model.ts';
import type { Calls } from './call-model.ts';
import type { Conversation, ConversationSummary } from './conversation-model.ts';
import type { Transfers } from './file-model.ts';
import type { GroupsApi } from './group-model.ts';
import type { HistoryApi } from './history-model.ts';
import type { Notice, Preferences } from './notice-model.ts';
import type { PathState } from './path-model.ts';
import type { Invites, People } from './people-model.ts';
import type { Report } from './platform.ts';
import type { SearchRun } from './search-model.ts';
import type { Security } from './security-model.ts';
import type { Value } from './value.ts';

export type * from './account-model.ts';
export type * from './call-model.ts';
export type * from './conversation-model.ts';
export type * from './failure-model.ts';
export type * from './file-model.ts';
export type * from './notice-model.ts';
export type * from './path-model.ts';
export type * from './people-model.ts';
export type * from './search-model.ts';
export type * from './security-model.ts';
export { memberIdOf } from './conversation-model.ts';
export type { Group, GroupInfo, GroupMember, GroupRole, GroupsApi } from './group-model.ts';
export type { CallKind, CallOutcome } from './wire/call-control.ts';

export interface Messenger {
  readonly session: Value<SessionState>;
  readonly connection: Value<ConnectionState>;
  readonly conversations: Value<ReadonlyMap<string, ConversationSummary>>;
  /** The path to each friend with whom a link was asked for, for the small line in the list. */
  readonly paths: Value<ReadonlyMap<string, PathState>>;
  readonly preferences: Value<Preferences>;
  readonly account: Account;
  readonly people: People;
  readonly groups: GroupsApi;
  readonly invites: Invites;
  readonly transfers: Transfers;
  readonly calls: Calls;
  readonly security: Security;
  readonly history: HistoryApi;

  setPresence(chosen: ChosenPresence): void;
  setPreferences(change: Partial<Preferences>): void;
  /** A conversation's id is a friend's or a group's; so in `search` and `holdLink`. */
  openConversation(conversationId: string): Conversation;
  /** `conversationId`: in this conversation only; null for all of them. Nothing is read before the first page is asked for. */
  search(text: string, conversationId: string | null): SearchRun;
  /** Opens the links to whom one talks with there, and keeps them open until the returned function is called. */
  holdLink(conversationId: string): () => void;
  /** Calls `listener` for every notice, in one tab of this browser only. */
  onNotice(listener: (notice: Notice) => void): () => void;
  /** For what a view could not do and the person need not be told. */
  readonly report: Report;
  /** Tries to reach the server now instead of at `retryAt`. */
  reconnect(): void;
  /** Ends sockets, links and timers. */
  close(): void;
}
