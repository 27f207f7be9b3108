/** Groups in every state, for the gallery: what scenes.ts shows of them. */
import type { Group, GroupMember, GroupRole, Message } from '../../web/core/model.ts';
import type { GroupScene } from './groups.ts';
import { LINK_CODE, NO_GROUPS } from './groups.ts';

const MINUTE = 60_000;
const TODAY = new Date().setHours(12, 0, 0, 0);
const NOON = TODAY < Date.now() ? TODAY : TODAY - 24 * 60 * MINUTE;
const OWN = 'me-000000000000000000a';

const member = (id: string, displayName: string, role: GroupRole = 'member'): GroupMember => ({
  id,
  userName: id,
  displayName,
  role,
});
const ANNA = member(OWN, 'Anna Berg');
const WALKERS: readonly GroupMember[] = [
  { ...ANNA, role: 'owner' },
  member('lin', '林小雨', 'admin'),
  member('tom', 'Tom Okafor'),
  member('noor', 'نور الهدى'),
  member('carol', 'Carol Jansen'),
];

const group = (id: string, name: string, more: Partial<Group> = {}): Group => ({
  id: `g-${id.padEnd(22, '0')}`,
  name,
  topic: '',
  picture: null,
  members: WALKERS,
  myRole: 'owner',
  former: [],
  doubt: null,
  muted: false,
  public: false,
  link: null,
  ...more,
});

const WALKS = group('walks', 'Sunday walks', {
  topic: 'Every Sunday at ten, by the bridge',
  link: LINK_CODE,
});
const READING = group('reading', '读书会', {
  myRole: 'member',
  muted: true,
  members: WALKERS.map((each) => ({ ...each, role: each.id === 'lin' ? 'owner' : 'member' })),
});
const ROOM = group('room', 'gardeners', {
  public: true,
  topic: 'Soil, seeds and slugs',
  myRole: 'member',
  members: [
    ANNA,
    member('lin', '林小雨', 'owner'),
    ...Array.from({ length: 198 }, (_, index) => member(`p${index}`, `Gardener ${index}`)),
  ],
});
const LEFT = group('left', 'Old flat', { myRole: null, members: WALKERS.slice(1) });
const UNNAMED = group('unnamed', '', { myRole: 'member' });

/** Names that are long, or from right to left, in everything that is drawn of a group. */
const ENDLESS: Group = group(
  'endless',
  'The friends of the small railway between the harbour and the old mill 小火车之友',
  {
    topic: 'اجتماعنا كل يوم خميس — every Thursday, unless it rains, in which case it is every other Friday',
    members: [
      { ...ANNA, role: 'owner' },
      member('maximilian', 'Maximilian-Alexander von Hohenstaufen-Württemberg', 'admin'),
      member('noor', 'نور الهدى بنت عبد الرحمن آل سعود', 'admin'),
      member('donau', 'Donaudampfschifffahrtsgesellschaftskapitän'),
      member('ouyang', '欧阳修文与他永远写不完的名字都在这里了'),
    ],
    picture: null,
  },
);

let serial = 0;
function said(
  author: Message['author'],
  minutes: number,
  body: Message['body'] | string,
  more: Partial<Message> = {},
): Message {
  const at = NOON - 60 * MINUTE + minutes * MINUTE;
  return {
    id: `${String(at).padStart(15, '0')}-g${String(serial++).padStart(5, '0')}`,
    conversationId: WALKS.id,
    author,
    at,
    body: typeof body === 'string' ? { kind: 'text', text: body } : body,
    state: author === 'me' ? 'delivered' : 'read',
    ...more,
  };
}

const asked = said('@lin', 8, '周日去哪儿？上次那条河边的路很好走。');
const WALKS_TALK: readonly Message[] = [
  said('me', 0, { kind: 'group', event: { kind: 'created' } }),
  said('me', 1, { kind: 'group', event: { kind: 'added', memberIds: ['lin', 'tom', 'noor'] } }),
  said('me', 2, { kind: 'group', event: { kind: 'role', memberId: 'lin', role: 'admin' } }),
  said('@carol', 3, { kind: 'group', event: { kind: 'joined' } }),
  said('@tom', 5, 'Who is in for Sunday?'),
  said('@tom', 5.2, 'I can take two people in the car'),
  asked,
  said('me', 9, '河边，十点', { replyTo: { id: asked.id, author: '@lin', excerpt: '周日去哪儿？' } }),
  said('@noor', 12, {
    kind: 'text',
    text: '@Anna Berg could you bring the map?',
    mentions: [{ memberId: OWN, name: 'Anna Berg' }],
  }),
  said('me', 14, 'I will. And the thermos.', {
    reactions: [{ emoji: '☕️', by: ['@tom', '@noor', '@lin'] }],
  }),
];

export const WALKS_ID = WALKS.id;
export const ENDLESS_ID = ENDLESS.id;

const inEndless = (...args: Parameters<typeof said>): Message => ({
  ...said(...args),
  conversationId: ENDLESS.id,
});
const ENDLESS_TALK: readonly Message[] = [
  inEndless('@maximilian', 0, {
    kind: 'group',
    event: { kind: 'added', memberIds: ['noor', 'donau', 'ouyang'] },
  }),
  inEndless('@noor', 1, 'صباح الخير، متى نلتقي؟ I come by the 10:40 train.'),
  inEndless('@donau', 2, 'Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz'.repeat(2)),
  inEndless('@ouyang', 3, {
    kind: 'text',
    text: '@Maximilian-Alexander von Hohenstaufen-Württemberg 你来吗？',
    mentions: [{ memberId: 'maximilian', name: 'Maximilian-Alexander von Hohenstaufen-Württemberg' }],
  }),
];

/** Several groups: owned, muted, a large public room, one that was left, one whose name is not known yet. */
export const GROUPS: GroupScene = {
  ...NO_GROUPS,
  groups: [WALKS, READING, ROOM, LEFT, UNNAMED, ENDLESS],
  histories: new Map([
    [WALKS.id, WALKS_TALK],
    [ENDLESS.id, ENDLESS_TALK],
  ]),
  unread: new Map([
    [WALKS.id, 2],
    [READING.id, 14],
  ]),
  mentioned: new Set([WALKS.id]),
  typists: new Map([[WALKS.id, ['tom', 'carol']]]),
  readMarks: new Map([
    [
      WALKS.id,
      new Map([
        ['lin', WALKS_TALK.at(-1)!.id],
        ['tom', asked.id],
      ]),
    ],
  ]),
  rooms: [
    { id: ROOM.id, name: 'gardeners', topic: ROOM.topic },
    { id: 'g-bakers0000000000000000', name: 'bakers', topic: 'Bread and patience' },
    { id: 'g-poems00000000000000000', name: '读诗', topic: '每天一首，周末一起念' },
    {
      id: 'g-long000000000000000000',
      name: 'everybody-who-repairs-bikes',
      topic: 'Chains, spokes, brakes, and whatever else comes off on the way to work when it rains',
    },
  ],
};

/** The server shows another membership than Tom's page knows. */
export const doubted = (kind: 'withheld' | 'forked'): GroupScene => ({
  ...GROUPS,
  groups: GROUPS.groups.map((each) =>
    each.id === WALKS.id ? { ...each, doubt: { memberId: 'tom', kind } } : each,
  ),
});
