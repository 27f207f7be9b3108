/**
 * Bytes with the conversation that they belong to, where that cannot be known by whom they are from:
 *
 *   0         1      2                    18
 *   | version | kind | the id, raw (16)   | sealed message, or link letter
 *
 * Version 2. Kind 3: for one's own other devices, with the friend to whom the message went. Kind 5: for everybody in a
 * group, with the group. Beside the kinds of crypto/sealed.ts and wire/link-letter.ts. That the conversation is the right
 * one is certain once the message has been opened, since it is sealed for a room of that name; over a link by the other
 * end, which is a device of whoever speaks.
 */
import { base64, bytesOfBase64 } from '../base64.ts';

const VERSION = 2;
const COPY = 3;
const GROUP = 5;
const HEAD = 18;
/** Before the random part of a group's id. */
const GROUP_PREFIX = 'g-';

export function wrapCopy(conversationId: string, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const inGroup = conversationId.startsWith(GROUP_PREFIX) && conversationId.length === 24;
  const text = inGroup ? conversationId.slice(GROUP_PREFIX.length) : conversationId;
  const id = bytesOfBase64(`${text.replaceAll('-', '+').replaceAll('_', '/')}==`);
  if (id?.length !== HEAD - 2) throw new Error('not the id of a person or group');
  const wrapped = new Uint8Array(HEAD + bytes.length);
  wrapped.set([VERSION, inGroup ? GROUP : COPY]);
  wrapped.set(id, 2);
  wrapped.set(bytes, HEAD);
  return wrapped;
}

interface Copy {
  readonly conversationId: string;
  readonly inGroup: boolean;
  readonly bytes: Uint8Array;
}

/** Null if it is no copy. */
export function unwrapCopy(bytes: Uint8Array): Copy | null {
  const inGroup = bytes[1] === GROUP;
  if (bytes[0] !== VERSION || (bytes[1] !== COPY && !inGroup) || bytes.length <= HEAD) return null;
  const id = base64(bytes.subarray(2, HEAD)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  return { conversationId: inGroup ? GROUP_PREFIX + id : id, inGroup, bytes: bytes.subarray(HEAD) };
}
