/** Contacts, invites, presence and the live relay between real sockets; on both databases. */
import { describe, expect, it } from 'vitest';
import type { ContactList, CreatedInvite, OutgoingRequest } from '../../../signaling/protocol/http.ts';
import { CLOSE } from '../../../signaling/protocol/socket.ts';
import { bothKinds } from '../lib/databases.ts';
import { codeOf, DEVICE, type TestSocket } from '../lib/person.ts';
import { friends, type Person, serverOn } from '../lib/server.ts';

const listOf = ({ browser }: Person) => browser.must<ContactList>('GET', '/api/contacts');
const ask = (from: Person, userName: string) =>
  from.browser.call<OutgoingRequest>('POST', '/api/contacts/requests', { userName });

async function connect(person: Person): Promise<TestSocket> {
  const socket = person.browser.socket();
  await socket.next('welcome');
  return socket;
}
const change = (socket: TestSocket, kind: string) =>
  socket.next('list-change', (message) => message.change.kind === kind).then((message) => message.change);
const presenceOf = (socket: TestSocket, person: Person, state: string) =>
  socket.next('presence', ({ userId, presence }) => userId === person.me.id && presence.state === state);

describe.each(bothKinds())('people on $name', (kind) => {
  const server = serverOn(kind);
  const two = async (): Promise<[Person, Person]> => [await server.newPerson(), await server.newPerson()];

  describe('asking', () => {
    it('shows on both sides at once, and accepting makes both contacts', async () => {
      const [a, b] = await two();
      const [socketA, socketB] = [await connect(a), await connect(b)];
      const asked = await ask(a, b.userName.toUpperCase());
      expect(asked).toMatchObject({ status: 202, body: { userName: b.userName } });
      expect(await change(socketA, 'outgoing')).toMatchObject({ request: asked.body });
      expect(await change(socketB, 'incoming')).toMatchObject({
        request: { id: a.me.id, userName: a.userName },
      });
      await b.browser.must('POST', `/api/contacts/incoming/${a.me.id}/accept`);
      expect(await change(socketA, 'outgoing-removed')).toMatchObject({ id: asked.body.id });
      expect(await change(socketB, 'incoming-removed')).toMatchObject({ userId: a.me.id });
      expect(await change(socketA, 'contact')).toMatchObject({
        contact: { id: b.me.id, alias: '', presence: { state: 'online', devices: [b.me.deviceId] } },
      });
      expect(await change(socketB, 'contact')).toMatchObject({ contact: { id: a.me.id } });
      expect(await listOf(a)).toMatchObject({ contacts: [{ id: b.me.id }], incoming: [], outgoing: [] });
      await Promise.all([socketA.close(), socketB.close()]);
    });

    it('looks the same for a name that nobody has, for who declined, and for who blocked', async () => {
      const [asker, decliner] = await two();
      const blocker = await server.newPerson();
      for (const [person, verdict] of [
        [decliner, 'decline'],
        [blocker, 'block'],
      ] as const) {
        await ask(asker, person.userName);
        await person.browser.must('POST', `/api/contacts/incoming/${asker.me.id}/${verdict}`);
      }
      const before = await listOf(asker);
      expect(before.outgoing.map(({ userName }) => userName)).toEqual([decliner.userName, blocker.userName]);
      for (const { id } of before.outgoing)
        await asker.browser.must('DELETE', `/api/contacts/requests/${id}`);
      const names = ['nobody-here', decliner.userName, blocker.userName];
      const answers = [];
      for (const name of names) answers.push(await ask(asker, name));
      expect(answers.map(({ status, body }) => [status, Object.keys(body)])).toEqual(
        names.map(() => [202, ['id', 'userName', 'requestedAt']]),
      );
      expect((await listOf(asker)).outgoing.map(({ userName }) => userName)).toEqual(names);
      expect((await listOf(decliner)).incoming).toEqual([]);
      expect((await listOf(blocker)).incoming).toEqual([]);
    });

    it('again is the same request', async () => {
      const [a, b] = await two();
      const [first, second] = [await ask(a, b.userName), await ask(a, b.userName)];
      expect(second.body).toEqual(first.body);
    });

    it('back at who has asked is agreeing', async () => {
      const [a, b] = await two();
      await ask(a, b.userName);
      expect(codeOf(await ask(b, a.userName))).toBe('already-contacts');
      expect(await listOf(a)).toMatchObject({ contacts: [{ id: b.me.id }], outgoing: [] });
      expect(await listOf(b)).toMatchObject({ contacts: [{ id: a.me.id }], incoming: [] });
    });

    it('oneself, a contact, or with a name that cannot be is refused', async () => {
      const [a, b] = await friends(server);
      expect(codeOf(await ask(a, a.userName))).toBe('self');
      expect(codeOf(await ask(a, b.userName))).toBe('already-contacts');
      expect(codeOf(await ask(a, 'x'))).toBe('user-name-too-short');
    });

    it('ends at fifty that wait', async () => {
      const a = await server.newPerson();
      for (let i = 0; i < 50; i++) expect((await ask(a, `nobody-${i}x`)).status).toBe(202);
      expect(codeOf(await ask(a, 'nobody-50x'))).toBe('too-many');
    });

    it('shows again a month after it was declined', async () => {
      const [a, b] = await two();
      const first = await ask(a, b.userName);
      await b.browser.must('POST', `/api/contacts/incoming/${a.me.id}/decline`);
      await a.browser.must('DELETE', `/api/contacts/requests/${first.body.id}`);
      server.pass(31 * 24 * 3_600_000);
      await ask(a, b.userName);
      expect((await listOf(b)).incoming).toHaveLength(1);
    });
  });

  describe('a contact', () => {
    it('is renamed for oneself alone', async () => {
      const [a, b] = await friends(server);
      const socket = await connect(a);
      await a.browser.must('PATCH', `/api/contacts/${b.me.id}`, { alias: '小明 👋' });
      expect(await change(socket, 'contact')).toMatchObject({ contact: { alias: '小明 👋' } });
      expect((await listOf(b)).contacts[0]).toMatchObject({ id: a.me.id, alias: '' });
      await a.browser.must('PATCH', `/api/contacts/${b.me.id}`, { muted: true });
      expect(await change(socket, 'contact')).toMatchObject({ contact: { alias: '小明 👋', muted: true } });
      expect((await listOf(b)).contacts[0]).toMatchObject({ id: a.me.id, muted: false });
      expect((await a.browser.call('PATCH', `/api/contacts/${b.me.id}`, {})).status).toBe(400);
      await socket.close();
    });

    it('shows a new name at once', async () => {
      const [a, b] = await friends(server);
      const [socketA, socketB] = [await connect(a), await connect(b)];
      await a.browser.must('PATCH', '/api/me', { displayName: 'Anna Neu' });
      expect(await change(socketB, 'contact')).toMatchObject({ contact: { displayName: 'Anna Neu' } });
      expect((await socketA.next('me')).me.displayName).toBe('Anna Neu');
      await Promise.all([socketA.close(), socketB.close()]);
    });

    it('that is removed or blocked sees the same: it is gone', async () => {
      const [a, b] = await friends(server);
      const [c, d] = await friends(server);
      const [socketB, socketD] = [await connect(b), await connect(d)];
      await a.browser.must('DELETE', `/api/contacts/${b.me.id}`);
      await c.browser.must('POST', `/api/contacts/${d.me.id}/block`);
      expect(await change(socketB, 'contact-removed')).toEqual({ kind: 'contact-removed', userId: a.me.id });
      expect(await change(socketD, 'contact-removed')).toEqual({ kind: 'contact-removed', userId: c.me.id });
      expect(await listOf(c)).toMatchObject({ contacts: [], blocked: [{ id: d.me.id }] });
      await c.browser.must('DELETE', `/api/contacts/blocked/${d.me.id}`);
      expect((await listOf(c)).blocked).toEqual([]);
      await Promise.all([socketB.close(), socketD.close()]);
    });
  });

  describe('an invite', () => {
    const invite = (person: Person, of: string) =>
      person.browser.must<CreatedInvite>('POST', '/api/invites', { kind: of });

    it('says who invites, makes contacts, counts its uses, and is told its code once', async () => {
      const [host, other] = await two();
      const { code, id } = await invite(host, 'friend');
      const look = await server.newBrowser().must('POST', '/api/invites/look', { code });
      expect(look).toEqual({ kind: 'friend', inviter: { displayName: host.me.displayName } });
      const accepted = await other.browser.must('POST', '/api/invites/accept', { code });
      expect(accepted).toEqual({ contactId: host.me.id });
      await other.browser.must('POST', '/api/invites/accept', { code });
      const listed = await host.browser.must<{ invites: object[] }>('GET', '/api/invites');
      expect(listed.invites).toEqual([expect.objectContaining({ id, uses: 1 })]);
      expect(JSON.stringify(listed)).not.toContain(code);
      expect(codeOf(await host.browser.call('POST', '/api/invites/accept', { code }))).toBe('self');
    });

    it('seems to be over to who is blocked by its owner', async () => {
      const [host, other] = await friends(server);
      await host.browser.must('POST', `/api/contacts/${other.me.id}/block`);
      const { code } = await invite(host, 'friend');
      const refused = await other.browser.call('POST', '/api/invites/accept', { code });
      const unknown = await other.browser.call('POST', '/api/invites/accept', { code: 'x'.repeat(43) });
      expect(refused).toMatchObject({ status: unknown.status, body: unknown.body });
    });

    it('ends after a week', async () => {
      const host = await server.newPerson();
      const { code } = await invite(host, 'friend');
      server.pass(8 * 24 * 3_600_000);
      expect(codeOf(await server.newBrowser().call('POST', '/api/invites/look', { code }))).toBe(
        'invite-invalid',
      );
    });
  });

  describe('presence', () => {
    it('reaches friends at once: online, away, busy, invisible, back, gone', async () => {
      const [a, b] = await friends(server);
      const watch = await connect(b);
      const socket = await connect(a);
      expect((await presenceOf(watch, a, 'online')).presence.devices).toEqual([a.me.deviceId]);
      socket.send({ type: 'set-presence', idle: true });
      await presenceOf(watch, a, 'away');
      socket.send({ type: 'set-presence', chosen: 'busy', statusText: 'writing' });
      expect((await presenceOf(watch, a, 'busy')).presence.statusText).toBe('writing');
      socket.send({ type: 'set-presence', chosen: 'invisible' });
      const hidden = (await presenceOf(watch, a, 'offline')).presence;
      expect(hidden).toMatchObject({ devices: [], lastSeen: expect.any(Number) as number });
      // Nothing that an invisible person does shows.
      socket.send({ type: 'set-presence', idle: false, statusText: 'secretly here' });
      await socket.next('me', ({ me }) => me.statusText === 'secretly here');
      const seen = (await listOf(b)).contacts[0]?.presence;
      expect(seen).toEqual({ ...hidden, statusText: 'writing' });
      socket.send({ type: 'set-presence', chosen: 'online' });
      expect((await presenceOf(watch, a, 'online')).presence.statusText).toBe('secretly here');
      await socket.close();
      const gone = (await presenceOf(watch, a, 'offline')).presence;
      expect(gone.lastSeen).toBeGreaterThan(hidden.lastSeen ?? Infinity);
      await watch.close();
    });

    it('of several devices is one: online while any is, away only if all are idle', async () => {
      const [a, b] = await friends(server);
      const second = server.newBrowser();
      await second.logIn(a.userName);
      const [watch, one] = [await connect(b), await connect(a)];
      await presenceOf(watch, a, 'online');
      const two_ = second.socket();
      await two_.next('welcome');
      expect((await presenceOf(watch, a, 'online')).presence.devices).toHaveLength(2);
      one.send({ type: 'set-presence', idle: true });
      two_.send({ type: 'set-presence', idle: true });
      expect((await presenceOf(watch, a, 'away')).presence.devices).toHaveLength(2);
      await two_.close();
      expect((await presenceOf(watch, a, 'away')).presence.devices).toHaveLength(1);
      await one.close();
      await presenceOf(watch, a, 'offline');
      await watch.close();
    });

    it('does not flicker when a page reloads', async () => {
      const [a, b] = await friends(server);
      const [watch, socket] = [await connect(b), await connect(a)];
      await presenceOf(watch, a, 'online');
      await socket.close(1001);
      const again = await connect(a);
      again.send({ type: 'set-presence', chosen: 'busy' });
      await presenceOf(watch, a, 'busy');
      expect(watch.seen.filter(({ type }) => type === 'presence')).toEqual([]);
      await Promise.all([again.close(), watch.close()]);
    });

    it('of an invisible person who connects shows nothing, not even a later last seen', async () => {
      const [a, b] = await friends(server);
      const first = await connect(a);
      first.send({ type: 'set-presence', chosen: 'invisible' });
      await first.next('me');
      await first.close();
      const before = (await listOf(b)).contacts[0]?.presence;
      const watch = await connect(b);
      const socket = await connect(a);
      socket.send({ type: 'set-presence', idle: true });
      await socket.close();
      expect((await listOf(b)).contacts[0]?.presence).toEqual(before);
      expect(watch.seen).toEqual([]);
      await watch.close();
    });
  });

  describe('the socket', () => {
    it('takes over from an older one of the same device', async () => {
      const a = await server.newPerson();
      const first = await connect(a);
      const second = await connect(a);
      expect(await first.closed).toBe(CLOSE.replaced);
      second.send({ type: 'set-presence', statusText: 'still here' });
      await second.next('me');
      await second.close();
    });

    it('carries signals and sealed messages both ways, in order, and to one’s own other device', async () => {
      const [a, b] = await friends(server);
      const mine = server.newBrowser();
      const myOther = (await mine.logIn(a.userName))?.body;
      const [socketA, socketB, other] = [await connect(a), await connect(b), mine.socket()];
      await other.next('welcome');
      const to = { userId: b.me.id, deviceId: b.me.deviceId };
      for (let ref = 0; ref < 50; ref++)
        socketA.send({ type: 'relay', ref, to, body: btoa(`message ${ref}`) });
      for (let ref = 0; ref < 50; ref++) {
        expect(atob((await socketB.next('relay')).body)).toBe(`message ${ref}`);
        expect((await socketA.next('accepted')).ref).toBe(ref);
      }
      const own = { userId: a.me.id, deviceId: myOther?.deviceId ?? '' };
      socketA.send({ type: 'signal', ref: 1, to: own, linkId: 'link-own1', body: 'offer' });
      const from = { userId: a.me.id, deviceId: a.me.deviceId };
      expect(await other.next('signal')).toEqual({
        type: 'signal',
        from,
        linkId: 'link-own1',
        body: 'offer',
      });
      await Promise.all([socketA.close(), socketB.close(), other.close()]);
    });

    it('lets an invisible device be answered only by those whom it has spoken to', async () => {
      const [a, b] = await friends(server);
      const [socketA, socketB] = [await connect(a), await connect(b)];
      socketB.send({ type: 'set-presence', chosen: 'invisible' });
      await socketB.next('me');
      const toB = {
        type: 'relay',
        ref: 1,
        to: { userId: b.me.id, deviceId: b.me.deviceId },
        body: 'aGk=',
      } as const;
      const toA = { ...toB, to: { userId: a.me.id, deviceId: a.me.deviceId } };
      socketA.send(toB);
      expect((await socketA.next('error')).code).toBe('peer-offline');
      socketB.send(toA);
      await socketA.next('relay');
      socketA.send(toB);
      await socketB.next('relay');
      await Promise.all([socketA.close(), socketB.close()]);
    });
  });

  it('forgets guests a day after they were last there', async () => {
    const host = await server.newPerson();
    const { code } = await host.browser.must<CreatedInvite>('POST', '/api/invites', { kind: 'guest' });
    const guest = server.newBrowser();
    await guest.must('POST', '/api/guest', { code, displayName: 'Gus', device: DEVICE });
    expect((await listOf(host)).contacts).toHaveLength(1);
    server.pass(25 * 3_600_000);
    await server.tidy();
    expect((await listOf(host)).contacts).toHaveLength(0);
    expect((await guest.call('GET', '/api/me')).status).toBe(401);
  });
});
