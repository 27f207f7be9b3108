/** How the engine's databases of a device are called. */
import type { Address } from './address.ts';

export const engineStore = ({ userId, deviceId }: Address): string => `holler-engine-${userId}-${deviceId}`;

export const notesStore = (me: Address): string => `${engineStore(me)}-notes`;

/** All of them, for removing: the first two are the library's own. */
export function engineStores(me: Address): readonly string[] {
  const name = engineStore(me);
  return [`${name}::matrix-sdk-crypto`, `${name}::matrix-sdk-crypto-meta`, notesStore(me)];
}
