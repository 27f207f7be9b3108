/** What the server checks of a change's text: digests and Ed25519 signatures, by a person's master key or a link's. */
import { createHash, createPublicKey, verify } from 'node:crypto';

/** SHA-256 as base64url. */
export const digestOfText = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Key and signature in base64 or base64url. A key that is no point of the curve has signed nothing. */
export function isSigned(text: string, publicKey: string, signature: string): boolean {
  const x = Buffer.from(publicKey, 'base64').toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'));
}
