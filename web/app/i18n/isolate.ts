/** Keeps a name's own writing direction from turning the sentence around it. */

/** Hebrew, Arabic and the other scripts from right to left, and signs that change the direction. */
const TURNS =
  /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Overrides, embeddings and isolates: one more end than beginnings would let the name out of its own. */
const CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * Wraps in FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE, for text that cannot hold a <bdi>. Both of our languages
 * run from left to right, so a name that does too stays as it is, and a copied sentence holds no invisible signs.
 */
export const isolate = (name: string): string =>
  TURNS.test(name) ? `\u2068${name.replaceAll(CONTROLS, '')}\u2069` : name;
