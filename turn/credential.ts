/**
 * Time-limited TURN credentials, the scheme that coturn calls use-auth-secret: the user name is `expiry:user`
 * (expiry in Unix seconds), the password is base64(HMAC-SHA1(secret, user name)).
 */
import { createHmac } from 'node:crypto';

interface TurnCredential {
  readonly username: string;
  readonly credential: string;
}

/** RFC 8489, section 14.3. */
const MAX_USERNAME_BYTES = 508;
const USERNAME = /^(\d{1,12}):(.+)$/s;

export function mintCredential(options: {
  secret: string;
  user: string;
  ttlSeconds: number;
  nowMs: number;
}): TurnCredential {
  const expiry = Math.floor(options.nowMs / 1000) + options.ttlSeconds;
  const username = `${expiry}:${options.user}`;
  return { username, credential: credentialFor(options.secret, username) };
}

export function credentialFor(secret: string, username: string): string {
  return createHmac('sha1', secret).update(username).digest('base64');
}

/** The parts of a user name, or undefined when it is not one of ours; expiry is not judged here. */
export function parseUsername(username: string): { expiresAtMs: number; user: string } | undefined {
  if (Buffer.byteLength(username) > MAX_USERNAME_BYTES) return undefined;
  const match = USERNAME.exec(username);
  return match ? { expiresAtMs: Number(match[1]) * 1000, user: match[2]! } : undefined;
}
