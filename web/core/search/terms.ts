/**
 * How text is compared when it is searched. Pure.
 *
 * Folding makes "José" and "jose", "ＡＢＣ" and "abc" the same: compatibility forms, case, accents and invisible
 * characters go, and whatever is no letter, digit or symbol becomes a space. Folded text is made of two kinds of runs:
 * words of scripts that put spaces between them, found from their beginning, and characters of scripts that do not
 * (also emoji and other symbols), found anywhere.
 */

const SPACELESS =
  '\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Bopo}\\p{scx=Hang}\\p{scx=Yi}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}\\p{scx=Tibt}\\p{S}';
const WORD_CHAR = `(?![${SPACELESS}])[\\p{L}\\p{N}\\p{M}]`;

const RUN = new RegExp(`([${SPACELESS}]+)|(?:${WORD_CHAR})+`, 'gu');
const ENDS_IN_WORD = new RegExp(`(?:${WORD_CHAR})$`, 'u');

const SEPARATOR = /[^\p{L}\p{N}\p{M}\p{S}]/gu;
/**
 * Invisible characters, the tatweel, and the marks of Latin, Greek, Cyrillic, Hebrew, Arabic and emoji; but no vowels of
 * other scripts, and not the two marks that make か into が.
 */
const DROPPED = /[\p{Cf}\u0640]|(?!\u3099|\u309a)(?=\p{Mn})[\p{sc=Zinh}\p{sc=Cyrl}\p{sc=Hebr}\p{sc=Arab}]/gu;

/** A search is for at most this many terms of a text of at most this length, in UTF-16 units. */
const QUERY_MAX = 200;
const TERMS_MAX = 16;

export interface Term {
  /** Folded. */
  readonly text: string;
  /** Is found only where a word begins. */
  readonly word: boolean;
}

export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(DROPPED, '')
    .replace(/ß/g, 'ss')
    .replace(/ς/g, 'σ')
    .replace(SEPARATOR, ' ')
    .normalize('NFC');
}

/** The runs of a folded text, in order. */
export function* runsOf(folded: string): Generator<Term> {
  for (const { 0: text, 1: spaceless } of folded.matchAll(RUN)) yield { text, word: spaceless === undefined };
}

/** What a person who typed this looks for; all of it must occur. Without letter, digit or symbol there is nothing. */
export function termsOf(query: string): Term[] {
  const terms = new Map<string, Term>();
  for (const term of runsOf(fold(query.slice(0, QUERY_MAX)))) {
    if (terms.size < TERMS_MAX) terms.set(term.text, term);
  }
  return [...terms.values()];
}

export function occurAll(folded: string, terms: readonly Term[]): boolean {
  return terms.every((term) => placeOf(folded, term, 0) >= 0);
}

/** Where the term occurs in a folded text at or after `from`; -1 if nowhere. */
export function placeOf(folded: string, { text, word }: Term, from: number): number {
  let at = folded.indexOf(text, from);
  while (word && at > 0 && ENDS_IN_WORD.test(folded.slice(Math.max(0, at - 2), at))) {
    at = folded.indexOf(text, at + 1);
  }
  return at;
}
