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
    friendId: WALKS.id,
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

/** Several groups: owned, muted, a large public room, one that was left, one whose name is not known yet. */
export const GROUPS: GroupScene = {
  ...NO_GROUPS,
  groups: [WALKS, READING, ROOM, LEFT, UNNAMED],
  histories: new Map([[WALKS.id, WALKS_TALK]]),
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
  rooms: [{ id: ROOM.id, name: 'bakers', topic: 'Bread and patience' }],
};
