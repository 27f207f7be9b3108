/** Two people's databases, and letters between them in any order: both hold the same conversation in the end. */
import 'fake-indexeddb/auto';
import { deleteDB, openDB } from 'idb';
import { describe, expect, it } from 'vitest';
import { createRandom, shuffled } from '../../../tests/fakes/random.ts';
import type { Random } from '../../../tests/fakes/random.ts';
import type { Author, Message } from '../model.ts';
import { createIdMaker, timeOfId } from '../wire/message-id.ts';
import type { WireChange, WireContent, WireLetter } from '../wire/message.ts';
import { openDatabase } from '../database.ts';
import { createStore } from './store.ts';
import { WAITING_MAX } from './waiting-changes.ts';
import { excerptOf, fromWire, toWire } from './wire-form.ts';

const access = { open: openDB, remove: deleteDB, KeyRange: IDBKeyRange };
const FRIEND = { userId: 'f', deviceId: 'd' };
const EMOJI = ['👍', '🎉', '❤️'];
let round = 0;

async function side(random: Random, clock: () => number) {
  const database = await openDatabase(access, `side-${(round += 1)}`);
  const store = createStore(database, IDBKeyRange);
  const ids = createIdMaker(clock, random.bytes, 'an-author-of-22-letters');
  let newest: string | null = null;
  const next = () => (newest = ids.next(newest));

  const history = () => store.page('f', {}, 1_000);

  async function write(text: string, answered?: Message): Promise<WireContent> {
    const id = next();
    const message: Message = {
      id,
      conversationId: 'f',
      author: 'me',
      at: timeOfId(id),
      body: { kind: 'text', text },
      state: 'queued',
      ...(answered && {
        replyTo: { id: answered.id, author: answered.author, excerpt: excerptOf(answered) },
      }),
    };
    await store.addOwn('f', [message], false);
    return toWire(message);
  }

  const change = async (target: string, make: (id: string) => WireChange): Promise<WireLetter | null> =>
    (await store.changeOwn('f', target, () => make(next())))?.sent ?? null;

  async function take(letters: readonly WireLetter[]): Promise<void> {
    const changes = letters.filter((letter) => 'target' in letter);
    const contents = letters.filter((letter): letter is WireContent => !('target' in letter));
    const messages = contents.map((content) => fromWire('me', FRIEND, 'f', content));
    await store.addReceived('f', 'friend', messages, changes);
  }

  async function everything(): Promise<string> {
    const stores = [...database.objectStoreNames];
    return JSON.stringify(await Promise.all(stores.map((name) => database.getAll(name))));
  }

  return { store, history, write, change, take, everything, next };
}
type Side = Awaited<ReturnType<typeof side>>;

/** What both must agree on, as the one at `seenBy` sees it. */
async function conversation({ history }: Side, seenBy: Author) {
  const other = (author: Author): Author => (author === 'me' ? 'friend' : 'me');
  const author = (from: Author): Author => (seenBy === 'me' ? from : other(from));
  return (await history()).map((message) => ({
    id: message.id,
    author: author(message.author),
    body: message.body,
    edited: message.edited,
    replyTo: message.replyTo && { ...message.replyTo, author: author(message.replyTo.author) },
    reactions: message.reactions?.map(({ emoji, by }) => ({ emoji, by: by.map(author) })),
  }));
}

/** Something that a person does with what they see; null if there is nothing to do it to. */
async function act(person: Side, random: Random): Promise<WireLetter | null> {
  const seen = (await person.history()).filter(({ body }) => body.kind === 'text');
  const own = seen.filter(({ author }) => author === 'me');
  const kind = random.below(10);
  const said = `words ${random.below(1e9)}`;
  if (kind < 4) return person.write(said, kind === 0 ? random.pick(seen) : undefined);
  const target = random.pick(kind < 8 ? own : seen)?.id;
  if (target === undefined) return null;
  if (kind < 6) return person.change(target, (id) => ({ type: 'edit', id, target, text: said }));
  if (kind < 8) return person.change(target, (id) => ({ type: 'delete', id, target }));
  const [emoji, on] = [random.pick(EMOJI)!, random.fraction() < 0.7];
  return person.change(target, (id) => ({ type: 'reaction', id, target, emoji, on }));
}

/** What this person may not do, to a message of the other's. */
async function forge(person: Side, random: Random): Promise<WireLetter | null> {
  const target = random.pick((await person.history()).filter(({ author }) => author === 'friend'))?.id;
  if (target === undefined) return null;
  const id = person.next();
  return random.fraction() < 0.5
    ? { type: 'edit', id, target, text: 'forged' }
    : { type: 'delete', id, target };
}

/** Brings some of what is on the way, in any order, some of it twice. */
async function deliver(to: Side, onTheWay: WireLetter[], random: Random, all: boolean): Promise<void> {
  const mixed = shuffled(onTheWay, random);
  const count = all ? mixed.length : random.below(mixed.length + 1);
  const arriving = mixed.slice(0, count);
  const repeated = arriving.filter(() => random.fraction() < 0.2);
  onTheWay.splice(0, onTheWay.length, ...mixed.slice(count));
  const batches = shuffled([...arriving, ...repeated], random);
  while (batches.length > 0) await to.take(batches.splice(0, 1 + random.below(5)));
}

describe('both sides hold the same', () => {
  it.each(Array.from({ length: 12 }, (_, n) => n + 1))('after any delivery (seed %i)', async (seed) => {
    const random = createRandom(seed);
    let time = 1_800_000_000_000;
    // Ben's clock is wrong by a minute.
    const [ada, ben] = [await side(random, () => (time += 100)), await side(random, () => time - 60_000)];
    const [toBen, toAda]: [WireLetter[], WireLetter[]] = [[], []];
    for (let step = 0; step < 60; step++) {
      const [from, way] = random.fraction() < 0.5 ? ([ada, toBen] as const) : ([ben, toAda] as const);
      const letter = random.fraction() < 0.1 ? await forge(from, random) : await act(from, random);
      if (letter) way.push(letter);
      if (step % 4 === 0) await deliver(ben, toBen, random, false);
      if (step % 4 === 2) await deliver(ada, toAda, random, false);
    }
    await deliver(ben, toBen, random, true);
    await deliver(ada, toAda, random, true);

    const seen = await conversation(ada, 'me');
    expect(await conversation(ben, 'friend')).toEqual(seen);
    expect(seen.some(({ body }) => body.kind === 'deleted')).toBe(true);
    for (const person of [ada, ben]) {
      const [line] = await person.store.conversations();
      const history = await person.history();
      const unread = history.filter(({ author, body }) => author === 'friend' && body.kind !== 'deleted');
      expect(line).toMatchObject({ unread: unread.length, last: history.at(-1) });
      expect(await person.everything()).not.toContain('forged');
    }
  });

  it('for every order of one message and its changes', async () => {
    const random = createRandom(1);
    const sender = await side(random, () => 1_800_000_000_000);
    const message = await sender.write('first');
    const target = message.id;
    const changes: WireChange[] = [
      { type: 'edit', id: sender.next(), target, text: 'second' },
      { type: 'reaction', id: sender.next(), target, emoji: '👍', on: true },
      { type: 'edit', id: sender.next(), target, text: 'third' },
      { type: 'reaction', id: sender.next(), target, emoji: '👍', on: false },
    ];
    const outcomes = new Set<string>();
    for (const letters of permutations([message, ...changes])) {
      const receiver = await side(random, () => 1_800_000_000_000);
      for (const letter of letters) await receiver.take([letter]);
      outcomes.add(JSON.stringify(await conversation(receiver, 'friend')));
      expect((await receiver.store.conversations())[0]?.unread).toBe(1);
    }
    expect(outcomes.size).toBe(1);
    expect([...outcomes][0]).toContain('third');
  });
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, n) => permutations(items.toSpliced(n, 1)).map((rest) => [item, ...rest]));
}

describe('what was deleted', () => {
  it('is nowhere in either database: not in answers, the list, the outbox or what waits', async () => {
    const random = createRandom(2);
    const [ada, ben] = [
      await side(random, () => 1_800_000_000_000),
      await side(random, () => 1_800_000_000_000),
    ];
    const secret = await ada.write('the secret word');
    await ben.take([secret]);
    const answer = await ben.write('what secret?', (await ben.history())[0]);
    const edited = await ada.change(secret.id, (id) => ({
      type: 'edit',
      id,
      target: secret.id,
      text: 'the other secret word',
    }));
    const deleted = await ada.change(secret.id, (id) => ({ type: 'delete', id, target: secret.id }));
    await ada.take([answer]);
    await ben.take([deleted!]);
    await ben.take([edited!]);
    for (const person of [ada, ben]) {
      expect(await person.everything()).not.toContain('secret word');
      expect((await person.store.message('f', answer.id))?.replyTo).toMatchObject({ excerpt: null });
    }
    expect((await ada.store.outbox('f', 9)).map(({ id }) => id)).toEqual([deleted!.id]);
    expect(await ada.store.message('f', secret.id)).toMatchObject({
      id: secret.id,
      body: { kind: 'deleted' },
    });
  });

  it('is not kept while it waits for its message, and never shown when that comes', async () => {
    const random = createRandom(3);
    const [ada, ben] = [
      await side(random, () => 1_800_000_000_000),
      await side(random, () => 1_800_000_000_000),
    ];
    const message = await ada.write('the secret word');
    const target = message.id;
    const edit: WireChange = { type: 'edit', id: ada.next(), target, text: 'the other secret word' };
    await ben.take([edit]);
    await ben.take([{ type: 'delete', id: ada.next(), target }]);
    await ben.take([edit]);
    expect(await ben.everything()).not.toContain('secret word');
    expect(await ben.history()).toEqual([]);
    const taken = await ben.store.addReceived('f', 'friend', [fromWire('me', FRIEND, 'f', message)]);
    expect(taken.added).toMatchObject([{ id: target, body: { kind: 'deleted' } }]);
    expect(taken.conversation).toMatchObject({ unread: 0, last: { body: { kind: 'deleted' } } });
    expect(await ben.everything()).not.toContain('secret word');
  });
});

it('keeps only so many changes whose message never comes', async () => {
  const random = createRandom(4);
  const ben = await side(random, () => 1_800_000_000_000);
  const deletions = Array.from({ length: WAITING_MAX + 5 }, (): WireChange => {
    return { type: 'delete', id: ben.next(), target: ben.next() };
  });
  await ben.take(deletions);
  const everything = await ben.everything();
  expect(deletions.filter(({ target }) => everything.includes(target))).toEqual(deletions.slice(5));
});

it('gives no change for what is not there or not one’s own', async () => {
  const random = createRandom(5);
  const [ada, ben] = [
    await side(random, () => 1_800_000_000_000),
    await side(random, () => 1_800_000_000_000),
  ];
  const message = await ada.write('hers');
  await ben.take([message]);
  const edit = (target: string) => (id: string) => ({ type: 'edit', id, target, text: 'his' }) as const;
  expect(await ben.store.changeOwn('f', message.id, () => edit(message.id)(ben.next()))).toBeNull();
  expect(await ben.store.changeOwn('f', ben.next(), () => edit(message.id)(ben.next()))).toBeNull();
  expect(await ben.store.outbox('f', 9)).toEqual([]);
});
