/** A Messenger without network or storage, in any state that a scene asks for: for screenshots, axe and unit tests of the page. */
import type { HistoryMove, HistoryUpgrade, SnapshotView } from '../../web/core/history-model.ts';
import type {
  CallProblem,
  CallView,
  Conversation,
  ConversationSummary,
  Failure,
  LeavingFile,
  Message,
  Messenger,
  Notice,
  PathState,
  Preferences,
  Reaction,
  Result,
  SearchPage,
  SearchRun,
  SessionState,
  ConnectionState,
  PeopleState,
  Timeline,
  TransferView,
} from '../../web/core/model.ts';
import type { Me } from '../../signaling/protocol/http.ts';
import { searchedText } from '../../web/core/search/searched-text.ts';
import { fold, occurAll, termsOf } from '../../web/core/search/terms.ts';
import { cell } from '../../web/core/value.ts';
import { fakeGroups, type GroupScene } from './groups.ts';
import { fakeSecurity, type FakeSecurity, type SecurityScene } from './security.ts';

export interface Scene {
  readonly session: SessionState;
  readonly connection: ConnectionState;
  readonly people: PeopleState;
  /** Histories by friend, oldest first. */
  readonly histories: ReadonlyMap<string, readonly Message[]>;
  readonly paths: ReadonlyMap<string, PathState>;
  readonly unread: ReadonlyMap<string, number>;
  readonly drafts: ReadonlyMap<string, string>;
  readonly typing: ReadonlySet<string>;
  readonly unopened?: ReadonlyMap<string, number>;
  readonly leaving?: readonly LeavingFile[];
  readonly preferences: Preferences;
  readonly transfers: ReadonlyMap<string, TransferView>;
  readonly call: CallView | null;
  readonly callProblem: CallProblem | null;
  readonly searching: Searching;
  readonly security: SecurityScene;
  readonly groups: GroupScene;
  readonly upgrade: HistoryUpgrade | null;
  readonly move: HistoryMove | null;
  readonly snapshot: SnapshotView;
  /** What every action answers with, instead of success. */
  readonly failure: Failure | null;
}

/** How a search goes: it answers, it takes its time, or a history from an earlier version is still being brought in. */
type Searching = 'done' | 'slow' | 'building';

const WINDOW = 200;
const STEP = 60;
const SEARCH_PAGE = 30;

/** What a test makes happen from outside. */
export interface FakeMessenger extends Messenger {
  readonly security: FakeSecurity;
  readonly notice: (notice: Notice) => void;
  /** A friend whose conversation is open writes. */
  readonly receive: (conversationId: string, text: string) => void;
}

export function fakeMessenger(scene: Scene): FakeMessenger {
  const open = new Map<string, FakeConversation>();
  const session = cell<SessionState>(scene.session);
  const people = cell<PeopleState>(scene.people);
  const preferences = cell<Preferences>(scene.preferences);
  const connection = cell<ConnectionState>(scene.connection);
  const conversations = cell<ReadonlyMap<string, ConversationSummary>>(summaries(scene));
  const listeners = new Set<(notice: Notice) => void>();
  const answer = async <T>(value: T): Promise<Result<T>> =>
    scene.failure === null ? { ok: true, value } : { ok: false, failure: scene.failure };
  const done = () => answer(undefined);
  const me = (): Me => {
    const current = session.get();
    if (current.state !== 'signed-in') throw new Error('nobody is signed in');
    return current.me;
  };
  const setMe = (change: Partial<Me>): Me => {
    const next = { ...me(), ...change };
    session.set({ state: 'signed-in', me: next });
    return next;
  };
  const signIn = (displayName: string, kind: Me['kind']) => {
    const next: Me = { ...ME, displayName, kind };
    session.set({ state: 'signed-in', me: next });
    return answer(next);
  };
  const now = Date.now();
  return {
    session,
    connection,
    conversations,
    paths: cell(scene.paths),
    preferences,
    account: {
      info: () =>
        answer({
          version: '0.1.0',
          protocol: 1,
          registration: 'open',
          rooms: true,
          waitingFileMax: 26_214_400,
        }),
      register: ({ displayName }) => (scene.failure ? answer(ME) : signIn(displayName, 'account')),
      logIn: () => (scene.failure ? answer(ME) : signIn(ME.displayName, 'account')),
      enterAsGuest: ({ displayName }) => (scene.failure ? answer(ME) : signIn(displayName, 'guest')),
      logOut: async () => {
        session.set({ state: 'signed-out', reason: 'logged-out' });
        return done();
      },
      changePassword: done,
      deleteAccount: done,
      updateProfile: (change) => answer(setMe(change)),
      devices: () =>
        answer([
          device('d1', 'Firefox on Linux', now, true),
          device('d2', 'Chrome on Android', now - 7_200_000, false),
          device('d3', 'Safari on macOS', now - 86_400_000 * 3, false),
        ]),
      logOutDevice: done,
      logOutOtherDevices: done,
    },
    people: {
      state: people,
      request: (userName) => answer({ id: 'o9', userName, requestedAt: now }),
      withdraw: done,
      accept: done,
      decline: done,
      block: done,
      unblock: done,
      rename: done,
      mute: done,
      remove: done,
    },
    groups: fakeGroups(scene.groups, {
      answer,
      me: () => ({ id: me().id, userName: me().userName, displayName: me().displayName, role: 'member' }),
      friend: (id) => {
        const found = people.get().contacts.find((each) => each.id === id);
        if (!found) return null;
        const { userName, displayName } = found;
        return { id, userName, displayName, role: 'member' };
      },
    }),
    history: {
      upgrade: cell(scene.upgrade),
      move: cell(scene.move),
      fetchAll: () => undefined,
      cancelFetch: () => undefined,
      snapshot: {
        state: cell<SnapshotView | null>(scene.snapshot),
        look: () => undefined,
        make: () => undefined,
        remove: () => undefined,
      },
      available: true,
      exportFile: async (_, { onProgress, signal }) => {
        onProgress(31_200, 84_306);
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        return { ok: false, why: 'cancelled' };
      },
      importFile: (_, passphrase) =>
        Promise.resolve(
          passphrase === 'wrong'
            ? { ok: false, why: 'wrong-passphrase' }
            : { ok: false, why: 'other-account', name: 'Tomas Berg' },
        ),
    },
    invites: {
      list: () =>
        answer([
          { id: 'i1', kind: 'friend', createdAt: now - 86_400_000, expiresAt: now + 6 * 86_400_000, uses: 2 },
        ]),
      create: (kind) =>
        answer({
          id: 'i2',
          kind,
          createdAt: now,
          expiresAt: now + 7 * 86_400_000,
          uses: 0,
          code: 'k3JxYw0pQm7nVb2cRt8sLa5dFh1gZe4uXi6oPq9wEyT',
        }),
      revoke: done,
      look: (code) =>
        answer({ kind: code.startsWith('g') ? 'guest' : 'friend', inviter: { displayName: '林小雨' } }),
      accept: () => answer({ contactId: people.get().contacts[0]?.id ?? '' }),
    },
    transfers: {
      available: true,
      views: cell(scene.transfers),
      accept: () => undefined,
      decline: () => undefined,
      cancel: () => undefined,
      read: () => Promise.resolve(null),
      saved: () => undefined,
    },
    calls: {
      current: cell(scene.call),
      ringingElsewhere: cell<string | null>(null),
      ring: () => Promise.resolve(scene.callProblem),
      answer: () => Promise.resolve(scene.callProblem),
      end: () => undefined,
      setMuted: () => undefined,
      setCamera: () => Promise.resolve(null),
      setScreen: () => Promise.resolve(null),
      choose: () => Promise.resolve(null),
      devices: () => Promise.resolve([]),
      onDevices: () => () => undefined,
    },
    security: fakeSecurity(scene.security, answer),
    setPresence: (presence) => setMe({ presence }),
    setPreferences: (change) => preferences.update((current) => ({ ...current, ...change })),
    holdLink: () => () => undefined,
    openConversation: (conversationId) => {
      const conversation = fakeConversation(scene, conversationId, answer);
      open.set(conversationId, conversation);
      return conversation;
    },
    search: (text, conversationId) => fakeSearch(scene, text, conversationId),
    receive: (conversationId, text) => open.get(conversationId)?.receive(text),
    onNotice: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    report: (during, error) => console.warn(`While ${during}:`, error),
    reconnect: () => connection.set({ state: 'connecting', attempt: 2 }),
    close: () => listeners.clear(),
    notice: (notice) => listeners.forEach((listener) => listener(notice)),
  };
}

export const ME: Me = {
  id: 'me-000000000000000000a',
  userName: 'anna',
  displayName: 'Anna Berg',
  kind: 'account',
  deviceId: 'd1',
  presence: 'online',
  statusText: '',
};

function device(id: string, name: string, lastSeen: number, current: boolean) {
  const address = current ? '192.0.2.17' : '2001:db8::4a';
  return {
    id,
    name,
    clientVersion: '0.1.0',
    address,
    createdAt: lastSeen,
    lastSeen,
    online: current,
    current,
  };
}

const historyOf = ({ histories, groups }: Scene, id: string): readonly Message[] =>
  histories.get(id) ?? groups.histories.get(id) ?? [];

function summaries(scene: Scene): ReadonlyMap<string, ConversationSummary> {
  return new Map(
    [...scene.people.contacts, ...scene.groups.groups].map(({ id }) => [
      id,
      {
        conversationId: id,
        last: historyOf(scene, id).at(-1) ?? null,
        unread: scene.unread.get(id) ?? scene.groups.unread.get(id) ?? 0,
        draft: scene.drafts.get(id) ?? '',
        mentioned: scene.groups.mentioned.has(id),
      },
    ]),
  );
}

/** Over the scene's histories as they were at the beginning, with core's own rules. */
function fakeSearch(
  { histories, searching, failure }: Scene,
  text: string,
  conversationId: string | null,
): SearchRun {
  const terms = termsOf(text);
  const found = [...histories]
    .filter(([id]) => conversationId === null || id === conversationId)
    .flatMap(([, messages]) => messages)
    .filter((message) => terms.length > 0 && occurAll(fold(searchedText(message)), terms))
    .toSorted((a, b) => b.at - a.at);
  const next = (): Promise<Result<SearchPage>> => {
    if (searching === 'slow') return new Promise(() => undefined);
    if (failure !== null) return Promise.resolve({ ok: false, failure });
    const hits = found.splice(0, SEARCH_PAGE);
    const building = searching === 'building' ? { done: 41_000, total: 100_000 } : null;
    return Promise.resolve({ ok: true, value: { hits, more: found.length > 0, building } });
  };
  return { next, cancel: () => undefined };
}

interface FakeConversation extends Conversation {
  readonly receive: (text: string) => void;
}

/** A window that slides over a history, as core's does. */
function fakeConversation(
  scene: Scene,
  conversationId: string,
  answer: <T>(value: T) => Promise<Result<T>>,
): FakeConversation {
  let history = [...historyOf(scene, conversationId)];
  const unread = scene.unread.get(conversationId) ?? scene.groups.unread.get(conversationId) ?? 0;
  const firstUnreadId = unread === 0 ? null : (history.at(-unread)?.id ?? null);
  let from = Math.max(0, history.length - WINDOW);
  let to = history.length;
  const view = (): Timeline => ({
    messages: history.slice(from, to),
    hasEarlier: from > 0,
    hasLater: to < history.length,
    firstUnreadId,
    loaded: true,
  });
  const timeline = cell(view());
  const draft = cell(scene.drafts.get(conversationId) ?? '');
  const leaving = cell((scene.leaving ?? []).filter((each) => each.friendId === conversationId));
  const show = (start: number) => {
    from = Math.max(0, Math.min(start, history.length - WINDOW));
    to = Math.min(history.length, from + WINDOW);
    timeline.set(view());
  };
  const later = () => new Promise<void>((resolve) => setTimeout(resolve, 20));
  const append = (message: Message) => {
    const atEnd = to === history.length;
    history = [...history, message];
    if (atEnd) to = history.length;
    timeline.set(view());
  };
  const change = (id: string, next: (message: Message) => Message) => {
    if (scene.failure === null) {
      history = history.map((message) => (message.id === id ? next(message) : message));
      timeline.set(view());
    }
    return answer(undefined);
  };
  let count = 0;
  const write = (author: Message['author'], body: Message['body'], replyToId?: string): Message => {
    const at = Date.now();
    const quoted = history.find((message) => message.id === replyToId);
    const excerpt = quoted?.body.kind === 'text' ? quoted.body.text.slice(0, 80) : '';
    const message: Message = {
      id: `${String(at).padStart(15, '0')}-${String(count++).padStart(6, '0')}`,
      conversationId,
      author,
      at,
      body,
      state: author === 'me' ? 'queued' : 'delivered',
      ...(quoted === undefined ? {} : { replyTo: { id: quoted.id, author: quoted.author, excerpt } }),
    };
    append(message);
    return message;
  };
  return {
    conversationId,
    timeline,
    draft,
    path: cell(scene.paths.get(conversationId) ?? { path: 'idle' }),
    unopened: cell(scene.unopened?.get(conversationId) ?? 0),
    friendTyping: cell(scene.typing.has(conversationId) || scene.groups.typists.has(conversationId)),
    typists: cell(scene.groups.typists.get(conversationId) ?? []),
    readMarks: cell<ReadonlyMap<string, string>>(scene.groups.readMarks.get(conversationId) ?? new Map()),
    loadEarlier: async () => {
      await later();
      show(from - STEP);
    },
    loadLater: async () => {
      await later();
      show(from + STEP);
    },
    jumpTo: async (id) => {
      await later();
      const index = history.findIndex((message) => message.id === id);
      if (index < from || index >= to) show(index - WINDOW / 2);
    },
    jumpToLatest: async () => {
      if (to < history.length) show(history.length);
    },
    sendText: async (text, replyToId, mentions) => {
      if (scene.failure !== null) return { ok: false, failure: scene.failure };
      draft.set('');
      return {
        ok: true,
        value: write('me', { kind: 'text', text, ...(mentions && { mentions }) }, replyToId),
      };
    },
    sendFiles: async (files) =>
      answer(
        files.map(({ name, size, type }) =>
          write('me', { kind: 'file', file: { name, size, type }, device: '' }),
        ),
      ),
    leaving,
    dropLeaving: (id) => leaving.update((all) => all.filter((each) => each.id !== id)),
    leaveAgain: (id) =>
      leaving.update((all) => all.map((each) => (each.id === id ? { ...each, problem: null } : each))),
    retry: () => answer(undefined),
    discard: async (id) => {
      history = history.filter((message) => message.id !== id);
      to = Math.min(to, history.length);
      timeline.set(view());
      return answer(undefined);
    },
    edit: (id, text) =>
      change(id, (message) => ({ ...message, body: { kind: 'text', text }, edited: Date.now() })),
    remove: (id) =>
      change(id, ({ reactions: _r, edited: _e, replyTo: _t, ...rest }) => ({
        ...rest,
        body: { kind: 'deleted' },
      })),
    react: (id, emoji, on) =>
      change(id, (message) => ({ ...message, reactions: withReaction(message.reactions ?? [], emoji, on) })),
    setDraft: (text) => draft.set(text),
    markRead: () => undefined,
    watch: () => () => undefined,
    reconnect: () => undefined,
    close: () => undefined,
    receive: (text) => void write('friend', { kind: 'text', text }),
  };
}

function withReaction(reactions: readonly Reaction[], emoji: string, on: boolean): readonly Reaction[] {
  const others = reactions.filter((each) => each.emoji !== emoji);
  const friends = reactions
    .flatMap((each) => (each.emoji === emoji ? each.by : []))
    .filter((by) => by !== 'me');
  const by = on ? [...friends, 'me' as const] : friends;
  return by.length === 0 ? others : [...others, { emoji, by }];
}
