/** Routes of public keys, and of an account's sealed secrets. */
import type { Database } from '../../db/client.ts';
import { route, type Route } from '../http/route.ts';
import { ok } from '../outcome.ts';
import * as keys from '../protocol/keys.ts';
import { LIMITS } from '../protocol/limits.ts';
import { vaultSchema } from '../protocol/vault.ts';
import type { DeviceKeyService } from './device-key-service.ts';
import type { IdentityService } from './identity-service.ts';
import { queryKeys } from './key-query.ts';
import { readVault, writeVault } from './vault.ts';

export interface KeySurroundings {
  readonly db: Database;
  readonly devices: DeviceKeyService;
  readonly identities: IdentityService;
  readonly now: () => number;
}

const UPLOAD_RATE = { burst: 30, perSecond: 0.5 };
const CLAIM_RATE = { burst: 60, perSecond: 1 };
/** Proving a password costs computing, and a vault is large. */
const SECRETS_RATE = { burst: 20, perSecond: 1 / 10 };

const bodyBytes = LIMITS.keysBodyBytes;

export function keyRoutes({ db, devices, identities, now }: KeySurroundings): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/keys/upload',
      summary: 'Adds keys of this device',
      access: 'signed-in',
      body: keys.keysUploadSchema,
      bodyBytes,
      answer: keys.keysUploadAnswerSchema,
      rate: UPLOAD_RATE,
      handle: ({ me, body }) => devices.upload(me, body),
    }),
    route({
      method: 'POST',
      path: '/api/keys/query',
      summary: 'Keys of oneself and of friends, devices and identity',
      access: 'signed-in',
      body: keys.keysQuerySchema,
      bodyBytes,
      answer: keys.keysQueryAnswerSchema,
      handle: async ({ me, body }) => ok(await queryKeys(db, me, body, now())),
    }),
    route({
      method: 'POST',
      path: '/api/keys/claim',
      summary: 'Takes a one-time key of each device named',
      access: 'signed-in',
      body: keys.keysClaimSchema,
      bodyBytes,
      answer: keys.keysClaimAnswerSchema,
      rate: CLAIM_RATE,
      handle: ({ me, body }) => devices.claim(me, body),
    }),
    route({
      method: 'POST',
      path: '/api/keys/signing',
      summary: 'Makes one’s identity known; another one in its place needs the password',
      access: 'signed-in',
      body: keys.signingUploadSchema,
      bodyBytes,
      rate: SECRETS_RATE,
      handle: ({ me, body }) => identities.upload(me, body),
    }),
    route({
      method: 'POST',
      path: '/api/keys/signatures',
      summary: 'Adds signatures on one’s own keys and on friends’ identities',
      access: 'signed-in',
      body: keys.signaturesUploadSchema,
      bodyBytes,
      rate: UPLOAD_RATE,
      handle: ({ me, body }) => identities.sign(me, body),
    }),
    route({
      method: 'GET',
      path: '/api/keys/vault',
      summary: 'One’s sealed secrets',
      access: 'account',
      answer: vaultSchema,
      handle: async ({ me }) => ok(await readVault(db, me.id)),
    }),
    route({
      method: 'PUT',
      path: '/api/keys/vault',
      summary: 'Replaces one’s sealed secrets, if they are still those of the version named',
      access: 'account',
      body: vaultSchema,
      bodyBytes,
      answer: vaultSchema,
      rate: SECRETS_RATE,
      handle: ({ me, body }) => writeVault(db, me.id, body),
    }),
  ];
}
