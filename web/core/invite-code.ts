/** What stands behind the # of an invite link: `code`, which lets in, or `code.secret`. The server sees the code alone. */
import * as v from 'valibot';
import { secretSchema } from '../../signaling/protocol/common.ts';

export interface InviteCode {
  readonly code: string;
  /** By which two people know each other's keys; null in a link that was made without. See crypto/invites.ts. */
  readonly secret: string | null;
}

/** Null if it is no such thing. */
export function parseInviteCode(text: string): InviteCode | null {
  const [code = '', secret = null] = text.split('.', 2);
  return v.is(secretSchema, code) ? { code, secret } : null;
}

export const formatInviteCode = ({ code, secret }: InviteCode): string =>
  secret === null ? code : `${code}.${secret}`;
