/** The rules for user names: what may be chosen, and which two names look alike. Pure, shared by page and server. */
import { LIMITS } from './limits.ts';

type UserNameProblem = 'user-name-too-short' | 'user-name-too-long' | 'user-name-characters';

/** `name` is what is stored and shown; `skeleton` is equal for names that look alike. */
export type UserNameResult =
  | { readonly ok: true; readonly name: string; readonly skeleton: string }
  | { readonly ok: false; readonly problem: UserNameProblem };

const LATIN = /^[a-z0-9](?:[a-z0-9]|[._-](?=[a-z0-9]))*$/;
const HAN = /^[\p{Script=Han}0-9]+$/u;

/**
 * Brings a typed name to its one stored form (NFKC, lower case) and checks it.
 * One script per name: ASCII letters with digits and single inner `.`, `_`, `-`; or Chinese characters with digits
 * (two are enough there). A mix of scripts is how homographs are made (UTS #39 section 5.1), so none is allowed.
 */
export function parseUserName(typed: string): UserNameResult {
  const name = normalName(typed);
  const length = Array.from(name).length;
  const han = HAN.test(name) && /\p{Script=Han}/u.test(name);
  if (length < (han ? 2 : LIMITS.userNameMin)) return { ok: false, problem: 'user-name-too-short' };
  if (length > LIMITS.userNameMax) return { ok: false, problem: 'user-name-too-long' };
  if (!han && !LATIN.test(name)) return { ok: false, problem: 'user-name-characters' };
  return { ok: true, name, skeleton: skeletonOf(name) };
}

/** The form in which names, and parts of them, are compared. */
export const normalName = (typed: string): string => typed.trim().normalize('NFKC').toLowerCase();

// Within lower-case ASCII these are the pairs that common faces draw alike (UTS #39, confusables, ASCII part).
const LOOK_ALIKES: readonly (readonly [RegExp, string])[] = [
  [/[._-]/g, ''],
  [/rn/g, 'm'],
  [/vv/g, 'w'],
  [/0/g, 'o'],
  [/1/g, 'l'],
];

function skeletonOf(name: string): string {
  return LOOK_ALIKES.reduce((text, [pattern, to]) => text.replace(pattern, to), name);
}
