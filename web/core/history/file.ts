/**
 * The file that holds a person's history, sealed by a passphrase.
 *
 *   0              8         9            13          29
 *   | "HOLLERHI"   | version | iterations | salt (16) | sections…
 *                             big endian
 *   section: | length of what follows, 4 bytes, big endian | sealed as section-cipher.ts has it |
 *
 * Version 1. Key: PBKDF2-SHA-256 of the passphrase (NFKC, UTF-8). The head is authenticated with every section. The first
 * section says whose history it is, the last one how many messages there were; those between are pages
 * (wire/history.ts). All are JSON.
 */
import * as v from 'valibot';
import type { FileProblem } from '../history-model.ts';
import type { Random } from '../platform.ts';
import { HISTORY_LIMITS, historyPageSchema } from '../wire/history.ts';
import type { HistoryPage } from '../wire/history.ts';
import { jsonSchema } from '../wire/json.ts';
import { createSectionCipher, TAG_BYTES } from './section-cipher.ts';

const MAGIC = 'HOLLERHI';
const VERSION = 1;
const HEAD = 29;
/** What OWASP advises for PBKDF2 with SHA-256. */
const ITERATIONS = 600_000;
/** A file that asks for more would keep the page busy for minutes. */
const ITERATIONS_MAX = 10_000_000;
const SECTION_MAX = HISTORY_LIMITS.pageBytes + TAG_BYTES;

const introductionSchema = v.object({
  accountId: v.pipe(v.string(), v.maxLength(64)),
  name: v.pipe(v.string(), v.maxLength(128)),
  /** Messages, about: some may come or go while the file is written. */
  messages: v.pipe(v.number(), v.integer(), v.minValue(0)),
});
export type Introduction = v.InferOutput<typeof introductionSchema>;

export type FilePart =
  | { readonly kind: 'introduction'; readonly introduction: Introduction }
  | { readonly kind: 'page'; readonly page: HistoryPage }
  | { readonly kind: 'problem'; readonly problem: FileProblem };

interface Tools {
  readonly subtle: SubtleCrypto;
  readonly random: Pick<Random, 'bytes'>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The file's bytes, a piece for each page, as they are asked for. */
export async function* writeFile(
  { subtle, random }: Tools,
  passphrase: string,
  introduction: Introduction,
  pages: AsyncIterable<HistoryPage>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const head = new Uint8Array(HEAD);
  head.set(encoder.encode(MAGIC));
  head[8] = VERSION;
  new DataView(head.buffer).setUint32(9, ITERATIONS);
  head.set(random.bytes(16), 13);
  const cipher = createSectionCipher(subtle, await keyOf(subtle, passphrase, head), head);
  yield head;
  let number = 0;
  const section = async (last: boolean, content: unknown) => {
    const sealed = await cipher.seal(number++, last, encoder.encode(JSON.stringify(content)));
    const bytes = new Uint8Array(4 + sealed.length);
    new DataView(bytes.buffer).setUint32(0, sealed.length);
    bytes.set(sealed, 4);
    return bytes;
  };
  yield section(false, introduction);
  for await (const page of pages) yield section(false, page);
  yield section(true, {});
}

/** One section in memory at a time. After a problem there is nothing more. */
export async function* readFile(
  subtle: SubtleCrypto,
  passphrase: string,
  file: Blob,
): AsyncGenerator<FilePart, void> {
  const head = await bytesOf(file, 0, HEAD);
  const told = headOf(head);
  if (typeof told === 'string') {
    yield { kind: 'problem', problem: told };
    return;
  }
  const cipher = createSectionCipher(subtle, await keyOf(subtle, passphrase, head), head);
  let at = HEAD;
  for (let number = 0; ; number++) {
    const start = at + 4;
    const length =
      start > file.size ? null : new DataView((await bytesOf(file, at, start)).buffer).getUint32(0);
    if (length !== null && length > SECTION_MAX) {
      yield { kind: 'problem', problem: number === 0 ? 'not-history' : 'damaged' };
      return;
    }
    if (length === null || start + length > file.size) {
      yield { kind: 'problem', problem: 'cut-off' };
      return;
    }
    at = start + length;
    const sealed = await bytesOf(file, start, at);
    const plain = await cipher.open(number, false, sealed);
    if (plain === null) {
      const isEnd = number > 0 && at === file.size && (await cipher.open(number, true, sealed)) !== null;
      if (!isEnd) yield { kind: 'problem', problem: number === 0 ? 'wrong-passphrase' : 'damaged' };
      return;
    }
    const part = partOf(number, plain);
    yield part;
    if (part.kind === 'problem') return;
  }
}

function headOf(head: Uint8Array<ArrayBuffer>): FileProblem | null {
  if (head.length < HEAD || decoder.decode(head.subarray(0, MAGIC.length)) !== MAGIC) return 'not-history';
  if (head[8] !== VERSION) return 'newer';
  const iterations = iterationsIn(head);
  return iterations < ITERATIONS || iterations > ITERATIONS_MAX ? 'not-history' : null;
}

const iterationsIn = (head: Uint8Array<ArrayBuffer>): number => new DataView(head.buffer).getUint32(9);

const introductionText = jsonSchema(introductionSchema);
const pageText = jsonSchema(historyPageSchema);

function partOf(number: number, plain: Uint8Array): FilePart {
  const text = decoder.decode(plain);
  if (number === 0) {
    const parsed = v.safeParse(introductionText, text);
    if (parsed.success) return { kind: 'introduction', introduction: parsed.output };
  } else {
    const parsed = v.safeParse(pageText, text);
    if (parsed.success) return { kind: 'page', page: parsed.output };
  }
  return { kind: 'problem', problem: 'damaged' };
}

async function keyOf(
  subtle: SubtleCrypto,
  passphrase: string,
  head: Uint8Array<ArrayBuffer>,
): Promise<CryptoKey> {
  const secret = encoder.encode(passphrase.normalize('NFKC'));
  const material = await subtle.importKey('raw', secret, 'PBKDF2', false, ['deriveKey']);
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt: head.slice(13, HEAD), iterations: iterationsIn(head) };
  return subtle.deriveKey(how, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

async function bytesOf(file: Blob, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await file.slice(start, end).arrayBuffer());
}
