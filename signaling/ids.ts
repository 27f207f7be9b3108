/** Ids and secrets, and the digest under which a secret is stored. */
import { createHash, randomBytes } from 'node:crypto';

/** 128 random bits: 22 characters of base64url. */
export const newId = (): string => randomBytes(16).toString('base64url');

/** 256 random bits: 43 characters of base64url. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** A secret of full entropy needs no salt and no stretching: one hash is enough to make a stolen database useless. */
export const digestOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();
