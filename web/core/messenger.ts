/** The composition root: makes the Messenger that a page shows, out of everything else in core. */
import type { Me } from '../../signaling/protocol/http.ts';
import { createAccount } from './account/account.ts';
import { createCallsFace } from './calls-face.ts';
import { engineStores } from './crypto/engine-store.ts';
import { createInHand } from './conversation/in-hand.ts';
import { createOwedReceipts } from './conversation/owed-receipts.ts';
import { removeDatabase } from './database.ts';
import { createGroupsFace } from './groups/groups-face.ts';
import type {
  CallView,
  ConnectionState,
  ConversationSummary,
  Group,
  Messenger,
  Notice,
  PathState,
  PeopleState,
  Result,
  SessionState,
  TransferView,
} from './model.ts';
import type { HistoryMove, HistoryUpgrade, SnapshotView } from './history-model.ts';
import { createInvites } from './people/invites.ts';
import { NOBODY } from './people/list.ts';
import { createPeople } from './people/people.ts';
import { createErrands } from './errands.ts';
import type { FullPlatform } from './full-platform.ts';
import { createPreferences } from './preferences.ts';
import { fail } from './result.ts';
import { createScope } from './scope.ts';
import { createSecurityFace, NO_SECURITY } from './security-face.ts';
import type { Scope } from './scope.ts';
import { isSame, remember, rememberedSession } from './session.ts';
import { createSignedIn, summaryOf } from './signed-in.ts';
import type { SignedIn } from './signed-in.ts';
import { createHttp } from './signaling/http.ts';
import { askSession } from './signaling/probe.ts';
import { OWN_FOLDER } from './transfer/disk-messages.ts';
import type { Ask } from './tabs/bus.ts';
import { cell } from './value.ts';

/** Between all tabs of this browser, whoever is signed in. */
type BrowserMessage =
  | { readonly kind: 'session'; readonly session: SessionState }
  | { readonly kind: 'preferences' };

const IDLE: ConnectionState = { state: 'idle' };

export function createMessenger(platform: FullPlatform): Messenger {
  const scope = createScope();
  const http = createHttp(platform);
  const preferences = createPreferences(platform.keep);
  const session = cell<SessionState>(rememberedSession(platform.keep));
  const connection = cell<ConnectionState>(IDLE);
  const people = cell<PeopleState>(NOBODY);
  const paths = cell<ReadonlyMap<string, PathState>>(new Map());
  const conversations = cell<ReadonlyMap<string, ConversationSummary>>(new Map());
  const transfers = cell<ReadonlyMap<string, TransferView>>(new Map());
  const call = cell<CallView | null>(null);
  const ringingElsewhere = cell<string | null>(null);
  const history = cell<HistoryMove | null>(null);
  const upgrade = cell<HistoryUpgrade | null>(null);
  const snapshot = cell<SnapshotView | null>(null);
  const security = cell(NO_SECURITY);
  const groups = cell<ReadonlyMap<string, Group>>(new Map());
  const noticeListeners = new Set<(notice: Notice) => void>();
  let current: { readonly scope: Scope; readonly signedIn: SignedIn } | null = null;

  const tabs = platform.openChannel('holler');
  scope.own(() => tabs.close());
  const tellTabs = (message: BrowserMessage): void => tabs.post(message);
  tabs.onmessage = (raw) => {
    const message = raw as BrowserMessage;
    if (message.kind === 'preferences') preferences.reread();
    else follow(message.session);
  };

  const me = (): Me | null => {
    const now = session.get();
    return now.state === 'signed-in' ? now.me : null;
  };

  // --- Signing in and out ----------------------------------------------------------------------------------------

  /** Brings this tab to what the session is now, wherever it changed. */
  function follow(next: SessionState): void {
    const same = next.state === 'signed-in' && isSame(session.get(), next.me);
    session.set(next);
    if (same && current) return;
    leave();
    if (next.state === 'signed-in') enter(next.me);
  }

  /** As `follow`, and the other tabs and the next start know as well. */
  function settle(next: SessionState): void {
    const before = me();
    remember(platform.keep, next);
    follow(next);
    if (before && next.state === 'signed-out') void forgetEngine(before);
    tellTabs({ kind: 'session', session: next });
  }

  function enter(me: Me): void {
    const own = scope.child();
    const signedIn = createSignedIn({
      platform,
      scope: own,
      http,
      me,
      preferences: () => preferences.value.get(),
      onNotice: (notice) => {
        for (const listener of noticeListeners) listener(notice);
      },
      onSignedOut: () => settle({ state: 'signed-out', reason: 'ended-elsewhere' }),
      onLost: () => void endLost(own),
      onOtherSession: (other) => settle({ state: 'signed-in', me: other }),
      onOutdated: () => {
        // Another tab leads from now on, which knows the new form.
        own.end();
        connection.set({ state: 'update-required' });
      },
    });
    current = { scope: own, signedIn };
    mirror(signedIn, own);
  }

  /** Nobody can write to a device whose keys are gone; until the server knows of its end, friends would go on to try. */
  async function endLost(session: Scope): Promise<void> {
    const ended = await http.tell('POST', '/api/auth/logout');
    // Asked more than once while the server does not answer: by now the person may be signed in anew. Signed out is no
    // reason to stop: the socket may be closed before the answer comes, and says less.
    if (session.ended && me() !== null) return;
    // The answer to an earlier one may have been lost.
    const isOver = ended.ok || ended.failure.code === 'unauthenticated';
    if (isOver) settle({ state: 'signed-out', reason: 'storage-lost' });
  }

  function leave(): void {
    current?.scope.end();
    current = null;
    connection.set(IDLE);
    people.set(NOBODY);
    paths.set(new Map());
    transfers.set(new Map());
    call.set(null);
    ringingElsewhere.set(null);
    security.set(NO_SECURITY);
    upgrade.set(null);
    history.set(null);
    snapshot.set(null);
    groups.set(new Map());
    conversations.set(new Map());
  }

  function mirror({ live, upgrade: ownUpgrade, lines, call: ownCall, leads }: SignedIn, own: Scope): void {
    const showLive = (): void => {
      const state = live.get();
      // Nothing connects before the history is there.
      connection.set(ownUpgrade.get() ? IDLE : state.connection);
      upgrade.set(ownUpgrade.get());
      people.set(state.people);
      paths.set(state.paths);
      transfers.set(state.transfers);
      ringingElsewhere.set(leads() ? null : state.ringing);
      security.set(state);
      history.set(state.history);
      snapshot.set(state.snapshot);
      groups.set(state.groups);
      const shown = session.get();
      if (shown.state !== 'signed-in' || shown.me === state.me) return;
      session.set({ state: 'signed-in', me: state.me });
      if (leads()) remember(platform.keep, session.get());
    };
    const showLines = (): void => {
      conversations.set(new Map([...lines.get()].map(([id, line]) => [id, summaryOf(line)])));
    };
    own.own(live.subscribe(showLive));
    own.own(ownUpgrade.subscribe(showLive));
    own.own(lines.subscribe(showLines));
    own.own(ownCall.subscribe(() => call.set(ownCall.get())));
    showLive();
    showLines();
  }

  /** A device that is logged out is none any more: its keys open nothing that comes. */
  async function forgetEngine({ id, deviceId }: Me): Promise<void> {
    createErrands(platform.keep, deviceId).clear();
    for (const name of engineStores({ userId: id, deviceId })) {
      // A tab that still holds it open delays this, no more.
      await platform.database.remove(name).catch((error: unknown) => platform.report('removing keys', error));
    }
  }

  async function forgetAccount(accountId: string): Promise<void> {
    // A tab that still holds it open delays this, no more: the account's id is never used again.
    await removeDatabase(platform.database, accountId).catch((error: unknown) =>
      platform.report('removing a history', error),
    );
    createInHand(platform.keep, accountId).clear();
    createOwedReceipts(platform.keep, accountId).clear();
  }

  async function findSession(): Promise<void> {
    const answer = await askSession(http);
    // Somebody may have signed in meanwhile, here or in another tab.
    if (scope.ended || session.get().state !== 'unknown') return;
    if (answer.ok) settle({ state: 'signed-in', me: answer.value });
    else follow({ state: 'signed-out', reason: 'never' });
  }

  // --- The page's face -------------------------------------------------------------------------------------------

  const account = createAccount({
    http,
    device: { name: platform.deviceName, clientVersion: platform.clientVersion },
    me,
    signedIn: (entered, exportKey) => {
      settle({ state: 'signed-in', me: entered });
      if (exportKey !== null) current?.signedIn.errand({ do: 'unlock', exportKey });
    },
    cameBy: (secret) => current?.signedIn.errand({ do: 'came-by-invite', secret, inviterId: null }),
    devicesRemoved: (deviceIds) => {
      for (const deviceId of deviceIds) current?.signedIn.errand({ do: 'tell-removed', deviceId });
    },
    async reseal({ id }, exportKeys) {
      const encryption = await platform.loadEncryption().catch((error: unknown) => {
        platform.report('loading the encryption for a new password', error);
        return null;
      });
      return encryption ? encryption.reseal({ platform, http }, id, exportKeys) : fail('network');
    },
    passwordChanged: (exportKey) => current?.signedIn.errand({ do: 'unlock', exportKey }),
    changed: (changed) => settle({ state: 'signed-in', me: changed }),
    signedOut: async () => settle({ state: 'signed-out', reason: 'logged-out' }),
    deleted: async (accountId) => {
      settle({ state: 'signed-out', reason: 'deleted' });
      if (accountId !== undefined) await forgetAccount(accountId);
    },
  });

  function own(): SignedIn {
    if (!current) throw new Error('this needs somebody who is signed in');
    return current.signedIn;
  }

  const asked = (ask: Ask): Promise<Result<string | null>> =>
    current?.signedIn.ask(ask) ?? Promise.resolve(fail('unauthenticated'));

  const started = session.get();
  if (started.state === 'signed-in') enter(started.me);
  else void findSession();

  return {
    session,
    connection,
    conversations,
    paths,
    preferences: preferences.value,
    account,
    people: createPeople(http, people),
    groups: createGroupsFace(groups, (ask) => asked({ do: 'group', ask })),
    invites: createInvites({
      http,
      async openSecret(id, expiresAt) {
        const secret = await current?.signedIn.ask({ do: 'open-invite', id, expiresAt });
        return secret?.ok ? secret.value : null;
      },
      forgetSecret: (id) => current?.signedIn.errand({ do: 'forget-invite', id }),
      cameBy: (secret, inviterId) => current?.signedIn.errand({ do: 'came-by-invite', secret, inviterId }),
    }),
    transfers: {
      available: platform.files !== null,
      views: transfers,
      accept: (message, place) => current?.signedIn.command({ type: 'accept-file', message, place }),
      decline: (message) => current?.signedIn.command({ type: 'transfer', act: 'decline', message }),
      cancel: (message) => current?.signedIn.command({ type: 'transfer', act: 'cancel', message }),
      saved: (id) => current?.signedIn.command({ type: 'file-saved', id }),
      read: (id) => platform.files?.read(OWN_FOLDER, id) ?? Promise.resolve(null),
    },
    security: createSecurityFace({
      live: security,
      proveOwn: account.proveOwn,
      ask: asked,
    }),
    history: {
      upgrade,
      move: history,
      fetchAll: () => current?.signedIn.command({ type: 'history', act: 'fetchAll' }),
      cancelFetch: () => current?.signedIn.command({ type: 'history', act: 'cancel' }),
      snapshot: {
        state: snapshot,
        look: () => current?.signedIn.command({ type: 'snapshot', act: 'look' }),
        make: () => current?.signedIn.command({ type: 'snapshot', act: 'make' }),
        remove: () => current?.signedIn.command({ type: 'snapshot', act: 'remove' }),
      },
      available: platform.subtle !== null,
      exportFile: (...asked) => own().history.exportFile(...asked),
      importFile: (...asked) => own().history.importFile(...asked),
    },
    calls: createCallsFace(call, ringingElsewhere, () => current?.signedIn.calls() ?? null, platform.media),
    setPresence: (chosen) => current?.signedIn.command({ type: 'presence', chosen }),
    setPreferences: (change) => {
      preferences.change(change);
      tellTabs({ kind: 'preferences' });
    },
    openConversation: (conversationId) => own().openConversation(conversationId),
    search: (text, conversationId) => own().search(text, conversationId),
    holdLink: (conversationId) => current?.signedIn.holdLink(conversationId) ?? (() => undefined),
    onNotice: (listener) => {
      noticeListeners.add(listener);
      return () => noticeListeners.delete(listener);
    },
    report: platform.report,
    reconnect: () => current?.signedIn.command({ type: 'reconnect' }),
    close: () => {
      scope.end();
      leave();
    },
  };
}
