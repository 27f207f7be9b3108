/** Keys of devices, and the vault: who may put which there, who sees and takes them, how changes are told; on both databases. */
import { describe, expect, it } from 'vitest';
import { engineUserId } from '../../../signaling/protocol/keys.ts';
import type { Vault } from '../../../signaling/protocol/vault.ts';
import { bothKinds } from '../lib/databases.ts';
import {
  changed,
  claim,
  claimedId,
  connect,
  deviceKeysOf,
  fallbackKeysOf,
  oneTimeKeysOf,
  otherDevice,
  publicKey,
  query,
  signedBy,
  upload,
  uploadOf,
} from '../lib/keys.ts';
import { codeOf, type Browser } from '../lib/person.ts';
import { friends, serverOn, startTestServer } from '../lib/server.ts';

describe.each(bothKinds())('keys on $name', (kind) => {
  const server = serverOn(kind);

  describe('of a device', () => {
    it('are kept as they were uploaded and shown to a friend, unknown fields and all', async () => {
      const [a, b] = await friends(server);
      const keys = { ...deviceKeysOf(a.me), 'org.example.more': { deep: [1, '\u0000'] } };
      const { status, body } = await upload(a.browser, {
        device_keys: keys,
        one_time_keys: oneTimeKeysOf(a.me, 50),
      });
      expect([status, body]).toEqual([200, { one_time_key_counts: { signed_curve25519: 50 } }]);
      const seen = await query(b.browser, a.me);
      expect(seen.device_keys).toEqual({ [engineUserId(a.me.id)]: { [a.me.deviceId]: keys } });
      expect(seen.versions[a.me.id]).toBeGreaterThan(0);
    });

    it('cannot be changed; the same again is fine, and may bring another signature', async () => {
      const { browser, me } = await server.newPerson();
      const keys = deviceKeysOf(me);
      await upload(browser, { device_keys: keys });
      const { versions } = await query(browser, me);
      expect((await upload(browser, { device_keys: keys })).status).toBe(200);
      expect((await query(browser, me)).versions).toEqual(versions);
      const other = { ...keys, keys: deviceKeysOf(me).keys };
      expect(codeOf(await upload(browser, { device_keys: other }))).toBe('conflict');
      const more = signedBy(me, publicKey());
      const userId = engineUserId(me.id);
      const both = { ...keys.signatures[userId], ...more[userId] };
      expect(
        (await upload(browser, { device_keys: { ...keys, signatures: { [userId]: both } } })).status,
      ).toBe(200);
      const seen = await query(browser, me);
      expect(seen.device_keys[userId]?.[me.deviceId]?.signatures).toEqual({ [userId]: both });
      expect(seen.versions[me.id]).toBe((versions[me.id] ?? 0) + 1);
    });

    it('are refused when they say that they are somebody else’s, another device’s, or signed by another', async () => {
      const [a, b] = await friends(server);
      const other = await otherDevice(server, a);
      const own = deviceKeysOf(a.me);
      const forged = [
        deviceKeysOf(b.me),
        deviceKeysOf(other.me),
        { ...own, device_id: other.me.deviceId },
        { ...own, user_id: engineUserId(b.me.id) },
        { ...own, keys: { ...own.keys, [`ed25519:${other.me.deviceId}`]: publicKey() } },
        { ...own, signatures: {} },
        { ...own, signatures: { ...own.signatures, ...signedBy(b.me, b.me.deviceId) } },
      ];
      for (const device_keys of forged) {
        expect(codeOf(await upload(a.browser, { device_keys }))).toBe('bad-request');
      }
      await upload(a.browser, { device_keys: own });
      const [name, key] = Object.entries(oneTimeKeysOf(a.me, 1))[0] ?? ['', {}];
      const lists = [
        { one_time_keys: { [name]: { ...key, signatures: signedBy(a.me, other.me.deviceId) } } },
        { one_time_keys: { [name]: { ...key, signatures: {} } } },
        { one_time_keys: { 'curve25519:AAA': key } },
        { one_time_keys: { [name]: { ...key, fallback: true } } },
        { fallback_keys: { [name]: key } },
      ];
      for (const body of lists) expect(codeOf(await upload(a.browser, body))).toBe('bad-request');
      expect((await query(b.browser, a.me)).device_keys[engineUserId(a.me.id)]).toEqual({
        [a.me.deviceId]: own,
      });
    });

    it('are needed before one-time keys, of which there are so many at most', async () => {
      const { browser, me } = await server.newPerson();
      expect(codeOf(await upload(browser, { one_time_keys: oneTimeKeysOf(me, 1) }))).toBe('bad-request');
      await upload(browser, { device_keys: deviceKeysOf(me), one_time_keys: oneTimeKeysOf(me, 100) });
      expect(codeOf(await upload(browser, { one_time_keys: oneTimeKeysOf(me, 1, 100) }))).toBe('too-many');
    });

    it('go with the log-out, and with the end of the session', async () => {
      const [a, b] = await friends(server);
      const [other, socket] = [await otherDevice(server, a), await connect(b)];
      await upload(a.browser, uploadOf(a.me, 1));
      await upload(other.browser, uploadOf(other.me, 1));
      await changed(socket, a.me);
      const before = await changed(socket, a.me);
      await other.browser.must('POST', '/api/auth/logout');
      expect(await changed(socket, a.me)).toBeGreaterThan(before);
      const seen = await query(b.browser, a.me);
      expect(Object.keys(seen.device_keys[engineUserId(a.me.id)] ?? {})).toEqual([a.me.deviceId]);
      expect((await claim(b.browser, other.me)).one_time_keys).toEqual({});
      await socket.close();
    });

    it('of a session that ended by itself are not shown, and friends learn it when it is tidied up', async () => {
      const fresh = await startTestServer(await kind.newPlace());
      const [a, b] = await friends(fresh);
      await upload(a.browser, uploadOf(a.me, 1));
      const { versions } = await query(b.browser, a.me);
      fresh.pass(60 * 24 * 3_600_000);
      const before = await connect(b);
      await fresh.tidy();
      fresh.pass(31 * 24 * 3_600_000);
      // The clock's leap makes the server take every open socket for dead.
      await before.closed;
      const socket = await connect(b);
      expect((await query(b.browser, a.me)).device_keys[engineUserId(a.me.id)]).toEqual({});
      expect((await claim(b.browser, a.me)).one_time_keys).toEqual({});
      await fresh.tidy();
      expect(await changed(socket, a.me)).toBeGreaterThan(versions[a.me.id] ?? 0);
      await fresh.stop();
    });
  });

  describe('one-time keys', () => {
    it('go to one each of many who claim at once, then the fallback key to all, and their owner is told', async () => {
      const [a, b] = await friends(server);
      const other = await otherDevice(server, b);
      await upload(a.browser, uploadOf(a.me, 12));
      const socket = await connect(a);
      const claims = await Promise.all(
        Array.from({ length: 16 }, (_, i) => claim(i % 2 ? b.browser : other.browser, a.me)),
      );
      const ids = claims.map((claimed) => claimedId(claimed, a.me)).filter((id) => id?.includes('AAA'));
      expect(ids).toHaveLength(12);
      expect(new Set(ids).size).toBe(12);
      const rest = claims.map((claimed) => claimedId(claimed, a.me)).filter((id) => !id?.includes('AAA'));
      expect(rest).toEqual(Array.from({ length: 4 }, () => 'signed_curve25519:FALLBACK'));
      await socket.next('key-counts', ({ oneTimeKeys, fallbackUsed }) => oneTimeKeys === 0 && fallbackUsed);
      await upload(a.browser, {
        fallback_keys: fallbackKeysOf(a.me, 'NEXT'),
        one_time_keys: oneTimeKeysOf(a.me, 3, 500),
      });
      await socket.close();
      const again = a.browser.socket();
      expect((await again.next('welcome')).keys.own).toEqual({ oneTimeKeys: 3, fallbackUsed: false });
      await again.close();
    });

    it('are handed out in the order in which they came, whole', async () => {
      const [a, b] = await friends(server);
      const keys = oneTimeKeysOf(a.me, 3);
      await upload(a.browser, { device_keys: deviceKeysOf(a.me), one_time_keys: keys });
      for (const [id, key] of Object.entries(keys)) {
        expect((await claim(b.browser, a.me)).one_time_keys).toEqual({
          [engineUserId(a.me.id)]: { [a.me.deviceId]: { [id]: key } },
        });
      }
      expect((await claim(b.browser, a.me)).one_time_keys).toEqual({});
    });

    it('keep their name: another value is refused, the same again changes nothing, not even after it was handed out', async () => {
      const [a, b] = await friends(server);
      const keys = oneTimeKeysOf(a.me, 2);
      const left = { one_time_key_counts: { signed_curve25519: 2 } };
      await upload(a.browser, { device_keys: deviceKeysOf(a.me), one_time_keys: keys });
      expect(codeOf(await upload(a.browser, { one_time_keys: oneTimeKeysOf(a.me, 1) }))).toBe('conflict');
      expect((await upload(a.browser, { one_time_keys: keys })).body).toEqual(left);
      const taken = claimedId(await claim(b.browser, a.me), a.me);
      await upload(a.browser, { one_time_keys: keys });
      expect(claimedId(await claim(b.browser, a.me), a.me)).not.toBe(taken);
      expect((await claim(b.browser, a.me)).one_time_keys).toEqual({});
    });

    it('are not used up by one friend: from some number on that friend gets the fallback key', async () => {
      const strict = await startTestServer(await kind.newPlace(), { RATE_LIMIT_FACTOR: '1' });
      const [a, b] = await friends(strict);
      await upload(a.browser, uploadOf(a.me, 50));
      const ids = [];
      for (let i = 0; i < 30; i++) ids.push(claimedId(await claim(b.browser, a.me), a.me));
      expect(new Set(ids).size).toBe(21);
      expect(ids.slice(20).every((id) => id === 'signed_curve25519:FALLBACK')).toBe(true);
      await strict.stop();
    });
  });

  describe('changes', () => {
    it('are in the welcome by version, and told to friends and one’s own other devices as they happen', async () => {
      const [a, b] = await friends(server);
      const other = await otherDevice(server, a);
      const [own, mine, friend] = [await connect(a), await connect(other), await connect(b)];
      expect(friend.versions).toEqual({ [a.me.id]: 0, [b.me.id]: 0 });
      await upload(a.browser, uploadOf(a.me, 1));
      expect([await changed(mine, a.me), await changed(friend, a.me)]).toEqual([1, 1]);
      expect(own.seen.filter(({ type }) => type === 'keys-changed')).toEqual([]);
      const again = await connect(b);
      expect(again.versions).toMatchObject({ [a.me.id]: 1 });
      const stranger = await server.newPerson();
      const watch = await connect(stranger);
      await upload(other.browser, uploadOf(other.me, 1));
      await changed(own, a.me);
      expect(watch.seen.filter(({ type }) => type === 'keys-changed')).toEqual([]);
      await Promise.all([own, mine, again, watch].map((socket) => socket.close()));
    });

    it('are told of somebody who has just become a friend', async () => {
      const [a, b] = [await server.newPerson(), await server.newPerson()];
      await upload(a.browser, uploadOf(a.me, 1));
      const [socketA, socketB] = [await connect(a), await connect(b)];
      await a.browser.must('POST', '/api/contacts/requests', { userName: b.userName });
      await b.browser.must('POST', `/api/contacts/incoming/${a.me.id}/accept`);
      expect([await changed(socketB, a.me), await changed(socketA, b.me)]).toEqual([1, 0]);
      await Promise.all([socketA.close(), socketB.close()]);
    });
  });

  describe('the vault', () => {
    const put = (browser: Browser, body: object) => browser.call<Vault>('PUT', '/api/keys/vault', body);

    it('is empty at first, counts up, and is not overwritten by a device that had not seen the last one', async () => {
      const { browser } = await server.newPerson();
      expect(await browser.must('GET', '/api/keys/vault')).toEqual({
        version: 0,
        byPassword: null,
        byCode: null,
      });
      const sealed = 'A'.repeat(16 * 1024);
      const answers = await Promise.all(
        ['AAAA', 'BBBB', 'CCCC'].map((byCode) => put(browser, { version: 0, byPassword: sealed, byCode })),
      );
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409]);
      const kept = await browser.must<Vault>('GET', '/api/keys/vault');
      expect(kept).toEqual(answers.find(({ status }) => status === 200)?.body);
      expect(kept.version).toBe(1);
      expect(codeOf(await put(browser, { ...kept, version: 0 }))).toBe('conflict');
      expect((await put(browser, { ...kept, byCode: null })).body).toEqual({
        ...kept,
        byCode: null,
        version: 2,
      });
      expect(codeOf(await put(browser, { ...kept, version: 2, byCode: 'not base64!' }))).toBe('bad-request');
    });

    it('is one’s own', async () => {
      const [a, b] = await friends(server);
      await put(a.browser, { version: 0, byPassword: 'AAAA', byCode: null });
      expect(await b.browser.must('GET', '/api/keys/vault')).toMatchObject({ version: 0, byPassword: null });
    });
  });
});
