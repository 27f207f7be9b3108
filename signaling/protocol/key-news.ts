/** What the server says of keys on the socket. */
import * as v from 'valibot';
import { idSchema } from './common.ts';

/** Devices or identity of this person (a friend, a co-member or oneself) are new: query their keys. */
export const keysChanged = v.object({
  type: v.literal('keys-changed'),
  userId: idSchema,
  version: v.number(),
});

/** What is left of this device's own one-time keys; the page makes new ones. Also part of `welcome`. */
export const ownKeys = v.object({
  oneTimeKeys: v.number(),
  /** The server has none that is unused (handed out, or never uploaded): time for a new one. */
  fallbackUsed: v.boolean(),
});
export const keyCounts = v.object({ type: v.literal('key-counts'), ...ownKeys.entries });

/**
 * Part of `welcome`: by person id (friends, members of one's groups and oneself), a number that grows with each change of their devices, their
 * identity, or one's own signature on it.
 */
export const keyVersions = v.record(idSchema, v.number());
