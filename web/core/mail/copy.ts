/**
 * What one's own other devices get: the sealed message that a friend was sent, with the friend it was for. A friend's
 * device knows the conversation by whom a message is from; this one would not.
 *
 *   0         1      2                        18
 *   | version | kind |  the friend's id, raw  | sealed message
 *
 * Version 2, kind 3: beside the kinds of crypto/sealed.ts. That the friend is the right one is certain once the message
 * has been opened, since its room has both people in its name.
 */
import { base64, bytesOfBase64 } from '../base64.ts';

const VERSION = 2;
const COPY = 3;
const HEAD = 18;

export function wrapCopy(friendId: string, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const id = bytesOfBase64(`${friendId.replaceAll('-', '+').replaceAll('_', '/')}==`);
  if (id?.length !== HEAD - 2) throw new Error('not the id of a person');
  const wrapped = new Uint8Array(HEAD + bytes.length);
  wrapped.set([VERSION, COPY]);
  wrapped.set(id, 2);
  wrapped.set(bytes, HEAD);
  return wrapped;
}

/** Null if it is no copy. */
export function unwrapCopy(bytes: Uint8Array): { friendId: string; bytes: Uint8Array } | null {
  if (bytes[0] !== VERSION || bytes[1] !== COPY || bytes.length <= HEAD) return null;
  const id = base64(bytes.subarray(2, HEAD)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  return { friendId: id, bytes: bytes.subarray(HEAD) };
}
