/** Finds the web and mail addresses in a text, and names the host that they really lead to. */
import { LinkifyIt } from 'linkify-it';

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'link';
      readonly text: string;
      readonly href: string;
      /** Set when the address looks as if it led to another host: the true one, in ASCII. */
      readonly trueHost: string | null;
    };

const finder = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: false });
finder.add('ftp:', null).add('//', null);

const ALLOWED = new Set(['http:', 'https:', 'mailto:']);

export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of finder.match(text) ?? []) {
    // Without a scheme of its own an address gets the safe one.
    const link = toLink(match.raw, match.schema === '' ? match.url.replace(/^http:/, 'https:') : match.url);
    if (link === null) continue;
    if (match.index > end) pieces.push({ kind: 'text', text: text.slice(end, match.index) });
    pieces.push(link);
    end = match.lastIndex;
  }
  if (end < text.length) pieces.push({ kind: 'text', text: text.slice(end) });
  return pieces;
}

function toLink(raw: string, address: string): Piece | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  if (!ALLOWED.has(url.protocol)) return null;
  return { kind: 'link', text: raw, href: url.href, trueHost: disguisedHost(raw, url) };
}

/**
 * Letters of several scripts in one label, or letters that pass for Latin ones, make one host look like another; so does
 * what turns the direction of writing.
 */
function disguisedHost(raw: string, url: URL): string | null {
  if (TURNS.test(raw) && url.protocol !== 'mailto:') return url.hostname;
  if (!url.hostname.split('.').some((label) => label.startsWith('xn--'))) return null;
  const written = /^(?:https?:\/\/)?(?:[^/?#]*@)?([^/?#:]+)/i.exec(raw)?.[1] ?? '';
  // Written in its ASCII form there is no disguise, only an ugly name.
  if (/^[\x21-\x7e]*$/.test(written)) return null;
  return written.split('.').some(isDisguise) ? url.hostname : null;
}

const TURNS = /[\u202a-\u202e\u2066-\u2069]/;
const HAN_LIKE =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}0-9a-z-]+$/iu;
const LATIN = /\p{Script=Latin}/u;
const OTHER = /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u;
/** Cyrillic, Greek and Armenian letters that are drawn as Latin ones. */
const PASSES_FOR_LATIN = /^[аеорсухіјѕһԁԛԝѡӏҽɡабветкмнорсухьгпԍյօոսցհոստքվԛΑ-Ωαβεικνορτυχγω0-9-]+$/iu;

function isDisguise(label: string): boolean {
  if (/^[\x21-\x7e]*$/.test(label) || HAN_LIKE.test(label)) return false;
  return (LATIN.test(label) && OTHER.test(label)) || PASSES_FOR_LATIN.test(label);
}
