/** Whether what a device uploads is its own, and what it changes. Pure. */
import type { Me } from '../protocol/http.ts';
import { engineUserId, type DeviceKeys, type KeysUpload, type SigningUpload } from '../protocol/keys.ts';
import { isSignedBy, publicKeyOf, signedOnlyBy, type Signed } from './signed.ts';

export const ONE_TIME_ALGORITHM = 'signed_curve25519';

export function isOwnUpload(me: Me, upload: KeysUpload): boolean {
  const { device_keys: device, one_time_keys: oneTime = {}, fallback_keys: fallback = {} } = upload;
  const lists = [...Object.entries(oneTime), ...Object.entries(fallback)];
  return (
    (device === undefined || areOwnDeviceKeys(me, device)) &&
    lists.every(([keyId, key]) => keyId.startsWith(`${ONE_TIME_ALGORITHM}:`) && isSignedByDevice(me, key)) &&
    Object.values(oneTime).every((key) => key.fallback !== true) &&
    Object.values(fallback).every((key) => key.fallback === true)
  );
}

function areOwnDeviceKeys(me: Me, device: DeviceKeys): boolean {
  return (
    device.user_id === engineUserId(me.id) &&
    device.device_id === me.deviceId &&
    Object.keys(device.keys).every((keyId) => keyId.endsWith(`:${me.deviceId}`)) &&
    isSignedBy(device, engineUserId(me.id), `ed25519:${me.deviceId}`) &&
    signedOnlyBy(device, engineUserId(me.id), () => true)
  );
}

function isSignedByDevice(me: Me, key: Signed): boolean {
  const [userId, keyId] = [engineUserId(me.id), `ed25519:${me.deviceId}`];
  return isSignedBy(key, userId, keyId) && signedOnlyBy(key, userId, (by) => by === keyId);
}

/** Three keys of one's own, each named after itself, the lesser two signed by the master key. */
export function isOwnIdentity(me: Me, upload: SigningUpload): boolean {
  const userId = engineUserId(me.id);
  const { master_key: master, self_signing_key: self, user_signing_key: user } = upload;
  const byMaster = `ed25519:${publicKeyOf(master)}`;
  const usages = [
    [master, 'master'],
    [self, 'self_signing'],
    [user, 'user_signing'],
  ] as const;
  return (
    usages.every(
      ([key, usage]) =>
        key.user_id === userId &&
        key.usage[0] === usage &&
        Object.keys(key.keys)[0] === `ed25519:${publicKeyOf(key)}` &&
        signedOnlyBy(key, userId, () => true),
    ) && [self, user].every((key) => isSignedBy(key, userId, byMaster))
  );
}
