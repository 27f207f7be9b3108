/** Hashes and Ed25519 for the log of a group: checks what others signed, and keeps the key of an invite link. */
import { base64, bytesOfBase64 } from '../base64.ts';

const encoder = new TextEncoder();
/** What stands before the 32 bytes of an Ed25519 private key in PKCS #8 (RFC 8410). */
const PKCS8_HEAD = Uint8Array.from([48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32]);

export const toBase64Url = (bytes: Uint8Array): string =>
  base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');

export const fromBase64Url = (text: string): Uint8Array<ArrayBuffer> | null =>
  bytesOfBase64(text.replaceAll('-', '+').replaceAll('_', '/'));

/** SHA-256 of the text's UTF-8 bytes, base64url. */
export async function digestOf(subtle: SubtleCrypto, text: string): Promise<string> {
  return toBase64Url(new Uint8Array(await subtle.digest('SHA-256', encoder.encode(text))));
}

/** `key` and `signature` in base64 or base64url. False, too, where the browser knows no Ed25519. */
export async function isSigned(
  subtle: SubtleCrypto,
  key: string,
  text: string,
  signature: string,
): Promise<boolean> {
  const raw = fromBase64Url(key);
  const signed = fromBase64Url(signature);
  if (!raw || !signed) return false;
  try {
    const imported = await subtle.importKey('raw', raw, 'Ed25519', false, ['verify']);
    return await subtle.verify('Ed25519', imported, signed, encoder.encode(text));
  } catch {
    return false;
  }
}

export interface LinkKey {
  /** Public half and seed of the private one, base64url. */
  readonly key: string;
  readonly seed: string;
}

export async function makeLinkKey(subtle: SubtleCrypto): Promise<LinkKey> {
  const pair = (await subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
  const secret = new Uint8Array(await subtle.exportKey('pkcs8', pair.privateKey));
  const key = new Uint8Array(await subtle.exportKey('raw', pair.publicKey));
  return { key: toBase64Url(key), seed: toBase64Url(secret.subarray(PKCS8_HEAD.length)) };
}

/** Null if the seed is none. */
export async function signAsLink(subtle: SubtleCrypto, seed: string, text: string): Promise<string | null> {
  const secret = fromBase64Url(seed);
  if (secret?.length !== 32) return null;
  const pkcs8 = Uint8Array.from([...PKCS8_HEAD, ...secret]);
  const key = await subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']);
  return toBase64Url(new Uint8Array(await subtle.sign('Ed25519', key, encoder.encode(text))));
}
