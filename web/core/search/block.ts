/** Changes a block of messages' folded texts, and divides it when it has grown too large. Pure. */
import type { SearchBlock, SearchSign } from '../database.ts';
import { LOWEST_ID } from '../wire/message-id.ts';
import { addText, emptySignature } from './signature.ts';

/** In UTF-16 units. Chromium keeps values beyond 64 KiB in a file of their own, which makes them slow. */
const BLOCK_MAX = 24_000;

/** The new text of a message, folded; null takes it out. */
export type Changes = ReadonlyMap<string, string | null>;

export interface Part {
  readonly block: SearchBlock;
  readonly sign: SearchSign;
}

interface Line {
  readonly id: string;
  readonly text: string;
}

export function emptyPart(conversationId: string): Part {
  const place = { conversationId, start: LOWEST_ID };
  return {
    block: { ...place, ids: '', texts: '' },
    sign: { ...place, last: LOWEST_ID, signature: emptySignature() },
  };
}

/** The lines of a block, in order of ids. */
export function linesOf({ ids, texts }: SearchBlock): Line[] {
  if (ids === '') return [];
  const each = texts.split('\n');
  return ids.split('\n').map((id, index) => ({ id, text: each[index] ?? '' }));
}

/** One part with the same start, and after it those that it had to be divided into. */
export function changed({ block, sign }: Part, changes: Changes): Part[] {
  const texts = new Map(linesOf(block).map(({ id, text }) => [id, text]));
  const highest = sign.last;
  for (const [id, text] of changes) {
    if (text === null) texts.delete(id);
    else texts.set(id, text);
  }
  const lines = [...texts]
    .map(([id, text]) => ({ id, text }))
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const size = lines.reduce((sum, line) => sum + sizeOf(line), 0);
  if (size <= BLOCK_MAX) return [grown(sign, lines, changes)];
  // A history grows at its end, where a full block stays full; elsewhere both halves need room for more.
  const atEnd = [...changes.keys()].every((id) => id > highest);
  return divided(lines, atEnd ? BLOCK_MAX : BLOCK_MAX / 2).map((each, index) =>
    partOf(
      {
        conversationId: block.conversationId,
        start: index === 0 ? block.start : (each[0]?.id ?? block.start),
      },
      each,
    ),
  );
}

function sizeOf({ id, text }: Line): number {
  return id.length + text.length + 2;
}

/** What was taken out stays in the signature, which may say too much but never too little. */
function grown(sign: SearchSign, lines: readonly Line[], changes: Changes): Part {
  const signature = sign.signature.slice();
  for (const text of changes.values()) if (text !== null) addText(signature, text);
  const { conversationId, start } = sign;
  const last = lines.at(-1)?.id ?? start;
  return {
    block: blockOf({ conversationId, start }, lines),
    sign: { conversationId, start, last, signature },
  };
}

function partOf(place: Pick<SearchBlock, 'conversationId' | 'start'>, lines: readonly Line[]): Part {
  const signature = emptySignature();
  for (const { text } of lines) addText(signature, text);
  return {
    block: blockOf(place, lines),
    sign: { ...place, last: lines.at(-1)?.id ?? place.start, signature },
  };
}

function blockOf(place: Pick<SearchBlock, 'conversationId' | 'start'>, lines: readonly Line[]): SearchBlock {
  return {
    ...place,
    ids: lines.map(({ id }) => id).join('\n'),
    texts: lines.map(({ text }) => text).join('\n'),
  };
}

function divided(lines: readonly Line[], limit: number): Line[][] {
  const parts: Line[][] = [];
  let room = 0;
  for (const line of lines) {
    room -= sizeOf(line);
    if (room < 0) {
      parts.push([]);
      room = limit - sizeOf(line);
    }
    parts.at(-1)?.push(line);
  }
  return parts;
}
