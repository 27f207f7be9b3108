/** Groups between real sockets: who may change and read them, and what members may do to each other; on both databases. */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bodyText, parseBody, type GroupChange } from '../../../signaling/protocol/group-log.ts';
import type { Group, GroupLook, Room, Rooms, SignedChange } from '../../../signaling/protocol/groups.ts';
import type { CreatedInvite } from '../../../signaling/protocol/http.ts';
import { engineUserId } from '../../../signaling/protocol/keys.ts';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import { bothKinds } from '../lib/databases.ts';
import {
  append,
  befriend,
  digestOf,
  found,
  linkProof,
  newGroupId,
  newPair,
  newSigner,
  post,
  type Signer,
  signedChange,
  signedText,
  stateOf,
  withIdentity,
} from '../lib/groups.ts';
import { claim, claimedId, query, upload, uploadOf } from '../lib/keys.ts';
import { all, deposit, newMailId, text } from '../lib/mailbox.ts';
import { codeOf, DEVICE, type TestSocket } from '../lib/person.ts';
import { type Person, serverOn, startTestServer } from '../lib/server.ts';

const INFO = 'c2VhbGVk';
const create = (...members: readonly Person[]): GroupChange => ({
  kind: 'create',
  memberIds: members.map(({ me }) => me.id),
  info: digestOf(INFO),
  room: null,
});
const room = (name: string): GroupChange => ({
  kind: 'create',
  memberIds: [],
  info: null,
  room: { name, topic: 'all about it' },
});
const add = (...people: readonly Person[]): GroupChange => ({
  kind: 'add',
  memberIds: people.map(({ me }) => me.id),
});
const remove = (person: Person): GroupChange => ({ kind: 'remove', memberIds: [person.me.id] });
const gone = (person: Person): GroupChange => ({ kind: 'gone', memberIds: [person.me.id] });
const JOIN: GroupChange = { kind: 'join', by: null };
const addressOf = ({ me }: Person) => ({ userId: me.id, deviceId: me.deviceId });

async function connect(person: Person): Promise<TestSocket & { welcome: object; reachable: object }> {
  const socket = person.browser.socket();
  const welcome = await socket.next('welcome');
  return Object.assign(socket, { welcome, reachable: welcome.reachable });
}
/** For good: whoever closes in good order counts as there for a moment, as if they reloaded. */
const GONE = 4000;
const closeAll = (...sockets: TestSocket[]) => Promise.all(sockets.map((socket) => socket.close(GONE)));
const news = (socket: TestSocket, groupId: string) =>
  socket.next('group-changed', ({ group }) => group.id === groupId).then(({ group }) => group);
/** The socket hears that just these devices of somebody can be reached. */
const shows = async (socket: TestSocket, { me }: Person, deviceIds: readonly string[]) => {
  const message = await socket.next(
    'member-devices',
    ({ people }) => people[me.id]?.join() === deviceIds.join(),
  );
  expect(message.people[me.id]).toEqual(deviceIds);
};

describe.each(bothKinds())('groups on $name', (kind) => {
  const server = serverOn(kind, { ROOM_OWNERS: 'Room-Host' });
  /** Ann is a contact of Bob, Cat and Dan; these and Eve know nobody else. */
  let ann: Signer, bob: Signer, cat: Signer, dan: Signer, eve: Signer;
  let groupId: string;

  beforeAll(async () => {
    ann = await newSigner(server);
    [bob, cat, dan, eve] = [
      await newSigner(server),
      await newSigner(server),
      await newSigner(server),
      await newSigner(server),
    ];
    await befriend(ann, bob, cat, dan);
  });
  /** Groups are dissolved after each test, so that nobody is tied by an earlier one. */
  let owners: Signer[];
  beforeEach(() => {
    groupId = newGroupId();
    owners = [];
  });
  afterEach(async () => {
    for (const owner of owners) {
      const answer = await append(owner, groupId, { kind: 'dissolve' });
      expect(answer.status).toBe(200);
    }
  });
  const foundBy = async (author: Signer, ...members: readonly Person[]) => {
    const answer = await found(author, groupId, create(...members), INFO);
    expect(answer).toMatchObject({ status: 201, body: { revision: 1 } });
    owners = [author];
  };
  const read = ({ browser }: Person) => browser.call<Group>('GET', `/api/groups/${groupId}`);
  const readLog = ({ browser }: Person) => browser.call('GET', `/api/groups/${groupId}/log/0`);

  describe('founding and changing', () => {
    it('is told to all members, who fold the same log; who connects later learns of it', async () => {
      const [a, b] = [await connect(ann), await connect(bob)];
      await foundBy(ann, bob, cat);
      for (const socket of [a, b])
        expect(await news(socket, groupId)).toEqual({
          id: groupId,
          revision: 1,
          left: false,
          missing: false,
        });
      const c = await connect(cat);
      expect(c.welcome).toMatchObject({
        groups: expect.arrayContaining([{ id: groupId, revision: 1, left: false, missing: false }]),
      });
      expect(await append(ann, groupId, { kind: 'role', memberId: bob.me.id, role: 'admin' })).toMatchObject({
        status: 200,
        body: { revision: 2 },
      });
      expect((await news(c, groupId)).revision).toBe(2);
      await closeAll(a, b, c);
      expect(await stateOf(cat, groupId)).toEqual(await stateOf(ann, groupId));
      const shown = (await read(cat)).body;
      expect(shown).toMatchObject({ id: groupId, revision: 2, info: INFO });
      expect(shown.people.map(({ id }) => id)).toEqual([ann, bob, cat].map(({ me }) => me.id).toSorted());
      expect(shown.people[0]).toEqual({
        id: expect.any(String),
        userName: expect.any(String),
        displayName: expect.any(String),
      });
    });

    it('keeps the last sealed info, and only what the log names', async () => {
      await foundBy(ann, bob);
      const [other, change] = ['b3RoZXI=', { kind: 'info', info: digestOf('b3RoZXI=') } as const];
      expect(codeOf(await append(ann, groupId, change, INFO))).toBe('bad-request');
      expect(codeOf(await append(ann, groupId, change))).toBe('bad-request');
      expect(codeOf(await append(ann, groupId, add(cat), INFO))).toBe('bad-request');
      expect((await append(ann, groupId, change, other)).status).toBe(200);
      expect((await read(bob)).body.info).toBe(other);
    });

    it('orders changes that are made at once: one is taken, the others are told of a conflict', async () => {
      await foundBy(ann, bob);
      const state = await stateOf(ann, groupId);
      const links = [newPair(), newPair(), newPair(), newPair()];
      const answers = await Promise.all(
        links.map((link) => {
          const change: GroupChange = { kind: 'link', link: link.publicKey };
          return post(ann, groupId, signedChange(ann, groupId, state, change));
        }),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter((answer) => codeOf(answer) === 'conflict')).toHaveLength(3);
      expect((await stateOf(bob, groupId)).revision).toBe(2);
      expect(codeOf(await found(ann, groupId, create(), INFO))).toBe('conflict');
    });
  });

  describe('refuses', () => {
    beforeEach(() => foundBy(ann, bob));
    const state = () => stateOf(ann, groupId);
    const unchanged = async () => expect((await state()).revision).toBe(1);

    it('a stranger everything, as if nothing were there', async () => {
      const change = signedChange(eve, groupId, await state(), { kind: 'leave' });
      const proof = linkProof(newPair(), groupId, eve);
      for (const id of [groupId, newGroupId(), 'nothing', 'g-%00']) {
        const call = (method: string, path = '', body?: object) =>
          eve.browser.call(method, `/api/groups/${id}${path}`, body).then(codeOf);
        expect(await call('GET')).toBe('not-found');
        expect(await call('GET', '/log/0')).toBe('not-found');
        expect(await call('POST', '/log', change)).toBe('not-found');
        expect(await call('POST', '/log', { ...change, body: 'x' })).toBe('not-found');
        expect(await call('POST', '/look', { proof })).toBe('not-found');
      }
      for (const join of [JOIN, { kind: 'join', by: { link: newPair().publicKey, proof } } as const])
        expect(codeOf(await post(eve, groupId, signedChange(eve, groupId, await state(), join)))).toBe(
          'not-found',
        );
      await unchanged();
    });

    it('a member what the rules do not allow, and everybody what is no change', async () => {
      expect(codeOf(await append(bob, groupId, remove(ann)))).toBe('forbidden');
      expect(codeOf(await append(bob, groupId, { kind: 'dissolve' }))).toBe('forbidden');
      expect(codeOf(await append(ann, groupId, add(bob)))).toBe('bad-request');
      expect(codeOf(await append(ann, groupId, create(), INFO))).toBe('conflict');
      expect(codeOf(await post(ann, groupId, signedText(ann, '{}')))).toBe('bad-request');
      await unchanged();
    });

    it('a change that is not signed by who sends it, with the key that the directory has', async () => {
      const change = signedChange(ann, groupId, await state(), add(cat));
      const altered = change.body.replace(cat.me.id, dan.me.id);
      const [other] = [{ ...ann, master: newPair() }];
      const forgeries: [Person, SignedChange][] = [
        // Of Ann, sent by Bob; signed by Bob; altered; signed with another key, named or not.
        [bob, change],
        [ann, { ...signedText(bob, change.body) }],
        [ann, { ...change, body: altered }],
        [ann, signedText(other, change.body)],
        [ann, signedChange(other, groupId, await state(), add(cat))],
      ];
      for (const [by, forged] of forgeries)
        expect(codeOf(await post(by, groupId, forged))).toBe('bad-request');
      const elsewhere = newGroupId();
      await found(ann, elsewhere, create(bob), INFO);
      expect(codeOf(await post(ann, elsewhere, change))).toBe('bad-request');
      await unchanged();
    });

    it('who has no identity, and who is added without being a contact, or without an account', async () => {
      const nobody = await server.newPerson();
      const change = signedChange({ ...nobody, master: newPair() }, newGroupId(), null, create());
      expect(codeOf(await nobody.browser.call('POST', '/api/groups', { ...change, info: INFO }))).toBe(
        'bad-request',
      );
      const invite = await ann.browser.must<CreatedInvite>('POST', '/api/invites', { kind: 'guest' });
      const guest = server.newBrowser();
      const me = await guest.must<Person['me']>('POST', '/api/guest', {
        code: invite.code,
        displayName: 'G',
        device: DEVICE,
      });
      for (const person of [eve, { ...eve, me }, { ...eve, me: { ...me, id: 'A'.repeat(22) } }]) {
        expect(codeOf(await append(ann, groupId, add(cat, person)))).toBe('forbidden');
        expect(codeOf(await found(ann, newGroupId(), create(person), INFO))).toBe('forbidden');
      }
      await unchanged();
    });

    it('a link’s word from whoever does not hold its key', async () => {
      const link = newPair();
      await append(ann, groupId, { kind: 'link', link: link.publicKey });
      const joining = (proof: string, key = link.publicKey) =>
        state().then((now) =>
          post(eve, groupId, signedChange(eve, groupId, now, { kind: 'join', by: { link: key, proof } })),
        );
      const other = newPair();
      for (const proof of [linkProof(other, groupId, eve), linkProof(link, groupId, cat), 'A'.repeat(86)]) {
        expect(codeOf(await joining(proof))).toBe('not-found');
        const looked = await eve.browser.call('POST', `/api/groups/${groupId}/look`, { proof });
        expect(codeOf(looked)).toBe('not-found');
      }
      expect(codeOf(await joining(linkProof(other, groupId, eve), other.publicKey))).toBe('not-found');
      expect((await state()).members).toHaveLength(2);
    });
  });

  describe('a link', () => {
    it('shows the group and lets in whoever holds it, until it ends', async () => {
      await foundBy(ann, bob);
      const link = newPair();
      await append(ann, groupId, { kind: 'link', link: link.publicKey });
      const proof = linkProof(link, groupId, eve);
      const look = () => eve.browser.call<GroupLook>('POST', `/api/groups/${groupId}/look`, { proof });
      const { body: shown } = await look();
      expect(shown).toMatchObject({ id: groupId, revision: 2, members: 2, info: INFO, link: link.publicKey });
      const join: GroupChange = { kind: 'join', by: { link: shown.link, proof } };
      expect((await post(eve, groupId, signedChange(eve, groupId, shown, join))).status).toBe(200);
      expect((await stateOf(eve, groupId)).members.map(({ id }) => id)).toContain(eve.me.id);
      await append(eve, groupId, { kind: 'leave' });
      await append(ann, groupId, { kind: 'link', link: null });
      expect(codeOf(await look())).toBe('not-found');
    });
  });

  describe('whoever is removed', () => {
    it('is refused from that moment, but may read how it came to that, for as long as mail is kept', async () => {
      await foundBy(ann, bob, cat);
      const link = newPair();
      await append(ann, groupId, { kind: 'link', link: link.publicKey });
      const [a, b, c] = [await connect(ann), await connect(bob), await connect(cat)];
      c.send({ type: 'relay', ref: 1, to: addressOf(bob), body: 'aGk=' });
      await c.next('accepted');
      expect((await append(ann, groupId, remove(cat))).status).toBe(200);
      expect(await news(c, groupId)).toEqual({ id: groupId, revision: 3, left: true, missing: false });
      c.send({ type: 'relay', ref: 2, to: addressOf(bob), body: 'aGk=' });
      expect(await c.next('error')).toMatchObject({ ref: 2, code: 'forbidden' });
      expect(await deposit(c, [addressOf(bob)], ['late'])).toEqual([
        { to: addressOf(bob), code: 'not-found' },
      ]);
      expect(Object.keys((await query(cat.browser, bob.me)).device_keys)).toEqual([]);
      await shows(c, bob, []);
      await shows(b, cat, []);
      expect(codeOf(await read(cat))).toBe('not-found');
      const last = await stateOf(cat, groupId);
      await append(ann, groupId, add(dan));
      expect(await stateOf(cat, groupId)).toEqual(last);
      for (const change of [{ kind: 'leave' } as const, JOIN])
        expect(codeOf(await post(cat, groupId, signedChange(cat, groupId, last, change)))).toBe('not-found');
      const proof = linkProof(link, groupId, cat);
      const rejoin: GroupChange = { kind: 'join', by: { link: link.publicKey, proof } };
      const now = await stateOf(ann, groupId);
      expect(codeOf(await post(cat, groupId, signedChange(cat, groupId, now, rejoin)))).toBe('forbidden');
      await closeAll(a, b, c);
      const again = await connect(cat);
      expect(again.welcome).toMatchObject({
        groups: expect.arrayContaining([{ id: groupId, revision: 3, left: true, missing: false }]),
        reachable: {},
      });
      await again.close(GONE);
    });
  });

  describe('members who are no contacts', () => {
    it('have each other’s keys, and news of them', async () => {
      await upload(cat.browser, uploadOf(cat.me, 3));
      expect(claimedId(await claim(bob.browser, cat.me), cat.me)).toBeUndefined();
      const b = await connect(bob);
      await foundBy(ann, bob, cat);
      const told = await b.next('keys-changed', ({ userId }) => userId === cat.me.id);
      const known = await query(bob.browser, cat.me, eve.me);
      expect(Object.keys(known.device_keys)).toEqual([engineUserId(cat.me.id)]);
      expect(known.versions).toEqual({ [cat.me.id]: told.version });
      expect(claimedId(await claim(bob.browser, cat.me), cat.me)).toBeDefined();
      await b.close(GONE);
      const again = await connect(bob);
      expect(again.welcome).toMatchObject({ keys: { versions: { [cat.me.id]: told.version } } });
      expect(Object.keys((again.welcome as { keys: { versions: object } }).keys.versions)).not.toContain(
        eve.me.id,
      );
      await again.close(GONE);
    });

    it('write and reach each other; strangers do not', async () => {
      await foundBy(ann, bob, cat);
      const [b, e] = [await connect(bob), await connect(eve)];
      expect(b.reachable).toEqual({});
      const c = await connect(cat);
      expect(c.reachable).toEqual({ [bob.me.id]: [bob.me.deviceId] });
      await shows(b, cat, [cat.me.deviceId]);
      b.send({ type: 'signal', ref: 1, to: addressOf(cat), linkId: 'link-1234', body: 'sdp' });
      expect((await c.next('signal')).from).toEqual(addressOf(bob));
      b.send({ type: 'relay', ref: 2, to: addressOf(cat), body: 'aGk=' });
      expect((await c.next('relay')).from).toEqual(addressOf(bob));
      expect(await deposit(b, [addressOf(cat), addressOf(eve)], ['hi'])).toEqual([
        { to: addressOf(eve), code: 'not-found' },
      ]);
      expect((await all(c)).map(text)).toContain('hi');
      e.send({ type: 'relay', ref: 3, to: addressOf(cat), body: 'aGk=' });
      expect((await e.next('error')).code).toBe('forbidden');
      c.send({ type: 'set-presence', chosen: 'invisible' });
      await shows(b, cat, []);
      c.send({ type: 'set-presence', chosen: 'online' });
      await shows(b, cat, [cat.me.deviceId]);
      await c.close(GONE);
      await shows(b, cat, []);
      await closeAll(b, e);
      expect(e.seen.filter(({ type }) => type === 'member-devices' || type === 'group-changed')).toEqual([]);
    });

    it('who have blocked each other do not reach each other live; the group’s mail goes on', async () => {
      await foundBy(ann, bob, cat);
      const [b, c] = [await connect(bob), await connect(cat)];
      await shows(b, cat, [cat.me.deviceId]);
      await bob.browser.must('POST', '/api/contacts/requests', { userName: cat.userName });
      await cat.browser.must('POST', `/api/contacts/incoming/${bob.me.id}/block`);
      await shows(b, cat, []);
      for (const [from, to] of [
        [b, cat],
        [c, bob],
      ] as const) {
        from.send({ type: 'signal', ref: 1, to: addressOf(to), linkId: 'link-1234', body: 'sdp' });
        expect((await from.next('error')).code).toBe('forbidden');
        expect(await deposit(from, [addressOf(to)], ['still'])).toEqual([]);
      }
      await cat.browser.must('DELETE', `/api/contacts/blocked/${bob.me.id}`);
      await shows(b, cat, [cat.me.deviceId]);
      await closeAll(b, c);
    });

    it('get one ciphertext to as many devices as a frame may name', async () => {
      await foundBy(ann, bob);
      const socket = await connect(ann);
      const nobody = { userId: eve.me.id, deviceId: eve.me.deviceId };
      const others = Array.from({ length: LIMITS.mailItemsMax - 1 }, () => nobody);
      const send = (ref: number, length: number) => {
        const parcels = [{ to: [addressOf(bob), ...others], body: 'A'.repeat(length) }];
        socket.send({ type: 'mail', ref, id: newMailId(), parcels });
      };
      const most = LIMITS.mailStoredMax / LIMITS.mailItemsMax;
      send(77, most);
      expect((await socket.next('mailed')).refused).toEqual([{ to: nobody, code: 'not-found' }]);
      send(78, most + 4);
      expect(await socket.next('error')).toMatchObject({ ref: 78, code: 'too-large' });
      await socket.close(GONE);
    });
  });

  describe('when an account is deleted', () => {
    it('its groups go on: any member records that it is gone, which nobody can say of who is there', async () => {
      const owner = await newSigner(server);
      await befriend(owner, bob, cat);
      await foundBy(owner, bob, cat);
      const b = await connect(bob);
      expect(codeOf(await append(bob, groupId, gone(owner)))).toBe('forbidden');
      const proof = await owner.browser.proof(owner.userName);
      await owner.browser.must('POST', '/api/me/delete', { proof });
      expect(await news(b, groupId)).toMatchObject({ revision: 1, missing: true });
      expect((await read(bob)).body.people.map(({ id }) => id)).not.toContain(owner.me.id);
      expect((await append(cat, groupId, gone(owner))).status).toBe(200);
      owners = [bob];
      expect(await news(b, groupId)).toMatchObject({ revision: 2, missing: false });
      expect((await stateOf(bob, groupId)).members).toMatchObject([
        { id: bob.me.id, role: 'owner' },
        { id: cat.me.id, role: 'member' },
      ]);
      await b.close(GONE);
    });
  });

  describe('a group that has ended', () => {
    it('can be read up to its end, for as long as mail is kept', async () => {
      const other = await startTestServer(await kind.newPlace(), { MAILBOX_DAYS: '2' });
      const owner = await newSigner(other);
      await foundBy(owner);
      owners = [];
      expect((await append(owner, groupId, { kind: 'dissolve' })).status).toBe(200);
      expect(codeOf(await read(owner))).toBe('not-found');
      expect((await stateOf(owner, groupId)).dissolved).toBe(true);
      expect(codeOf(await append(owner, groupId, { kind: 'leave' }))).toBe('not-found');
      other.pass(49 * 3_600_000);
      await other.tidy();
      expect(codeOf(await readLog(owner))).toBe('not-found');
      await other.stop();
    });
  });

  describe('a public room', () => {
    let host: Signer;
    const list = (by: Person, part = '') => by.browser.must<Rooms>('POST', '/api/rooms/list', { part });
    const find = (by: Person, name: string) => by.browser.call<Room>('POST', '/api/rooms/find', { name });
    beforeAll(async () => {
      const browser = server.newBrowser();
      const { body: me } = await browser.register('room-host');
      const person = { browser, me, userName: 'room-host' };
      host = await withIdentity(person);
    });

    it('is opened by whom the host allows, found by name, joined, and left', async () => {
      expect(codeOf(await found(ann, groupId, room('tea-house')))).toBe('forbidden');
      expect((await found(host, groupId, room('tea-house'))).status).toBe(201);
      expect(codeOf(await found(host, newGroupId(), room('teahouse')))).toBe('conflict');
      const { body: shown } = await find(eve, ' Tea-House ');
      expect(shown).toMatchObject({ id: groupId, name: 'tea-house', topic: 'all about it', members: 1 });
      for (const name of ['teahouse', 'coffee', '?']) expect(codeOf(await find(eve, name))).toBe('not-found');
      expect((await post(eve, groupId, signedChange(eve, groupId, shown, JOIN))).status).toBe(200);
      expect(await list(eve)).toMatchObject({
        rooms: [{ id: groupId, members: 2, revision: 2, topic: 'all about it' }],
        more: false,
        mayOpen: false,
      });
      expect(await list(host)).toMatchObject({ mayOpen: true });
      for (const part of ['tea-', 'HOUSE', ' a-h '])
        expect((await list(eve, part)).rooms.map(({ name }) => name)).toEqual(['tea-house']);
      // Neither a pattern nor what look-alikes have in common.
      for (const part of ['%', '_', 'teahouse', 'x']) expect((await list(eve, part)).rooms).toEqual([]);
      expect((await append(host, groupId, { kind: 'topic', topic: 'green' })).status).toBe(200);
      expect((await append(eve, groupId, { kind: 'leave' })).status).toBe(200);
      expect((await append(host, groupId, { kind: 'dissolve' })).status).toBe(200);
      expect(codeOf(await find(eve, 'tea-house'))).toBe('not-found');
      expect((await found(host, newGroupId(), room('tea-house'))).status).toBe(201);
    });

    it('lets members write to each other, not reach each other, and keeps out who was removed', async () => {
      await found(host, groupId, room('garden'));
      const joining = async (by: Signer) =>
        post(by, groupId, signedChange(by, groupId, (await find(by, 'garden')).body, JOIN));
      for (const person of [bob, eve]) expect((await joining(person)).status).toBe(200);
      const [b, e] = [await connect(bob), await connect(eve)];
      expect(e.reachable).toEqual({});
      expect(await deposit(e, [addressOf(bob)], ['hello all'])).toEqual([]);
      e.send({ type: 'signal', ref: 1, to: addressOf(bob), linkId: 'link-1234', body: 'sdp' });
      expect((await e.next('error')).code).toBe('forbidden');
      expect((await append(host, groupId, remove(eve))).status).toBe(200);
      expect(codeOf(await joining(eve))).toBe('forbidden');
      expect(await deposit(e, [addressOf(bob)], ['again'])).toMatchObject([{ code: 'not-found' }]);
      await closeAll(b, e);
    });

    it('is nowhere without the host’s word', async () => {
      const closed = await startTestServer(await kind.newPlace());
      const person = await newSigner(closed);
      expect(codeOf(await found(person, groupId, room('tea-house')))).toBe('forbidden');
      expect(await list(person)).toEqual({ rooms: [], more: false, mayOpen: false });
      expect(await person.browser.must('GET', '/api/info')).toMatchObject({ rooms: false });
      expect(codeOf(await find(person, 'tea-house'))).toBe('not-found');
      await closed.stop();
    });
  });

  it('what comes back of a change is the text that was signed', async () => {
    await foundBy(ann);
    const { changes } = (await readLog(ann)).body as { changes: { body: string }[] };
    const [change] = changes;
    const body = parseBody(change?.body ?? '');
    expect(body === null ? null : bodyText(body)).toBe(change?.body);
  });
});
