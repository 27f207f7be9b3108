/**
 * What an invite link of a group says behind `#`, which no browser sends to a server: the group, the seed of the link's
 * key, the secret that opens its name, and the change of its log up to which whoever made the link vouches.
 *
 *   <group id without its prefix>.<seed>.<secret>.<revision>.<head>     each base64url, the revision a number
 */
export interface LinkCode {
  readonly groupId: string;
  readonly seed: string;
  readonly secret: string;
  readonly revision: number;
  readonly head: string;
}

const CODE =
  /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})\.([1-9][0-9]{0,8})\.([A-Za-z0-9_-]{43})$/;

export const writeLinkCode = ({ groupId, seed, secret, revision, head }: LinkCode): string =>
  [groupId.slice(2), seed, secret, revision, head].join('.');

/** Null if it is not one. */
export function readLinkCode(code: string): LinkCode | null {
  const [, id, seed, secret, revision, head] = CODE.exec(code) ?? [];
  if (!id || !seed || !secret || !revision || !head) return null;
  return { groupId: `g-${id}`, seed, secret, revision: Number(revision), head };
}
