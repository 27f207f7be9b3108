/** What only the leading tab of an account runs: the socket, the links, delivery, and the live state for all tabs. */
import { isGroupId } from '../../signaling/protocol/common.ts';
import type { Me } from '../../signaling/protocol/http.ts';
import { inBackground } from './background.ts';
import type { CallHub } from './call/calls.ts';
import type { News } from './crypto/engine-model.ts';
import { announcementOf } from './conversation/conversation.ts';
import type { Announced } from './conversation/conversation.ts';
import type { Database, StoredConversation } from './database.ts';
import type { InHand } from './conversation/in-hand.ts';
import type { Store } from './conversation/store.ts';
import { createTyping } from './conversation/typing.ts';
import type { Change } from './conversation/writing.ts';
import { startCrypto } from './leader-crypto.ts';
import { startCalls } from './leader-calls.ts';
import { startFiles } from './leader-files.ts';
import { createCommands } from './leader-commands.ts';
import { startGroups } from './leader-groups.ts';
import { startLinks } from './leader-links.ts';
import { startPeople } from './leader-people.ts';
import { createServerHearing } from './leader-server.ts';
import { startTalk } from './leader-talk.ts';
import { createOwnPresence } from './own-presence.ts';
import { startSecurity } from './leader-security.ts';
import { createMailbox } from './mail/mailbox.ts';
import type { CallView, Notice, Preferences, Result } from './model.ts';
import type { FullPlatform } from './full-platform.ts';
import type { Scope } from './scope.ts';
import { startSiblings } from './siblings.ts';
import { startSnapshots } from './snapshots.ts';
import type { Http } from './signaling/http.ts';
import { probeSession } from './signaling/probe.ts';
import { createSocket } from './signaling/socket.ts';
import type { Ask, Command, LiveState } from './tabs/bus.ts';
import { createReports } from './tabs/reports.ts';
import type { Reports } from './tabs/reports.ts';

export interface LeaderNeeds {
  readonly platform: FullPlatform;
  readonly scope: Scope;
  readonly http: Http;
  /** Null when the browser's storage cannot be used: then there is no history, and nothing can be sent. */
  readonly store: Store | null;
  readonly inHand: InHand;
  readonly database: Database | null;
  readonly live: () => LiveState;
  readonly publish: (change: Partial<LiveState>) => void;
  readonly line: (conversationId: string) => StoredConversation | null;
  readonly announce: (change: Announced) => void;
  readonly raise: (notice: Notice) => void;
  readonly onCall: (view: CallView | null) => void;
  readonly newMessageId: (conversationId: string) => string;
  /** The person looks at the newest of this conversation, in this tab. */
  readonly isWatched: (conversationId: string) => boolean;
  readonly preferences: () => Preferences;
  readonly onSignedOut: () => void;
  /** The browser deleted this device's keys: it can do nothing any more; told until the session is over. */
  readonly onLost: () => void;
  /** The browser's session is another one than this tab thought. */
  readonly onOtherSession: (me: Me) => void;
}

export interface Leader {
  readonly reports: Reports;
  readonly calls: CallHub;
  perform(ask: Ask): Promise<Result<string | null>>;
  command(command: Command): void;
  /** Another tab is gone: what it had in hand is stored and sent. */
  takeUp(): void;
  /** The message that offered this file was deleted. */
  forgetFile(id: string): void;
  /** Something changed in the history. */
  historyChanged(): void;
}

export function startLeader(needs: LeaderNeeds): Leader {
  const { platform, scope, http, live, publish } = needs;
  const { clock, timers, page } = platform;
  const background = inBackground(platform.report);
  /** The events that waited in the mailbox on this connection are taken in, or could not be had. */
  let collected: Promise<void> = Promise.resolve();

  const me = { userId: live().me.id, deviceId: live().me.deviceId };
  const tellOf = (change: Change): void => needs.announce(announcementOf(change));
  const people = startPeople({
    timers,
    scope,
    live,
    publish,
    preferences: needs.preferences,
    raise: needs.raise,
    save: (list) => {
      if (talk) background('keeping the list of people', talk.store.setPeople(list));
    },
    onShown: () => {
      links.reachChanged();
      groups.reachChanged();
      security.watchContacts();
    },
    onCame: (friendId) => {
      for (const id of conversationsWith(friendId)) talk?.delivery.friendCame(id);
      talk?.tellRead(friendId);
    },
    onParted: giveUpOnStrangers,
  });
  const { contact } = people;
  const socket = createSocket({
    platform,
    scope,
    probe: () => probeSession(http),
    onMessage: (message) => hear(message),
  });
  const online = (): boolean => socket.state.get().state === 'online';
  const presence = createOwnPresence(socket);

  // --- Links and conversations -----------------------------------------------------------------------------------

  const links = startLinks({
    platform,
    scope,
    http,
    me,
    live,
    publish,
    sendSignal: async (to, linkId, body) => {
      const sealed = await crypto.sealSignal(to, linkId, body);
      return sealed.ok ? socket.ask({ type: 'signal', to: { ...to }, linkId, body: sealed.value }) : sealed;
    },
    reach: (userId) =>
      userId === me.userId
        ? { devices: siblings.devices() }
        : (contact(userId)?.presence ?? groups.reach(userId)),
    online,
    everybody: () => everybody(),
    devicesOf: (userId) => crypto.devicesOf(userId),
    onChat: (from, bytes) => crypto.take(from, bytes, 'link'),
    onPeer: (address, peer) => {
      if (address.userId === me.userId) {
        siblings.setPeer(address, peer);
        return;
      }
      files?.setChannel(address, peer?.files ?? null);
      calls.setPeer(address, peer);
    },
    onLinked: (friendId) => talk?.tellRead(friendId),
    onWayChanged: (friendId) => {
      for (const id of conversationsWith(friendId)) talk?.delivery.wayChanged(id);
    },
  });
  const typists = createTyping(timers, scope);
  const isFriend = (userId: string): boolean => contact(userId) !== null;
  const groups = startGroups({
    platform,
    scope,
    http,
    ownId: me.userId,
    store: needs.store,
    links: () => links,
    contact,
    publish,
    raise: needs.raise,
    tellOf,
    onMembers: (groupId) => {
      talk?.delivery.devicesChanged(groupId);
      crypto.retry();
      security.watchContacts();
      giveUpOnStrangers();
    },
    onChecked: () => crypto.retry(),
    onReach: (reached) => {
      links.reachChanged();
      for (const id of reached) for (const group of groups.sharedWith(id)) talk?.delivery.friendCame(group);
    },
  });
  const isKnown = (userId: string): boolean =>
    isFriend(userId) || groups.reach(userId) !== null || groups.sharedWith(userId).length > 0;
  /** As far as is known. */
  const mayWrite = (id: string): boolean => (isGroupId(id) ? !groups.isOver(id) : isFriend(id));
  /** With a friend, and the groups that this person is in with them. */
  const conversationsWith = (userId: string): readonly string[] => [userId, ...groups.sharedWith(userId)];
  const everybody = (): readonly string[] => [
    ...new Set([...live().people.contacts.map(({ id }) => id), ...groups.people()]),
  ];
  const mailbox = createMailbox({
    ask: socket.ask,
    tell: (message) => void socket.tell(message),
    onEvents: (items) => crypto.takeEvents(items),
    onMessages: (items, more) => crypto.takeMessages(items, more),
    timers: platform.timers,
    random: platform.random,
    scope,
  });
  const crypto = startCrypto({
    platform,
    scope,
    http,
    me,
    mailbox: () => mailbox,
    collected: () => collected,
    isFriend,
    isKnown,
    members: (groupId) => groups.members(groupId),
    wasMember: (groupId, userId, at) => groups.wasMember(groupId, userId, at),
    position: (groupId) => groups.position(groupId),
    onPosition: (groupId, userId, position) => groups.heard(groupId, userId, position),
    onTold: (from, content) => groups.told(from, content),
    isOnline: online,
    onMessage: (from, bytes, came) => talk?.inbox.take(from, bytes, came) ?? Promise.resolve('not-stored'),
    onUnopened: (unopened) => publish({ unopened }),
    onSignal: (from, linkId, body) => links.takeSignal(from, linkId, body),
    onDevices: (friendId) => {
      devicesChanged(friendId);
      security.watchContacts();
      background('looking whose links are open', links.vet(friendId));
    },
    onEngine: (tools) => {
      security.setTools(tools);
      groups.setTools(tools);
    },
    onNews: () => security.settle(),
  });
  const security = startSecurity({
    platform,
    scope,
    me: () => live().me,
    contacts: everybody,
    knowsContacts: () => live().people.loaded,
    onLost: needs.onLost,
    publish: (change) => {
      publish(change);
      if (change.security?.state !== 'ready') return;
      siblings.wake();
      wakeSnapshots();
    },
    onDecided: (friendId) => {
      devicesChanged(friendId);
      groups.trustChanged();
      void mailbox.collect();
    },
  });
  const siblings = startSiblings({
    platform,
    scope,
    http,
    database: needs.database,
    ownId: me.userId,
    deviceId: me.deviceId,
    onDevices: () => {
      links.reachChanged();
      wakeSnapshots();
    },
    isReady: () => live().security.state === 'ready',
    isOwn: async (deviceId) => (await crypto.devicesOf(me.userId))?.includes(deviceId) ?? false,
    caughtUp: () => mailbox.caughtUp(),
    wantLinks: (on) => links.want(me.userId, 'history', on),
    announce: needs.announce,
    show: (history) => publish({ history }),
  });
  const snapshots = startSnapshots({
    platform,
    subtle: platform.subtle,
    scope,
    http,
    database: needs.database,
    accountId: me.userId,
    now: () => clock.now() + live().clockOffset,
    master: () => security.master(),
    isStarting: () => live().security.state === 'starting',
    others: () => siblings.devices(),
    isIdle: () => presence.isIdle(),
    announce: needs.announce,
    show: (snapshot) => publish({ snapshot }),
    showMove: (history) => publish({ history }),
  });
  const talk =
    needs.store &&
    startTalk({
      platform,
      scope,
      store: needs.store,
      inHand: needs.inHand,
      ownId: me.userId,
      links: () => links,
      sealing: crypto.sealing,
      mailbox,
      online,
      relay: (to, body) => socket.ask({ type: 'relay', to: { ...to }, body }),
      present: (userId) =>
        online() ? ((contact(userId)?.presence ?? groups.reach(userId))?.devices ?? []) : [],
      isFriend,
      isKnown,
      groups,
      isWatched: needs.isWatched,
      isMuted: (conversationId) => live().groups.get(conversationId)?.muted ?? false,
      line: needs.line,
      preferences: needs.preferences,
      announce: needs.announce,
      raise: needs.raise,
      onTyping: (conversationId, userId, typing) => typists.heard(conversationId, userId, typing),
    });
  const files =
    needs.store &&
    startFiles({
      platform,
      scope,
      http,
      store: needs.store,
      links: () => links,
      publish: (transfers) => publish({ transfers }),
    });

  const calls = startCalls({
    platform,
    scope,
    links: () => links,
    onChange: (view) => {
      needs.onCall(view);
      const ringing = view?.phase === 'ringing-in' ? view.friendId : null;
      if (ringing !== live().ringing) publish({ ringing });
    },
    onEntry: (entry) => {
      if (!talk) return;
      const stored = talk.store.addCall(needs.newMessageId(entry.conversationId), entry).then(tellOf);
      background('noting a call', stored);
    },
  });

  function wakeSnapshots(): void {
    if (live().security.state === 'ready' && live().me.kind === 'account') snapshots.run('wake');
  }

  function devicesChanged(userId: string | null): void {
    if (userId === null) talk?.delivery.devicesChanged(null);
    else for (const id of conversationsWith(userId)) talk?.delivery.devicesChanged(id);
  }

  // --- What the server says --------------------------------------------------------------------------------------

  const hear = createServerHearing({
    me,
    clock,
    live,
    publish,
    people,
    groups,
    siblings,
    mailbox,
    crypto,
    takeKeys,
    onOtherSession: needs.onOtherSession,
    onWelcome: () => {
      presence.report();
      giveUpOnStrangers();
      links.warmUpSoon();
    },
  });

  function takeKeys(news: News, anew: boolean): void {
    const announced = crypto.announce(news);
    background("taking in the server's word on keys", announced);
    if (!anew) return;
    collected = announced.then(fetchMail, fetchMail).catch((error: unknown) => {
      platform.report('fetching what waits', error);
    });
  }

  /** What waits is fetched once the engine knows the people it is from. */
  async function fetchMail(): Promise<void> {
    if (scope.ended) return;
    for (const { id } of live().people.contacts) talk?.tellRead(id);
    for (const id of live().groups.keys()) talk?.tellRead(id);
    await mailbox.collect();
  }

  /** Whoever is no contact (any more) gets nothing: what waits for them has failed. */
  function giveUpOnStrangers(): void {
    if (talk) background('giving up on what nobody may get', talk.giveUpOnStrangers());
  }

  // --- What the tabs ask -----------------------------------------------------------------------------------------

  const command = createCommands({
    live,
    publish,
    socket,
    presence,
    links,
    groups,
    siblings,
    snapshots,
    security,
    talk,
    files,
    onAdded: (conversationId) => {
      // They are being stored from this moment on; the outbox is read after that has begun.
      if (online() && !mayWrite(conversationId)) queueMicrotask(giveUpOnStrangers);
    },
  });

  scope.own(typists.typists.subscribe(() => publish({ typing: typists.typists.get() })));
  scope.own(page.onNetworkChange(() => links.networkChanged()));
  scope.own(
    socket.state.subscribe(() => {
      const state = socket.state.get();
      if (state.state === 'signed-out') {
        needs.onSignedOut();
        return;
      }
      publish({ connection: state });
      links.reachChanged();
    }),
  );
  const takeUp = (): void => {
    if (talk) background('taking up what waits', talk.takeUp());
  };
  socket.start();
  takeUp();

  return {
    command,
    takeUp,
    perform: (ask) => (ask.do === 'group' ? groups.perform(ask.ask) : security.perform(ask)),
    forgetFile: (id) => files?.forget(id),
    historyChanged: () => snapshots.changed(),
    calls,
    reports: createReports({
      clock,
      timers,
      scope,
      onHold: (id, held) => (isGroupId(id) ? groups.want(id, 'open', held) : links.want(id, 'open', held)),
      onActive: (active) => {
        presence.setIdle(!active);
        if (!active) wakeSnapshots();
      },
    }),
  };
}
