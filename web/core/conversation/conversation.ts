/** One conversation that is on screen: its window, its draft, and what the person does in it. */
import * as v from 'valibot';
import { isGroupId } from '../../../signaling/protocol/common.ts';
import type { Mention } from '../group-model.ts';
import type { Conversation, FileSummary, LeavingFile, Message, PathState, Result } from '../model.ts';
import type { Clock, Report, Timers } from '../platform.ts';
import { DONE, fail, ok } from '../result.ts';
import type { Scope } from '../scope.ts';
import { derived } from '../value.ts';
import type { Value } from '../value.ts';
import type { IdMaker } from '../wire/message-id.ts';
import { idAfter, timeOfId } from '../wire/message-id.ts';
import { emojiSchema, WIRE_LIMITS } from '../wire/message.ts';
import type { WireChange, WireLetter } from '../wire/message.ts';
import type { StoredConversation } from '../database.ts';
import { createDraft } from './draft.ts';
import type { InHand } from './in-hand.ts';
import type { OwnChange } from './own-letters.ts';
import type { Store } from './store.ts';
import { createShown } from './shown.ts';
import { cleanFile, cleanText, excerptOf, toWire, toWireText } from './wire-form.ts';
import type { Change } from './writing.ts';

/** A change to one of this account's conversations, told to all tabs. */
export interface Announced {
  readonly conversationId: string;
  readonly messages: readonly Message[];
  readonly removed?: readonly string[];
  /** Null for what is shown while it is still being stored. */
  readonly conversation: StoredConversation | null;
  /** Of what waited while this device was away: whether more of it follows. */
  readonly more?: boolean;
}

export function announcementOf({ messages, conversation }: Change): Announced {
  return { conversationId: conversation.conversationId, messages, conversation };
}

/** A file, and the message that offers it. */
export interface FileOffer {
  readonly message: Message;
  readonly file: File;
}

export interface ConversationNeeds {
  readonly conversationId: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly scope: Scope;
  /** Null when the browser's storage cannot be used. */
  readonly store: Promise<Store | null>;
  readonly ids: IdMaker;
  readonly inHand: InHand;
  readonly line: () => StoredConversation | null;
  readonly path: Value<PathState>;
  /** Who else is typing: ids of people. */
  readonly unopened: Value<number>;
  readonly typists: Value<readonly string[]>;
  readonly readMarks: Value<ReadonlyMap<string, string>>;
  readonly onAnnounced: (listener: (change: Announced) => void) => () => void;
  readonly announce: (change: Announced) => void;
  readonly added: (letters: readonly WireLetter[]) => void;
  readonly discarded: (ids: readonly string[]) => void;
  /**
   * Takes a file to the server if the friend is not there, and tells where it waits; null: it goes by the link after all.
   * False if it goes by the link from the start.
   */
  readonly leave: (
    file: File,
    announce: (waits: FileSummary['waits'] | null) => Promise<Result<unknown>>,
  ) => boolean;
  readonly leaving: Value<readonly LeavingFile[]>;
  readonly dropLeaving: (id: string) => void;
  readonly leaveAgain: (id: string) => void;
  readonly offered: (offers: readonly FileOffer[]) => void;
  readonly typing: (typing: boolean) => void;
  readonly read: () => void;
  readonly watch: (isWatched: () => boolean) => () => void;
  readonly reconnect: () => void;
  /** The tab is about to go. */
  readonly onLeave: (listener: () => void) => () => void;
  readonly report: Report;
}

export function createConversation(needs: ConversationNeeds): Conversation {
  const { conversationId, timers, scope } = needs;
  const shown = createShown({ conversationId, scope, timers, store: needs.store, report: needs.report });
  const { timeline } = shown;
  const draft = createDraft({
    ...needs,
    initial: needs.line()?.draft ?? '',
    save(text) {
      void stored((store) => store.setDraft(conversationId, text)).then((saved) => {
        if (saved.ok) needs.announce(announcementOf(saved.value));
      });
    },
  });
  let opened: Store | null = null;
  /** The person has seen all up to this, which is not being stored yet. */
  let toMark: string | null = null;
  let marking = false;

  // --- Writing ---------------------------------------------------------------------------------------------------

  /** A storage that refuses is an expected failure. Once it is open, `work` begins at once. */
  async function stored<T>(work: (store: Store) => Promise<T>): Promise<Result<T>> {
    const store = opened ?? (await needs.store);
    if (!store) return fail('storage');
    try {
      return ok(await work(store));
    } catch (error) {
      needs.report('writing into the history', error);
      return fail('storage');
    }
  }

  async function put(
    bodies: readonly Message['body'][],
    { replyTo, emptyDraft }: { replyTo?: Message['replyTo']; emptyDraft: boolean },
  ): Promise<Result<Message[]>> {
    const messages = bodies.map((body): Message => {
      const id = needs.ids.next(needs.line()?.last?.id ?? null);
      const message: Message = { id, conversationId, author: 'me', at: timeOfId(id), body, state: 'queued' };
      return replyTo ? { ...message, replyTo } : message;
    });
    return storeAndSend(messages, emptyDraft);
  }

  /**
   * Sent first, then stored and shown, both of which take longer than the way to the friend; until it is stored it is in
   * hand, in case this tab dies. Should the storing fail, the person is told so, though the message may have arrived.
   */
  async function storeAndSend(messages: Message[], emptyDraft: boolean): Promise<Result<Message[]>> {
    const ids = messages.map(({ id }) => id);
    const result = await stored((store) => {
      const contents = messages.map(toWire);
      needs.inHand.take(conversationId, contents);
      needs.added(contents);
      const storing = store.addOwn(conversationId, messages, emptyDraft);
      needs.announce({ conversationId, messages, conversation: null });
      return storing;
    });
    needs.inHand.release(ids);
    if (result.ok) {
      needs.announce(announcementOf(result.value));
      return ok(messages);
    }
    needs.announce({ conversationId, messages: [], removed: ids, conversation: null });
    needs.discarded(ids);
    return result;
  }

  async function sendText(
    raw: string,
    replyToId?: string,
    mentions: readonly Mention[] = [],
  ): Promise<Result<Message>> {
    const checked = checkText(raw);
    if (!checked.ok) return checked;
    const text = checked.value;
    const wasDraft = draft.text.get() === raw;
    const body = { kind: 'text', text, ...(mentions.length > 0 && { mentions }) } as const;
    const sending = putText(body, replyToId, wasDraft);
    // Emptied before the storing ends: what is typed meanwhile belongs to the next message.
    if (wasDraft) draft.drop();
    const result = await sending;
    if (!result.ok) {
      if (wasDraft) draft.restore(raw);
      return result;
    }
    draft.sent();
    return ok(result.value[0]!);
  }

  async function putText(body: Message['body'], replyToId: string | undefined, emptyDraft: boolean) {
    const replyTo = replyToId === undefined ? undefined : await quoted(replyToId);
    return put([body], { replyTo, emptyDraft });
  }

  async function quoted(id: string): Promise<Message['replyTo']> {
    const known = timeline.get().messages.find((message) => message.id === id);
    const found = known ?? (await (await needs.store)?.message(conversationId, id));
    if (!found || found.body.kind === 'deleted') return undefined;
    return { id, author: found.author, excerpt: excerptOf(found) };
  }

  async function retry(messageId: string): Promise<Result> {
    const result = await stored((store) => store.requeue(conversationId, messageId));
    if (!result.ok) return result;
    if (!result.value) return fail('not-found');
    needs.announce(announcementOf(result.value));
    needs.added(result.value.messages.map(toWire));
    return DONE;
  }

  // --- Changing --------------------------------------------------------------------------------------------------

  function newId(after: string | null): string {
    return idAfter(needs.ids.next(needs.line()?.last?.id ?? null), after);
  }

  /** Unlike a new message, stored and shown first, then sent: the store knows whether it may be, and what it overtakes. */
  async function change(
    work: (store: Store) => Promise<OwnChange | null>,
    removed: readonly string[] = [],
  ): Promise<Result> {
    const result = await stored(work);
    if (!result.ok) return result;
    if (!result.value) return fail('not-found');
    const { sent, overtaken } = result.value;
    needs.announce({ ...announcementOf(result.value), removed });
    if (removed.length + overtaken.length > 0) needs.discarded([...removed, ...overtaken]);
    if (sent) needs.added([sent]);
    return DONE;
  }

  const changeMessage = (target: string, make: (id: string) => WireChange) =>
    change((store) => store.changeOwn(conversationId, target, (after) => make(newId(after))));

  async function edit(target: string, raw: string, mentions: readonly Mention[] = []): Promise<Result> {
    const checked = checkText(raw);
    if (!checked.ok) return checked;
    return changeMessage(target, (id) => ({
      type: 'edit',
      id,
      target,
      ...toWireText(checked.value, mentions),
    }));
  }

  function discard(target: string): Promise<Result> {
    return change(
      (store) => store.discard(conversationId, { type: 'delete', id: newId(null), target }),
      [target],
    );
  }

  async function remove(target: string): Promise<Result> {
    const discarded = await discard(target);
    if (discarded.ok || discarded.failure.code !== 'not-found') return discarded;
    return changeMessage(target, (id) => ({ type: 'delete', id, target }));
  }

  async function react(target: string, emoji: string, on: boolean): Promise<Result> {
    if (!v.is(emojiSchema, emoji)) return fail('bad-request');
    return changeMessage(target, (id) => ({ type: 'reaction', id, target, emoji, on }));
  }

  async function sendFiles(files: readonly File[]): Promise<Result<readonly Message[]>> {
    if (isGroupId(conversationId)) return fail('forbidden');
    const now = files.filter((file) => !needs.leave(file, (waits) => offerFiles([file], waits)));
    return now.length === 0 ? ok([]) : offerFiles(now, null);
  }

  async function offerFiles(
    files: readonly File[],
    waits: FileSummary['waits'] | null,
  ): Promise<Result<readonly Message[]>> {
    const bodies = files.map((file): Message['body'] => ({
      kind: 'file',
      file: { ...cleanFile(file), ...(waits && { waits }) },
      device: '',
    }));
    const result = await put(bodies, { emptyDraft: false });
    if (result.ok) needs.offered(result.value.map((message, index) => ({ message, file: files[index]! })));
    return result;
  }

  /** Asked with every movement of the page; while one is being stored, the last one asked is the next. */
  function markRead(upToId: string): void {
    toMark = upToId;
    if (!marking) void markAll();
  }

  async function markAll(): Promise<void> {
    marking = true;
    while (toMark !== null) {
      const upTo = toMark;
      toMark = null;
      const result = await stored((store) => store.markRead(conversationId, upTo));
      if (!result.ok || result.value.messages.length === 0) continue;
      needs.announce(announcementOf(result.value));
      needs.read();
    }
    marking = false;
  }

  scope.own(needs.onAnnounced(shown.announced));
  void needs.store.then((store) => {
    opened = store;
    draft.found(needs.line()?.draft ?? '');
  });
  void shown.loadLatest();

  return {
    conversationId,
    timeline,
    path: needs.path,
    unopened: needs.unopened,
    friendTyping: derived(needs.typists, (typists) => typists.length > 0),
    typists: needs.typists,
    readMarks: needs.readMarks,
    draft: draft.text,
    loadEarlier: shown.loadEarlier,
    loadLater: shown.loadLater,
    jumpTo: shown.loadAround,
    jumpToLatest: shown.loadLatest,
    sendText,
    sendFiles,
    retry,
    discard,
    edit,
    remove,
    react,
    setDraft: draft.type,
    markRead,
    watch: needs.watch,
    leaving: needs.leaving,
    dropLeaving: needs.dropLeaving,
    leaveAgain: needs.leaveAgain,
    reconnect: needs.reconnect,
    close: () => scope.end(),
  };
}

/** As it is stored and sent. */
function checkText(raw: string): Result<string> {
  const text = cleanText(raw).trimEnd();
  if (text.length > WIRE_LIMITS.textMax) return fail('message-too-long');
  return text.trim() === '' ? fail('bad-request') : ok(text);
}
