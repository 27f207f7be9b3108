/** Looks for secrets in bytes, in every form in which they may have got out. */
import { brotliDecompressSync, constants, inflateRawSync, inflateSync } from 'node:zlib';

export interface Secret {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface Place {
  readonly name: string;
  readonly bytes: Buffer;
  /** What is encoded or compressed in it is looked into, too. */
  readonly deep: boolean;
}

/** Shorter ones would be found by chance. */
const SHORTEST = 8;
const DEPTH = 4;

/** One sentence for each leak. */
export function findLeaks(secrets: readonly Secret[], places: readonly Place[]): string[] {
  const needles = createNeedles(secrets);
  return places.flatMap(({ name, bytes, deep }) => {
    const layers = deep ? layersOnce(bytes) : [bytes];
    return [...new Set(layers.flatMap((layer) => needles.in(layer)))].map((found) => `${found} in ${name}`);
  });
}

// --- Forms of a secret -----------------------------------------------------------------------------------------

function formsOf({ bytes }: Secret): ReadonlyMap<string, Buffer> {
  const forms = new Map<string, Buffer>();
  const add = (name: string, form: string | Buffer): void => {
    const made = Buffer.from(form);
    if (made.length >= SHORTEST) forms.set(name, made);
  };
  add('as it is', bytes);
  add('in hex', bytes.toString('hex'));
  add('in capital hex', bytes.toString('hex').toUpperCase());
  for (const [at, form] of base64Forms(bytes).entries()) {
    add(`in base64, ${at} bytes on`, form);
    add(`in base64url, ${at} bytes on`, form.replaceAll('+', '-').replaceAll('/', '_'));
  }
  const text = bytes.toString();
  if (Buffer.from(text).equals(bytes)) {
    add('in UTF-16', Buffer.from(text, 'utf16le'));
    add('in UTF-16, big-endian', Buffer.from(text, 'utf16le').swap16());
    add('percent-encoded', encodeURIComponent(text));
    add('form-encoded', new URLSearchParams({ text }).toString().slice('text='.length));
    add('escaped in JSON', escaped(text));
  }
  return forms;
}

/** What every base64 text that holds these bytes contains: it depends on where in it they begin. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].map((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes]);
    const first = Math.ceil((offset * 8) / 6);
    return whole.toString('base64').slice(first, Math.floor((whole.length * 8) / 6));
  });
}

const escaped = (text: string): string =>
  text.replaceAll(/[^\u0020-\u007E]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

// --- Layers of a place -----------------------------------------------------------------------------------------

/** Places are searched for one thing after another, and to open all that is in them takes far longer than to search it. */
const opened = new WeakMap<Buffer, Buffer[]>();

function layersOnce(bytes: Buffer): Buffer[] {
  const layers = opened.get(bytes) ?? layersOf(bytes, DEPTH);
  opened.set(bytes, layers);
  return layers;
}

function layersOf(bytes: Buffer, depth: number): Buffer[] {
  if (depth === 0 || bytes.length < SHORTEST) return [bytes];
  const text = bytes.toString('latin1');
  const inner = [...encodedIn(text), ...compressedIn(bytes)];
  return [bytes, ...inner.flatMap((layer) => layersOf(layer, depth - 1))];
}

function encodedIn(text: string): Buffer[] {
  return [...text.matchAll(/[A-Za-z0-9+/_-]{16,}/g)].flatMap(([run]) =>
    /^[0-9a-fA-F]+$/.test(run)
      ? [Buffer.from(run, 'base64'), Buffer.from(run, 'hex')]
      : [Buffer.from(run, 'base64')],
  );
}

/** A header without options (RFC 1952), after which comes what DEFLATE made; what follows that does not matter. */
const GZIP = Buffer.from([0x1f, 0x8b, 8, 0]);
const GZIP_HEAD = 10;
const CUT_SHORT = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 64 * 1024 * 1024 };

function compressedIn(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  const attempt = (open: () => Buffer): void => {
    try {
      const opened = open();
      if (opened.length > 0) found.push(opened);
    } catch {
      // It was not compressed this way.
    }
  };
  attempt(() => brotliDecompressSync(bytes));
  attempt(() => inflateSync(bytes));
  for (let at = bytes.indexOf(GZIP); at >= 0; at = bytes.indexOf(GZIP, at + 1))
    attempt(() => inflateRawSync(bytes.subarray(at + GZIP_HEAD), CUT_SHORT));
  return found;
}

// --- Searching -------------------------------------------------------------------------------------------------

interface Needle {
  readonly says: string;
  readonly form: Buffer;
}

/** All at once: a database is far too large to be gone through for each. */
function createNeedles(secrets: readonly Secret[]): { in(bytes: Buffer): string[] } {
  const byHead = new Map<number, Needle[]>();
  /** By a hash of the first four bytes, since asking a Map at every byte takes too long. */
  const maybe = new Uint8Array(1 << 20);
  const hash = (head: number): number => Math.imul(head, 0x9e3779b1) >>> 12;
  for (const secret of secrets) {
    for (const [how, form] of formsOf(secret)) {
      const head = form.readInt32BE(0);
      maybe[hash(head)] = 1;
      byHead.set(head, [...(byHead.get(head) ?? []), { says: `${secret.name} ${how}`, form }]);
    }
  }
  return {
    in(bytes) {
      const found: string[] = [];
      let head = 0;
      for (let at = 0; at < bytes.length; at++) {
        head = (head << 8) | bytes[at]!;
        if (at < 3 || maybe[hash(head)] === 0) continue;
        for (const { says, form } of byHead.get(head) ?? [])
          if (bytes.compare(form, 0, form.length, at - 3, Math.min(at - 3 + form.length, bytes.length)) === 0)
            found.push(says);
      }
      return found;
    },
  };
}
