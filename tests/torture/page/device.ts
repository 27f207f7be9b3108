/** One tab of a device: all of core without a page around it, for the torture test to drive. */
import { openDB } from 'idb';
import { browserPlatform } from '../../../web/core/browser.ts';
import type { Schema } from '../../../web/core/database.ts';
import { createMessenger } from '../../../web/core/messenger.ts';
import type { Conversation, Message, Result } from '../../../web/core/model.ts';
import type { Deed } from '../oracle.ts';
import type { Talk } from '../schedule.ts';
import { underWeather } from './weather.ts';

/** A message as this device has it; the world knows who the people are. */
export interface Seen {
  readonly id: string;
  readonly authorId: string;
  /** Null: deleted. */
  readonly text: string | null;
  /** Emoji and person's id. */
  readonly reactions: readonly (readonly [string, string])[];
  readonly state: string;
}

export interface View {
  readonly stored: readonly Seen[];
  readonly shown: readonly Seen[];
  readonly outbox: number;
}

/** That something is tried (`outcome` null), then what became of it. */
export interface Report {
  /** The same for both. */
  readonly key: string;
  readonly deed: Deed;
  readonly outcome: null | 'done' | 'nothing' | 'unknown';
  readonly id?: string;
}

const asked = new URLSearchParams(location.search);
const { platform, weather } = underWeather(browserPlatform(), { relayOnly: asked.has('relay') });
weather.ahead = Number(asked.get('ahead') ?? 0);
if (asked.has('silent')) weather.silence();
const messenger = createMessenger(platform);
const open = new Map<string, Conversation>();

/** Opened once per tab, as by a person who looks at it. */
function conversation(id: string): Conversation {
  const known = open.get(id) ?? messenger.openConversation(id);
  open.set(id, known);
  return known;
}

const ownId = (): string => {
  const session = messenger.session.get();
  if (session.state !== 'signed-in') throw new Error('nobody is signed in');
  return session.me.id;
};

// --- Talking -------------------------------------------------------------------------------------------------------

/** Told before it is done, so that whatever comes of it somebody knows that it may have been. */
async function doing(key: string, deed: Deed, work: () => Promise<Result<unknown>>): Promise<void> {
  await window.report({ key, deed, outcome: null });
  const result = await work();
  const id = result.ok ? (result.value as Message | undefined)?.id : undefined;
  // Where there was nothing to change, nothing was; storage that refused may have done all the same.
  const nothing = !result.ok && ['not-found', 'bad-request'].includes(result.failure.code);
  const outcome = result.ok ? 'done' : nothing ? 'nothing' : 'unknown';
  await window.report({ key, deed, outcome, ...(id !== undefined && { id }) });
}

async function say(at: Conversation, key: string, count: number, together: boolean): Promise<void> {
  let all: Promise<void>[] = [];
  for (let n = 0; n < count; n += 1) {
    const text = `${key}.${n}`;
    all.push(doing(text, { kind: 'say', text }, () => at.sendText(text)));
    if (!together) await all.pop();
  }
  await Promise.all(all);
}

/** Any text, or one of one's own, so far from the newest one. */
function pick(at: Conversation, fraction: number, own: boolean): string | null {
  const fit = at.timeline
    .get()
    .messages.filter(({ body, author }) => body.kind === 'text' && (!own || author === 'me'));
  return fit[fit.length - 1 - Math.floor(fraction * fit.length)]?.id ?? null;
}

async function talk(conversationId: string, key: string, act: Talk): Promise<void> {
  const at = conversation(conversationId);
  if (act.do === 'say') return say(at, key, act.count, act.together);
  if (act.do === 'read') {
    const last = at.timeline.get().messages.at(-1)?.id;
    if (last !== undefined) at.markRead(last);
    return undefined;
  }
  for (const [n, fraction] of act.picks.entries()) {
    const target = pick(at, fraction, act.do !== 'react');
    if (target !== null) await change(at, `${key}.${n}`, target, act);
  }
}

type Changing = Exclude<Talk, { do: 'say' | 'read' }>;

function change(at: Conversation, key: string, target: string, act: Changing): Promise<void> {
  switch (act.do) {
    case 'edit':
      return doing(key, { kind: 'edit', target, text: key }, () => at.edit(target, key));
    case 'remove':
      return doing(key, { kind: 'remove', target }, () => at.remove(target));
    case 'react': {
      const { emoji, on } = act;
      return doing(key, { kind: 'react', target, emoji, on }, () => at.react(target, emoji, on));
    }
  }
}

// --- Looking -------------------------------------------------------------------------------------------------------

/** What nobody said, as that somebody came into a group, each device writes for itself. */
const isSaid = ({ body }: Message): boolean => body.kind === 'text' || body.kind === 'deleted';

function seen({ id, conversationId, author, body, reactions = [], state }: Message): Seen {
  const idOf = (each: Message['author']) =>
    each === 'me' ? ownId() : each === 'friend' ? conversationId : each.slice(1);
  return {
    id,
    authorId: idOf(author),
    text: body.kind === 'text' ? body.text : null,
    reactions: reactions.flatMap(({ emoji, by }) => by.map((each) => [emoji, idOf(each)] as const)),
    state,
  };
}

/** From the newest message to the oldest, as somebody who scrolls all the way. */
async function walk(at: Conversation): Promise<readonly Seen[]> {
  await at.jumpToLatest();
  let shown = at.timeline.get().messages;
  while (at.timeline.get().hasEarlier) {
    await at.loadEarlier();
    const { messages } = at.timeline.get();
    const known = messages.findIndex(({ id }) => id === shown[0]?.id);
    if (known === 0) break;
    shown = [...messages.slice(0, known < 0 ? messages.length : known), ...shown];
  }
  await at.jumpToLatest();
  return shown.filter(isSaid).map(seen);
}

async function look(conversationId: string): Promise<View> {
  const shown = await walk(conversation(conversationId));
  const database = await openDB<Schema>(`holler-${ownId()}`);
  try {
    const messages = await database.getAll('messages');
    const outbox = await database.getAll('outbox');
    return {
      stored: messages.filter((each) => each.conversationId === conversationId && isSaid(each)).map(seen),
      shown,
      outbox: outbox.filter(({ conversationId }) => conversationId === conversationId).length,
    };
  } finally {
    database.close();
  }
}

/** All that there is to fetch from other devices has come. */
async function hasHistory(): Promise<boolean> {
  const database = await openDB<Schema>(`holler-${ownId()}`);
  try {
    return (await database.get('fetchWanted', 'all')) === undefined;
  } finally {
    database.close();
  }
}

/** Letters in the outbox, of all conversations. */
async function waiting(): Promise<number> {
  const database = await openDB<Schema>(`holler-${ownId()}`);
  try {
    return await database.count('outbox');
  } finally {
    database.close();
  }
}

const device = {
  messenger,
  weather,
  ownId,
  /** Null: nobody is signed in. */
  deviceId(): string | null {
    const session = messenger.session.get();
    return session.state === 'signed-in' ? session.me.deviceId : null;
  },
  hasHistory,
  register: (userName: string, password: string) =>
    messenger.account.register({ userName, displayName: userName, password }),
  logIn: (userName: string, password: string) => {
    // Those of the session before show nothing more.
    open.clear();
    return messenger.account.logIn({ userName, password });
  },
  /** The page shows a field for it, and none is kept that was entered. */
  asksForPassword(): boolean {
    const security = messenger.security.state.get();
    const isKept = Object.keys(localStorage).some((key) => /^holler-errand .* unlock$/.test(key));
    return security.state === 'needs-restore' && security.byPassword && !isKept;
  },
  /** Answers what came of it. */
  unlock: async (password: string): Promise<string> => {
    const restored = await messenger.security.restore({ password });
    return restored.ok ? 'ok' : restored.failure.code;
  },
  /** How it stands with the server and with its keys. */
  standing: () => [messenger.connection.get().state, messenger.security.state.get().state].join(' '),
  /** How each group stands here: its members, and whether it is stopped. */
  groups: () =>
    [...messenger.groups.all.get().values()].map(
      ({ members, myRole, doubt }) => `${members.length} as ${myRole ?? 'none'} ${doubt?.kind ?? 'sure'}`,
    ),
  /** How many messages of each open conversation came without their keys. */
  unopened: () => [...open.values()].map((each) => each.unopened.get()),
  contacts: () => messenger.people.state.get().contacts.map(({ id }) => id),
  /** Answers with the group's id. */
  async makeGroup(name: string, memberIds: readonly string[]): Promise<string> {
    const made = await messenger.groups.create({ name, topic: '', picture: null }, memberIds);
    if (!made.ok) throw new Error(made.failure.code);
    return made.value;
  },
  /** As far as this device knows; null: it does not know the group. */
  isMember(groupId: string, personId: string): boolean | null {
    const group = messenger.groups.all.get().get(groupId);
    if (!group) return null;
    return group.myRole !== null && group.members.some(({ id }) => id === personId);
  },
  async changeMember(what: 'leave' | 'remove' | 'add', groupId: string, personId: string): Promise<void> {
    if (what === 'leave') await messenger.groups.leave(groupId);
    else if (what === 'remove') await messenger.groups.remove(groupId, personId);
    else await messenger.groups.add(groupId, [personId]);
  },
  requests: () => messenger.people.state.get().incoming.length,
  async acceptAll(): Promise<void> {
    for (const { id } of messenger.people.state.get().incoming) await messenger.people.accept(id);
  },
  open: (conversationId: string) => void conversation(conversationId),
  talk,
  look,
  waiting,
  texts: (conversationId: string) =>
    conversation(conversationId)
      .timeline.get()
      .messages.flatMap(({ body }) => (body.kind === 'text' ? [body.text] : [])),
};

declare global {
  interface Window {
    device: typeof device;
    /** Given by the test. */
    report(report: Report): Promise<void>;
  }
}
window.device = device;
