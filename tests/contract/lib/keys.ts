/** Keys of the right form with made-up signatures: the server checks whose they say they are, and vouches for none. */
import { randomBytes } from 'node:crypto';
import type * as v from 'valibot';
import type { Me } from '../../../signaling/protocol/http.ts';
import {
  engineUserId,
  type DeviceKeys,
  type keysClaimAnswerSchema,
  type keysQueryAnswerSchema,
  type SigningKey,
  type SigningUpload,
} from '../../../signaling/protocol/keys.ts';
import type { Browser, TestSocket } from './person.ts';
import type { Person, TestServer } from './server.ts';

const base64 = (bytes: number) => randomBytes(bytes).toString('base64').replaceAll('=', '');
export const publicKey = (): string => base64(32);
const signature = (): string => base64(64);

/** By this key of that person. */
export const signedBy = (me: Me, key: string) => ({
  [engineUserId(me.id)]: { [`ed25519:${key}`]: signature() },
});

export function deviceKeysOf(me: Me): DeviceKeys {
  return {
    user_id: engineUserId(me.id),
    device_id: me.deviceId,
    algorithms: ['m.olm.v1.curve25519-aes-sha2', 'm.megolm.v1.aes-sha2'],
    keys: { [`ed25519:${me.deviceId}`]: publicKey(), [`curve25519:${me.deviceId}`]: publicKey() },
    signatures: signedBy(me, me.deviceId),
  };
}

export function oneTimeKeysOf(me: Me, count: number, from = 0) {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `signed_curve25519:AAA${from + index}`,
      { key: publicKey(), signatures: signedBy(me, me.deviceId) },
    ]),
  );
}

export function fallbackKeysOf(me: Me, name: string) {
  const key = { key: publicKey(), fallback: true, signatures: signedBy(me, me.deviceId) };
  return { [`signed_curve25519:${name}`]: key };
}

export const uploadOf = (me: Me, count: number) => ({
  device_keys: deviceKeysOf(me),
  one_time_keys: oneTimeKeysOf(me, count),
  fallback_keys: fallbackKeysOf(me, 'FALLBACK'),
});

export function identityOf(me: Me, master = publicKey()): SigningUpload {
  const key = (usage: SigningKey['usage'], text: string, signatures?: SigningKey['signatures']) => ({
    user_id: engineUserId(me.id),
    usage,
    keys: { [`ed25519:${text}`]: text },
    ...(signatures !== undefined && { signatures }),
  });
  return {
    master_key: key(['master'], master),
    self_signing_key: key(['self_signing'], publicKey(), signedBy(me, master)),
    user_signing_key: key(['user_signing'], publicKey(), signedBy(me, master)),
  };
}

export const publicKeyOf = (key: SigningKey): string => Object.values(key.keys)[0] ?? '';

// --- Calls -----------------------------------------------------------------------------------------------------

type Keys = v.InferOutput<typeof keysQueryAnswerSchema>;
type Claimed = v.InferOutput<typeof keysClaimAnswerSchema>;

export const upload = (browser: Browser, body: object) => browser.call('POST', '/api/keys/upload', body);
export const query = (browser: Browser, ...people: readonly { id: string }[]) =>
  browser.must<Keys>('POST', '/api/keys/query', {
    device_keys: Object.fromEntries(people.map(({ id }) => [engineUserId(id), []])),
  });
const claimBody = (...of: readonly Me[]) => ({
  one_time_keys: Object.fromEntries(
    of.map(({ id, deviceId }) => [engineUserId(id), { [deviceId]: 'signed_curve25519' }]),
  ),
});
export const claim = (browser: Browser, ...of: readonly Me[]) =>
  browser.must<Claimed>('POST', '/api/keys/claim', claimBody(...of));
export const claimedId = ({ one_time_keys }: Claimed, { id, deviceId }: Me) =>
  Object.keys(one_time_keys[engineUserId(id)]?.[deviceId] ?? {})[0];
export const sign = (browser: Browser, body: object) => browser.call('POST', '/api/keys/signatures', body);

export async function connect({ browser }: { browser: Browser }): Promise<TestSocket & { versions: object }> {
  const socket = browser.socket();
  const { keys } = await socket.next('welcome');
  return Object.assign(socket, { versions: keys.versions, own: keys.own });
}
export const changed = (socket: TestSocket, { id }: Me) =>
  socket.next('keys-changed', ({ userId }) => userId === id).then(({ version }) => version);

/** The same account in another browser. */
export async function otherDevice(server: TestServer, person: Person): Promise<{ browser: Browser; me: Me }> {
  const browser = server.newBrowser();
  const answer = await browser.logIn(person.userName);
  if (answer === null) throw new Error('cannot log in');
  return { browser, me: answer.body };
}
