/**
 * Public keys of people and devices: the bodies of `/api/keys/*`. The server keeps and hands them out and can vouch for
 * none of them; what is inside is signed, in the forms of the Matrix client-server specification ("End-to-End
 * Encryption"), because that is what the engine in the page speaks. Objects are loose: unknown fields are under the
 * signature too and must survive.
 */
import * as v from 'valibot';
import { idSchema } from './common.ts';
import { loginProofSchema } from './http.ts';
import { LIMITS } from './limits.ts';

/** The engine's name of a person. */
export const engineUserId = (personId: string): string => `@${personId}:holler`;

const ENGINE_USER = /^@([A-Za-z0-9_-]{22}):holler$/;

export function personOfEngineUser(userId: string): string | null {
  return ENGINE_USER.exec(userId)?.[1] ?? null;
}

const engineUserSchema = v.pipe(v.string(), v.regex(ENGINE_USER));
/** `<algorithm>:<device id, key id or public key>` */
const keyIdSchema = v.pipe(v.string(), v.regex(/^[a-z0-9_]{1,32}:[A-Za-z0-9+/_-]{1,64}$/));
const keySchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/_-]{43}$/));
const signatureSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/_-]{86}$/));

const signaturesSchema = v.pipe(
  v.record(
    engineUserSchema,
    v.pipe(v.record(keyIdSchema, signatureSchema), v.maxEntries(LIMITS.signaturesMax)),
  ),
  v.maxEntries(2),
);

export const deviceKeysSchema = v.looseObject({
  user_id: engineUserSchema,
  device_id: idSchema,
  algorithms: v.pipe(v.array(v.pipe(v.string(), v.maxLength(64))), v.maxLength(8)),
  keys: v.pipe(v.record(keyIdSchema, keySchema), v.maxEntries(4)),
  signatures: signaturesSchema,
});
export type DeviceKeys = v.InferOutput<typeof deviceKeysSchema>;

/** Once used up by the one who claims it; a fallback key says so and may be handed out again. */
const oneTimeKeySchema = v.looseObject({
  key: keySchema,
  fallback: v.optional(v.boolean()),
  signatures: signaturesSchema,
});

const oneTimeKeysSchema = v.record(keyIdSchema, oneTimeKeySchema);

/** A key of a person rather than of a device: master, self-signing or user-signing. */
export const signingKeySchema = v.looseObject({
  user_id: engineUserSchema,
  usage: v.pipe(v.array(v.picklist(['master', 'self_signing', 'user_signing'])), v.length(1)),
  keys: v.pipe(v.record(keyIdSchema, keySchema), v.maxEntries(1)),
  signatures: v.optional(signaturesSchema),
});
export type SigningKey = v.InferOutput<typeof signingKeySchema>;

const keyCountsSchema = v.record(v.string(), v.number());

/**
 * POST /api/keys/upload: of the device that asks. What was uploaded before may come again only as it was, or `conflict`;
 * only signatures may be added. One-time and fallback keys are signed by the device.
 */
export const keysUploadSchema = v.object({
  device_keys: v.optional(deviceKeysSchema),
  one_time_keys: v.optional(v.pipe(oneTimeKeysSchema, v.maxEntries(LIMITS.oneTimeKeysMax))),
  fallback_keys: v.optional(v.pipe(oneTimeKeysSchema, v.maxEntries(1))),
});
export type KeysUpload = v.InferOutput<typeof keysUploadSchema>;
export const keysUploadAnswerSchema = v.object({ one_time_key_counts: keyCountsSchema });

/** POST /api/keys/query: of oneself and of friends; anybody else is left out of the answer, existing or not. */
export const keysQuerySchema = v.object({
  device_keys: v.pipe(v.record(engineUserSchema, v.array(idSchema)), v.maxEntries(LIMITS.keyQueryMax)),
});
export const keysQueryAnswerSchema = v.object({
  device_keys: v.record(v.string(), v.record(v.string(), deviceKeysSchema)),
  master_keys: v.record(v.string(), signingKeySchema),
  self_signing_keys: v.record(v.string(), signingKeySchema),
  /** Only one's own. */
  user_signing_keys: v.record(v.string(), signingKeySchema),
  failures: v.record(v.string(), v.never()),
  /** Of the people who were asked for, by person id: which version of their keys this is (see `keyVersions`). */
  versions: v.record(v.string(), v.number()),
});

/**
 * POST /api/keys/claim: one one-time key of each device, else its fallback key. Of oneself and of friends; devices that
 * are not theirs, or have no keys, are left out. Who claims from one device again and again gets its fallback key.
 */
export const keysClaimSchema = v.object({
  one_time_keys: v.pipe(
    v.record(
      engineUserSchema,
      v.pipe(v.record(idSchema, v.literal('signed_curve25519')), v.maxEntries(LIMITS.devicesMax)),
    ),
    v.maxEntries(LIMITS.keyQueryMax),
  ),
});
export const keysClaimAnswerSchema = v.object({
  one_time_keys: v.record(v.string(), v.record(v.string(), oneTimeKeysSchema)),
  failures: v.record(v.string(), v.never()),
});

/**
 * POST /api/keys/signing: one's identity. The first time it is taken as it is; another one in its place needs the
 * password proved, or `forbidden`, since friends are warned of it. A guest's cannot be replaced.
 */
export const signingUploadSchema = v.object({
  master_key: signingKeySchema,
  self_signing_key: signingKeySchema,
  user_signing_key: signingKeySchema,
  proof: v.optional(loginProofSchema),
});
export type SigningUpload = v.InferOutput<typeof signingUploadSchema>;

/**
 * POST /api/keys/signatures: new signatures on one's own device and master keys, and one's user-signing key's on
 * friends' master keys, which nobody else is shown. By person, then by device id or public key. Each as it is on the
 * server, or `conflict`; what is of nobody one knows, or was replaced meanwhile by a friend, is passed over.
 */
export const signaturesUploadSchema = v.pipe(
  v.record(
    engineUserSchema,
    v.pipe(
      v.record(v.pipe(v.string(), v.maxLength(64)), v.union([deviceKeysSchema, signingKeySchema])),
      v.maxEntries(4),
    ),
  ),
  v.maxEntries(LIMITS.keyQueryMax),
);
