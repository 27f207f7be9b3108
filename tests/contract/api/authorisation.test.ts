/** Every route and every socket message against everybody who should be refused. A route or message without a row here fails. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../signaling/protocol/errors.ts';
import type { CreatedInvite, Device } from '../../../signaling/protocol/http.ts';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import { CLOSE, clientMessageSchema, type ClientMessage } from '../../../signaling/protocol/socket.ts';
import { PROTOCOL_HEADER } from '../../../signaling/protocol/version.ts';
import { bothKinds, type Kind } from '../lib/databases.ts';
import { digestOf, found, newGroupId, withIdentity } from '../lib/groups.ts';
import { codeOf, type Browser, DEVICE } from '../lib/person.ts';
import { friends, type Person, type RunningTestServer, serverOn, startTestServer } from '../lib/server.ts';

const ID = 'A'.repeat(22);
const CODE = 'A'.repeat(43);
const PROOF = { loginId: ID, finishLoginRequest: 'AAAA' };

/** Things of somebody else that a caller tries to get at. */
interface Victim {
  readonly person: Person;
  readonly deviceId: string;
  readonly requestId: string;
  readonly inviteId: string;
  readonly groupId: string;
  /** Complete. */
  readonly snapshotId: string;
}

interface Row {
  readonly access: 'anyone' | 'signed-in' | 'account';
  /** A body of the right form; none: the route takes none. */
  readonly body?: object;
  /** Where it may be longer than elsewhere. */
  readonly bodyBytes?: number;
  /** The real path, with something that belongs to somebody else; the answer to it is then `stranger`. */
  readonly path?: (victim: Victim) => string;
  readonly stranger?: ErrorCode;
}

const userPath =
  (before: string, after = '') =>
  (victim: Victim) =>
    `${before}${victim.person.me.id}${after}`;
const groupPath =
  (after = '') =>
  ({ groupId }: Victim) =>
    `/api/groups/${groupId}${after}`;
const CHANGE = { body: '{}', signature: 'A'.repeat(86) };
const SIGNING_KEY = { user_id: `@${ID}:holler`, usage: ['master'], keys: {} };
const REGISTER = { userName: 'somebody', registrationRequest: 'AAAA' };

const ROUTES: Readonly<Record<string, Row>> = {
  'GET /api/info': { access: 'anyone' },
  'POST /api/auth/register/start': { access: 'anyone', body: REGISTER },
  'POST /api/auth/register/finish': {
    access: 'anyone',
    body: { userName: 'somebody', displayName: 'S', registrationRecord: 'AAAA', device: DEVICE },
  },
  'POST /api/auth/login/start': {
    access: 'anyone',
    body: { userName: 'somebody', startLoginRequest: 'AAAA' },
  },
  'POST /api/auth/login/finish': { access: 'anyone', body: { ...PROOF, device: DEVICE } },
  'POST /api/auth/logout': { access: 'signed-in' },
  'POST /api/auth/password/start': { access: 'account', body: { registrationRequest: 'AAAA' } },
  'POST /api/auth/password/finish': {
    access: 'account',
    body: { proof: PROOF, registrationRecord: 'AAAA' },
    bodyBytes: LIMITS.passwordBodyBytes,
  },
  'POST /api/guest': { access: 'anyone', body: { code: CODE, displayName: 'G', device: DEVICE } },
  'GET /api/me': { access: 'signed-in' },
  'PATCH /api/me': { access: 'signed-in', body: { statusText: 'x' } },
  'POST /api/me/delete': { access: 'signed-in', body: { proof: PROOF } },
  'GET /api/devices': { access: 'signed-in' },
  'DELETE /api/devices': { access: 'signed-in' },
  'DELETE /api/devices/{id}': {
    access: 'signed-in',
    path: ({ deviceId }) => `/api/devices/${deviceId}`,
    stranger: 'not-found',
  },
  'GET /api/contacts': { access: 'signed-in' },
  // Answered alike for everybody: contacts.test.ts shows how much a stranger learns.
  'POST /api/contacts/requests': { access: 'account', body: { userName: 'nobody-there' } },
  'DELETE /api/contacts/requests/{id}': {
    access: 'account',
    path: ({ requestId }) => `/api/contacts/requests/${requestId}`,
    stranger: 'not-found',
  },
  'POST /api/contacts/incoming/{userId}/accept': {
    access: 'account',
    path: userPath('/api/contacts/incoming/', '/accept'),
    stranger: 'not-found',
  },
  'POST /api/contacts/incoming/{userId}/decline': {
    access: 'account',
    path: userPath('/api/contacts/incoming/', '/decline'),
    stranger: 'not-found',
  },
  'POST /api/contacts/incoming/{userId}/block': {
    access: 'account',
    path: userPath('/api/contacts/incoming/', '/block'),
    stranger: 'not-found',
  },
  'PATCH /api/contacts/{userId}': {
    access: 'signed-in',
    body: { alias: 'x' },
    path: userPath('/api/contacts/'),
    stranger: 'not-found',
  },
  'DELETE /api/contacts/{userId}': {
    access: 'signed-in',
    path: userPath('/api/contacts/'),
    stranger: 'not-found',
  },
  'POST /api/contacts/{userId}/block': {
    access: 'signed-in',
    path: userPath('/api/contacts/', '/block'),
    stranger: 'not-found',
  },
  'DELETE /api/contacts/blocked/{userId}': {
    access: 'signed-in',
    path: userPath('/api/contacts/blocked/'),
    stranger: 'not-found',
  },
  'GET /api/invites': { access: 'account' },
  'POST /api/invites': { access: 'account', body: { kind: 'friend' } },
  'DELETE /api/invites/{id}': {
    access: 'account',
    path: ({ inviteId }) => `/api/invites/${inviteId}`,
    stranger: 'not-found',
  },
  'POST /api/invites/look': { access: 'anyone', body: { code: CODE } },
  'POST /api/invites/accept': { access: 'account', body: { code: CODE } },
  // Who may send to whom, and fetch what: blobs.test.ts.
  'POST /api/blobs': { access: 'signed-in', body: { id: ID, bytes: 1, to: [ID] } },
  'PUT /api/blobs/{id}/{piece}': {
    access: 'signed-in',
    body: { data: 'AAAA' },
    bodyBytes: LIMITS.blobRequestBytes,
    path: () => `/api/blobs/${ID}/0`,
    stranger: 'not-found',
  },
  'GET /api/blobs/{id}/{piece}': {
    access: 'signed-in',
    path: () => `/api/blobs/${ID}/0`,
    stranger: 'not-found',
  },
  'POST /api/blobs/{id}/done': {
    access: 'signed-in',
    path: () => `/api/blobs/${ID}/done`,
    stranger: 'not-found',
  },
  'DELETE /api/blobs/{id}': {
    access: 'signed-in',
    path: () => `/api/blobs/${ID}`,
    stranger: 'not-found',
  },
  // Whose it is, and in what order: snapshots.test.ts.
  'GET /api/snapshot': { access: 'account' },
  'POST /api/snapshot': { access: 'account', body: { id: ID } },
  'PUT /api/snapshot/{id}/{chunk}': {
    access: 'account',
    body: { data: 'AAAA' },
    bodyBytes: LIMITS.snapshotRequestBytes,
    path: ({ snapshotId }) => `/api/snapshot/${snapshotId}/0`,
    stranger: 'not-found',
  },
  'POST /api/snapshot/{id}/done': {
    access: 'account',
    body: { chunks: 1 },
    path: ({ snapshotId }) => `/api/snapshot/${snapshotId}/done`,
    stranger: 'not-found',
  },
  'GET /api/snapshot/{id}/{chunk}': {
    access: 'account',
    path: ({ snapshotId }) => `/api/snapshot/${snapshotId}/0`,
    stranger: 'not-found',
  },
  'DELETE /api/snapshot': { access: 'account' },
  // What members, and those who were, may do: groups.test.ts.
  'POST /api/groups': { access: 'account', body: CHANGE, bodyBytes: LIMITS.groupRequestBytes },
  'GET /api/groups/{id}': { access: 'account', path: groupPath(), stranger: 'not-found' },
  'GET /api/groups/{id}/log/{after}': {
    access: 'account',
    path: groupPath('/log/0'),
    stranger: 'not-found',
  },
  'POST /api/groups/{id}/log': {
    access: 'account',
    body: CHANGE,
    bodyBytes: LIMITS.groupRequestBytes,
    path: groupPath('/log'),
    stranger: 'not-found',
  },
  'POST /api/groups/{id}/look': {
    access: 'account',
    body: { proof: 'A'.repeat(86) },
    path: groupPath('/look'),
    stranger: 'not-found',
  },
  'POST /api/rooms/list': { access: 'account', body: { part: '' } },
  'POST /api/rooms/find': { access: 'account', body: { name: 'tea' } },
  'GET /api/ice-servers': { access: 'signed-in' },
  // Whose keys may be uploaded, seen and taken: keys.test.ts.
  'POST /api/keys/upload': { access: 'signed-in', body: {}, bodyBytes: LIMITS.keysBodyBytes },
  'POST /api/keys/query': {
    access: 'signed-in',
    body: { device_keys: {} },
    bodyBytes: LIMITS.keysBodyBytes,
  },
  'POST /api/keys/claim': {
    access: 'signed-in',
    body: { one_time_keys: {} },
    bodyBytes: LIMITS.keysBodyBytes,
  },
  'POST /api/keys/signing': {
    access: 'signed-in',
    body: { master_key: SIGNING_KEY, self_signing_key: SIGNING_KEY, user_signing_key: SIGNING_KEY },
    bodyBytes: LIMITS.keysBodyBytes,
  },
  'POST /api/keys/signatures': { access: 'signed-in', body: {}, bodyBytes: LIMITS.keysBodyBytes },
  'GET /api/keys/vault': { access: 'account' },
  'PUT /api/keys/vault': {
    access: 'account',
    body: { version: 0, byPassword: null, byCode: null },
    bodyBytes: LIMITS.keysBodyBytes,
  },
};

const rows = Object.entries(ROUTES).map(([name, row]) => {
  const [method = '', path = ''] = name.split(' ');
  return { name, method, path: path.replaceAll(/\{\w+\}/g, ID), row };
});
const withBody = rows.filter(({ row }) => row.body !== undefined);
const changing = rows.filter(({ method }) => method !== 'GET');
const [kind] = bothKinds() as [Kind, Kind];
const server = serverOn(kind);
let stranger: Person;
let victim: Victim;
let guest: Browser;

beforeAll(async () => {
  stranger = await server.newPerson();
  const person = await server.newPerson();
  const { browser } = person;
  const [device] = (await browser.must<{ devices: Device[] }>('GET', '/api/devices')).devices;
  const request = await browser.must<{ id: string }>('POST', '/api/contacts/requests', {
    userName: 'nobody',
  });
  const invite = await browser.must<CreatedInvite>('POST', '/api/invites', { kind: 'guest' });
  const groupId = newGroupId();
  const info = 'AAAA';
  await found(
    await withIdentity(person),
    groupId,
    { kind: 'create', memberIds: [], info: digestOf(info), room: null },
    info,
  );
  const snapshotId = 'B'.repeat(22);
  await browser.must('POST', '/api/snapshot', { id: snapshotId });
  await browser.must('PUT', `/api/snapshot/${snapshotId}/0`, { data: 'AAAA' });
  await browser.must('POST', `/api/snapshot/${snapshotId}/done`, { chunks: 1 });
  const things = { requestId: request.id, inviteId: invite.id, groupId, snapshotId };
  victim = { person, deviceId: device?.id ?? '', ...things };
  guest = server.newBrowser();
  await guest.must('POST', '/api/guest', { code: invite.code, displayName: 'G', device: DEVICE });
});

describe('the tables', () => {
  it('have a row for every route, with its access, and no other', async () => {
    const described = await server.newBrowser().must<{
      paths: Record<string, Record<string, { security: unknown[]; requestBody?: object }>>;
    }>('GET', '/api/openapi.json');
    const served = Object.entries(described.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { security, requestBody }]) => ({
        name: `${method.toUpperCase()} ${path}`,
        open: security.length === 0,
        body: requestBody !== undefined,
      })),
    );
    const listed = rows.map(({ name, row }) => ({
      name,
      open: row.access === 'anyone',
      body: row.body !== undefined,
    }));
    const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
    expect(served.toSorted(byName)).toEqual(listed.toSorted(byName));
  });

  it('have a row for every socket message', () => {
    const types = clientMessageSchema.options.map(({ entries }) => entries.type.literal);
    expect(Object.keys(MESSAGES).toSorted()).toEqual(types.toSorted());
  });
});

describe.each(rows.filter(({ row }) => row.access !== 'anyone'))('$name', ({ method, path, row }) => {
  it('refuses who has no session, or one that has ended or was made up', async () => {
    const browser = server.newBrowser();
    for (const cookie of [
      '',
      `holler=${CODE}`,
      'holler=x',
      `__Host-holler=${stranger.browser.cookie.slice(7)}`,
    ]) {
      browser.cookie = cookie;
      const answer = await browser.call(method, path, row.body);
      expect([answer.status, codeOf(answer)]).toEqual([401, 'unauthenticated']);
    }
  });

  it(row.access === 'account' ? 'refuses a guest' : 'lets a guest in', async () => {
    const isLogOut = ['/api/auth/logout', '/api/me/delete'].includes(path);
    // Would end the guest for the other rows: who may come in is the same for an account.
    const answer = isLogOut
      ? await server.newPerson().then(({ browser }) => browser.call(method, path, row.body))
      : await guest.call(method, path, row.body);
    expect(codeOf(answer) === 'forbidden').toBe(row.access === 'account');
  });
});

describe.each(rows.filter(({ row }) => row.path !== undefined))('$name', ({ method, row }) => {
  it('gives a stranger nothing of somebody else', async () => {
    const answer = await stranger.browser.call(method, row.path?.(victim) ?? '', row.body);
    expect(codeOf(answer)).toBe(row.stranger);
  });
});

describe.each(changing)('$name', ({ method, path, row }) => {
  it.each(['https://evil.example', 'null', '', 'http://127.0.0.1:1', 'not an origin'])(
    'refuses the origin "%s"',
    async (origin) => {
      const answer = await stranger.browser.call(method, path, row.body, { origin });
      expect([answer.status, codeOf(answer)]).toEqual([403, 'origin-refused']);
    },
  );
});

describe.each(withBody)('$name', ({ method, path, row }) => {
  const caller = () => (row.access === 'anyone' ? server.newBrowser() : stranger.browser);

  it.each(['', '{', '[]', 'null', '"x"', '1'])('refuses the body %s', async (body) => {
    const answer = await caller().call(method, path, body);
    expect([answer.status, codeOf(answer)]).toEqual([400, 'bad-request']);
  });

  it('refuses a body that is too large', async () => {
    const body = JSON.stringify({ ...row.body, padding: 'x'.repeat(row.bodyBytes ?? LIMITS.httpBodyBytes) });
    const answer = await caller().call(method, path, body);
    expect([answer.status, codeOf(answer)]).toEqual([413, 'too-large']);
  });
});

describe.each(rows)('$name', ({ method, path, row }) => {
  it('speaks one protocol version only, except to say which', async () => {
    const answer = await stranger.browser.call(method, path, row.body, { [PROTOCOL_HEADER]: '999' });
    expect(answer.status).toBe(path === '/api/info' ? 200 : 426);
  });
});

describe('too many requests', () => {
  let slow: RunningTestServer;
  let sessions: Browser[];
  beforeAll(async () => {
    slow = await startTestServer(await kind.newPlace(), { RATE_LIMIT_FACTOR: '0.1' });
    const { browser, userName } = await slow.newPerson();
    sessions = [browser];
    while (sessions.length < 9) {
      slow.pass(3_600_000);
      const other = slow.newBrowser();
      await other.logIn(userName);
      sessions.push(other);
    }
  });
  afterAll(() => slow.stop());

  // With a body that is malformed, where there is one: they count all the same, and nothing comes of them.
  it.each(rows)('are refused by $name', async ({ method, path, row }) => {
    const answers = [];
    // Each from another session of the same person, because some of these end the session they are called with.
    const callers =
      path === '/api/auth/logout' ? sessions.slice(1) : Array.from({ length: 8 }, () => sessions[0]);
    for (const browser of callers) answers.push(await browser?.call(method, path, row.body && '{'));
    const refused = answers.find((answer) => answer?.status === 429);
    expect(codeOf(refused ?? { body: null })).toBe('rate-limited');
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

// --- The socket ------------------------------------------------------------------------------------------------

interface MessageRow {
  /** A message of the right form to that device. */
  readonly make: (to: { userId: string; deviceId: string }) => ClientMessage;
  /** Whether it goes to somebody, who must then be a contact. */
  readonly toSomebody: boolean;
}

const MESSAGES: Readonly<Record<ClientMessage['type'], MessageRow>> = {
  pong: { make: () => ({ type: 'pong' }), toSomebody: false },
  'set-presence': { make: () => ({ type: 'set-presence', idle: true }), toSomebody: false },
  signal: {
    make: (to) => ({ type: 'signal', ref: 7, to, linkId: 'link-1234', body: 'sdp' }),
    toSomebody: true,
  },
  relay: { make: (to) => ({ type: 'relay', ref: 7, to, body: 'aGVsbG8=' }), toSomebody: true },
  // Answered for each recipient: mail.test.ts shows who is refused what.
  mail: {
    make: (to) => ({ type: 'mail', ref: 7, id: 'mail-1234', parcels: [{ to: [to], body: 'aGVsbG8=' }] }),
    toSomebody: false,
  },
  'mail-next': { make: () => ({ type: 'mail-next', ref: 7, after: null }), toSomebody: false },
  'mail-ack': { make: () => ({ type: 'mail-ack', ids: ['1'] }), toSomebody: false },
};
const messages = Object.entries(MESSAGES).map(([type, row]) => ({ type, ...row }));

describe('the socket', () => {
  it('is closed to who has no session, and to another version, with a code that the page can read', async () => {
    expect(await server.newBrowser().socket().closed).toBe(CLOSE.signedOut);
    for (const query of ['', '?v=0', '?v=2', '?v=x']) {
      expect(await stranger.browser.socket(query).closed).toBe(CLOSE.protocolVersion);
    }
  });

  it.each(['https://evil.example', 'null', ''])('is not opened for the origin "%s"', async (origin) => {
    const browser = server.newBrowser();
    Object.assign(browser, { cookie: stranger.browser.cookie, origin });
    const { raw } = browser.socket();
    const status = await new Promise((resolve) => {
      raw.on('unexpected-response', (_request, response) => resolve(response.statusCode));
      raw.on('open', () => resolve('open'));
    });
    expect(status).toBe(403);
  });

  it.each([
    ['not JSON', '{'],
    ['of no type', '{}'],
    ['of an unknown type', '{"type":"welcome"}'],
    ['with fields of a wrong kind', '{"type":"relay","ref":"1"}'],
    ['a list', '[]'],
    ['binary', Buffer.from([1, 2, 3])],
  ])('answers a message that is %s with a typed error, and goes on', async (_name, text) => {
    const socket = stranger.browser.socket();
    await socket.next('welcome');
    socket.raw.send(text);
    expect((await socket.next('error')).code).toBe('bad-request');
    socket.send({ type: 'set-presence', statusText: `after ${_name}` });
    expect((await socket.next('me')).me.statusText).toBe(`after ${_name}`);
    await socket.close();
  });

  it('answers a message that is too large with a typed error, and ends at one that is far too large', async () => {
    const socket = stranger.browser.socket();
    await socket.next('welcome');
    socket.raw.send(JSON.stringify({ type: 'pong', x: 'x'.repeat(LIMITS.socketFrameBytes) }));
    expect((await socket.next('error')).code).toBe('too-large');
    socket.raw.send('x'.repeat(3 * LIMITS.socketFrameBytes));
    expect(await socket.closed).toBe(1009);
  });

  it('ends for who goes on sending nonsense', async () => {
    const socket = stranger.browser.socket();
    await socket.next('welcome');
    for (let i = 0; i < 50; i++) socket.raw.send('nonsense');
    expect(await socket.closed).toBe(CLOSE.abuse);
    expect(socket.seen.filter(({ type }) => type === 'error').length).toBeGreaterThan(3);
  });

  it.each(messages.filter(({ type }) => type !== 'pong'))(
    'ends for who floods it with $type',
    async ({ make }) => {
      const { browser } = await server.newPerson();
      const socket = browser.socket();
      await socket.next('welcome');
      const message = make({ userId: ID, deviceId: ID });
      for (let i = 0; i < 1000; i++) socket.send(message);
      expect((await socket.next('error', ({ code }) => code === 'rate-limited')).retryAfter).toBeGreaterThan(
        0,
      );
      expect(await socket.closed).toBe(CLOSE.abuse);
    },
  );
});

describe.each(messages.filter(({ toSomebody }) => toSomebody))('$type', ({ make }) => {
  const refusedWith = async (from: Browser, to: Person) => {
    const [sender, receiver] = [from.socket(), to.browser.socket()];
    const { me } = await receiver.next('welcome');
    await sender.next('welcome');
    sender.send(make({ userId: me.id, deviceId: me.deviceId }));
    const { code, ref } = await sender.next('error');
    expect(ref).toBe(7);
    await Promise.all([sender.close(), receiver.close()]);
    expect(receiver.seen.filter(({ type }) => type === 'signal' || type === 'relay')).toEqual([]);
    return code;
  };

  it('does not reach a stranger, and says the same of somebody who does not exist', async () => {
    expect(await refusedWith(stranger.browser, victim.person)).toBe('forbidden');
    const socket = stranger.browser.socket();
    await socket.next('welcome');
    socket.send(make({ userId: ID, deviceId: ID }));
    expect((await socket.next('error')).code).toBe('forbidden');
    await socket.close();
  });

  it('does not reach who has blocked the sender, nor who ended the contact', async () => {
    const [a, b] = await friends(server);
    await b.browser.must('POST', `/api/contacts/${a.me.id}/block`);
    expect(await refusedWith(a.browser, b)).toBe('forbidden');
    const [c, d] = await friends(server);
    await d.browser.must('DELETE', `/api/contacts/${c.me.id}`);
    expect(await refusedWith(c.browser, d)).toBe('forbidden');
  });

  it('does not go from a guest to anybody but the contact', async () => {
    expect(await refusedWith(guest, stranger)).toBe('forbidden');
  });

  it('is refused in the middle of a connection as soon as the contact ends', async () => {
    const [a, b] = await friends(server);
    const [sender, receiver] = [a.browser.socket(), b.browser.socket()];
    const { me } = await receiver.next('welcome');
    await sender.next('welcome');
    const message = make({ userId: me.id, deviceId: me.deviceId });
    sender.send(message);
    await sender.next('accepted');
    await b.browser.must('POST', `/api/contacts/${a.me.id}/block`);
    sender.send(message);
    expect((await sender.next('error')).code).toBe('forbidden');
    await Promise.all([sender.close(), receiver.close()]);
  });

  it('says "offline" of a contact’s device that is not there', async () => {
    const [a, b] = await friends(server);
    const sender = a.browser.socket();
    await sender.next('welcome');
    sender.send(make({ userId: b.me.id, deviceId: b.me.deviceId }));
    expect((await sender.next('error')).code).toBe('peer-offline');
    await sender.close();
  });
});
