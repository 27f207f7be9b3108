/** Identities and signatures: who may upload and replace them, and who sees which; on both databases. */
import { describe, expect, it } from 'vitest';
import type { CreatedInvite, Me } from '../../../signaling/protocol/http.ts';
import { engineUserId, type SigningUpload } from '../../../signaling/protocol/keys.ts';
import { bothKinds } from '../lib/databases.ts';
import {
  changed,
  claim,
  claimedId,
  connect,
  deviceKeysOf,
  identityOf,
  otherDevice,
  publicKey,
  publicKeyOf,
  query,
  sign,
  signedBy,
  uploadOf,
} from '../lib/keys.ts';
import { codeOf, DEVICE } from '../lib/person.ts';
import { friends, serverOn } from '../lib/server.ts';

describe.each(bothKinds())('identities on $name', (kind) => {
  const server = serverOn(kind);

  describe('an identity', () => {
    it('is shown to friends, its user-signing key to oneself alone', async () => {
      const [a, b] = await friends(server);
      const identity = identityOf(a.me);
      await a.browser.must('POST', '/api/keys/signing', identity);
      const userId = engineUserId(a.me.id);
      const [mine, theirs] = [await query(a.browser, a.me), await query(b.browser, a.me)];
      for (const seen of [mine, theirs]) {
        expect(seen.master_keys).toEqual({ [userId]: identity.master_key });
        expect(seen.self_signing_keys).toEqual({ [userId]: identity.self_signing_key });
      }
      expect(mine.user_signing_keys).toEqual({ [userId]: identity.user_signing_key });
      expect(theirs.user_signing_keys).toEqual({});
    });

    it('is taken once for nothing, and another one only with the password, which friends are told', async () => {
      const [a, b] = await friends(server);
      const [first, second] = [identityOf(a.me), identityOf(a.me)];
      await a.browser.must('POST', '/api/keys/signing', first);
      const socket = await connect(b);
      const put = (body: object) => a.browser.call('POST', '/api/keys/signing', body);
      expect((await put(first)).status).toBe(204);
      expect(codeOf(await put(second))).toBe('forbidden');
      const notMine = await b.browser.proof(b.userName);
      expect(codeOf(await put({ ...second, proof: notMine }))).toBe('wrong-credentials');
      const before = await query(b.browser, a.me);
      expect(before.master_keys[engineUserId(a.me.id)]).toEqual(first.master_key);
      expect((await put({ ...second, proof: await a.browser.proof(a.userName) })).status).toBe(204);
      expect(await changed(socket, a.me)).toBe((before.versions[a.me.id] ?? 0) + 1);
      expect((await query(b.browser, a.me)).master_keys[engineUserId(a.me.id)]).toEqual(second.master_key);
      await socket.close();
    });

    it('is refused when it is somebody else’s, or its keys are mixed up', async () => {
      const [a, b] = await friends(server);
      const identity = identityOf(a.me);
      const { master_key: master, self_signing_key: self } = identity;
      const forged = [
        identityOf(b.me),
        { ...identity, self_signing_key: identity.user_signing_key },
        { ...identity, self_signing_key: { ...self, signatures: signedBy(a.me, publicKey()) } },
        { ...identity, master_key: { ...master, keys: { 'ed25519:other': publicKey() } } },
        { ...identity, master_key: { ...master, signatures: signedBy(b.me, publicKey()) } },
      ];
      for (const body of forged) {
        expect(codeOf(await a.browser.call('POST', '/api/keys/signing', body))).toBe('bad-request');
      }
      expect((await query(a.browser, a.me)).master_keys).toEqual({});
    });

    it('of a guest is taken, and never another', async () => {
      const host = await server.newPerson();
      const { code } = await host.browser.must<CreatedInvite>('POST', '/api/invites', { kind: 'guest' });
      const browser = server.newBrowser();
      const me = await browser.must<Me>('POST', '/api/guest', { code, displayName: 'G', device: DEVICE });
      await browser.must('POST', '/api/keys/upload', uploadOf(me, 5));
      await browser.must('POST', '/api/keys/signing', identityOf(me));
      const proof = await host.browser.proof(host.userName);
      const again = await browser.call('POST', '/api/keys/signing', { ...identityOf(me), proof });
      expect(codeOf(again)).toBe('forbidden');
      expect(claimedId(await claim(host.browser, me), me)).toBe('signed_curve25519:AAA0');
      expect(codeOf(await browser.call('GET', '/api/keys/vault'))).toBe('forbidden');
    });
  });

  describe('signatures', () => {
    const withIdentity = async () => {
      const [a, b] = await friends(server);
      const made = [];
      for (const { browser, me } of [a, b]) {
        const keys = { device: deviceKeysOf(me), identity: identityOf(me) };
        await browser.must('POST', '/api/keys/upload', { device_keys: keys.device });
        await browser.must('POST', '/api/keys/signing', keys.identity);
        made.push(keys);
      }
      return { a, b, keysA: made[0] as (typeof made)[0], keysB: made[1] as (typeof made)[0] };
    };
    const ssk = ({ identity }: { identity: SigningUpload }) => publicKeyOf(identity.self_signing_key);
    const usk = ({ identity }: { identity: SigningUpload }) => publicKeyOf(identity.user_signing_key);

    it('of one’s own keys are added to them, and friends see them', async () => {
      const { a, b, keysA } = await withIdentity();
      const userId = engineUserId(a.me.id);
      const master = keysA.identity.master_key;
      const [byIdentity, byDevice] = [signedBy(a.me, ssk(keysA)), signedBy(a.me, a.me.deviceId)];
      const body = {
        [userId]: {
          [a.me.deviceId]: { ...keysA.device, signatures: byIdentity },
          [publicKeyOf(master)]: { ...master, signatures: byDevice },
        },
      };
      const socket = await connect(b);
      expect((await sign(a.browser, body)).status).toBe(204);
      const version = await changed(socket, a.me);
      const seen = await query(b.browser, a.me);
      expect(seen.versions[a.me.id]).toBe(version);
      expect(seen.device_keys[userId]?.[a.me.deviceId]?.signatures).toEqual({
        [userId]: { ...keysA.device.signatures[userId], ...byIdentity[userId] },
      });
      expect(seen.master_keys[userId]?.signatures).toEqual(byDevice);
      expect((await sign(a.browser, body)).status).toBe(204);
      expect((await query(b.browser, a.me)).versions[a.me.id]).toBe(version);
      await socket.close();
    });

    it('of a friend’s identity are shown to the signer’s own devices, and to nobody else', async () => {
      const { a, b, keysA, keysB } = await withIdentity();
      const other = await otherDevice(server, a);
      const [socket, friend] = [await connect(other), await connect(b)];
      const userId = engineUserId(b.me.id);
      const master = keysB.identity.master_key;
      const mine = signedBy(a.me, usk(keysA));
      await a.browser.must('POST', '/api/keys/signatures', {
        [userId]: { [publicKeyOf(master)]: { ...master, signatures: mine } },
      });
      const version = await changed(socket, b.me);
      const seen = await query(other.browser, b.me);
      expect(seen.master_keys[userId]?.signatures).toEqual(mine);
      expect(seen.versions[b.me.id]).toBe(version);
      expect((await query(b.browser, b.me)).master_keys[userId]).toEqual(master);
      expect(friend.seen.filter(({ type }) => type === 'keys-changed')).toEqual([]);
      // A new identity is not the one that was signed, and versions never go back.
      const proof = await b.browser.proof(b.userName);
      await b.browser.must('POST', '/api/keys/signing', { ...identityOf(b.me), proof });
      expect(await changed(socket, b.me)).toBe(version + 1);
      expect((await query(a.browser, b.me)).master_keys[userId]?.signatures).toBeUndefined();
      const own = await a.browser.proof(a.userName);
      await a.browser.must('POST', '/api/keys/signing', { ...identityOf(a.me), proof: own });
      expect((await query(a.browser, b.me)).versions[b.me.id]).toBeGreaterThan(version + 1);
      await Promise.all([socket.close(), friend.close()]);
    });

    it('are refused on keys that are not as the server has them, and by keys that may not sign them', async () => {
      const { a, b, keysA, keysB } = await withIdentity();
      const userId = engineUserId(a.me.id);
      const by = (key: string) => ({ signatures: signedBy(a.me, key) });
      const own = (name: string, keys: object) => ({ [userId]: { [name]: keys } });
      const device = keysA.device;
      const before = await query(b.browser, a.me, b.me);
      for (const [body, code] of [
        [own(a.me.deviceId, { ...deviceKeysOf(a.me), ...by(ssk(keysA)) }), 'conflict'],
        [own(b.me.deviceId, { ...device, ...by(ssk(keysA)) }), 'conflict'],
        [own(b.me.deviceId, { ...keysB.device, ...by(ssk(keysA)) }), 'conflict'],
        [own(a.me.deviceId, { ...device, ...by(publicKey()) }), 'bad-request'],
        [own(a.me.deviceId, { ...device, signatures: signedBy(b.me, ssk(keysB)) }), 'bad-request'],
        [
          own(publicKeyOf(keysA.identity.master_key), {
            ...keysA.identity.master_key,
            ...by(b.me.deviceId),
          }),
          'bad-request',
        ],
        [
          {
            [engineUserId(b.me.id)]: {
              [publicKeyOf(keysB.identity.master_key)]: { ...keysB.identity.master_key, ...by(ssk(keysA)) },
            },
          },
          'bad-request',
        ],
      ] as const) {
        expect(codeOf(await sign(a.browser, body))).toBe(code);
      }
      // Of a friend's device, and of a key that the friend no longer has: passed over.
      for (const [name, keys] of [
        [b.me.deviceId, keysB.device],
        [publicKeyOf(identityOf(b.me).master_key), keysB.identity.master_key],
      ] as const) {
        const body = { [engineUserId(b.me.id)]: { [name]: { ...keys, ...by(usk(keysA)) } } };
        expect((await sign(a.browser, body)).status).toBe(204);
      }
      expect(await query(b.browser, a.me, b.me)).toEqual(before);
    });
  });

  describe('of a stranger, of who blocked one or ended the contact, and of nobody', () => {
    it('are left out alike, and cannot be taken or signed', async () => {
      const [a, b] = await friends(server);
      const [c, d] = await friends(server);
      const stranger = await server.newPerson();
      const identities = new Map<string, SigningUpload>();
      for (const { browser, me } of [a, b, d, stranger]) {
        await browser.must('POST', '/api/keys/upload', uploadOf(me, 5));
        const identity = identityOf(me);
        identities.set(me.id, identity);
        await browser.must('POST', '/api/keys/signing', identity);
      }
      await b.browser.must('POST', `/api/contacts/${a.me.id}/block`);
      await d.browser.must('DELETE', `/api/contacts/${c.me.id}`);
      const nobody = { id: 'A'.repeat(22), deviceId: 'A'.repeat(22) };
      const nothing = {
        device_keys: {},
        master_keys: {},
        self_signing_keys: {},
        user_signing_keys: {},
        failures: {},
        versions: {},
      };
      for (const [{ browser, me }, target] of [
        [a, b.me],
        [c, d.me],
        [a, stranger.me],
        [a, { ...b.me, ...nobody }],
      ] as const) {
        expect(await query(browser, target)).toEqual(nothing);
        expect(await claim(browser, target)).toEqual({ one_time_keys: {}, failures: {} });
        const master = identities.get(target.id)?.master_key ?? identityOf(target).master_key;
        const mine = identities.get(me.id)?.user_signing_key;
        const signatures = signedBy(me, mine === undefined ? publicKey() : publicKeyOf(mine));
        const body = { [engineUserId(target.id)]: { [publicKeyOf(master)]: { ...master, signatures } } };
        if (mine !== undefined) expect((await sign(browser, body)).status).toBe(204);
      }
      const left = await b.browser.call('POST', '/api/keys/upload', {});
      expect(left.body).toEqual({ one_time_key_counts: { signed_curve25519: 5 } });
    });
  });
});
