/** Signed objects, as values: who signed, whether two say the same, and signatures put together. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { LIMITS } from '../protocol/limits.ts';

export interface Signed {
  /** By the engine's name of the signer, then by key id. */
  readonly signatures?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
}

/** Whether both say the same; signatures, and what is not signed, aside. */
export function sameContent(a: object, b: object): boolean {
  return isDeepStrictEqual(content(a), content(b));
}

function content(signed: object): object {
  return { ...signed, signatures: undefined, unsigned: undefined };
}

export function isSignedBy(signed: Signed, userId: string, keyId: string): boolean {
  return signed.signatures?.[userId]?.[keyId] !== undefined;
}

/** Whether every signature is by a key of `userId` that `mayBe` accepts. */
export function signedOnlyBy(signed: Signed, userId: string, mayBe: (keyId: string) => boolean): boolean {
  return Object.entries(signed.signatures ?? {}).every(
    ([signer, byKey]) => signer === userId && Object.keys(byKey).every(mayBe),
  );
}

/** `before` with more signatures by `userId`, by key id; beyond what is allowed the oldest go. */
export function withSignatures<T extends Signed>(
  before: T,
  userId: string,
  more: Readonly<Record<string, string>>,
): T {
  const all = { ...before.signatures?.[userId], ...more };
  const kept = Object.fromEntries(Object.entries(all).slice(-LIMITS.signaturesMax));
  return { ...before, signatures: { ...before.signatures, [userId]: kept } };
}

/** The public half of the one key that a signing key is. */
export function publicKeyOf({ keys }: { readonly keys: Readonly<Record<string, string>> }): string {
  return Object.values(keys)[0] ?? '';
}
