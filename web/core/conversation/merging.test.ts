/** Two devices of one person, each with a part of what happened: after pages went both ways, both hold the same. */
import 'fake-indexeddb/auto';
import { deleteDB, openDB } from 'idb';
import { describe, expect, it } from 'vitest';
import { createRandom, shuffled } from '../../../tests/fakes/random.ts';
import type { Random } from '../../../tests/fakes/random.ts';
import { openDatabase } from '../database.ts';
import type { Message } from '../model.ts';
import { HISTORY_LIMITS } from '../wire/history.ts';
import type { HistoryPage } from '../wire/history.ts';
import { boundTo, createIdMaker, timeOfId } from '../wire/message-id.ts';
import type { WireChange, WireContent, WireLetter } from '../wire/message.ts';
import { messagesIn } from '../search-queue.ts';
import { listHistory, readHistory } from './history-pages.ts';
import { mergeHistory } from './merging.ts';
import { createStore } from './store.ts';
import { excerptOf, fromWire, toWire } from './wire-form.ts';

const access = { open: openDB, remove: deleteDB, KeyRange: IDBKeyRange };
const FRIENDS = ['friend-one-aaaaaaaaaaa', 'friend-two-bbbbbbbbbbb'];
const OWN = 'me-aaaaaaaaaaaaaaaaaaa';
const EMOJI = ['👍', '🎉', '❤️'];
let round = 0;

async function device() {
  const database = await openDatabase(access, `device-${(round += 1)}`);
  const store = createStore(database, IDBKeyRange);

  async function pages(): Promise<HistoryPage[]> {
    const read: HistoryPage[] = [];
    for (const { conversation } of await listHistory(database, IDBKeyRange)) {
      let before: string | null = null;
      do {
        const page: HistoryPage = await readHistory(database, IDBKeyRange, conversation, before);
        // As it goes over a wire.
        read.push(JSON.parse(JSON.stringify(page)) as HistoryPage);
        before = page.before;
      } while (before !== null);
    }
    return read;
  }

  const merge = (page: HistoryPage) => mergeHistory(database, IDBKeyRange, page, OWN);

  /** Beside what counts only here: revisions, drafts and what the friend was told. */
  async function holds() {
    const stored = await database.getAll('messages');
    const messages = stored.map(({ log, ...message }) => ({
      ...message,
      revision: undefined,
      // Nobody sees whether what was deleted had been read.
      state: message.body.kind === 'deleted' ? null : message.state,
      log: log && { ...log, marks: log.marks.toSorted((a, b) => (a.id < b.id ? -1 : 1)) },
      reactions: message.reactions?.map(({ emoji, by }) => ({ emoji, by: by.toSorted() })),
    }));
    const lines = (await database.getAll('conversations')).map(
      ({ conversationId, last, unread, readUpTo }) => ({
        conversationId,
        last: last?.id,
        unread,
        readUpTo,
      }),
    );
    return JSON.parse(JSON.stringify({ messages, lines })) as { messages: Message[]; lines: unknown[] };
  }

  return { database, store, pages, merge, holds };
}
type Device = Awaited<ReturnType<typeof device>>;

async function moveAll(from: Device, to: Device): Promise<void> {
  for (const page of await from.pages()) await to.merge(page);
}

/** What the person and the friends do, and which device hears of it. */
function createLife(random: Random, devices: readonly Device[]) {
  let time = 1_800_000_000_000;
  const ids = createIdMaker(() => (time += 100), random.bytes, '');
  let newest: string | null = null;
  /** Some are from before ids named their author. */
  const next = (author: string) => {
    const id = ids.next(newest);
    return (newest = random.fraction() < 0.3 ? id : boundTo(id, author));
  };
  const sent: { conversationId: string; mine: boolean; message: Message }[] = [];

  const listeners = () => devices.filter(() => random.fraction() < 0.6);

  async function tell(conversationId: string, mine: boolean, letter: WireLetter): Promise<void> {
    const from = { userId: mine ? 'me' : conversationId, deviceId: 'd' };
    for (const each of listeners()) {
      const messages = 'target' in letter ? [] : [fromWire('me', from, conversationId, letter)];
      const changes = 'target' in letter ? [letter] : [];
      await each.store.addReceived(conversationId, mine ? 'me' : 'friend', messages, changes);
    }
  }

  async function step(): Promise<void> {
    const conversationId = random.pick(FRIENDS)!;
    const mine = random.fraction() < 0.5;
    const known = sent.filter((each) => each.conversationId === conversationId);
    const target = random.pick(known);
    const kind = random.below(12);
    if (kind < 5 || !target) {
      const answered = kind === 0 ? target?.message : undefined;
      const id = next(mine ? OWN : conversationId);
      const content: WireContent = { type: 'text', id, text: `words ${id}` };
      const message = fromWire(
        'me',
        { userId: mine ? 'me' : conversationId, deviceId: 'd' },
        conversationId,
        content,
      );
      const replyTo = answered && { id: answered.id, author: answered.author, excerpt: excerptOf(answered) };
      const whole = replyTo ? { ...message, replyTo } : message;
      sent.push({ conversationId, mine, message: whole });
      return tell(conversationId, mine, toWire(whole));
    }
    const { id } = target.message;
    const made = (change: object, byMe = target.mine) =>
      tell(conversationId, byMe, {
        ...change,
        id: next(byMe ? OWN : conversationId),
        target: id,
      } as WireChange);
    if (kind < 8) {
      const edit = { type: 'edit', text: `edited ${time}` } as const;
      return made(random.fraction() < 0.5 ? { type: 'delete' } : edit);
    }
    if (kind < 10) {
      return made({ type: 'reaction', emoji: random.pick(EMOJI)!, on: random.fraction() < 0.7 }, mine);
    }
    for (const { store } of listeners()) {
      if (target.mine) await store.applyReceipt(conversationId, [id], kind === 10 ? id : null, []);
      else await store.markRead(conversationId, id);
    }
  }
  return { step };
}

describe('two devices hold the same', () => {
  it.each(Array.from({ length: 12 }, (_, n) => n + 1))(
    'after pages went both ways (seed %i)',
    async (seed) => {
      const random = createRandom(seed);
      const [one, two] = [await device(), await device()];
      const life = createLife(random, [one, two]);
      for (let step = 0; step < 120; step++) {
        await life.step();
        if (step % 20 !== 19) continue;
        // Some pages, in any order, some twice, while life goes on.
        const [from, to] = random.fraction() < 0.5 ? [one, two] : [two, one];
        const some = (await from.pages()).filter(() => random.fraction() < 0.7);
        for (const page of shuffled([...some, ...some], random)) await to.merge(page);
      }
      await moveAll(one, two);
      await moveAll(two, one);
      await moveAll(one, two);
      const held = await one.holds();
      expect(await two.holds()).toEqual(held);
      expect(held.messages.some(({ body }) => body.kind === 'deleted')).toBe(true);
      expect(held.messages.some(({ edited }) => edited !== undefined)).toBe(true);
      expect(held.messages.length).toBeGreaterThan(20);
      for (const { database } of [one, two]) {
        const queued = messagesIn(await database.getAll('searchQueue'));
        const texts = held.messages.filter(({ body }) => body.kind === 'text');
        expect(queued.length).toBeGreaterThanOrEqual(texts.length);
      }
    },
  );
});

const FRIEND = FRIENDS[0]!;
const idOf = (n: number) => String(n).padStart(26, '0');
const text = (n: number, more: Partial<Message> = {}): Message => ({
  id: idOf(n),
  conversationId: FRIEND,
  author: 'friend',
  at: timeOfId(idOf(n)),
  body: { kind: 'text', text: `text ${n}` },
  state: 'delivered',
  ...more,
});
const emptyPage: HistoryPage = {
  conversation: FRIEND,
  readUpTo: null,
  messages: [],
  deletions: [],
  before: null,
};

describe('a page', () => {
  it('holds a bounded number of messages and characters, newest first, and leaves none out', async () => {
    const one = await device();
    const many = Array.from({ length: 450 }, (_, n) => text(n + 1));
    await one.store.addReceived(FRIEND, 'friend', many);
    const pages = await one.pages();
    expect(pages.map(({ messages }) => messages.length)).toEqual([200, 200, 50]);
    const ids = pages.flatMap(({ messages }) => messages.map((message) => (message as Message).id));
    expect(ids).toEqual(many.map(({ id }) => id).toReversed());
    const large = Array.from({ length: 60 }, (_, n) =>
      text(1000 + n, { body: { kind: 'text', text: '字'.repeat(16_000) } }),
    );
    await one.store.addReceived(FRIEND, 'friend', large);
    for (const page of await one.pages()) {
      expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(HISTORY_LIMITS.pageBytes);
    }
  });

  it('leaves out what is not sent yet', async () => {
    const one = await device();
    await one.store.addOwn(FRIEND, [text(1, { author: 'me', state: 'queued' })], false);
    expect((await one.pages())[0]).toMatchObject({ messages: [], before: null });
  });

  it('skips what it does not understand and takes the rest', async () => {
    const one = await device();
    const good = { id: idOf(1), author: 'friend', body: { kind: 'text', text: 'good' }, state: 'read' };
    const bad = [
      null,
      { ...good, id: 'x' },
      { ...good, author: 'somebody' },
      { ...good, body: { kind: 'poll' } },
      { ...good, body: { kind: 'text', text: 'x'.repeat(16_001) } },
      { ...good, body: { kind: 'file', file: { name: '../../x', size: 1, type: '' }, device: '' } },
      { ...good, marks: [{ by: 'me', emoji: 'not one', id: idOf(2), on: true }] },
    ];
    await one.merge({ ...emptyPage, messages: [...bad, good], deletions: [{ by: 'me' }] });
    expect((await one.holds()).messages.map(({ id }) => id)).toEqual([idOf(1)]);
  });

  it('brings no message back that was deleted, and none to life by another author’s words', async () => {
    const one = await device();
    await one.store.addReceived(FRIEND, 'friend', [text(1), text(2)]);
    await one.store.addReceived(FRIEND, 'friend', [], [{ type: 'delete', id: idOf(3), target: idOf(1) }]);
    const body = { kind: 'text', text: 'again' };
    await one.merge({
      ...emptyPage,
      messages: [
        { id: idOf(1), author: 'friend', body, edit: idOf(9), state: 'read' },
        { id: idOf(2), author: 'me', body, edit: idOf(9), state: 'read' },
      ],
    });
    const { messages } = await one.holds();
    expect(messages.map((message) => message.body)).toEqual([{ kind: 'deleted' }, text(2).body]);
  });

  it('keeps nothing of a message that was deleted elsewhere, in answers either', async () => {
    const one = await device();
    const replyTo = { id: idOf(1), author: 'friend', excerpt: 'text 1' } as const;
    await one.store.addReceived(FRIEND, 'friend', [text(2, { replyTo })]);
    await one.merge({
      ...emptyPage,
      messages: [{ id: idOf(1), author: 'friend', body: { kind: 'deleted' }, state: 'read' }],
    });
    expect(JSON.stringify(await one.holds())).not.toContain('text 1');
  });

  it('of what is read elsewhere leaves nothing unread, and what the friend was told to that device', async () => {
    const one = await device();
    await one.store.addReceived(FRIEND, 'friend', [text(1), text(2), text(3)]);
    const change = await one.merge({ ...emptyPage, readUpTo: idOf(2) });
    expect(change.conversation).toMatchObject({ unread: 1, readUpTo: idOf(2), readTold: idOf(2) });
    expect(change.messages.map(({ id, state }) => [id, state])).toEqual([
      [idOf(1), 'read'],
      [idOf(2), 'read'],
    ]);
  });

  it('marks the conversation in which somebody is mentioned, until that is read', async () => {
    const one = await device();
    const mentions = [{ memberId: OWN, name: 'Ada' }];
    const body = { kind: 'text', text: '@Ada look', mentions };
    const message = { id: idOf(1), author: 'friend', body, edit: idOf(2), state: 'delivered' };
    const change = await one.merge({ ...emptyPage, messages: [message] });
    expect(change.conversation).toMatchObject({ unread: 1, mentioned: true });
    expect(change.messages[0]?.body).toEqual(body);
    const read = await one.merge({ ...emptyPage, readUpTo: idOf(1) });
    expect(read.conversation).toMatchObject({ unread: 0, mentioned: false });
  });
});
