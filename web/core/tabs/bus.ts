/** What the tabs of one account say to each other, so that one of them does the work and all show the same. */
import type { Announced, FileOffer } from '../conversation/conversation.ts';
import type { ChosenPresence } from '../../../signaling/protocol/common.ts';
import type { Me } from '../../../signaling/protocol/http.ts';
import type {
  ConnectionState,
  Group,
  Message,
  Notice,
  PathState,
  PeopleState,
  Result,
  SecurityState,
  TransferView,
  Trust,
  Verification,
} from '../model.ts';
import type { Typists } from '../conversation/typing.ts';
import type { Errand } from '../errands.ts';
import type { HistoryMove, HistoryUpgrade, SnapshotView } from '../history-model.ts';
import type { GroupAsk } from '../groups/group-ask.ts';
import type { Platform } from '../platform.ts';
import type { Scope } from '../scope.ts';
import type { SecurityAsk } from './security-ask.ts';
import type { WireLetter } from '../wire/message.ts';

/** Tabs of another version, left over from before an update, do not understand each other. */
const VERSION = 9;

/** What only the leading tab knows at first hand. */
export interface LiveState {
  readonly connection: ConnectionState;
  readonly me: Me;
  readonly people: PeopleState;
  readonly paths: ReadonlyMap<string, PathState>;
  readonly typing: Typists;
  /** How many messages of a conversation came before their keys, by its id. */
  readonly unopened: ReadonlyMap<string, number>;
  /** The server's clock minus this machine's, ms: messages are dated by the server's. */
  readonly clockOffset: number;
  readonly transfers: ReadonlyMap<string, TransferView>;
  /** The friend who rings. */
  readonly ringing: string | null;
  readonly security: SecurityState;
  readonly trust: ReadonlyMap<string, Trust>;
  readonly verification: Verification | null;
  readonly history: HistoryMove | null;
  readonly snapshot: SnapshotView | null;
  readonly groups: ReadonlyMap<string, Group>;
}

/** What any tab asks of the leading one. */
export type Command =
  | { readonly type: 'added'; readonly conversationId: string; readonly letters: readonly WireLetter[] }
  | { readonly type: 'discarded'; readonly conversationId: string; readonly ids: readonly string[] }
  | { readonly type: 'typing'; readonly conversationId: string; readonly typing: boolean }
  | { readonly type: 'read'; readonly conversationId: string }
  | { readonly type: 'retry-link'; readonly conversationId: string }
  | { readonly type: 'presence'; readonly chosen: ChosenPresence }
  | { readonly type: 'reconnect' }
  | { readonly type: 'errand'; readonly errand: Errand }
  | { readonly type: 'history'; readonly act: 'fetchAll' | 'cancel' }
  | { readonly type: 'snapshot'; readonly act: 'look' | 'make' | 'remove' }
  | { readonly type: 'offer'; readonly offers: readonly FileOffer[] }
  | { readonly type: 'transfer'; readonly act: 'decline' | 'cancel'; readonly message: Message }
  | { readonly type: 'file-saved'; readonly id: string }
  | { readonly type: 'accept-file'; readonly message: Message; readonly place: FileSystemFileHandle | null };

/** What a tab needs kept up, repeated now and then, so that a tab that vanished is forgotten. */
export interface TabReport {
  readonly tab: string;
  /** Friends whose conversation is open in it. */
  readonly holds: readonly string[];
  /** Whether the person is at it. */
  readonly active: boolean;
}

/** What wants an answer. */
export type Ask = SecurityAsk | { readonly do: 'group'; readonly ask: GroupAsk };

export type TabMessage =
  | { readonly kind: 'who-leads' }
  | { readonly kind: 'leading' }
  | { readonly kind: 'live'; readonly state: Partial<LiveState> }
  /** By the tab that brings the history to this version's form. */
  | { readonly kind: 'upgrade'; readonly upgrade: HistoryUpgrade }
  | { readonly kind: 'report'; readonly report: TabReport }
  | { readonly kind: 'left'; readonly tab: string }
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'change'; readonly change: Announced }
  /** Asks the leading tab, which answers under the same id. */
  | { readonly kind: 'ask'; readonly id: string; readonly ask: Ask }
  | { readonly kind: 'answer'; readonly id: string; readonly result: Result<string | null> }
  | { readonly kind: 'notice-offer'; readonly id: string; readonly notice: Notice }
  | { readonly kind: 'notice-claim'; readonly id: string; readonly tab: string }
  | { readonly kind: 'notice-grant'; readonly id: string; readonly tab: string };

export interface Bus {
  /** To all other tabs of the account, in this order, once what runs now has come to its end. */
  post(message: TabMessage): void;
  /** Does not wait for that: the tab is about to go. */
  flush(): void;
  onMessage(listener: (message: TabMessage) => void): () => void;
}

export function createBus(
  platform: Pick<Platform, 'openChannel' | 'soon'>,
  scope: Scope,
  accountId: string,
): Bus {
  const channel = platform.openChannel(`holler-${accountId}-${VERSION}`);
  const listeners = new Set<(message: TabMessage) => void>();
  let leaving: TabMessage[] = [];
  channel.onmessage = (message) => {
    for (const listener of listeners) listener(message as TabMessage);
  };

  /** Copying a message for other tabs takes as long as drawing it in this one, which comes first. */
  function flush(): void {
    const messages = leaving;
    leaving = [];
    for (const message of messages) channel.post(message);
  }

  scope.own(() => {
    flush();
    channel.close();
  });
  return {
    post: (message) => {
      if (scope.ended) return;
      leaving.push(message);
      if (leaving.length === 1) platform.soon(flush);
    },
    flush,
    onMessage: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
