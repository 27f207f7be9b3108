/** Every failure that the server can answer with, as a code that the page translates. */
import * as v from 'valibot';

export const ERROR_CODES = [
  // Requests as such
  'bad-request',
  'too-large',
  'not-found',
  'unauthenticated',
  'forbidden',
  'origin-refused',
  'rate-limited',
  'protocol-version',
  'unavailable',
  'storage-full',
  'internal',
  // Accounts
  'user-name-taken',
  'user-name-too-short',
  'user-name-too-long',
  'user-name-characters',
  'user-name-look-alike',
  'registration-closed',
  'wrong-credentials',
  'login-expired',
  // Contacts and invites
  'already-contacts',
  'self',
  'too-many',
  'invite-invalid',
  // Socket
  'peer-offline',
  'replaced',
  // Keys and mail
  'conflict',
  'mailbox-full',
] as const;

export const errorCodeSchema = v.picklist(ERROR_CODES);
export type ErrorCode = (typeof ERROR_CODES)[number];

/** Body of every HTTP answer of 400 and above. `retryAfter` is in seconds. */
export const errorBodySchema = v.object({
  error: v.object({
    code: errorCodeSchema,
    message: v.string(),
    retryAfter: v.optional(v.number()),
  }),
});
export type ErrorBody = v.InferOutput<typeof errorBodySchema>;
