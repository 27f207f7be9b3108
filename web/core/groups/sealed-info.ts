/**
 * A group's name, topic and picture, sealed by the group's secret, as the server keeps them (base64):
 *
 *   0         1           13
 *   | version | nonce (12) | AES-256-GCM of the JSON, with its tag |
 *
 * Version 1. The group's id is authenticated with it.
 */
import * as v from 'valibot';
import { lineSchema, optionalLineSchema } from '../../../signaling/protocol/common.ts';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import { base64, bytesOfBase64 } from '../base64.ts';
import { GROUP_NAME_MAX, GROUP_PICTURE_MAX } from '../group-model.ts';
import type { GroupInfo } from '../model.ts';
import type { Random } from '../platform.ts';
import { fromBase64Url } from './signatures.ts';

const VERSION = 1;
const NONCE = 12;
const HEAD = 1 + NONCE;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Nothing else is ever an image's address: whoever knows the secret must not make the page fetch. */
const pictureSchema = v.pipe(
  v.string(),
  v.maxLength(GROUP_PICTURE_MAX),
  v.regex(/^data:image\/(?:webp|jpeg|png);base64,[A-Za-z0-9+/]+=*$/),
);
export const groupInfoSchema = v.object({
  name: lineSchema(GROUP_NAME_MAX),
  topic: optionalLineSchema(LIMITS.topicMax),
  picture: v.nullable(pictureSchema),
});

interface Crypto {
  readonly subtle: SubtleCrypto;
  readonly random: Pick<Random, 'bytes'>;
}

async function keyOf(subtle: SubtleCrypto, secret: string): Promise<CryptoKey | null> {
  const raw = fromBase64Url(secret);
  if (raw?.length !== 32) return null;
  return subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

/** `secret`: 32 bytes, base64url. */
export async function sealInfo(
  { subtle, random }: Crypto,
  secret: string,
  groupId: string,
  info: GroupInfo,
): Promise<string> {
  const key = await keyOf(subtle, secret);
  if (!key) throw new Error('not the secret of a group');
  const nonce = Uint8Array.from(random.bytes(NONCE));
  const sealed = await subtle.encrypt(
    { name: 'AES-GCM', iv: nonce, additionalData: encoder.encode(groupId) },
    key,
    encoder.encode(JSON.stringify(info)),
  );
  return base64(Uint8Array.from([VERSION, ...nonce, ...new Uint8Array(sealed)]));
}

/** Null if it was sealed by another secret or for another group, or holds what no group may be called. */
export async function openInfo(
  subtle: SubtleCrypto,
  secret: string,
  groupId: string,
  sealed: string,
): Promise<GroupInfo | null> {
  const key = await keyOf(subtle, secret);
  const bytes = bytesOfBase64(sealed);
  if (!key || bytes?.[0] !== VERSION || bytes.length <= HEAD) return null;
  try {
    const opened = await subtle.decrypt(
      { name: 'AES-GCM', iv: bytes.subarray(1, HEAD), additionalData: encoder.encode(groupId) },
      key,
      bytes.subarray(HEAD),
    );
    const parsed = v.safeParse(groupInfoSchema, JSON.parse(decoder.decode(opened)));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
