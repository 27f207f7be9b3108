/** What the page sees of core: the observable states, the actions, and their results. No implementation here. */
import type { ErrorCode } from '../../signaling/protocol/errors.ts';
import type {
  Contact,
  CreatedInvite,
  Device,
  IncomingRequest,
  Info,
  Invite,
  InviteLook,
  Me,
  OutgoingRequest,
} from '../../signaling/protocol/http.ts';
import type { ChosenPresence, Person } from '../../signaling/protocol/common.ts';
import type { GroupEvent, GroupsApi, Mention } from './group-model.ts';
import type { HistoryApi } from './history-model.ts';
import type { Value } from './value.ts';
import type { CallKind, CallOutcome, MediaState } from './wire/call-control.ts';
import type { CancelReason } from './wire/file-control.ts';

// --- Results ---------------------------------------------------------------------------------------------------

/** Why something did not happen, as a code that the page translates. `retryAfter` is in seconds. */
export interface Failure {
  readonly code: ErrorCode | LocalFailureCode;
  readonly retryAfter?: number;
}

type LocalFailureCode =
  /** The server could not be reached. */
  | 'network'
  /** The browser's storage refused: full, evicted or private mode. */
  | 'storage'
  /** The password is too weak to be taken. */
  | 'password-weak'
  | 'message-too-long'
  /** A link that somebody opened is not one of ours. */
  | 'link-malformed';

export type Result<T = void> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

// --- Session and connection ------------------------------------------------------------------------------------

export type SessionState =
  /** Finding out whether this browser is signed in; a moment, usually none, since the last answer is remembered. */
  | { readonly state: 'unknown' }
  | { readonly state: 'signed-out'; readonly reason: 'never' | 'logged-out' | 'ended-elsewhere' | 'deleted' }
  | { readonly state: 'signed-in'; readonly me: Me };

/** This browser's connection to the server (not to a friend). */
export type ConnectionState =
  | { readonly state: 'idle' }
  | { readonly state: 'connecting'; readonly attempt: number }
  | { readonly state: 'online'; readonly serverVersion: string }
  | {
      readonly state: 'offline';
      readonly reason: 'no-network' | 'unreachable' | 'server-restarting' | 'rate-limited';
      /** When the next try starts, ms since 1970; null when it waits for the network to come back. */
      readonly retryAt: number | null;
    }
  /** The server speaks a newer protocol: the page must reload. */
  | { readonly state: 'update-required' };

// --- People ----------------------------------------------------------------------------------------------------

export interface PeopleState {
  /** Sorted for show is the page's business; here in the server's order. */
  readonly contacts: readonly Contact[];
  readonly incoming: readonly IncomingRequest[];
  readonly outgoing: readonly OutgoingRequest[];
  readonly blocked: readonly Person[];
  /** False until the first list of this start arrived, from the browser's store or the server. */
  readonly loaded: boolean;
}

// --- Paths -----------------------------------------------------------------------------------------------------

export interface CandidateView {
  readonly type: 'host' | 'srflx' | 'prflx' | 'relay';
  readonly family: 'IPv4' | 'IPv6' | 'unknown';
  readonly protocol: 'udp' | 'tcp' | 'tls';
}

/** The way messages to a friend take now: the word and details behind "the line". */
export type PathState =
  /** Nobody has asked for a link yet, and the friend is online. */
  | { readonly path: 'idle' }
  | { readonly path: 'connecting'; readonly since: number }
  | {
      readonly path: 'direct' | 'relayed';
      readonly since: number;
      readonly local: CandidateView;
      readonly remote: CandidateView;
      /** Round trip, ms; null until first measured. */
      readonly rtt: number | null;
    }
  /** The server's live relay, because no link opened, or the one that did is slow. */
  | {
      readonly path: 'server';
      readonly since: number;
      readonly why: 'link-timeout' | 'link-failed' | 'link-slow' | 'unsupported';
    }
  /** The friend is offline; messages wait. */
  | { readonly path: 'mailbox' };

// --- Messages --------------------------------------------------------------------------------------------------

export type MessageState = 'queued' | 'sent' | 'delivered' | 'read' | 'failed';

export interface FileSummary {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** MIME type as the sending browser gave it; never trusted. */
  readonly type: string;
  /** It waits on the server, sealed by this key (base64), for the devices that the friend had when it was sent. */
  readonly waits?: { readonly id: string; readonly key: string };
}

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
  readonly friendId: string;
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
  readonly friendId: string;
  readonly last: Message | null;
  readonly unread: number;
  /** One of the unread messages mentions this person. */
  readonly mentioned: boolean;
  readonly draft: string;
}

/** One conversation that is on screen. While open, its link is opened and kept warm. `close` ends that. */
export interface Conversation {
  /** A friend's id or a group's. */
  readonly friendId: string;
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
  /** Tries the link again now. */
  reconnect(): void;
  close(): void;
}

// --- Files -----------------------------------------------------------------------------------------------------

/** `insecure`: the page was not loaded by HTTPS, so the browser gives it no storage. */
export type StopReason = CancelReason | 'insecure';

/** Where the file of a message of kind `file` stands. */
export interface TransferView {
  /** The message's id. */
  readonly id: string;
  readonly friendId: string;
  readonly direction: 'in' | 'out';
  /** The name is safe to show and to save under. */
  readonly file: FileSummary;
  readonly phase:
    | 'offered'
    /** Accepted: the place on disk is being opened. */
    | 'opening'
    /** Accepted, but the link or the other page is not there; it goes on by itself. */
    | 'waiting'
    | 'moving'
    /** Every piece is there and verified; the file is being closed. */
    | 'finishing'
    | 'complete'
    | 'declined'
    | 'stopped';
  /** Verified on the receiver's disk. */
  readonly bytes: number;
  readonly speed: Speed | null;
  /** Why it stopped; while `offered`, why an attempt to accept it came to nothing. */
  readonly stop: { readonly by: 'me' | 'friend'; readonly reason: StopReason } | null;
  /** What has come is in the browser's own storage; once complete it is to be saved from there. */
  readonly kept: boolean;
  /** A kept file was handed to the person; it leaves the browser's own storage at the next start. */
  readonly saved: boolean;
}

/** A file that goes up to the server, to wait there for a friend who is away. */
export interface LeavingFile {
  readonly id: string;
  readonly friendId: string;
  readonly name: string;
  readonly size: number;
  /** There already. */
  readonly bytes: number;
  readonly speed: Speed | null;
  /** Null while it goes up or waits for its turn. */
  readonly problem: LeavingProblem | null;
}

export type LeavingProblem =
  | { readonly why: 'failed'; readonly failure: Failure }
  /** The file cannot be read any more. */
  | { readonly why: 'unreadable' }
  /** From here on: it cannot wait there, and is offered to the friend by the link instead. `limit`: bytes. */
  | { readonly why: 'too-large'; readonly limit: number }
  | { readonly why: 'full' | 'refused' };

export interface Speed {
  /** Bytes a second. */
  readonly rate: number;
  readonly secondsLeft: number;
}

export interface Transfers {
  /** False on a page that was not loaded by HTTPS: the browser gives it neither storage nor hashing. */
  readonly available: boolean;
  /** By the id of their message; for a message without an entry, `restingTransfer` says what to show. */
  readonly views: Value<ReadonlyMap<string, TransferView>>;
  /** Also after a failure or a change of mind. `place`: where the person chose to save it; null: browser's own storage. */
  accept(message: Message, place: FileSystemFileHandle | null): void;
  decline(message: Message): void;
  cancel(message: Message): void;
  /** A complete file from the browser's own storage; null if it is not there any more. */
  read(id: string): Promise<File | null>;
  /** The page has handed a kept file to the person. */
  saved(id: string): void;
}

export type { Group, GroupInfo, GroupMember, GroupRole, GroupsApi } from './group-model.ts';
export type { CallKind, CallOutcome } from './wire/call-control.ts';

// --- Calls -----------------------------------------------------------------------------------------------------

/** Why a microphone, camera or screen cannot be had. */
export type CallProblem =
  /** The page was not loaded by HTTPS, so the browser gives it no devices. */
  | 'insecure'
  | 'refused'
  /** There is no microphone. */
  | 'missing'
  | 'no-camera'
  | 'in-use'
  /** Another tab of this browser leads, and calls are made and taken there. */
  | 'other-tab';

export interface CallSummary {
  readonly kind: CallKind;
  readonly outcome: CallOutcome;
  /** 0 unless they talked. */
  readonly seconds: number;
}

export interface CallView {
  readonly id: string;
  readonly friendId: string;
  readonly kind: CallKind;
  readonly direction: 'out' | 'in';
  readonly phase: 'ringing-out' | 'ringing-in' | 'connecting' | 'active' | 'ended';
  /** While ringing out: a page of the friend's shows the call. */
  readonly heard: boolean;
  /** When the talking began, ms since 1970. */
  readonly since: number | null;
  /** False while the link is lost and being mended. */
  readonly linked: boolean;
  readonly sending: MediaState;
  readonly receiving: MediaState | null;
  /** One's own picture. */
  readonly own: MediaStream | null;
  readonly remote: MediaStream | null;
  readonly outcome: CallOutcome | null;
}

/** One call at a time. What returns a problem has changed nothing. */
export interface Calls {
  readonly current: Value<CallView | null>;
  /** Who rings in the tab that leads, for a tab that does not; null while nobody does. */
  readonly ringingElsewhere: Value<string | null>;
  ring(friendId: string, kind: CallKind): Promise<CallProblem | null>;
  answer(kind: CallKind): Promise<CallProblem | null>;
  /** Declines, gives up or hangs up, whichever applies. */
  end(): void;
  setMuted(muted: boolean): void;
  setCamera(on: boolean): Promise<CallProblem | null>;
  setScreen(on: boolean): Promise<CallProblem | null>;
  choose(kind: 'audio' | 'video', deviceId: string): Promise<CallProblem | null>;
  devices(): Promise<readonly MediaDeviceInfo[]>;
  /** Something was plugged in or out. */
  onDevices(listener: () => void): () => void;
}

// --- Search ----------------------------------------------------------------------------------------------------

export type SearchHit = Pick<Message, 'id' | 'friendId' | 'author' | 'at' | 'body'>;

/** Messages whose text or file name holds all words of what was searched, newest first. */
export interface SearchPage {
  readonly hits: readonly SearchHit[];
  /** There may be another page. */
  readonly more: boolean;
  /** Messages that are searched by now, while a history from an earlier version is still being brought in. */
  readonly building: { readonly done: number; readonly total: number } | null;
}

export interface SearchRun {
  /** The next page; one at a time. After `cancel` nothing is found. */
  next(): Promise<Result<SearchPage>>;
  cancel(): void;
}

// --- Preferences and notices -----------------------------------------------------------------------------------

export interface Preferences {
  readonly language: 'auto' | 'en' | 'zh-CN';
  readonly theme: 'system' | 'light' | 'dark';
  /** Desktop notifications while the tab is hidden; `ask` until the person has decided. */
  readonly notifications: 'ask' | 'on' | 'off';
  readonly friendOnlineNotice: boolean;
  readonly readReceipts: boolean;
  readonly sounds: boolean;
}

/** Something that just happened and is worth a small notice. */
export type Notice =
  | { readonly kind: 'friend-online'; readonly friendId: string }
  | { readonly kind: 'message'; readonly friendId: string; readonly message: Message }
  | { readonly kind: 'contact-request'; readonly request: IncomingRequest }
  | { readonly kind: 'contact-accepted'; readonly friendId: string }
  /** Somebody made this person a member of a group. `friendId` is the group's. */
  | { readonly kind: 'group-added'; readonly friendId: string };

// --- Security --------------------------------------------------------------------------------------------------

/**
 * How sure one can be of whom a person's messages are from and for.
 * `unknown`: their keys were not seen yet. `first-use`: encrypted for the identity that was seen first, which nobody has
 * compared. `verified`: compared by the two people, or proven by the secret of the link that one of them came by.
 * `changed`: another identity than before; nothing is sent to it until the person decides. `disproved`: it is not the one
 * that the link was opened or made by, as far as its proof goes; as `changed`.
 */
export type Trust = 'unknown' | 'first-use' | 'verified' | 'changed' | 'disproved';

/** Of this browser and account. */
export type SecurityState =
  /** The engine is being loaded, or this device being made known; what is written meanwhile waits. */
  | { readonly state: 'starting' }
  /** `recoverable`: a new device gets the account's keys by password alone. `code`: or by a recovery code. */
  | { readonly state: 'ready'; readonly recoverable: boolean; readonly code: boolean }
  /** The account's keys are on other devices or sealed on the server, and not here yet: friends do not trust this device. */
  | { readonly state: 'needs-restore'; readonly byPassword: boolean; readonly byCode: boolean }
  /** The engine could not be loaded or has failed; contacts and history are there, nothing can be sent. */
  | { readonly state: 'failed' };

/** Two people, or two devices of one, compare seven emoji, or one scans the other's code. */
export interface Verification {
  /** Of the friend; one's own id when it is another device of one's own. */
  readonly userId: string;
  readonly phase:
    /** The other side asks. */
    | { readonly at: 'asked' }
    /** This side asked, or has confirmed; the other has to act. */
    | { readonly at: 'waiting' }
    /**
     * Both want to. `code` is for the other side's camera, as the text of a QR code; null where there is none. Whoever
     * is first decides: by scanning, or by comparing emoji.
     */
    | { readonly at: 'choosing'; readonly code: string | null }
    /** The other side has scanned the code: `confirm` if it says so there. */
    | { readonly at: 'scanned' }
    /** `index` is the place in the specification's table of 64, for names in other languages. */
    | {
        readonly at: 'comparing';
        readonly emoji: readonly { readonly symbol: string; readonly index: number }[];
      }
    | { readonly at: 'done' }
    | { readonly at: 'ended'; readonly why: 'declined' | 'different' | 'timeout' | 'failed' };
}

export interface Security {
  readonly state: Value<SecurityState>;
  /** By person; who is not in it is `unknown`. */
  readonly trust: Value<ReadonlyMap<string, Trust>>;
  /** One at a time. */
  readonly verification: Value<Verification | null>;
  /** Asks the friend, who must be there, to compare. */
  verify(userId: string): void;
  /** Takes part when asked. */
  agree(): void;
  /** Goes on with emoji. */
  compare(): void;
  /** What a camera read. `bad-request`: it is no such code, and nothing has changed. */
  scan(text: string): Promise<Result>;
  /** The emoji are the same; or the other side says that it has scanned the code. */
  confirm(): void;
  /** The emoji are different; or declines, or gives up; or closes one that is over. */
  dismiss(different: boolean): void;
  /** Goes on with the new identity of a friend whose identity changed. */
  acceptIdentity(userId: string): void;
  /** Makes this device a trusted one. `wrong-credentials`: not that password or code. */
  restore(by: { readonly password: string } | { readonly code: string }): Promise<Result>;
  /** A new recovery code, shown once; an older one stops working. */
  createRecoveryCode(password: string): Promise<Result<string>>;
  /** A new identity, when the old one cannot be had: friends will be warned. */
  startOver(password: string): Promise<Result>;
}

// --- The whole -------------------------------------------------------------------------------------------------

export interface Account {
  info(): Promise<Result<Info>>;
  register(form: {
    userName: string;
    displayName: string;
    password: string;
    invite?: string;
  }): Promise<Result<Me>>;
  logIn(form: { userName: string; password: string }): Promise<Result<Me>>;
  enterAsGuest(form: { code: string; displayName: string }): Promise<Result<Me>>;
  logOut(): Promise<Result>;
  changePassword(form: { current: string; next: string }): Promise<Result>;
  /** Also removes this browser's history of the account. A guest gives no password. */
  deleteAccount(form: { password: string | null }): Promise<Result>;
  updateProfile(change: { displayName?: string; statusText?: string }): Promise<Result<Me>>;
  devices(): Promise<Result<readonly Device[]>>;
  logOutDevice(deviceId: string): Promise<Result>;
  logOutOtherDevices(): Promise<Result>;
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
  /** `friendId`: a friend's id or a group's; so in `search` and `holdLink`. */
  openConversation(friendId: string): Conversation;
  /** `friendId`: in this conversation only; null for all of them. Nothing is read before the first page is asked for. */
  search(text: string, friendId: string | null): SearchRun;
  /** Opens the link to this friend and keeps it open until the returned function is called. */
  holdLink(friendId: string): () => void;
  /** Calls `listener` for every notice, in one tab of this browser only. */
  onNotice(listener: (notice: Notice) => void): () => void;
  /** Tries to reach the server now instead of at `retryAt`. */
  reconnect(): void;
  /** Ends sockets, links and timers. */
  close(): void;
}
