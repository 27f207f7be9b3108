/** Groups through the whole of core, as a page uses it: what is written in them reaches everybody, and nobody else. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createFakeBrowser } from '../../tests/fakes/browser.ts';
import type { FakeBrowser } from '../../tests/fakes/browser.ts';
import { createFakeServer } from '../../tests/fakes/server.ts';
import type { FakeServer } from '../../tests/fakes/server.ts';
import { createFakeTime } from '../../tests/fakes/time.ts';
import type { FakeTime } from '../../tests/fakes/time.ts';
import { createMessenger } from './messenger.ts';
import type { Conversation, Messenger, Notice } from './model.ts';

vi.setConfig({ testTimeout: 60_000 });

let time: FakeTime;
let server: FakeServer;
let round = 0;
let ada: Person;
let ben: Person;
let cleo: Person;

interface Person {
  readonly id: string;
  readonly name: string;
  readonly browser: FakeBrowser;
  readonly messenger: Messenger;
  readonly notices: Notice[];
}

async function person(label: string): Promise<Person> {
  const name = `${label}g${round}`;
  const browser = createFakeBrowser(time, server, crypto.subtle);
  const messenger = createMessenger(browser.openTab().platform);
  await time.settle();
  await messenger.account.enterAsGuest({ code: 'x'.repeat(43), displayName: name });
  await time.settle();
  const notices: Notice[] = [];
  messenger.onNotice((notice) => notices.push(notice));
  return { name, id: server.idsOf(name).userId, browser, messenger, notices };
}

beforeEach(async () => {
  time = createFakeTime();
  server = createFakeServer(time);
  // The databases of one test must not meet those of the next.
  round += 1;
  ada = await person('ada');
  ben = await person('ben');
  cleo = await person('cleo');
  server.restart(4503);
  await time.advance(2_000);
});

/** Signatures are made and checked in their own time, which the fake clock does not know. */
const eventually = (look: () => unknown) =>
  expect.poll(
    async () => {
      await time.advance(500);
      return look();
    },
    { timeout: 30_000, interval: 10 },
  );

async function founded(...members: readonly Person[]): Promise<string> {
  const info = { name: 'Walks', topic: '', picture: null };
  const made = await ada.messenger.groups.create(
    info,
    members.map(({ id }) => id),
  );
  if (!made.ok) throw new Error(made.failure.code);
  for (const each of [ada, ...members])
    await eventually(() => each.messenger.groups.all.get().get(made.value)?.name).toBe('Walks');
  return made.value;
}

const said = (conversation: Conversation) =>
  conversation.timeline
    .get()
    .messages.filter(({ body }) => body.kind !== 'group')
    .map(({ author, body, state }) => `${author} ${body.kind === 'text' ? body.text : body.kind} ${state}`);

describe('what is written in a group', () => {
  it('reaches all members, with who wrote it, and is read by each', async () => {
    const id = await founded(ben, cleo);
    const [atAda, atBen, atCleo] = [ada, ben, cleo].map((each) => each.messenger.openConversation(id));
    await time.settle();
    await atAda!.sendText('who is in?');
    await eventually(() => said(atBen!)).toEqual([`@${ada.id} who is in? delivered`]);
    await eventually(() => said(atCleo!)).toEqual([`@${ada.id} who is in? delivered`]);
    await eventually(() => said(atAda!)).toEqual(['me who is in? delivered']);
    const asked = atBen!.timeline.get().messages.at(-1)!;
    await atBen!.sendText('me', asked.id);
    await eventually(() => atCleo!.timeline.get().messages.at(-1)).toMatchObject({
      author: `@${ben.id}`,
      replyTo: { id: asked.id, author: `@${ada.id}`, excerpt: 'who is in?' },
    });
    await eventually(() => atAda!.timeline.get().messages.at(-1)?.replyTo?.author).toBe('me');

    const mine = atAda!.timeline
      .get()
      .messages.find(({ author, body }) => author === 'me' && body.kind === 'text')!;
    atBen!.markRead(asked.id);
    await eventually(() => atAda!.readMarks.get().get(ben.id)).toBe(mine.id);
    expect(atAda!.timeline.get().messages.find((each) => each.id === mine.id)?.state).toBe('delivered');
    atCleo!.markRead(atCleo!.timeline.get().messages.at(-1)!.id);
    await eventually(() => atAda!.timeline.get().messages.find((each) => each.id === mine.id)?.state).toBe(
      'read',
    );
    expect([...atAda!.readMarks.get().keys()].toSorted()).toEqual([ben.id, cleo.id].toSorted());
  });

  it('is edited and deleted by its author alone, and anybody reacts', async () => {
    const id = await founded(ben, cleo);
    const [atAda, atBen, atCleo] = [ada, ben, cleo].map((each) => each.messenger.openConversation(id));
    await time.settle();
    await atAda!.sendText('at tenn');
    await eventually(() => said(atBen!)).toHaveLength(1);
    const target = atBen!.timeline.get().messages.at(-1)!.id;
    expect(await atBen!.edit(target, 'at nine')).toMatchObject({ ok: false });
    expect(await atBen!.remove(target)).toMatchObject({ ok: false });
    await atBen!.react(target, '👍', true);
    await atAda!.edit(target, 'at ten');
    await eventually(() => said(atCleo!)).toEqual([`@${ada.id} at ten delivered`]);
    await eventually(() => atCleo!.timeline.get().messages.at(-1)?.reactions).toEqual([
      { emoji: '👍', by: [`@${ben.id}`] },
    ]);
    await atAda!.remove(target);
    await eventually(() => said(atCleo!)).toEqual([`@${ada.id} deleted delivered`]);
  });

  it('waits for who is away, in their mailbox', async () => {
    const id = await founded(ben, cleo);
    cleo.messenger.close();
    const atAda = ada.messenger.openConversation(id);
    await atAda.sendText('later');
    await eventually(() => said(atAda)).toEqual(['me later delivered']);
    const again = createMessenger(cleo.browser.openTab().platform);
    const atCleo = again.openConversation(id);
    await eventually(() => said(atCleo)).toEqual([`@${ada.id} later delivered`]);
  });

  it('shows who is typing', async () => {
    const id = await founded(ben, cleo);
    const atAda = ada.messenger.openConversation(id);
    ben.messenger.openConversation(id).setDraft('I');
    await eventually(() => atAda.typists.get()).toEqual([ben.id]);
    await eventually(() => atAda.typists.get()).toEqual([]);
  });

  it('tells the one who is mentioned, also where the group is muted', async () => {
    const id = await founded(ben, cleo);
    for (const each of [ben, cleo]) {
      await each.messenger.groups.mute(id, true);
      each.notices.length = 0;
    }
    const atAda = ada.messenger.openConversation(id);
    await atAda.sendText('@Ben look', undefined, [{ memberId: ben.id, name: 'Ben' }]);
    await eventually(() => ben.messenger.conversations.get().get(id)?.mentioned).toBe(true);
    await eventually(() => cleo.messenger.conversations.get().get(id)?.unread).toBe(1);
    await eventually(() => ben.notices.map(({ kind }) => kind)).toEqual(['message']);
    expect(cleo.messenger.conversations.get().get(id)?.mentioned).toBe(false);
    expect(cleo.notices).toEqual([]);
    const atBen = ben.messenger.openConversation(id);
    await eventually(() => said(atBen)).toHaveLength(1);
    atBen.markRead(atBen.timeline.get().messages.at(-1)!.id);
    await eventually(() => ben.messenger.conversations.get().get(id)?.mentioned).toBe(false);
  });
});

describe('a server that withholds a removal from one member', () => {
  it('stops what they write, until somebody who knows it hands it on; nothing reaches the removed one', async () => {
    const id = await founded(ben, cleo);
    const [atAda, atCleo] = [ada, cleo].map((each) => each.messenger.openConversation(id));
    server.groups.lies.set(ben.id, [...server.groups.groups.get(id)!.entries]);
    ben.messenger.close();
    await ada.messenger.groups.remove(id, cleo.id);
    await atAda!.sendText('without cleo');
    await eventually(() => said(atAda!).at(-1)).toBe('me without cleo sent');
    ada.messenger.close();

    const late = createMessenger(ben.browser.openTab().platform);
    const atLate = late.openConversation(id);
    const doubt = () => late.groups.all.get().get(id)?.doubt;
    await eventually(() => said(atLate)).toEqual([`@${ada.id} without cleo delivered`]);
    await eventually(doubt).toEqual({ memberId: ada.id, kind: 'withheld' });
    await atLate.sendText('about cleo');
    await time.advance(120_000);
    expect(said(atLate).at(-1)).toBe('me about cleo queued');

    const back = createMessenger(ada.browser.openTab().platform);
    await eventually(doubt).toBeNull();
    const atBack = back.openConversation(id);
    await eventually(() => said(atBack).at(-1)).toBe(`@${ben.id} about cleo delivered`);
    expect(said(atCleo!)).toEqual([]);
    // Who is gone is still known by name.
    expect(late.groups.all.get().get(id)?.former).toMatchObject([{ id: cleo.id }]);
  });
});

describe('who comes and goes', () => {
  it('reads from then on, and until then', async () => {
    const id = await founded(ben);
    const atAda = ada.messenger.openConversation(id);
    await atAda.sendText('before');
    await eventually(() => said(atAda)).toEqual(['me before delivered']);
    await ada.messenger.groups.add(id, [cleo.id]);
    await eventually(() => cleo.messenger.groups.all.get().get(id)?.name).toBe('Walks');
    expect(cleo.notices).toContainEqual({ kind: 'group-added', conversationId: id });
    await atAda.sendText('now');
    const atCleo = cleo.messenger.openConversation(id);
    await eventually(() => said(atCleo)).toEqual([`@${ada.id} now delivered`]);

    await ada.messenger.groups.remove(id, cleo.id);
    await eventually(() => cleo.messenger.groups.all.get().get(id)?.myRole).toBeNull();
    const device = server.idsOf(cleo.name).deviceId;
    const came = server.mailed.filter(({ deviceId }) => deviceId === device).length;
    await atAda.sendText('after');
    const atBen = ben.messenger.openConversation(id);
    await eventually(() => said(atBen).at(-1)).toBe(`@${ada.id} after delivered`);
    expect(server.mailed.filter(({ deviceId }) => deviceId === device)).toHaveLength(came);
    expect(said(atCleo)).toEqual([`@${ada.id} now delivered`]);
    // Their page knows; a modified one is not heard.
    await atCleo.sendText('let me in');
    await eventually(() => said(atCleo).at(-1)).toBe('me let me in failed');
    expect(said(atBen).at(-1)).toBe(`@${ada.id} after delivered`);
  });

  it('is told in the history of each', async () => {
    const id = await founded(ben);
    await ada.messenger.groups.setRole(id, ben.id, 'admin');
    const events = (conversation: Conversation) =>
      conversation.timeline
        .get()
        .messages.map(({ author, body }) =>
          body.kind === 'group' ? `${author} ${body.event.kind}` : body.kind,
        );
    const atBen = ben.messenger.openConversation(id);
    await eventually(() => events(atBen)).toEqual([`@${ada.id} created`, `@${ada.id} role`]);
  });

  it('is known again by another tab and after a restart, without the server', async () => {
    const id = await founded(ben);
    const second = createMessenger(ben.browser.openTab().platform);
    await eventually(() => second.groups.all.get().get(id)?.name).toBe('Walks');
    expect(await second.groups.mute(id, true)).toEqual({ ok: true, value: undefined });
    await eventually(() => ben.messenger.groups.all.get().get(id)?.muted).toBe(true);
    ben.messenger.close();
    second.close();
    server.setUp(false);
    const again = createMessenger(ben.browser.openTab().platform);
    await eventually(() => again.groups.all.get().get(id)).toMatchObject({ name: 'Walks', muted: true });
  });

  it('files are not offered to a group', async () => {
    const id = await founded(ben);
    const refused = await ada.messenger.openConversation(id).sendFiles([new File(['x'], 'x.txt')]);
    expect(refused).toEqual({ ok: false, failure: { code: 'forbidden' } });
  });
});
