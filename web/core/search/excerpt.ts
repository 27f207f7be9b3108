/** The part of a message that a search found, cut where it is long, and what of it the terms are. Pure. */
import { fold, placeOf } from './terms.ts';
import type { Term } from './terms.ts';

export interface ExcerptPart {
  readonly text: string;
  readonly found: boolean;
}

/** Of the original text, in UTF-16 units. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** Before what is found there is room for a few words, and all of it for a line or two. */
const LEAD = 24;
const LENGTH = 160;

/** The smallest pieces that fold to the same alone as within a text: a character with its marks, joined Korean letters. */
const PIECE =
  /[\uac00-\ud7a3]?[\u1100-\u11ff\u3131-\u318e\uffa0-\uffdc]+|[^\p{M}][\p{M}\uff9e\uff9f]*|\p{M}+/gsu;

export function excerptOf(text: string, terms: readonly Term[]): ExcerptPart[] {
  const spans = joined(spansOf(text, terms));
  const from = startOf(text, spans[0]?.from ?? 0);
  const to = wholeFrom(text, Math.min(text.length, from + LENGTH));
  const parts: ExcerptPart[] = [];
  let at = from;
  for (const span of spans) {
    const end = Math.min(span.to, to);
    if (end <= at) break;
    if (span.from > at) parts.push({ text: text.slice(at, span.from), found: false });
    parts.push({ text: text.slice(Math.max(at, span.from), end), found: true });
    at = end;
  }
  if (at < to) parts.push({ text: text.slice(at, to), found: false });
  if (from > 0) parts.unshift({ text: '…', found: false });
  if (to < text.length) parts.push({ text: '…', found: false });
  return parts;
}

function spansOf(text: string, terms: readonly Term[]): Span[] {
  let folded = '';
  /** For each unit of the folded text, the piece of the original that it came from. */
  const origins: Span[] = [];
  /** A long text has few different pieces. */
  const plains = new Map<string, string>();
  for (const { 0: piece, index } of text.matchAll(PIECE)) {
    const plain = plains.get(piece) ?? fold(piece);
    plains.set(piece, plain);
    folded += plain;
    for (let unit = 0; unit < plain.length; unit += 1)
      origins.push({ from: index, to: index + piece.length });
  }
  return terms.flatMap((term) => {
    const spans: Span[] = [];
    for (let at = placeOf(folded, term, 0); at >= 0; at = placeOf(folded, term, at + term.text.length)) {
      const [first, last] = [origins[at], origins[at + term.text.length - 1]];
      if (first && last) spans.push({ from: first.from, to: last.to });
    }
    return spans;
  });
}

/** In order, and none within or right after another. */
function joined(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const before = result.at(-1);
    if (before && span.from <= before.to) {
      result[result.length - 1] = { from: before.from, to: Math.max(before.to, span.to) };
    } else result.push(span);
  }
  return result;
}

/** A little before what is found, at the beginning of a word where there is one near. */
function startOf(text: string, found: number): number {
  if (found <= LEAD) return 0;
  const lead = text.slice(found - LEAD, found);
  const space = lead.search(/\s\S/);
  return space < 0 ? wholeFrom(text, found - LEAD) : found - LEAD + space + 1;
}

/** Not through the middle of a surrogate pair. */
function wholeFrom(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
