/** What a tab runs while somebody is signed in: their database, the mirror of the live state, and the leading if it falls to this tab. */
import { hexOf } from './hex.ts';
import type { Me } from '../../signaling/protocol/http.ts';
import type { CallHub } from './call/calls.ts';
import { createConversation } from './conversation/conversation.ts';
import { createInHand } from './conversation/in-hand.ts';
import type { Announced, FileOffer } from './conversation/conversation.ts';
import { createStore } from './conversation/store.ts';
import type { Store } from './conversation/store.ts';
import type { StoredConversation } from './database.ts';
import { createErrands } from './errands.ts';
import type { Errand } from './errands.ts';
import { createLeaving } from './leaving.ts';
import { startLeader } from './leader.ts';
import type { Leader } from './leader.ts';
import type {
  CallView,
  Conversation,
  ConversationSummary,
  LeavingFile,
  Notice,
  PathState,
  Preferences,
  Result,
  SearchRun,
} from './model.ts';
import { NOBODY, withEveryoneOffline } from './people/list.ts';
import { createHistorian } from './historian.ts';
import type { Historian } from './historian.ts';
import type { HistoryUpgrade } from './history-model.ts';
import { openOwn } from './database-opening.ts';
import { viewsOf } from './groups/record.ts';
import type { FullPlatform } from './full-platform.ts';
import { fail } from './result.ts';
import type { Scope } from './scope.ts';
import { createSearcher } from './searcher.ts';
import type { Http } from './signaling/http.ts';
import { createActivity } from './tabs/activity.ts';
import { createBus } from './tabs/bus.ts';
import type { Ask, Command, LiveState, TabMessage } from './tabs/bus.ts';
import { createAsking } from './tabs/asking.ts';
import { createLifelines } from './tabs/lifelines.ts';
import { createNotices } from './tabs/notices.ts';
import { REPORT_EVERY } from './tabs/reports.ts';
import { createUnheard } from './tabs/unheard.ts';
import { createWatching } from './tabs/watching.ts';
import { cell, derived } from './value.ts';
import type { Value } from './value.ts';
import { createIdMaker } from './wire/message-id.ts';

export interface SignedIn {
  readonly live: Value<LiveState>;
  readonly upgrade: Value<HistoryUpgrade | null>;
  readonly lines: Value<ReadonlyMap<string, StoredConversation>>;
  /** Of this tab; null while another one leads. */
  readonly call: Value<CallView | null>;
  readonly calls: () => CallHub | null;
  readonly leads: () => boolean;
  command(command: Command): void;
  /** Outlives this page. */
  errand(errand: Errand): void;
  /** Of the leading tab, whichever that is. */
  ask(ask: Ask): Promise<Result<string | null>>;
  openConversation(conversationId: string): Conversation;
  search(text: string, conversationId: string | null): SearchRun;
  readonly history: Historian;
  holdLink(conversationId: string): () => void;
}

interface Needs {
  readonly platform: FullPlatform;
  readonly scope: Scope;
  readonly http: Http;
  readonly me: Me;
  readonly preferences: () => Preferences;
  readonly onNotice: (notice: Notice) => void;
  readonly onSignedOut: () => void;
  readonly onLost: () => void;
  readonly onOtherSession: (me: Me) => void;
  readonly onOutdated: () => void;
}

const NOWHERE: PathState = { path: 'idle' };
const NOBODY_TYPES: readonly string[] = [];
const NOTHING_LEAVES: readonly LeavingFile[] = [];
const NO_MARKS: ReadonlyMap<string, string> = new Map();

export function createSignedIn(needs: Needs): SignedIn {
  const { platform, scope, http, me } = needs;
  const { clock, random, timers, page } = platform;
  const newId = (): string => hexOf(random.bytes(12));
  const tab = newId();
  const live = cell<LiveState>({
    connection: { state: 'connecting', attempt: 1 },
    me,
    people: NOBODY,
    paths: new Map(),
    typing: new Map(),
    unopened: new Map(),
    clockOffset: 0,
    transfers: new Map(),
    ringing: null,
    security: { state: 'starting' },
    trust: new Map(),
    verification: null,
    history: null,
    snapshot: null,
    groups: new Map(),
  });
  const lines = cell<ReadonlyMap<string, StoredConversation>>(new Map());
  const listeners = new Set<(change: Announced) => void>();
  const watching = createWatching(() => report());
  const call = cell<CallView | null>(null);
  const offered = new Map<string, FileOffer>();
  let leader: Leader | null = null;
  const unheard = createUnheard();

  const bus = createBus(platform, scope, me.id);
  const { database, upgrade } = openOwn({
    platform,
    scope,
    bus,
    accountId: me.id,
    onOutdated: needs.onOutdated,
  });
  const store = openStore();
  const searcher = createSearcher({ platform, scope, database });
  const history = createHistorian({ platform, me, database, announce });
  const ids = createIdMaker(
    () => clock.now() + live.get().clockOffset,
    (length) => random.bytes(length),
    me.id,
  );
  const inHand = createInHand(platform.keep, me.id);
  const errands = createErrands(platform.keep, me.deviceId);
  const notices = createNotices({ tab, page, timers, scope, bus, newId, show: needs.onNotice });
  const activity = createActivity({ page, timers, scope });
  const leaving = createLeaving({ platform, scope, http, live, newId });
  const asking = createAsking({ timers, newId, post: (message) => bus.post(message) });
  const lifelines = createLifelines({
    locks: platform.locks,
    scope,
    tab,
    onGone: () => leader?.takeUp(),
  });

  // --- History ---------------------------------------------------------------------------------------------------

  /** Null where storage is refused or broken: the list and the connection work, conversations do not. */
  async function openStore(): Promise<Store | null> {
    const own = await database;
    if (!own) return null;
    try {
      const opened = createStore(own, platform.database.KeyRange, me.id);
      await readCache(opened);
      return opened;
    } catch (error) {
      platform.report('reading the database', error);
      return null;
    }
  }

  async function readCache(opened: Store): Promise<void> {
    const [people, conversations, records] = await Promise.all([
      opened.people(),
      opened.conversations(),
      opened.groups.all(),
    ]);
    // What tabs have announced meanwhile is newer.
    showLines(conversations);
    if (live.get().groups.size === 0) merge({ groups: viewsOf(records, me.id) });
    if (people && !live.get().people.loaded) merge({ people: withEveryoneOffline(people) });
  }

  function showLines(shown: readonly StoredConversation[]): void {
    const next = new Map(lines.get());
    for (const line of shown) {
      const known = next.get(line.conversationId);
      if (!known || known.revision <= line.revision) next.set(line.conversationId, line);
    }
    lines.set(next);
  }

  function changed(change: Announced): void {
    if (change.conversation) showLines([change.conversation]);
    const deleted = change.messages.filter(({ body }) => body.kind === 'deleted').map(({ id }) => id);
    for (const id of [...deleted, ...(change.removed ?? [])]) {
      offered.delete(id);
      leader?.forgetFile(id);
    }
    for (const listener of listeners) listener(change);
    // Of what is not stored yet there is nothing to be done.
    if (!leader || !change.conversation) return;
    searcher.wake();
    leader.historyChanged();
  }

  function announce(change: Announced): void {
    changed(change);
    bus.post({ kind: 'change', change });
  }

  // --- One tab leads, the others follow --------------------------------------------------------------------------

  function merge(change: Partial<LiveState>): void {
    live.update((now) => ({ ...now, ...change }));
  }

  function publish(change: Partial<LiveState>): void {
    merge(change);
    bus.post({ kind: 'live', state: change });
  }

  async function lead(): Promise<void> {
    const [opened, own] = await Promise.all([store, database]);
    if (scope.ended) return;
    merge({
      history: null,
      snapshot: null,
      paths: new Map(),
      typing: new Map(),
      unopened: new Map(),
      transfers: new Map(),
      ringing: null,
    });
    leader = startLeader({
      platform,
      scope,
      http,
      store: opened,
      inHand,
      database: own,
      live: () => live.get(),
      publish,
      line: (conversationId) => lines.get().get(conversationId) ?? null,
      announce,
      raise: (notice) => notices.raise(notice),
      onCall: (view) => call.set(view),
      newMessageId: (conversationId) => ids.next(lines.get().get(conversationId)?.last?.id ?? null),
      isWatched: (conversationId) => watching.isWatched(conversationId),
      preferences: needs.preferences,
      onSignedOut: needs.onSignedOut,
      onLost: needs.onLost,
      onOtherSession: needs.onOtherSession,
    });
    // In this order: see unheard.ts.
    bus.post({ kind: 'leading' });
    bus.post({ kind: 'live', state: live.get() });
    unheard.handOver((command) => leader?.command(command));
    asking.lead((ask) => leader?.perform(ask) ?? Promise.resolve(fail('unavailable')));
    report();
    offerAgain();
    searcher.wake();
  }

  function onTabMessage(message: TabMessage): void {
    switch (message.kind) {
      case 'who-leads':
        if (leader) bus.post({ kind: 'live', state: live.get() });
        return;
      case 'leading':
        report();
        offerAgain();
        unheard.handOver((command) => bus.post({ kind: 'command', command }));
        asking.again();
        return;
      case 'live':
        if (leader) return;
        merge(message.state);
        unheard.wereHeard();
        return;
      case 'report':
        leader?.reports.take(message.report);
        if (leader) lifelines.watch(message.report.tab);
        return;
      case 'left':
        leader?.reports.left(message.tab);
        return;
      case 'command':
        leader?.command(message.command);
        return;
      case 'change':
        changed(message.change);
        return;
      case 'ask':
      case 'answer':
        asking.take(message);
    }
  }

  function command(asked: Command): void {
    if (leader) {
      leader.command(asked);
      return;
    }
    bus.post({ kind: 'command', command: asked });
    const kept = unheard.keep(asked);
    if (!kept.ok) platform.report(`keeping what was asked (${asked.type}) until a tab leads`, kept.failure);
  }

  /** Only this tab holds the files that were chosen in it; a new leading tab gets them from here. */
  function offerAgain(): void {
    if (offered.size > 0) command({ type: 'offer', offers: [...offered.values()] });
  }

  function report(): void {
    const mine = { tab, holds: watching.open(), active: activity.get() };
    if (leader) leader.reports.take(mine);
    else bus.post({ kind: 'report', report: mine });
  }

  let cancelReport = (): void => undefined;
  function reportRegularly(): void {
    report();
    cancelReport = timers.after(REPORT_EVERY, reportRegularly);
  }

  scope.own(bus.onMessage(onTabMessage));
  scope.own(activity.subscribe(report));
  scope.own(() => cancelReport());
  scope.own(
    page.onLeave(() => {
      bus.post({ kind: 'left', tab });
      bus.flush();
    }),
  );
  reportRegularly();
  bus.post({ kind: 'who-leads' });
  scope.own(platform.locks.acquire(`holler-lead-${me.id}`, () => void lead()));

  // --- Conversations ---------------------------------------------------------------------------------------------

  function holdLink(conversationId: string): () => void {
    const held = scope.child();
    held.own(watching.hold(conversationId));
    return () => held.end();
  }

  function openConversation(conversationId: string): Conversation {
    const open = scope.child();
    open.own(holdLink(conversationId));
    return createConversation({
      conversationId,
      report: platform.report,
      clock,
      timers,
      scope: open,
      store,
      ids,
      inHand,
      line: () => lines.get().get(conversationId) ?? null,
      path: derived(live, ({ paths }) => paths.get(conversationId) ?? NOWHERE),
      unopened: derived(live, ({ unopened }) => unopened.get(conversationId) ?? 0),
      typists: derived(live, ({ typing }) => typing.get(conversationId) ?? NOBODY_TYPES),
      readMarks: derived(lines, (all) => all.get(conversationId)?.readMarks ?? NO_MARKS),
      onAnnounced: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      announce,
      added: (letters) => command({ type: 'added', conversationId, letters }),
      leave: (file, announced) => leaving.take(conversationId, file, announced),
      leaving: derived(leaving.all, (all) => all.get(conversationId) ?? NOTHING_LEAVES),
      dropLeaving: (id) => leaving.drop(id),
      leaveAgain: (id) => leaving.again(id),
      offered: (offers) => {
        for (const offer of offers) offered.set(offer.message.id, offer);
        command({ type: 'offer', offers });
      },
      discarded: (ids) => command({ type: 'discarded', conversationId, ids }),
      typing: (typing) => command({ type: 'typing', conversationId, typing }),
      read: () => command({ type: 'read', conversationId }),
      watch: (isWatched) => watching.watch(conversationId, isWatched),
      reconnect: () => command({ type: 'retry-link', conversationId }),
      onLeave: (listener) => page.onLeave(listener),
    });
  }

  return {
    live,
    upgrade,
    lines,
    call,
    calls: () => leader?.calls ?? null,
    leads: () => leader !== null,
    command,
    errand(errand) {
      errands.keep(errand);
      command({ type: 'errand', errand });
    },
    ask: asking.ask,
    openConversation,
    search: (text, conversationId) => searcher.search(text, conversationId),
    history,
    holdLink,
  };
}

/** What the list shows of a conversation. */
export function summaryOf(line: StoredConversation): ConversationSummary {
  const { conversationId, last, unread, draft, mentioned = false } = line;
  return { conversationId, last, unread, draft, mentioned };
}
