/** Makes a name that a stranger's machine sent safe to show and to save under, on every system. */

/** Bytes of UTF-8; file systems end at 255, and a browser adds " (1)" and a suffix while it downloads. */
const MAX_BYTES = 200;
/** A longer ending is not an extension that a system goes by. */
const MAX_EXTENSION_BYTES = 20;
const FALLBACK = 'file';

/** C0, DEL and C1; soft hyphen, zero-width, bidirectional and other invisible controls; lone surrogates, private use. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;
/** What joins emoji and shapes scripts is invisible too, but belongs to names: kept between two visible characters. */
const JOINERS = /(?<=[^\s\u200c\u200d])[\u200c\u200d](?=[^\s\u200c\u200d])/g;
const FORBIDDEN_ON_WINDOWS = /[<>:"|?*]/g;
const RESERVED_ON_WINDOWS = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

export function cleanFileName(raw: string): string {
  const last =
    raw
      .normalize('NFC')
      .split(/[/\\]/)
      .findLast((part) => /[^.\s]/u.test(part)) ?? '';
  const visible = withoutInvisible(last).replace(FORBIDDEN_ON_WINDOWS, '_').replace(/\s+/gu, ' ');
  // Windows drops dots and spaces at the end, so that "a.exe ." would become "a.exe"; a dot in front hides a file.
  const trimmed = visible.replace(/^[\s.]+/u, '').replace(/[\s.]+$/u, '');
  if (trimmed === '') return FALLBACK;
  return shorten(RESERVED_ON_WINDOWS.test(trimmed) ? `_${trimmed}` : trimmed);
}

function withoutInvisible(text: string): string {
  const kept = new Set([...text.matchAll(JOINERS)].map(({ index }) => index));
  return text.replace(INVISIBLE, (char, index: number) => (kept.has(index) ? char : ''));
}

/** Cuts the middle out, between whole characters: the beginning tells files apart, the extension opens them. */
function shorten(name: string): string {
  if (byteLength(name) <= MAX_BYTES) return name;
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 && byteLength(name.slice(dot)) <= MAX_EXTENSION_BYTES ? name.slice(dot) : '';
  const room = MAX_BYTES - byteLength(extension) - byteLength('…');
  let stem = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(name.slice(0, name.length - extension.length))) {
    used += byteLength(segment);
    if (used > room) break;
    stem += segment;
  }
  return `${stem.trimEnd()}…${extension}`;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
