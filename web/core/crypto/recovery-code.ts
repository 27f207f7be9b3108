/**
 * The recovery code: 128 random bits as 26 characters of Crockford's base 32 and a check character over them, in groups:
 * `XXXXX-XXXXX-XXXXX-XXXXX-XXXXX-XX`. The alphabet has no I, L, O, U; whoever types those means 1, 1, 0, and nothing.
 * The check character is the number modulo 37, so it may also be one of `*~$=U`.
 */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CHECKS = `${ALPHABET}*~$=U`;
const BYTES = 16;
/** 26 characters hold 130 bits; the first two are zero. */
const CHARACTERS = 26;
const GROUP = 5;

/** `random` is 16 bytes. */
export function recoveryCode(random: Uint8Array): string {
  let number = 0n;
  for (const byte of random.subarray(0, BYTES)) number = number * 256n + BigInt(byte);
  let text = CHECKS[Number(number % 37n)]!;
  for (let at = 0; at < CHARACTERS; at++, number /= 32n) text = ALPHABET[Number(number % 32n)]! + text;
  return text.match(new RegExp(`.{1,${GROUP}}`, 'g'))!.join('-');
}

/** Forgiving: small letters, any spaces and dashes, O for 0, I and L for 1. Null if it is not a code, or mistyped. */
export function bytesOfCode(typed: string): Uint8Array<ArrayBuffer> | null {
  const text = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}]/gu, '');
  if (text.length !== CHARACTERS + 1) return null;
  let number = 0n;
  for (const character of text.slice(0, -1)) {
    const digit = ALPHABET.indexOf(meant(character));
    if (digit < 0) return null;
    number = number * 32n + BigInt(digit);
  }
  if (number >= 1n << 128n || CHECKS.indexOf(meant(text.slice(-1))) !== Number(number % 37n)) return null;
  const bytes = new Uint8Array(BYTES);
  for (let at = BYTES - 1; at >= 0; at--, number /= 256n) bytes[at] = Number(number % 256n);
  return bytes;
}

const meant = (character: string) => character.replace('O', '0').replace(/[IL]/, '1');
