/** Accounts over HTTP: registering, logging in, devices, passwords, the end; on both databases. */
import * as opaque from '@serenity-kit/opaque';
import { describe, expect, it } from 'vitest';
import type { CreatedInvite, Device, Me } from '../../../signaling/protocol/http.ts';
import { CLOSE } from '../../../signaling/protocol/socket.ts';
import { bothKinds } from '../lib/databases.ts';
import { codeOf, DEVICE, PASSWORD, STRETCHING } from '../lib/person.ts';
import { friends, serverOn, type TestServer } from '../lib/server.ts';

describe.each(bothKinds())('accounts on $name', (kind) => {
  const server = serverOn(kind);

  describe('registering', () => {
    it('signs in, with a cookie that scripts cannot read and other sites cannot use', async () => {
      const browser = server.newBrowser();
      const answer = await browser.register('Dora.Sun');
      expect(answer.status).toBe(201);
      expect(answer.body).toMatchObject({ kind: 'account', userName: 'dora.sun', presence: 'online' });
      expect(answer.headers.get('set-cookie')).toMatch(
        /^holler=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict$/,
      );
      expect(await browser.must<Me>('GET', '/api/me')).toEqual(answer.body);
    });

    it('sets a host-bound, secure cookie and HSTS when the page came over HTTPS', async () => {
      const { browser, userName } = await server.newPerson();
      const proof = await browser.proof(userName);
      const https = { 'x-forwarded-proto': 'https' };
      const answer = await browser.call(
        'POST',
        '/api/auth/login/finish',
        { ...proof, device: DEVICE },
        https,
      );
      expect(answer.headers.get('set-cookie')).toMatch(
        /^__Host-holler=[\w-]{43}; .*Path=\/; HttpOnly; Secure; SameSite=Strict$/,
      );
      expect(answer.headers.get('strict-transport-security')).not.toBeNull();
    });

    it.each([
      ['dora.sun', 'user-name-taken'],
      ['DORA.SUN', 'user-name-taken'],
      ['d0ra-sun', 'user-name-look-alike'],
      ['ab', 'user-name-too-short'],
      ['a'.repeat(33), 'user-name-too-long'],
      ['dorа', 'user-name-characters'],
    ])('refuses the name %s: %s', async (name, code) => {
      expect(codeOf(await server.newBrowser().register(name))).toBe(code);
    });

    it('refuses a record that could never be logged in with', async () => {
      const browser = server.newBrowser();
      const form = { userName: 'broken1', displayName: 'x', registrationRecord: 'AAAA', device: DEVICE };
      expect(codeOf(await browser.call('POST', '/api/auth/register/finish', form))).toBe('bad-request');
    });

    it('gives a name to one of two who take it at the same time', async () => {
      const answers = await Promise.all([1, 2, 3].map(() => server.newBrowser().register('racer')));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(2);
    });
  });

  describe('logging in', () => {
    it('takes the right password and refuses a wrong one', async () => {
      const { userName, me } = await server.newPerson();
      const again = await server.newBrowser().logIn(userName);
      expect(again?.body).toMatchObject({ id: me.id });
      expect(again?.body.deviceId).not.toBe(me.deviceId);
      // The client sees it by itself; a client that goes on regardless is refused.
      expect(await server.newBrowser().logIn(userName, 'wrong')).toBeNull();
    });

    it('answers alike for a wrong password and for a user who does not exist', async () => {
      const { userName } = await server.newPerson();
      const browser = server.newBrowser();
      const attempts = [];
      for (const name of [userName, 'nobody-at-all', '不存在', 'ünknown']) {
        const { startLoginRequest } = opaque.client.startLogin({ password: 'wrong' });
        const start = await browser.call<{ loginId: string; loginResponse: string }>(
          'POST',
          '/api/auth/login/start',
          {
            userName: name,
            startLoginRequest,
          },
        );
        const form = { loginId: start.body.loginId, finishLoginRequest: 'A'.repeat(86), device: DEVICE };
        const finish = await browser.call('POST', '/api/auth/login/finish', form);
        attempts.push({
          start: start.status,
          keys: Object.keys(start.body),
          length: start.body.loginResponse.length,
          finish: finish.status,
          body: finish.body,
        });
      }
      expect(codeOf(attempts[0] ?? null)).toBe('wrong-credentials');
      for (const attempt of attempts) expect(attempt).toEqual(attempts[0]);
    });

    it('takes a proof once, and not after a minute', async () => {
      const { userName } = await server.newPerson();
      const browser = server.newBrowser();
      const form = { ...(await browser.proof(userName)), device: DEVICE };
      expect((await browser.call('POST', '/api/auth/login/finish', form)).status).toBe(200);
      expect(codeOf(await browser.call('POST', '/api/auth/login/finish', form))).toBe('login-expired');
      const late = { ...(await browser.proof(userName)), device: DEVICE };
      server.pass(61_000);
      expect(codeOf(await browser.call('POST', '/api/auth/login/finish', late))).toBe('login-expired');
    });

    it('ends the session that the browser had before', async () => {
      const { browser, userName } = await server.newPerson();
      const before = browser.cookie;
      await browser.logIn(userName);
      const old = server.newBrowser();
      old.cookie = before;
      expect((await old.call('GET', '/api/me')).status).toBe(401);
      expect((await browser.must<{ devices: Device[] }>('GET', '/api/devices')).devices).toHaveLength(1);
    });
  });

  describe('devices', () => {
    it('are listed, and one that is logged out loses its session and its socket at once', async () => {
      const { browser, userName, me } = await server.newPerson();
      const other = server.newBrowser();
      await other.logIn(userName);
      const socket = other.socket();
      await socket.next('welcome');
      const { devices } = await browser.must<{ devices: Device[] }>('GET', '/api/devices');
      expect(devices.map(({ current, online, name }) => ({ current, online, name }))).toEqual([
        { current: true, online: false, name: DEVICE.name },
        { current: false, online: true, name: DEVICE.name },
      ]);
      expect(devices[0]?.id).toBe(me.deviceId);
      await browser.must('DELETE', `/api/devices/${devices[1]?.id}`);
      expect(await socket.closed).toBe(CLOSE.signedOut);
      expect((await other.call('GET', '/api/me')).status).toBe(401);
    });

    it('are told which of them are there, and nobody else is', async () => {
      const [{ browser, userName, me }, friend] = await friends(server);
      const other = server.newBrowser();
      await other.logIn(userName);
      const watching = friend.browser.socket();
      await watching.next('welcome');
      const first = browser.socket();
      await first.next('welcome');
      const second = other.socket();
      const { deviceId } = (await second.next('welcome')).me;
      const both = [me.deviceId, deviceId].toSorted();
      expect((await first.next('own-devices')).deviceIds.toSorted()).toEqual(both);
      expect((await second.next('own-devices')).deviceIds.toSorted()).toEqual(both);
      await second.close();
      expect((await first.next('own-devices')).deviceIds).toEqual([me.deviceId]);
      await Promise.all([first.close(), watching.close()]);
      expect(watching.seen.filter(({ type }) => type === 'own-devices')).toEqual([]);
    });

    it('of another person cannot be logged out', async () => {
      const [mine, theirs] = [await server.newPerson(), await server.newPerson()];
      const answer = await mine.browser.call('DELETE', `/api/devices/${theirs.me.deviceId}`);
      expect(codeOf(answer)).toBe('not-found');
      expect((await theirs.browser.call('GET', '/api/me')).status).toBe(200);
    });

    it('are logged out all but this one', async () => {
      const { browser, userName } = await server.newPerson();
      const others = [server.newBrowser(), server.newBrowser()];
      for (const other of others) await other.logIn(userName);
      await browser.must('DELETE', '/api/devices');
      expect((await browser.call('GET', '/api/me')).status).toBe(200);
      for (const other of others) expect((await other.call('GET', '/api/me')).status).toBe(401);
    });

    it('log out by themselves, cookie and all', async () => {
      const { browser } = await server.newPerson();
      const before = browser.cookie;
      await browser.must('POST', '/api/auth/logout');
      expect(browser.cookie).toBe('');
      browser.cookie = before;
      expect((await browser.call('GET', '/api/me')).status).toBe(401);
    });
  });

  describe('the password', () => {
    const change = async (
      browser: Awaited<ReturnType<TestServer['newPerson']>>['browser'],
      userName: string,
      current: string,
      vault?: { version: number; byPassword: string },
    ) => {
      const { clientRegistrationState, registrationRequest } = opaque.client.startRegistration({
        password: 'new one',
      });
      const start = await browser.must<{ registrationResponse: string }>('POST', '/api/auth/password/start', {
        registrationRequest,
      });
      const { registrationRecord } = opaque.client.finishRegistration({
        password: 'new one',
        clientRegistrationState,
        registrationResponse: start.registrationResponse,
        keyStretching: STRETCHING,
      });
      const proof = await browser.proof(userName, current);
      return browser.call('POST', '/api/auth/password/finish', { proof, registrationRecord, vault });
    };

    it('changes with the old one proved; other devices are logged out', async () => {
      const { browser, userName } = await server.newPerson();
      const other = server.newBrowser();
      await other.logIn(userName);
      expect((await change(browser, userName, PASSWORD)).status).toBe(204);
      expect((await other.call('GET', '/api/me')).status).toBe(401);
      expect((await browser.call('GET', '/api/me')).status).toBe(200);
      expect(await server.newBrowser().logIn(userName)).toBeNull();
      expect((await server.newBrowser().logIn(userName, 'new one'))?.status).toBe(200);
    });

    it('changes together with the sealed secrets, or not at all when they are others by now', async () => {
      const [mine, theirs] = [await server.newPerson(), await server.newPerson()];
      const stored = { byPassword: 'AAAA', byCode: 'CCCC' };
      for (const { browser } of [mine, theirs])
        await browser.must('PUT', '/api/keys/vault', { version: 0, ...stored });
      const late = await change(mine.browser, mine.userName, PASSWORD, { version: 0, byPassword: 'BBBB' });
      expect(codeOf(late)).toBe('conflict');
      expect((await server.newBrowser().logIn(mine.userName))?.status).toBe(200);
      expect(await mine.browser.must('GET', '/api/keys/vault')).toEqual({ version: 1, ...stored });

      const sealed = 'B'.repeat(16 * 1024);
      const now = await change(mine.browser, mine.userName, PASSWORD, { version: 1, byPassword: sealed });
      expect(now.status).toBe(204);
      expect((await server.newBrowser().logIn(mine.userName, 'new one'))?.status).toBe(200);
      const kept = { version: 2, byPassword: sealed, byCode: 'CCCC' };
      expect(await mine.browser.must('GET', '/api/keys/vault')).toEqual(kept);
      expect(await theirs.browser.must('GET', '/api/keys/vault')).toEqual({ version: 1, ...stored });
    });

    it('does not change with the proof of another account', async () => {
      const [mine, theirs] = [await server.newPerson(), await server.newPerson()];
      expect(codeOf(await change(mine.browser, theirs.userName, PASSWORD))).toBe('wrong-credentials');
      expect((await server.newBrowser().logIn(mine.userName))?.status).toBe(200);
    });
  });

  describe('leaving', () => {
    it('deletes the account, ends its sockets and takes it out of friends’ lists', async () => {
      const [a, b] = await friends(server);
      const [socketA, socketB] = [a.browser.socket(), b.browser.socket()];
      await Promise.all([socketA.next('welcome'), socketB.next('welcome')]);
      expect(codeOf(await a.browser.call('POST', '/api/me/delete', {}))).toBe('wrong-credentials');
      const proof = await a.browser.proof(a.userName);
      expect((await a.browser.call('POST', '/api/me/delete', { proof })).status).toBe(204);
      expect(await socketA.closed).toBe(CLOSE.signedOut);
      await socketB.next(
        'list-change',
        ({ change }) => change.kind === 'contact-removed' && change.userId === a.me.id,
      );
      expect(await server.newBrowser().logIn(a.userName)).toBeNull();
      expect((await server.newBrowser().register(a.userName)).status).toBe(201);
      await socketB.close();
    });
  });

  describe('guests', () => {
    const invite = async (kindOf: 'guest' | 'friend') => {
      const host = await server.newPerson();
      const made = await host.browser.must<CreatedInvite>('POST', '/api/invites', { kind: kindOf });
      return { host, code: made.code };
    };
    const enter = (code: string) => {
      const browser = server.newBrowser();
      return browser
        .call<Me>('POST', '/api/guest', { code, displayName: 'Gus', device: DEVICE })
        .then((answer) => ({ browser, answer }));
    };

    it('enter with a guest invite and are contacts of who invited them', async () => {
      const { host, code } = await invite('guest');
      const { browser, answer } = await enter(code);
      expect(answer.body).toMatchObject({ kind: 'guest', userName: null, displayName: 'Gus' });
      const { contacts } = await browser.must<{ contacts: { id: string }[] }>('GET', '/api/contacts');
      expect(contacts.map(({ id }) => id)).toEqual([host.me.id]);
    });

    it('do not enter with a friend invite, an unknown one or one that was taken back', async () => {
      expect(codeOf((await enter((await invite('friend')).code)).answer)).toBe('invite-invalid');
      expect(codeOf((await enter('x'.repeat(43))).answer)).toBe('invite-invalid');
      const { host, code } = await invite('guest');
      const { invites } = await host.browser.must<{ invites: { id: string }[] }>('GET', '/api/invites');
      await host.browser.must('DELETE', `/api/invites/${invites[0]?.id}`);
      expect(codeOf((await enter(code)).answer)).toBe('invite-invalid');
    });

    it('leave without a password', async () => {
      const { browser } = await enter((await invite('guest')).code);
      expect((await browser.call('POST', '/api/me/delete', {})).status).toBe(204);
      expect((await browser.call('GET', '/api/me')).status).toBe(401);
    });
  });
});
