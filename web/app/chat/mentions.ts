/** Who is mentioned where: finding `@name` in a text, and what is being typed after an `@`. Pure. */
import type { Mention } from '../../core/group-model.ts';

export interface Mentionable {
  readonly id: string;
  readonly name: string;
}

/** Where a chooser stands open: the text between `from` (an `@`) and the caret is the beginning of a name. */
export interface Wanted {
  readonly from: number;
  readonly to: number;
  readonly query: string;
}

/** A name may have a few words; what is longer than this is a sentence. */
const LONGEST_QUERY = 40;

/** The `@` may stand at the beginning, after a space or after a sign without spaces, such as a Chinese one. */
const BEFORE = /[\s\p{P}\p{Script=Han}]$/u;

export function wantedAt(text: string, caret: number): Wanted | null {
  const from = text.lastIndexOf('@', caret - 1);
  if (from === -1 || caret - from > LONGEST_QUERY) return null;
  const before = text.slice(0, from);
  if (before !== '' && !BEFORE.test(before)) return null;
  const query = text.slice(from + 1, caret);
  return /\n/.test(query) || query.startsWith(' ') ? null : { from, to: caret, query };
}

const plain = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();

/** Those with a word of their name that begins so, or, in a script without spaces, a name that holds it. */
export function matching(people: readonly Mentionable[], query: string, most: number): Mentionable[] {
  const wanted = plain(query);
  const fits = ({ name }: Mentionable): boolean => {
    const folded = plain(name);
    return (
      folded.startsWith(wanted) ||
      folded.includes(` ${wanted}`) ||
      (/\p{Script=Han}/u.test(wanted) && folded.includes(wanted))
    );
  };
  return people.filter(fits).slice(0, most);
}

/** Everybody whom the text names behind an `@`; of names that begin alike the longest. */
export function mentionsIn(text: string, people: readonly Mentionable[]): Mention[] {
  const all = people.map(({ id, name }) => ({ memberId: id, name }));
  const found = new Set(cutMentions(text, all).map(({ memberId }) => memberId));
  return all.filter(({ memberId }) => found.has(memberId));
}

export interface Part {
  readonly text: string;
  /** Of whoever is mentioned here. */
  readonly memberId: string | null;
}

export function cutMentions(text: string, mentions: readonly Mention[]): Part[] {
  const longestFirst = mentions
    .filter(({ name }) => name !== '')
    .toSorted((a, b) => b.name.length - a.name.length);
  const parts: Part[] = [];
  let shown = 0;
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const mention = longestFirst.find(({ name }) => text.startsWith(name, at + 1));
    if (at < shown || mention === undefined) continue;
    if (at > shown) parts.push({ text: text.slice(shown, at), memberId: null });
    shown = at + 1 + mention.name.length;
    parts.push({ text: text.slice(at, shown), memberId: mention.memberId });
  }
  if (shown < text.length) parts.push({ text: text.slice(shown), memberId: null });
  return parts;
}
