/** The states in which every screen is looked at: nobody, one friend, many, long names, other scripts, no network. */
import { FILE_VIEWS, fileMessages, leavingFiles, RINGING, TALKING } from './media-scenes.ts';
import type { Contact } from '../../signaling/protocol/http.ts';
import type { ShownPresence } from '../../signaling/protocol/common.ts';
import type { Message, MessageState, PathState } from '../../web/core/model.ts';
import { ME, type Scene } from './messenger.ts';
import { doubted, GROUPS } from './group-scenes.ts';
import { NO_GROUPS } from './groups.ts';
import { SECURITY, SECURITY_SCENES } from './security-scenes.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The last noon that is over, so that what a test writes now is the newest. */
const TODAY = new Date().setHours(12, 0, 0, 0);
const NOON = TODAY < Date.now() ? TODAY : TODAY - DAY;

function friend(id: string, displayName: string, state: ShownPresence, more: Partial<Contact> = {}): Contact {
  return {
    id,
    userName: id,
    displayName,
    kind: 'account',
    alias: '',
    since: NOON - 40 * DAY,
    presence: { state, statusText: '', lastSeen: state === 'offline' ? NOON - 3 * HOUR : null, devices: [] },
    ...more,
  };
}

const presence = (state: ShownPresence, statusText: string, lastSeen: number | null = null) => ({
  presence: { state, statusText, lastSeen, devices: [] },
});

const FRIENDS: readonly Contact[] = [
  friend('lin', '林小雨', 'online', presence('online', '在写论文，晚点回')),
  friend('tom', 'Tom Okafor', 'away'),
  friend('noor', 'نور الهدى', 'online', presence('online', 'في المكتبة')),
  friend('maximilian', 'Maximilian-Alexander von Hohenstaufen-Württemberg', 'busy', {
    alias: 'Maximilian with a very long name that nobody can read at once',
  }),
  friend('jose', 'José Ñandú', 'offline'),
  friend('wang', '王伟', 'offline', presence('offline', '', NOON - 26 * DAY)),
  friend('guest1', 'Sam', 'online', { kind: 'guest', userName: null }),
  friend('zoe', '🦊 Zoë', 'online'),
];

let serial = 0;
function message(
  conversationId: string,
  author: Message['author'],
  at: number,
  text: string,
  more: Partial<Message> = {},
): Message {
  const state: MessageState = author === 'me' ? 'read' : 'read';
  const id = `${String(at).padStart(15, '0')}-${String(serial++).padStart(6, '0')}`;
  return { id, conversationId, author, at, body: { kind: 'text', text }, state, ...more };
}

function talkWithLin(): Message[] {
  const old = NOON - DAY;
  const asked = message('lin', 'friend', NOON - 50 * MINUTE, '周六有空吗？想去看那个展览。');
  return [
    message('lin', 'friend', old, '昨天那张照片太好看了！'),
    message('lin', 'me', old + MINUTE, '谢谢😄 用手机随手拍的'),
    message(
      'lin',
      'me',
      old + 2 * MINUTE,
      'I put the rest here: https://photos.example.org/harbour/2026?set=dusk',
    ),
    asked,
    message('lin', 'friend', NOON - 49 * MINUTE, 'The one about maps. Tickets are cheap until Friday.'),
    message('lin', 'me', NOON - 40 * MINUTE, '有！几点？', {
      replyTo: { id: asked.id, author: 'friend', excerpt: '周六有空吗？想去看那个展览。' },
    }),
    message(
      'lin',
      'me',
      NOON - 39 * MINUTE,
      'I could come by train. It leaves at 9:12 and gets in at 10:40, then it is a ten minute walk along the river.\n\nOr we meet at the café first?',
    ),
    message('lin', 'friend', NOON - 12 * MINUTE, 'Café first 👍'),
    message('lin', 'friend', NOON - 12 * MINUTE + 8000, '这是地图', {
      body: {
        kind: 'file',
        file: { name: 'map-of-the-old-town.pdf', size: 2_100_000, type: 'application/pdf' },
        device: 'd9',
      },
    }),
    message('lin', 'me', NOON - 2 * MINUTE, '好，那就十点半见', { state: 'delivered' }),
    message('lin', 'me', NOON - MINUTE, 'I will bring the camera', { state: 'queued' }),
  ];
}

/** Edited, deleted and reacted to, by both; one answers what is gone. */
function changedTalk(): Message[] {
  const at = (minutes: number) => NOON - HOUR + minutes * MINUTE;
  const gone = { body: { kind: 'deleted' } } as const;
  const lost = message('lin', 'friend', at(2), '', gone);
  return [
    message('lin', 'friend', at(0), '周六去看展览吗？票到周五都便宜。', {
      edited: at(1),
      reactions: [
        { emoji: '👍', by: ['me', 'friend'] },
        { emoji: '🎉', by: ['friend'] },
        { emoji: '❤️', by: ['me'] },
      ],
    }),
    lost,
    message('lin', 'me', at(3), 'Did you mean the one about maps?', {
      replyTo: { id: lost.id, author: 'friend', excerpt: null },
    }),
    message('lin', 'me', at(4), '', gone),
    message(
      'lin',
      'me',
      at(5),
      'I could come by train, it gets in at 10:40, then it is ten minutes on foot.',
      {
        edited: at(7),
        reactions: [{ emoji: '🙏', by: ['friend'] }],
      },
    ),
    message('lin', 'me', at(6), 'Café first?', {
      state: 'delivered',
      reactions: [{ emoji: '☕️', by: ['friend', 'me'] }],
    }),
  ];
}

function talkWithTom(): Message[] {
  return [
    message('tom', 'friend', NOON - 2 * HOUR, 'Look at https://аррӏе.com/login before you pay'),
    message('tom', 'me', NOON - 2 * HOUR + MINUTE, 'Thanks, I will not.'),
    message('tom', 'me', NOON - HOUR, 'This one did not go out', {
      state: 'failed',
      failure: { code: 'network' },
    }),
    message('tom', 'me', NOON - 59 * MINUTE, '', {
      body: { kind: 'file', file: { name: 'photo.jpg', size: 2_100_000, type: 'image/jpeg' }, device: '' },
      state: 'sent',
    }),
    ...['Are you there?', 'I found the keys', 'They were in the blue jacket after all'].map((text, index) =>
      message('tom', 'friend', NOON - 20 * MINUTE + index * 1000, text, { state: 'delivered' }),
    ),
  ];
}

function longTalk(conversationId: string, length: number): Message[] {
  const texts = [
    'Yes',
    'No, the other one',
    '好的',
    'Let me think about that for a moment, it is not as simple as it sounds.',
    '🎉',
  ];
  return Array.from({ length }, (_, index) =>
    message(
      conversationId,
      index % 3 === 0 ? 'me' : 'friend',
      NOON - (length - index) * 4 * MINUTE,
      `${index}: ${texts[index % texts.length]}`,
    ),
  );
}

const PATHS: ReadonlyMap<string, PathState> = new Map<string, PathState>([
  [
    'lin',
    {
      path: 'direct',
      since: NOON - 55 * MINUTE,
      local: { type: 'host', family: 'IPv6', protocol: 'udp' },
      remote: { type: 'srflx', family: 'IPv6', protocol: 'udp' },
      rtt: 23.4,
    },
  ],
  [
    'tom',
    {
      path: 'relayed',
      since: NOON - 5 * MINUTE,
      local: { type: 'relay', family: 'IPv4', protocol: 'tcp' },
      remote: { type: 'srflx', family: 'IPv4', protocol: 'udp' },
      rtt: null,
    },
  ],
  ['noor', { path: 'connecting', since: NOON }],
  ['maximilian', { path: 'server', since: NOON - MINUTE, why: 'link-timeout' }],
  ['jose', { path: 'mailbox' }],
]);

export const BASE: Scene = {
  session: { state: 'signed-in', me: ME },
  connection: { state: 'online', serverVersion: '0.1.0' },
  people: { contacts: FRIENDS, incoming: [], outgoing: [], blocked: [], loaded: true },
  histories: new Map([
    ['lin', talkWithLin()],
    ['tom', talkWithTom()],
    ['noor', [message('noor', 'friend', NOON - 3 * HOUR, 'مرحبا، كيف حالك؟ I am in the library')]],
    ['maximilian', longTalk('maximilian', 3)],
  ]),
  paths: PATHS,
  unread: new Map([
    ['tom', 3],
    ['noor', 1],
    ['zoe', 128],
  ]),
  drafts: new Map([['jose', 'I wanted to ask you whether']]),
  typing: new Set(['noor']),
  unopened: new Map([['tom', 2]]),
  preferences: {
    language: 'auto',
    theme: 'system',
    notifications: 'ask',
    friendOnlineNotice: true,
    readReceipts: true,
    sounds: true,
  },
  transfers: new Map(),
  call: null,
  callProblem: null,
  searching: 'done',
  security: SECURITY,
  groups: NO_GROUPS,
  upgrade: null,
  move: null,
  snapshot: { kept: false, max: 104_857_600, last: null, making: null, problem: null },
  failure: null,
};

const NOBODY = { contacts: [], incoming: [], outgoing: [], blocked: [], loaded: true };
/** Before the database is open. */
const CLOSED: Scene = {
  ...BASE,
  connection: { state: 'idle' },
  people: { ...NOBODY, loaded: false },
  histories: new Map(),
  unread: new Map(),
};
const guestMe = { ...ME, kind: 'guest', userName: null, displayName: 'Robin' } as const;
type Reason = Extract<Scene['session'], { state: 'signed-out' }>['reason'];
const signedOut = (reason: Reason): Scene => ({
  ...BASE,
  session: { state: 'signed-out', reason },
});

/** Each scene by name, as the gallery's address names it. */
export const SCENES: Readonly<Record<string, Scene>> = {
  base: BASE,
  out: signedOut('never'),
  'out-ended': signedOut('ended-elsewhere'),
  'out-storage-lost': signedOut('storage-lost'),
  'out-wrong': { ...signedOut('logged-out'), failure: { code: 'wrong-credentials' } },
  'out-invite-bad': { ...signedOut('never'), failure: { code: 'invite-invalid' } },
  starting: { ...BASE, session: { state: 'unknown' } },
  empty: { ...BASE, people: NOBODY, histories: new Map(), unread: new Map() },
  one: { ...BASE, people: { ...NOBODY, contacts: FRIENDS.slice(0, 1) } },
  requests: {
    ...BASE,
    people: {
      ...BASE.people,
      incoming: [
        { id: 'q1', userName: 'carol', displayName: 'Carol Jansen', requestedAt: NOON },
        { id: 'q2', userName: '赵敏', displayName: '赵敏', requestedAt: NOON },
      ],
      outgoing: [{ id: 'o1', userName: 'dimitri', requestedAt: NOON }],
      blocked: [{ id: 'b1', userName: 'mallory', displayName: 'Mallory' }],
    },
  },
  thousand: {
    ...BASE,
    people: {
      ...BASE.people,
      contacts: Array.from({ length: 1000 }, (_, index) =>
        friend(`f${index}`, `Friend number ${index}`, 'offline'),
      ),
    },
    histories: new Map([['f0', longTalk('f0', 2)]]),
    unread: new Map(),
  },
  // Made when it is asked for: it takes longer than all the others together, and every page of the gallery has them all.
  get long() {
    return {
      ...BASE,
      histories: new Map([['lin', longTalk('lin', 100_000)]]),
      unread: new Map([['lin', 40]]),
    };
  },
  offline: {
    ...BASE,
    connection: { state: 'offline', reason: 'server-restarting', retryAt: Date.now() + 12_000 },
  },
  'no-network': { ...BASE, connection: { state: 'offline', reason: 'no-network', retryAt: null } },
  update: { ...BASE, connection: { state: 'update-required' } },
  guest: {
    ...BASE,
    session: { state: 'signed-in', me: guestMe },
    people: { ...NOBODY, contacts: FRIENDS.slice(0, 1) },
    security: { ...SECURITY, state: { state: 'ready', recoverable: false, code: false } },
  },
  files: {
    ...BASE,
    histories: new Map([['lin', fileMessages('lin', NOON - HOUR)]]),
    transfers: FILE_VIEWS,
  },
  waits: {
    ...BASE,
    histories: new Map([['jose', fileMessages('jose', NOON - HOUR).slice(1, 2)]]),
    leaving: leavingFiles('jose'),
  },
  changed: { ...BASE, histories: new Map([['lin', changedTalk()]]) },
  ringing: { ...BASE, call: RINGING },
  talking: { ...BASE, call: TALKING },
  groups: { ...BASE, groups: GROUPS },
  doubted: { ...BASE, groups: doubted('withheld') },
  forked: { ...BASE, groups: doubted('forked') },
  'history-coming': {
    ...BASE,
    move: { direction: 'in', deviceId: 'd2', phase: 'moving', done: 31_200, total: 84_306 },
  },
  'history-as-of': {
    ...BASE,
    move: {
      direction: 'in',
      deviceId: null,
      phase: 'complete',
      done: 84_306,
      total: 84_306,
      asOf: NOON - 26 * HOUR,
    },
  },
  'history-upgrade': { ...CLOSED, upgrade: { state: 'running', done: 31_000, total: 84_306 } },
  'history-blocked': { ...CLOSED, upgrade: { state: 'blocked' } },
  'history-going': {
    ...BASE,
    move: { direction: 'out', deviceId: 'd3', phase: 'moving', done: 1_200, total: 1_500 },
  },
  'snapshot-kept': {
    ...BASE,
    snapshot: { ...BASE.snapshot, kept: true, last: { at: NOON - 5 * HOUR, bytes: 18_734_112 } },
  },
  'snapshot-making': {
    ...BASE,
    snapshot: { ...BASE.snapshot, kept: true, making: { done: 31_200, total: 84_306 } },
  },
  'snapshot-unreadable': { ...BASE, snapshot: { ...BASE.snapshot, problem: 'unreadable' } },
  'snapshot-none': { ...BASE, snapshot: { ...BASE.snapshot, max: 0 } },
  'slow-search': { ...BASE, searching: 'slow' },
  'building-search': { ...BASE, searching: 'building' },
  failing: { ...BASE, failure: { code: 'rate-limited', retryAfter: 30 } },
  ...Object.fromEntries(
    Object.entries(SECURITY_SCENES).map(([name, security]) => [name, { ...BASE, security }]),
  ),
  'locked-wrong': {
    ...BASE,
    security: { ...SECURITY, state: { state: 'needs-restore', byPassword: true, byCode: true } },
    failure: { code: 'wrong-credentials' },
  },
};
