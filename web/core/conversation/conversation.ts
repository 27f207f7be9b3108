/** One conversation that is on screen: its window, its draft, and what the person does in it. */
import type { Conversation, Message, PathState, Result } from '../model.ts';
import type { Clock, Timers } from '../platform.ts';
import { DONE, fail, ok } from '../result.ts';
import type { Scope } from '../scope.ts';
import { cell } from '../value.ts';
import type { Value } from '../value.ts';
import type { IdMaker } from '../wire/message-id.ts';
import { timeOfId } from '../wire/message-id.ts';
import { WIRE_LIMITS } from '../wire/message.ts';
import type { StoredConversation } from './database.ts';
import type { Change, Store } from './store.ts';
import { createShown } from './shown.ts';
import { cleanFile, cleanText, excerptOf } from './wire-form.ts';

const DRAFT_WAIT = 300;
const TYPING_EVERY = 3_000;

/** A change to one of this account's conversations, told to all tabs. */
export interface Announced {
  readonly friendId: string;
  readonly messages: readonly Message[];
  readonly removed?: readonly string[];
  /** Null for what is shown while it is still being stored. */
  readonly conversation: StoredConversation | null;
}

export function announcementOf({ messages, conversation }: Change): Announced {
  return { friendId: conversation.friendId, messages, conversation };
}

/** A file, and the message that offers it. */
export interface FileOffer {
  readonly message: Message;
  readonly file: File;
}

export interface ConversationNeeds {
  readonly friendId: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly scope: Scope;
  /** Null when the browser's storage cannot be used. */
  readonly store: Promise<Store | null>;
  readonly ids: IdMaker;
  readonly line: () => StoredConversation | null;
  readonly path: Value<PathState>;
  readonly friendTyping: Value<boolean>;
  readonly onAnnounced: (listener: (change: Announced) => void) => () => void;
  readonly announce: (change: Announced) => void;
  readonly added: (messages: readonly Message[]) => void;
  readonly discarded: (messageId: string) => void;
  readonly offered: (offers: readonly FileOffer[]) => void;
  readonly typing: (typing: boolean) => void;
  readonly read: () => void;
  readonly reconnect: () => void;
  /** The tab is about to go. */
  readonly onLeave: (listener: () => void) => () => void;
}

export function createConversation(needs: ConversationNeeds): Conversation {
  const { friendId, clock, timers, scope } = needs;
  const shown = createShown({ friendId, scope, store: needs.store });
  const { timeline } = shown;
  const draft = cell(needs.line()?.draft ?? '');
  let opened: Store | null = null;
  let typingTold = -Infinity;
  let cancelDraft: (() => void) | null = null;

  // --- Writing ---------------------------------------------------------------------------------------------------

  /** A storage that refuses is an expected failure. Once it is open, `work` begins at once. */
  async function stored<T>(work: (store: Store) => Promise<T>): Promise<Result<T>> {
    const store = opened ?? (await needs.store);
    if (!store) return fail('storage');
    try {
      return ok(await work(store));
    } catch {
      return fail('storage');
    }
  }

  async function put(
    bodies: readonly Message['body'][],
    { replyTo, emptyDraft }: { replyTo?: Message['replyTo']; emptyDraft: boolean },
  ): Promise<Result<Message[]>> {
    const messages = bodies.map((body): Message => {
      const id = needs.ids.next(needs.line()?.last?.id ?? null);
      const message: Message = { id, friendId, author: 'me', at: timeOfId(id), body, state: 'queued' };
      return replyTo ? { ...message, replyTo } : message;
    });
    return storeAndSend(messages, emptyDraft);
  }

  /**
   * Sent first, then stored and shown, both of which take longer than the way to the friend. Should the storing fail,
   * the person is told so, though the message may have arrived.
   */
  async function storeAndSend(messages: Message[], emptyDraft: boolean): Promise<Result<Message[]>> {
    const result = await stored((store) => {
      needs.added(messages);
      const storing = store.addOwn(friendId, messages, emptyDraft);
      needs.announce({ friendId, messages, conversation: null });
      return storing;
    });
    if (result.ok) {
      needs.announce(announcementOf(result.value));
      return ok(messages);
    }
    const removed = messages.map(({ id }) => id);
    needs.announce({ friendId, messages: [], removed, conversation: null });
    removed.forEach(needs.discarded);
    return result;
  }

  async function sendText(raw: string, replyToId?: string): Promise<Result<Message>> {
    const text = cleanText(raw).trimEnd();
    if (text.length > WIRE_LIMITS.textMax) return fail('message-too-long');
    if (text.trim() === '') return fail('bad-request');
    const wasDraft = draft.get() === raw;
    const sending = putText(text, replyToId, wasDraft);
    // Emptied before the storing ends: what is typed meanwhile belongs to the next message.
    if (wasDraft) dropDraft();
    const result = await sending;
    if (!result.ok && wasDraft && draft.get() === '') writeDraft(raw);
    if (!result.ok) return result;
    typingTold = -Infinity;
    return ok(result.value[0]!);
  }

  async function putText(text: string, replyToId: string | undefined, emptyDraft: boolean) {
    const replyTo = replyToId === undefined ? undefined : await quoted(replyToId);
    return put([{ kind: 'text', text }], { replyTo, emptyDraft });
  }

  async function quoted(id: string): Promise<Message['replyTo']> {
    const known = timeline.get().messages.find((message) => message.id === id);
    const found = known ?? (await (await needs.store)?.message(friendId, id));
    return found ? { id, author: found.author, excerpt: excerptOf(found) } : undefined;
  }

  function setDraft(text: string): void {
    writeDraft(text);
    const now = clock.monotonic();
    if (text === '') {
      if (typingTold > now - 2 * TYPING_EVERY) needs.typing(false);
      typingTold = -Infinity;
    } else if (now - typingTold >= TYPING_EVERY) {
      typingTold = now;
      needs.typing(true);
    }
  }

  function writeDraft(text: string): void {
    draft.set(text);
    cancelDraft ??= timers.after(DRAFT_WAIT, saveDraft);
  }

  /** Storing the message empties the stored one. */
  function dropDraft(): void {
    cancelDraft?.();
    cancelDraft = null;
    draft.set('');
  }

  function saveDraft(): void {
    if (!cancelDraft) return;
    cancelDraft();
    cancelDraft = null;
    void stored((store) => store.setDraft(friendId, draft.get())).then((saved) => {
      if (saved.ok) needs.announce(announcementOf(saved.value));
    });
  }

  async function retry(messageId: string): Promise<Result> {
    const result = await stored((store) => store.requeue(friendId, messageId));
    if (!result.ok) return result;
    if (!result.value) return fail('not-found');
    needs.announce(announcementOf(result.value));
    needs.added(result.value.messages);
    return DONE;
  }

  async function discard(messageId: string): Promise<Result> {
    const result = await stored((store) => store.discard(friendId, messageId));
    if (!result.ok) return result;
    if (!result.value) return fail('not-found');
    needs.announce({ ...announcementOf(result.value), removed: [messageId] });
    needs.discarded(messageId);
    return DONE;
  }

  async function sendFiles(files: readonly File[]): Promise<Result<readonly Message[]>> {
    const bodies = files.map((file): Message['body'] => ({
      kind: 'file',
      file: cleanFile(file),
      device: '',
    }));
    const result = await put(bodies, { emptyDraft: false });
    if (result.ok) needs.offered(result.value.map((message, index) => ({ message, file: files[index]! })));
    return result;
  }

  function markRead(upToId: string): void {
    void stored((store) => store.markRead(friendId, upToId)).then((result) => {
      if (!result.ok || result.value.messages.length === 0) return;
      needs.announce(announcementOf(result.value));
      needs.read();
    });
  }

  scope.own(needs.onAnnounced(shown.announced));
  scope.own(saveDraft);
  scope.own(needs.onLeave(saveDraft));
  void needs.store.then((store) => {
    opened = store;
    if (draft.get() === '') draft.set(needs.line()?.draft ?? '');
  });
  void shown.loadLatest();

  return {
    friendId,
    timeline,
    path: needs.path,
    friendTyping: needs.friendTyping,
    draft,
    loadEarlier: shown.loadEarlier,
    loadLater: shown.loadLater,
    jumpTo: shown.loadAround,
    jumpToLatest: shown.loadLatest,
    sendText,
    sendFiles,
    retry,
    discard,
    setDraft,
    markRead,
    reconnect: needs.reconnect,
    close: () => scope.end(),
  };
}
