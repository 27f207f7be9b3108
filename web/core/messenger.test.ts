import { deleteDB, openDB } from 'idb';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createFakeBrowser } from '../../tests/fakes/browser.ts';
import type { FakeBrowser, FakeTab } from '../../tests/fakes/browser.ts';
import { openFirstVersion } from '../../tests/fakes/old-database.ts';
import { createFakeServer } from '../../tests/fakes/server.ts';
import type { FakeServer } from '../../tests/fakes/server.ts';
import { createFakeTime } from '../../tests/fakes/time.ts';
import type { FakeTime } from '../../tests/fakes/time.ts';
import { createInHand } from './conversation/in-hand.ts';
import { createStore } from './conversation/store.ts';
import { openDatabase } from './database.ts';
import type { HistoryUpgrade } from './history-model.ts';
import { createMessenger } from './messenger.ts';
import type { Conversation, Messenger, Notice } from './model.ts';
import { cell } from './value.ts';

let time: FakeTime;
let server: FakeServer;
let round = 0;

interface Person {
  readonly name: string;
  readonly id: string;
  readonly browser: FakeBrowser;
  readonly tab: FakeTab;
  readonly messenger: Messenger;
}

beforeEach(() => {
  time = createFakeTime();
  server = createFakeServer(time);
  // The databases of one test must not meet those of the next.
  round += 1;
});

async function person(label: string, subtle: SubtleCrypto | null = null): Promise<Person> {
  const name = `${label}${round}`;
  const browser = createFakeBrowser(time, server, subtle);
  const tab = browser.openTab();
  const messenger = createMessenger(tab.platform);
  await time.settle();
  await messenger.account.enterAsGuest({ code: 'x'.repeat(43), displayName: name });
  await time.settle();
  return { name, id: server.idsOf(name).userId, browser, tab, messenger };
}

/** Two friends: the first sees the second only on a new list, as no contact is made by the protocol here. */
async function friends(): Promise<[Person, Person]> {
  const [ada, ben] = [await person('ada'), await person('ben')];
  server.restart(4503);
  await time.advance(2_000);
  return [ada, ben];
}

/** A real database, on a machine that may be busy. */
const PATIENCE = { timeout: 20_000 };

const texts = (conversation: Conversation) =>
  conversation.timeline
    .get()
    .messages.map(
      ({ body, state, author }) => `${author} ${body.kind === 'text' ? body.text : body.kind} ${state}`,
    );

describe('signing in', () => {
  it('starts signed out where nobody was', async () => {
    const { messenger } = await (async () => {
      const tab = createFakeBrowser(time, server).openTab();
      return { messenger: createMessenger(tab.platform) };
    })();
    expect(messenger.session.get()).toEqual({ state: 'unknown' });
    await time.settle();
    expect(messenger.session.get()).toEqual({ state: 'signed-out', reason: 'never' });
    expect(messenger.connection.get()).toEqual({ state: 'idle' });
  });

  it('remembers who was, with their list, even without the server', async () => {
    const [ada] = await friends();
    await time.advance(2_000);
    ada.messenger.close();
    server.setUp(false);
    const again = createMessenger(ada.browser.openTab().platform);
    expect(again.session.get()).toMatchObject({ state: 'signed-in', me: { displayName: ada.name } });
    await time.settle();
    expect(again.people.state.get()).toMatchObject({
      loaded: true,
      contacts: [{ presence: { state: 'offline' } }],
    });
    expect(again.connection.get()).toMatchObject({ state: 'offline', reason: 'unreachable' });
  });

  it('ends in every tab, and when the server says so', async () => {
    const ada = await person('ada');
    const second = createMessenger(ada.browser.openTab().platform);
    await time.settle();
    expect(second.session.get().state).toBe('signed-in');
    await ada.messenger.account.logOut();
    await time.settle();
    expect(ada.messenger.session.get()).toEqual({ state: 'signed-out', reason: 'logged-out' });
    expect(second.session.get()).toEqual({ state: 'signed-out', reason: 'logged-out' });
    const ben = await person('ben');
    server.restart(4401);
    await time.settle();
    expect(ben.messenger.session.get()).toEqual({ state: 'signed-out', reason: 'ended-elsewhere' });
  });
});

describe('a device whose keys are gone', () => {
  it('ends its session, and not the next one when an answer comes late', async () => {
    const { platform } = createFakeBrowser(time, server).openTab();
    let answerFirst = (): void => undefined;
    let logOuts = 0;
    let isLost = true;
    const messenger = createMessenger({
      ...platform,
      fetch(path, init) {
        if (path !== '/api/auth/logout') return platform.fetch(path, init);
        logOuts += 1;
        if (logOuts === 1)
          return new Promise((resolve) => (answerFirst = () => resolve(new Response(null, { status: 204 }))));
        // As the real one, which closes the sockets of a session that ends before it answers.
        server.restart(4401);
        return time.settle().then(() => platform.fetch(path, init));
      },
      async loadEncryption() {
        const loaded = await platform.loadEncryption();
        return {
          ...loaded,
          async openEngine(needs) {
            const opened = await loaded.openEngine(needs);
            if (!opened.ok || !isLost) return opened;
            const identity = { ...opened.value.identity, state: cell('lost' as const) };
            return { ok: true, value: { ...opened.value, identity } };
          },
        };
      },
    });
    const enter = () => messenger.account.enterAsGuest({ code: 'x'.repeat(43), displayName: `ada${round}` });
    await enter();
    await time.advance(2_000);
    expect([logOuts, messenger.session.get().state]).toEqual([1, 'signed-in']);
    await time.advance(10_000);
    expect([logOuts, messenger.session.get()]).toEqual([2, { state: 'signed-out', reason: 'storage-lost' }]);
    isLost = false;
    await enter();
    await time.advance(1_000);
    answerFirst();
    await time.settle();
    expect(messenger.session.get().state).toBe('signed-in');
  });
});

describe('a conversation by the relay', () => {
  it('delivers, is read, and shows typing', async () => {
    const [ada, ben] = await friends();
    const mine = ada.messenger.openConversation(ben.id);
    await time.settle();
    mine.setDraft('hel');
    await time.settle();
    const sent = await mine.sendText('hello\r\nBen ');
    await time.settle();
    expect(sent).toMatchObject({ ok: true, value: { state: 'queued', body: { text: 'hello\nBen' } } });
    expect(ben.messenger.conversations.get().get(ada.id)).toMatchObject({ unread: 1 });
    const theirs = ben.messenger.openConversation(ada.id);
    await time.settle();
    expect(texts(mine)).toEqual(['me hello\nBen delivered']);
    expect(texts(theirs)).toEqual(['friend hello\nBen delivered']);
    expect(mine.path.get()).toMatchObject({ path: 'server', why: 'unsupported' });
    const id = theirs.timeline.get().firstUnreadId!;
    expect(id).toBe(theirs.timeline.get().messages[0]!.id);
    theirs.markRead(id);
    await time.settle();
    expect(ben.messenger.conversations.get().get(ada.id)).toMatchObject({ unread: 0 });
    expect(texts(mine)).toEqual(['me hello\nBen read']);
    theirs.setDraft('h');
    await time.settle();
    expect(mine.friendTyping.get()).toBe(true);
    await time.advance(6_001);
    expect(mine.friendTyping.get()).toBe(false);
  });

  it('is read as it comes while it is watched, and tells so only whom the person wants to know', async () => {
    const [ada, ben] = await friends();
    const mine = ada.messenger.openConversation(ben.id);
    const theirs = ben.messenger.openConversation(ada.id);
    await time.settle();
    let looks = true;
    const leave = theirs.watch(() => looks);
    const say = async (text: string): Promise<void> => {
      await mine.sendText(text);
      await time.settle();
    };
    const unread = () => ben.messenger.conversations.get().get(ada.id)?.unread;
    await say('seen');
    expect([texts(mine), unread()]).toEqual([['me seen read'], 0]);
    ben.messenger.setPreferences({ readReceipts: false });
    await say('seen and not told');
    expect([texts(mine).at(-1), unread()]).toEqual(['me seen and not told delivered', 0]);
    expect(texts(theirs).at(-1)).toBe('friend seen and not told read');
    looks = false;
    await say('while looking elsewhere');
    expect(unread()).toBe(1);
    looks = true;
    leave();
    await say('after it was left');
    expect(unread()).toBe(2);
    expect(texts(theirs).at(-1)).toBe('friend after it was left delivered');
  });

  it('refuses what is too long or empty, and keeps the draft', async () => {
    const [ada, ben] = await friends();
    const mine = ada.messenger.openConversation(ben.id);
    const long = 'x'.repeat(16_001);
    mine.setDraft(long);
    expect(await mine.sendText(long)).toEqual({ ok: false, failure: { code: 'message-too-long' } });
    expect(mine.draft.get()).toBe(long);
    expect(await mine.sendText(' \n ')).toMatchObject({ ok: false });
  });

  it('says so when the storage refuses, keeps the draft, and shows nothing that is not there', async () => {
    const [ada, ben] = await friends();
    ada.messenger.close();
    const { platform } = ada.browser.openTab();
    const refused = () => Promise.reject(new Error('refused'));
    const again = createMessenger({ ...platform, database: { ...platform.database, open: refused } });
    const mine = again.openConversation(ben.id);
    await time.settle();
    expect(again.connection.get().state).toBe('online');
    expect(again.people.state.get().contacts).toHaveLength(1);
    expect(mine.timeline.get()).toMatchObject({ loaded: true, messages: [] });
    mine.setDraft('hello');
    expect(await mine.sendText('hello')).toEqual({ ok: false, failure: { code: 'storage' } });
    expect(mine.draft.get()).toBe('hello');
    expect(mine.timeline.get().messages).toEqual([]);
  });

  it('carries the longest text of the widest characters', async () => {
    const [ada, ben] = await friends();
    const mine = ada.messenger.openConversation(ben.id);
    const theirs = ben.messenger.openConversation(ada.id);
    await mine.sendText('中"'.repeat(8_000));
    await time.settle();
    expect(theirs.timeline.get().messages[0]?.body).toEqual({ kind: 'text', text: '中"'.repeat(8_000) });
  });

  it('sends again what the relay lost, and shows it once', async () => {
    const [ada, ben] = await friends();
    const mine = ada.messenger.openConversation(ben.id);
    const theirs = ben.messenger.openConversation(ada.id);
    await time.settle();
    // Loses the first two messages and the first receipt.
    server.relay = (count) => (count <= 3 ? 'lose' : 'deliver');
    await mine.sendText('one');
    await mine.sendText('two');
    await time.advance(60_000);
    expect(texts(mine)).toEqual(['me one delivered', 'me two delivered']);
    expect(texts(theirs)).toEqual(['friend one delivered', 'friend two delivered']);
  });

  it('keeps messages for a friend who is away, over a reload, and delivers them in order', async () => {
    const [ada, ben] = await friends();
    ben.messenger.close();
    await time.settle();
    const mine = ada.messenger.openConversation(ben.id);
    await time.settle();
    expect(mine.path.get()).toEqual({ path: 'mailbox' });
    for (const text of ['one', 'two', 'three']) await mine.sendText(text);
    await time.settle();
    ada.messenger.close();
    const reloaded = createMessenger(ada.browser.openTab().platform);
    const again = reloaded.openConversation(ben.id);
    await time.settle();
    expect(texts(again)).toEqual(['me one sent', 'me two sent', 'me three sent']);
    const back = createMessenger(ben.browser.openTab().platform);
    const theirs = back.openConversation(ada.id);
    await time.advance(1_000);
    expect(texts(theirs)).toEqual(['friend one delivered', 'friend two delivered', 'friend three delivered']);
    expect(texts(again)).toEqual(['me one delivered', 'me two delivered', 'me three delivered']);
  });

  it('stores and sends what a tab had in hand when it died, once', async () => {
    const [ada, ben] = await friends();
    const theirs = ben.messenger.openConversation(ada.id);
    const inHand = () => createInHand(ada.browser.keep, ada.id);
    ada.tab.kill();
    const id = '0'.repeat(26);
    inHand().take(ben.id, [{ type: 'text', id, text: 'half sent' }]);
    for (let starts = 0; starts < 2; starts += 1) {
      const tab = ada.browser.openTab();
      const mine = createMessenger(tab.platform).openConversation(ben.id);
      await time.advance(10_000);
      expect(texts(mine)).toEqual(['me half sent delivered']);
      tab.kill();
    }
    expect(texts(theirs)).toEqual(['friend half sent delivered']);
    expect(inHand().left()).toEqual([]);
  });

  it('takes up what another tab had in hand, or stored and did not tell of, once that is gone', async () => {
    const [ada, ben] = await friends();
    const mine = ada.messenger.openConversation(ben.id);
    const theirs = ben.messenger.openConversation(ada.id);
    const other = ada.browser.openTab();
    const follower = createMessenger(other.platform);
    await time.settle();
    expect(follower.session.get().state).toBe('signed-in');
    const [half, untold] = ['0', '1'].map((digit) => digit.repeat(26) + ada.id);
    createInHand(ada.browser.keep, ada.id).take(ben.id, [{ type: 'text', id: half!, text: 'half sent' }]);
    const database = await openDatabase({ open: openDB, remove: deleteDB, KeyRange: IDBKeyRange }, ada.id);
    const body = { kind: 'text', text: 'not told' } as const;
    const message = {
      id: untold!,
      conversationId: ben.id,
      author: 'me',
      at: 1,
      body,
      state: 'queued',
    } as const;
    await createStore(database, IDBKeyRange).addOwn(ben.id, [message], false);
    database.close();
    await time.advance(10_000);
    expect(texts(theirs)).toEqual([]);
    other.kill();
    await time.advance(10_000);
    expect(texts(theirs)).toEqual(['friend half sent delivered', 'friend not told delivered']);
    expect(texts(mine)).toEqual(['me half sent delivered', 'me not told delivered']);
  });

  it('sends what was written while the server was away', async () => {
    const [ada, ben] = await friends();
    const mine = ada.messenger.openConversation(ben.id);
    const theirs = ben.messenger.openConversation(ada.id);
    server.setUp(false);
    server.restart(4503);
    await time.settle();
    expect(ada.messenger.connection.get()).toMatchObject({ state: 'offline', reason: 'server-restarting' });
    await mine.sendText('meanwhile');
    await time.advance(3_000);
    expect(texts(mine)).toEqual(['me meanwhile queued']);
    server.setUp(true);
    await time.advance(10_000);
    expect(ada.messenger.connection.get()).toMatchObject({ state: 'online' });
    expect(texts(theirs)).toEqual(['friend meanwhile delivered']);
  });

  it('sends what was written before the engine arrived, though the server was there all the time', async () => {
    const [ada, ben] = await friends();
    ada.messenger.close();
    const { platform } = ada.browser.openTab();
    let fetched = 0;
    const slow = createMessenger({
      ...platform,
      loadEncryption: () =>
        (fetched += 1) < 3 ? Promise.reject(new TypeError('no network')) : platform.loadEncryption(),
    });
    await time.settle();
    await slow.openConversation(ben.id).sendText('early');
    await time.advance(30_000);
    expect(ben.messenger.conversations.get().get(ada.id)?.last?.body).toEqual({
      kind: 'text',
      text: 'early',
    });
    expect(ada.browser.reports.filter((during) => during === 'loading the encryption')).toHaveLength(2);
    slow.close();
  });

  it('discards and retries', async () => {
    const [ada, ben] = await friends();
    ben.messenger.close();
    ada.tab.setOnline(false);
    await time.settle();
    const mine = ada.messenger.openConversation(ben.id);
    const sent = await mine.sendText('oops');
    if (!sent.ok) throw new Error('not sent');
    expect(await mine.retry(sent.value.id)).toMatchObject({ ok: false, failure: { code: 'not-found' } });
    expect(await mine.discard(sent.value.id)).toMatchObject({ ok: true });
    expect(texts(mine)).toEqual([]);
    ada.tab.setOnline(true);
    const back = createMessenger(ben.browser.openTab().platform);
    await time.advance(5_000);
    expect(back.conversations.get().get(ada.id)).toBeUndefined();
  });
});

describe('several devices', () => {
  const phone = 'phone'.padEnd(22, '0');
  const tablet = 'tablet'.padEnd(22, '0');
  const mailedTo = (deviceId: string) =>
    server.mailed.filter((mail) => mail.deviceId === deviceId).map(({ body }) => atob(body));

  it('get each message: the friend’s that is away and one’s own by mailbox, the one that is there at once', async () => {
    const [ada, ben] = await friends();
    server.devices.get(ben.id)?.add(phone);
    server.devices.get(ada.id)?.add(tablet);
    const mine = ada.messenger.openConversation(ben.id);
    await mine.sendText('for all');
    await time.advance(1_000);
    expect(texts(mine)).toEqual(['me for all delivered']);
    expect(mailedTo(phone)).toHaveLength(1);
    expect(mailedTo(phone)[0]).toContain('"for all"');
    // Kind 3: one's own device is told which conversation it belongs to. The other is the friend's receipt.
    expect(mailedTo(tablet).map((body) => body.slice(0, 2))).toEqual(['\u0002\u0003', '\u0002\u0001']);
    const sent = server.mailed.length + server.relayed.length;
    await time.advance(120_000);
    expect(server.mailed.length + server.relayed.length).toBe(sent);
  });

  it('get what was written before they were there', async () => {
    const [ada, ben] = await friends();
    server.devices.delete(ben.id);
    ben.messenger.close();
    await time.settle();
    const mine = ada.messenger.openConversation(ben.id);
    await mine.sendText('is anybody there?');
    await time.advance(1_000);
    expect(texts(mine)).toEqual(['me is anybody there? queued']);
    createMessenger(ben.browser.openTab().platform);
    await time.advance(2_000);
    server.restart(4503);
    await time.advance(5_000);
    expect(texts(mine)).toEqual(['me is anybody there? delivered']);
  });

  it('whose messages come before their keys: it is said how many, and they show once the keys come', async () => {
    const [ada, ben] = await friends();
    const yours = ben.messenger.openConversation(ada.id);
    server.withheld.from.add(server.idsOf(ada.name).deviceId);
    await ada.messenger.openConversation(ben.id).sendText('sealed for whom?');
    await time.advance(5_000);
    expect([texts(yours), yours.unopened.get()]).toEqual([[], 1]);
    server.withheld.from.clear();
    for (const tell of server.withheld.tell) tell();
    await time.advance(5_000);
    expect([texts(yours), yours.unopened.get()]).toEqual([['friend sealed for whom? delivered'], 0]);
  });

  it('one of which its owner removed: whatever the owner says names it, and it gets nothing more', async () => {
    const [ada, ben] = await friends();
    server.devices.get(ada.id)?.add(tablet);
    server.devices.get(ben.id)?.add(phone);
    const mine = ada.messenger.openConversation(ben.id);
    const theirs = ben.messenger.openConversation(ada.id);
    await theirs.sendText('to both');
    await time.advance(1_000);
    const isMailed = () => mailedTo(tablet).some((body) => body.includes('secret'));
    expect(mailedTo(tablet)).toHaveLength(1);
    // `phone` is Ben's: what Ada says of that counts for nothing.
    server.named.set(server.idsOf(ada.name).deviceId, [tablet, phone]);
    await theirs.sendText('whose receipt names it');
    await time.advance(1_000);
    server.mailed.length = 0;
    await theirs.sendText('secret');
    await time.advance(1_000);
    expect(texts(mine).at(-1)).toBe('friend secret delivered');
    expect(isMailed()).toBe(false);
    expect(mailedTo(phone)).not.toEqual([]);
    // Not part of what is stored and shown.
    expect(JSON.stringify(mine.timeline.get())).not.toContain(tablet);
  });

  it('whose mailboxes are full: one does not hold up the others, all are for the person to know', async () => {
    const [ada, ben] = await friends();
    server.devices.get(ben.id)?.add(phone);
    server.full.add(phone);
    const mine = ada.messenger.openConversation(ben.id);
    await mine.sendText('one of two');
    await time.advance(1_000);
    expect(texts(mine)).toEqual(['me one of two delivered']);
    ben.messenger.close();
    for (const device of server.devices.get(ben.id) ?? []) server.full.add(device);
    await time.settle();
    await mine.sendText('none');
    await time.advance(1_000);
    expect(mine.timeline.get().messages.at(-1)).toMatchObject({
      state: 'failed',
      failure: { code: 'mailbox-full' },
    });
  });
});

describe('a change to a message', () => {
  const bodies = (conversation: Conversation) =>
    conversation.timeline.get().messages.map(({ body, edited, reactions }) => ({
      said: body.kind === 'text' ? body.text : body.kind,
      ...(edited === undefined ? {} : { edited: true }),
      ...(reactions && { reactions }),
    }));

  async function talking(said: readonly string[]) {
    const [ada, ben] = await friends();
    const mine = ada.messenger.openConversation(ben.id);
    const theirs = ben.messenger.openConversation(ada.id);
    await time.settle();
    for (const text of said) await mine.sendText(text);
    await time.settle();
    return { ada, ben, mine, theirs, ids: mine.timeline.get().messages.map(({ id }) => id) };
  }

  it('shows on both sides, in the list too, and raises neither notice nor count', async () => {
    const { ada, ben, mine, theirs, ids } = await talking(['one', 'two', 'three']);
    const notices: string[] = [];
    ben.messenger.onNotice(({ kind }) => notices.push(kind));
    expect(await mine.edit(ids[0]!, ' uno\r\n ')).toEqual({ ok: true, value: undefined });
    expect(await mine.remove(ids[2]!)).toEqual({ ok: true, value: undefined });
    expect(await mine.react(ids[1]!, '🎉', true)).toMatchObject({ ok: true });
    await time.advance(1_000);
    expect(await theirs.react(ids[1]!, '👍', true)).toMatchObject({ ok: true });
    await time.settle();
    const reactions = (me: 'me' | 'friend', friend: 'me' | 'friend') => [
      { emoji: '🎉', by: [me] },
      { emoji: '👍', by: [friend] },
    ];
    expect(bodies(mine)).toEqual([
      { said: ' uno', edited: true },
      { said: 'two', reactions: reactions('me', 'friend') },
      { said: 'deleted' },
    ]);
    expect(bodies(theirs)).toEqual([
      { said: ' uno', edited: true },
      { said: 'two', reactions: reactions('friend', 'me') },
      { said: 'deleted' },
    ]);
    expect(ben.messenger.conversations.get().get(ada.id)).toMatchObject({
      unread: 2,
      last: { body: { kind: 'deleted' } },
    });
    expect(notices).toEqual([]);
    await theirs.react(ids[1]!, '👍', false);
    await time.settle();
    expect(bodies(mine)[1]).toEqual({ said: 'two', reactions: [{ emoji: '🎉', by: ['me'] }] });
  });

  it('waits for a friend who is away, over a reload, and arrives in the end', async () => {
    const { ada, ben, mine, ids } = await talking(['one', 'two']);
    ben.messenger.close();
    await time.settle();
    await mine.edit(ids[0]!, 'uno');
    await mine.remove(ids[1]!);
    await mine.sendText('three');
    await mine.react(mine.timeline.get().messages[2]!.id, '👍', true);
    await mine.edit(mine.timeline.get().messages[2]!.id, 'tre');
    ada.messenger.close();
    const reloaded = createMessenger(ada.browser.openTab().platform);
    const again = reloaded.openConversation(ben.id);
    await time.settle();
    // Loses the first letters and a receipt.
    server.relay = (count) => (count % 3 === 0 ? 'lose' : 'deliver');
    const back = createMessenger(ben.browser.openTab().platform);
    const notices: Notice[] = [];
    back.onNotice((notice) => notices.push(notice));
    const theirs = back.openConversation(ada.id);
    await time.advance(120_000);
    const expected = [
      { said: 'uno', edited: true },
      { said: 'deleted' },
      { said: 'tre', edited: true, reactions: [{ emoji: '👍', by: ['friend'] }] },
    ];
    expect(bodies(theirs)).toEqual(expected);
    expect(bodies(again)).toEqual([
      ...expected.slice(0, 2),
      { ...expected[2], reactions: [{ emoji: '👍', by: ['me'] }] },
    ]);
    expect(again.timeline.get().messages.at(-1)?.state).toBe('delivered');
    expect(notices.filter(({ kind }) => kind === 'message')).toHaveLength(1);
    const sent = server.relayed.length;
    await time.advance(300_000);
    expect(server.relayed.length).toBe(sent);
  });

  it('is refused where it is not allowed', async () => {
    const { theirs, mine, ids } = await talking(['one']);
    const refused = { ok: false, failure: { code: 'not-found' } };
    expect(await theirs.edit(ids[0]!, 'mine now')).toEqual(refused);
    expect(await theirs.remove(ids[0]!)).toEqual(refused);
    expect(await mine.edit(ids[0]!, '  ')).toMatchObject({ ok: false, failure: { code: 'bad-request' } });
    expect(await mine.edit(ids[0]!, 'x'.repeat(16_001))).toMatchObject({
      failure: { code: 'message-too-long' },
    });
    expect(await mine.react(ids[0]!, 'no emoji', true)).toMatchObject({ failure: { code: 'bad-request' } });
    await Promise.all([mine.remove(ids[0]!), theirs.react(ids[0]!, '👍', true)]);
    await time.settle();
    expect(await mine.edit(ids[0]!, 'back')).toEqual(refused);
    expect(await theirs.react(ids[0]!, '👍', true)).toEqual(refused);
    expect([bodies(mine), bodies(theirs)]).toEqual([[{ said: 'deleted' }], [{ said: 'deleted' }]]);
  });

  it('that deletes a file takes back its offer, also from a tab that leads later', async () => {
    const { ada, ben, mine, theirs } = await talking([]);
    const tab = ada.browser.openTab();
    const second = createMessenger(tab.platform);
    const other = second.openConversation(ben.id);
    await time.settle();
    const sent = await other.sendFiles([new File(['x'], 'private.txt')]);
    await time.settle();
    if (!sent.ok) throw new Error('not sent');
    const { id } = sent.value[0]!;
    const offers = () => [ada.messenger, second].map(({ transfers }) => transfers.views.get().has(id));
    expect(offers()).toEqual([true, true]);
    await mine.remove(id);
    await time.settle();
    for (const each of [mine, other, theirs]) expect(bodies(each)).toEqual([{ said: 'deleted' }]);
    expect(offers()).toEqual([false, false]);
    ada.tab.kill();
    await time.advance(1_000);
    expect(second.connection.get()).toMatchObject({ state: 'online' });
    expect(second.transfers.views.get().has(id)).toBe(false);
  });

  it('from another tab shows in all, and is sent by the one that leads', async () => {
    const { ada, ben, mine, theirs, ids } = await talking(['one']);
    const second = createMessenger(ada.browser.openTab().platform);
    const other = second.openConversation(ben.id);
    await time.settle();
    await other.edit(ids[0]!, 'uno');
    await time.settle();
    for (const each of [mine, other, theirs]) expect(bodies(each)).toEqual([{ said: 'uno', edited: true }]);
    await other.remove(ids[0]!);
    await time.settle();
    for (const each of [mine, other, theirs]) expect(bodies(each)).toEqual([{ said: 'deleted' }]);
  });

  it('to what was never sent: the new text alone, or nothing, arrives', async () => {
    const { ada, ben, mine } = await talking([]);
    ben.messenger.close();
    ada.tab.setOnline(false);
    await time.settle();
    await mine.sendText('one');
    await mine.sendText('two');
    const [one, two] = mine.timeline.get().messages.map(({ id }) => id);
    await mine.edit(one!, 'uno');
    await mine.remove(two!);
    expect(bodies(mine)).toEqual([{ said: 'uno', edited: true }]);
    ada.tab.setOnline(true);
    const back = createMessenger(ben.browser.openTab().platform);
    const theirs = back.openConversation(ada.id);
    await time.advance(10_000);
    expect(bodies(theirs)).toEqual([{ said: 'uno', edited: true }]);
    expect(back.conversations.get().get(ada.id)).toMatchObject({
      unread: 1,
      last: { body: { text: 'uno' } },
    });
    const said = [...server.relayed, ...server.mailed].map(({ body }) => atob(body)).join(' ');
    expect(said).toContain('"uno"');
    expect(said).not.toMatch(/"one"|"two"/);
  });
});

describe('the search', () => {
  async function found(messenger: Messenger, text: string): Promise<string[]> {
    const page = await messenger.search(text, null).next();
    if (!page.ok) return [page.failure.code];
    return page.value.hits.map(({ body }) => (body.kind === 'text' ? body.text : body.kind));
  }

  async function leftToIndex({ id }: Person): Promise<number> {
    await time.advance(5_000);
    const database = await openDatabase({ open: openDB, remove: deleteDB, KeyRange: IDBKeyRange }, id);
    const left = await database.count('searchQueue');
    database.close();
    return left;
  }

  it('finds what was sent and received, in any tab, before and after the index knows it, and after a killed tab', async () => {
    const [ada, ben] = await friends();
    const mine = ada.messenger.openConversation(ben.id);
    const theirs = ben.messenger.openConversation(ada.id);
    await mine.sendText('周六去看展览吗？');
    await time.settle();
    await theirs.sendText('展览？好');
    await time.settle();
    const second = createMessenger(ada.browser.openTab().platform);
    await time.settle();
    for (const messenger of [ada.messenger, ben.messenger, second])
      expect(await found(messenger, '展览')).toEqual(['展览？好', '周六去看展览吗？']);
    await expect.poll(() => leftToIndex(ada)).toBe(0);
    await mine.sendText('展览 again');
    ada.tab.kill();
    expect(await found(second, '展览')).toEqual(['展览 again', '展览？好', '周六去看展览吗？']);
    await expect.poll(() => leftToIndex(ada)).toBe(0);
    expect(await found(second, 'aga 展')).toEqual(['展览 again']);
  });

  it('finds what a message says now, on both sides, and nothing of what was deleted', async () => {
    const [ada, ben] = await friends();
    const mine = ada.messenger.openConversation(ben.id);
    await mine.sendText('the first word');
    await mine.sendText('the second word');
    await time.settle();
    for (const person of [ada, ben]) await expect.poll(() => leftToIndex(person)).toBe(0);
    const [first, second] = mine.timeline.get().messages;
    await mine.edit(first?.id ?? '', '改了');
    await mine.remove(second?.id ?? '');
    await time.settle();
    for (const step of ['at once', 'indexed']) {
      for (const { messenger } of [ada, ben]) {
        expect(await found(messenger, 'word'), step).toEqual([]);
        expect(await found(messenger, '改'), step).toEqual(['改了']);
      }
      for (const person of [ada, ben]) await expect.poll(() => leftToIndex(person)).toBe(0);
    }
  });

  it('says when the storage refuses', async () => {
    const [ada] = await friends();
    ada.messenger.close();
    const { platform } = ada.browser.openTab();
    const refused = () => Promise.reject(new Error('refused'));
    const again = createMessenger({ ...platform, database: { ...platform.database, open: refused } });
    expect(await found(again, 'x')).toEqual(['storage']);
  });
});

describe('a history of an older version', () => {
  /** As version 1 would have left it, with more messages than go over at once. */
  async function makeOld(name: string): Promise<void> {
    await deleteDB(name);
    const old = await openFirstVersion(name);
    const filling = old.transaction('messages', 'readwrite');
    for (let n = 0; n < 3_000; n += 1) void filling.store.put({ friendId: 'f', id: String(n) });
    await filling.done;
    old.close();
  }

  it('is brought up to date by one tab, and every tab says how far it is, and not that it connects', async () => {
    const ada = await person('ada');
    ada.messenger.close();
    await makeOld(`holler-${ada.id}`);
    const older = await openDB(`holler-${ada.id}`, 1);
    const tabs: Messenger[] = [];
    for (let n = 0; n < 2; n += 1) {
      const tab = createMessenger(ada.browser.openTab().platform);
      tabs.push(tab);
      await vi.waitFor(() => expect(tab.history.upgrade.get()).toEqual({ state: 'blocked' }), PATIENCE);
      expect(tab.connection.get()).toEqual({ state: 'idle' });
    }
    const seen = tabs.map((tab) => {
      const states: [HistoryUpgrade | null, string][] = [];
      tab.history.upgrade.subscribe(() =>
        states.push([tab.history.upgrade.get(), tab.connection.get().state]),
      );
      return states;
    });
    older.close();
    await vi.waitFor(() => expect(seen.map((states) => states.at(-1)?.[0])).toEqual([null, null]), PATIENCE);
    for (const states of seen)
      expect(states).toContainEqual([{ state: 'running', done: 2_000, total: 3_000 }, 'idle']);
    await time.settle();
    for (const tab of tabs) expect(tab.connection.get()).toMatchObject({ state: 'online' });
  });

  it('that a newer tab takes over ends the work of the older one, which asks to be loaded again', async () => {
    const ada = await person('ada');
    const ben = await person('ben');
    const open = ada.messenger.openConversation(ben.id);
    await time.settle();
    (await openDB(`holler-${ada.id}`, 99)).close();
    await time.settle();
    expect(ada.messenger.connection.get()).toEqual({ state: 'update-required' });
    // What is still done in it meets nobody, and breaks nothing.
    open.setDraft('late');
    await open.sendText('too late');
    ada.messenger.reconnect();
    ada.messenger.setPresence('busy');
    await time.advance(60_000);
    expect(ada.messenger.connection.get()).toEqual({ state: 'update-required' });
  });
});

describe('several tabs', () => {
  it('lose nothing that was asked in one of them before any led', async () => {
    for (const at of [0, 1]) {
      const ada = await person(`ada${at}-`, crypto.subtle);
      ada.messenger.close();
      const tabs = [0, 1].map(() => createMessenger(ada.browser.openTab().platform));
      tabs[at]!.history.snapshot.make();
      await time.settle();
      for (const { history } of tabs)
        await expect.poll(() => history.snapshot.state.get(), PATIENCE).toMatchObject({ kept: true });
    }
  });

  it('share one connection, show the same, and the next one takes over', async () => {
    const [ada, ben] = await friends();
    const tab = ada.browser.openTab();
    const second = createMessenger(tab.platform);
    await time.settle();
    expect(server.sockets(ada.name)).toBe(1);
    expect(second.connection.get()).toMatchObject({ state: 'online' });
    expect(second.people.state.get().contacts).toHaveLength(1);
    const mine = second.openConversation(ben.id);
    const theirs = ben.messenger.openConversation(ada.id);
    await time.settle();
    await mine.sendText('from the second tab');
    await time.settle();
    expect(texts(mine)).toEqual(['me from the second tab delivered']);
    expect(ada.messenger.conversations.get().get(ben.id)?.last).toMatchObject({ state: 'delivered' });
    ada.tab.kill();
    await mine.sendText('on my own');
    await time.advance(1_000);
    expect(server.sockets(ada.name)).toBe(1);
    expect(second.connection.get()).toMatchObject({ state: 'online' });
    expect(texts(theirs)).toEqual(['friend from the second tab delivered', 'friend on my own delivered']);
    await theirs.sendText('and back');
    await time.settle();
    expect(texts(mine).at(-1)).toBe('friend and back delivered');
  });

  it('give each notice to one tab, a visible one if there is one', async () => {
    const [ada, ben] = await friends();
    const tab = ada.browser.openTab();
    const second = createMessenger(tab.platform);
    await time.settle();
    const seen: string[] = [];
    const listen = (messenger: Messenger, name: string) =>
      messenger.onNotice((notice: Notice) => seen.push(`${name} ${notice.kind}`));
    listen(ada.messenger, 'first');
    listen(second, 'second');
    const theirs = ben.messenger.openConversation(ada.id);
    ada.tab.setVisible(false);
    await theirs.sendText('one');
    await time.advance(1_000);
    expect(seen).toEqual(['second message']);
    tab.setVisible(false);
    await theirs.sendText('two');
    await time.advance(1_000);
    expect(seen).toEqual(['second message', 'first message']);
  });
});
