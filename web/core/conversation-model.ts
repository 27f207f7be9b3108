/** What the page sees of messages and conversations. */
import type { CallSummary } from './call-model.ts';
import type { Failure, Result } from './failure-model.ts';
import type { FileSummary, LeavingFile } from './file-model.ts';
import type { GroupEvent, Mention } from './group-model.ts';
import type { PathState } from './path-model.ts';
import type { Value } from './value.ts';

export type MessageState = 'queued' | 'sent' | 'delivered' | 'read' | 'failed';

/** In a group everybody but oneself is `@` and their id: see `memberIdOf`. */
export type Author = 'me' | 'friend' | `@${string}`;

/**
 * The id of the member of a group who wrote something; null for oneself, and for a friend in a conversation of two.
 * @public
 */
export const memberIdOf = (author: Author): string | null =>
  author === 'me' || author === 'friend' ? null : author.slice(1);

export interface Reaction {
  readonly emoji: string;
  readonly by: readonly Author[];
}

export interface Message {
  /** Sorts by time as text; the same on both sides. */
  readonly id: string;
  /** Of the conversation: a friend's id or a group's. */
  readonly conversationId: string;
  readonly author: Author;
  /** When it was written, ms since 1970, as read from the id. */
  readonly at: number;
  readonly body:
    | { readonly kind: 'text'; readonly text: string; readonly mentions?: readonly Mention[] }
    /** `device`: of the friend, the one that offers it; empty for one's own. */
    | { readonly kind: 'file'; readonly file: FileSummary; readonly device: string }
    /** Written by each side for itself when a call ends; `author` is who rang. */
    | { readonly kind: 'call'; readonly call: CallSummary }
    /** Written by each side for itself when a group changed; `author` is who changed it. */
    | { readonly kind: 'group'; readonly event: GroupEvent }
    /** Its author deleted it for both; nothing of what it said is kept. */
    | { readonly kind: 'deleted' };
  /** `excerpt`: null once the message answered was deleted. */
  readonly replyTo?: {
    readonly id: string;
    readonly author: Author;
    readonly excerpt: string | null;
  };
  /** When its text was last changed, ms since 1970. */
  readonly edited?: number;
  /** In the order of their first sender's. */
  readonly reactions?: readonly Reaction[];
  /** Counts the changes to this message that were applied in this browser. */
  readonly revision?: number;
  /** For a friend's message: `delivered` until read here, then `read`. */
  readonly state: MessageState;
  readonly failure?: Failure;
}

/** A window onto a history of any length; it holds at most a few hundred messages. */
export interface Timeline {
  readonly messages: readonly Message[];
  readonly hasEarlier: boolean;
  /** False when the newest message is in the window. */
  readonly hasLater: boolean;
  /** The first message that was unread when the conversation was opened; null if none. Stays until `close`. */
  readonly firstUnreadId: string | null;
  readonly loaded: boolean;
}

export interface ConversationSummary {
  /** A friend's id or a group's. */
  readonly conversationId: string;
  readonly last: Message | null;
  readonly unread: number;
  /** One of the unread messages mentions this person. */
  readonly mentioned: boolean;
  readonly draft: string;
}

/** One conversation that is on screen. While open, its link is opened and kept warm. `close` ends that. */
export interface Conversation {
  /** A friend's id or a group's. */
  readonly conversationId: string;
  readonly timeline: Value<Timeline>;
  /** In a group `idle`: the paths to its members are in `Messenger.paths`. */
  readonly path: Value<PathState>;
  /** Messages that came but cannot be opened yet: their senders were asked for the keys. */
  readonly unopened: Value<number>;
  /** Anybody else. */
  readonly friendTyping: Value<boolean>;
  /** Who, in a group: ids of members. */
  readonly typists: Value<readonly string[]>;
  /**
   * Up to which message each member of a group has read, by their id: who has read a message is everybody whose mark is
   * not less than its id. Empty in a conversation of two, where the message itself says so.
   */
  readonly readMarks: Value<ReadonlyMap<string, string>>;
  readonly draft: Value<string>;

  loadEarlier(): Promise<void>;
  loadLater(): Promise<void>;
  /** Moves the window so that it holds this message, or the newest ones. */
  jumpTo(messageId: string): Promise<void>;
  jumpToLatest(): Promise<void>;

  /** Stored in the outbox before it resolves; a text over 16,000 characters is refused and stays in the draft. */
  sendText(text: string, replyToId?: string, mentions?: readonly Mention[]): Promise<Result<Message>>;
  /** On their way to the server, where they will wait for a friend who is away. */
  readonly leaving: Value<readonly LeavingFile[]>;
  /**
   * Offers files to the friend: a message for each, which stands until the friend decides. `forbidden` in a group. Those
   * that go to the server first are not among the returned messages: each gets its own once it is there.
   */
  sendFiles(files: readonly File[]): Promise<Result<readonly Message[]>>;
  /** Ends one that is `leaving`, or puts away what is said of it. */
  dropLeaving(id: string): void;
  /** Goes on with one that failed from where it stopped; by itself when the connection is back. */
  leaveAgain(id: string): void;
  retry(messageId: string): Promise<Result>;
  /** Removes one's own message that is still `queued` or `failed`. */
  discard(messageId: string): Promise<Result>;
  /** Changes the text of one's own message for both. */
  edit(messageId: string, text: string, mentions?: readonly Mention[]): Promise<Result>;
  /** Deletes one's own message for both; one that is still `queued` or `failed` is discarded. */
  remove(messageId: string): Promise<Result>;
  /** Puts an emoji under any text or file, or takes one's own away. */
  react(messageId: string, emoji: string, on: boolean): Promise<Result>;

  /** Also tells the friend that one is typing, at most every few seconds. */
  setDraft(text: string): void;
  /** The person has seen everything up to this message. */
  markRead(upToId: string): void;
  /**
   * As long as `isWatched` says that the person looks at the newest message, what comes counts as seen as it is stored.
   * The returned function ends that.
   */
  watch(isWatched: () => boolean): () => void;
  /** Tries the link again now. */
  reconnect(): void;
  close(): void;
}
