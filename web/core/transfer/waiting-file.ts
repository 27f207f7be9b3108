/**
 * A small file that waits on the server for a friend who is not there: sealed here in pieces by a key of its own, which
 * travels in the sealed message that announces the file. Fetched, it is read like any other source of a transfer.
 */
import type * as v from 'valibot';
import { blobPieceSchema } from '../../../signaling/protocol/blobs.ts';
import { infoSchema } from '../../../signaling/protocol/http.ts';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import { base64, bytesOfBase64 } from '../base64.ts';
import type { FileSummary, Result } from '../model.ts';
import type { Random, Timers } from '../platform.ts';
import type { FileSource } from './run.ts';

export type WaitingFile = NonNullable<FileSummary['waits']>;

/** The part of the HTTP client that is used. */
interface Api {
  ask<S extends v.GenericSchema>(method: 'GET', path: string, answer: S): Promise<Result<v.InferOutput<S>>>;
  tell(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Result>;
}

export interface WaitingTools {
  readonly http: Api;
  readonly subtle: SubtleCrypto;
}

interface SendingTools extends WaitingTools {
  readonly random: Random;
  readonly timers: Timers;
}

const TAG_BYTES = 16;
/** Of the file, in one sealed piece. */
const PIECE = LIMITS.blobPieceBytes - TAG_BYTES;
const TRIES = 5;
const RETRY_AFTER = 1_000;

const pieceCount = (size: number): number => Math.max(1, Math.ceil(size / PIECE));
const urlSafe = (bytes: Uint8Array): string =>
  base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** Each key seals one file, and each piece once, so its number is enough of a nonce. */
function nonce(index: number): Uint8Array<ArrayBuffer> {
  const iv = new Uint8Array(12);
  new DataView(iv.buffer).setUint32(8, index);
  return iv;
}

const keyOf = (subtle: SubtleCrypto, bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> =>
  subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);

/** Leaves a file for all devices of these people. Null if it is too large, or cannot be: then it waits for the link. */
export async function leaveFile(
  tools: SendingTools,
  source: FileSource,
  to: readonly string[],
): Promise<WaitingFile | null> {
  const { http, random } = tools;
  const info = await http.ask('GET', '/api/info', infoSchema);
  const bytes = source.size + pieceCount(source.size) * TAG_BYTES;
  if (!info.ok || bytes > info.value.waitingFileMax) return null;
  const [id, key] = [urlSafe(random.bytes(16)), new Uint8Array(random.bytes(32))];
  const announced = await persist(tools, () => http.tell('POST', '/api/blobs', { id, bytes, to }));
  if (!announced.ok) return null;
  if (await putPieces(tools, source, id, key)) return { id, key: base64(key) };
  await http.tell('DELETE', `/api/blobs/${id}`);
  return null;
}

async function putPieces(
  tools: SendingTools,
  source: FileSource,
  id: string,
  secret: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const { http, subtle } = tools;
  const key = await keyOf(subtle, secret);
  for (let index = 0; index < pieceCount(source.size); index++) {
    const plain = await read(source, index);
    if (plain === null) return false;
    const sealed = await subtle.encrypt({ name: 'AES-GCM', iv: nonce(index) }, key, plain);
    const data = base64(new Uint8Array(sealed));
    const put = await persist(tools, () => http.tell('PUT', `/api/blobs/${id}/${index}`, { data }));
    if (!put.ok) return false;
  }
  return true;
}

/** Null if the file cannot be read any more. */
async function read(source: FileSource, index: number): Promise<ArrayBuffer | null> {
  const end = Math.min((index + 1) * PIECE, source.size);
  const bytes = await source
    .slice(index * PIECE, end)
    .arrayBuffer()
    .catch(() => null);
  return bytes?.byteLength === end - index * PIECE ? bytes : null;
}

/** Through short absences of the network, and at the server's pace. */
async function persist({ timers }: SendingTools, work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    const result = await work();
    if (result.ok || tries === TRIES) return result;
    const { code, retryAfter } = result.failure;
    if (code !== 'network' && code !== 'rate-limited' && code !== 'unavailable') return result;
    const wait = retryAfter === undefined ? RETRY_AFTER * tries : retryAfter * 1_000;
    await new Promise<void>((resolve) => void timers.after(wait, resolve));
  }
}

/** Reads fail when it is not there any more, or was altered. */
export function waitingSource(
  { http, subtle }: WaitingTools,
  { id, key: secret }: WaitingFile,
  size: number,
): FileSource {
  const key = keyOf(subtle, bytesOfBase64(secret) ?? new Uint8Array(0));
  key.catch(() => undefined);
  let last: { readonly index: number; readonly plain: Promise<Uint8Array> } | null = null;

  async function fetchPiece(index: number): Promise<Uint8Array> {
    const answer = await http.ask('GET', `/api/blobs/${id}/${index}`, blobPieceSchema);
    const sealed = answer.ok ? bytesOfBase64(answer.value.data) : null;
    if (sealed === null) throw new Error('not there');
    return new Uint8Array(await subtle.decrypt({ name: 'AES-GCM', iv: nonce(index) }, await key, sealed));
  }

  /** What is asked for ends within a piece, and goes on from there the next time. */
  function piece(index: number): Promise<Uint8Array> {
    if (last?.index !== index) last = { index, plain: fetchPiece(index) };
    return last.plain;
  }

  async function bytesOf(start: number, end: number): Promise<ArrayBuffer> {
    const all = new Uint8Array(end - start);
    for (let at = start; at < end;) {
      const index = Math.floor(at / PIECE);
      const plain = await piece(index);
      const part = plain.subarray(at - index * PIECE, end - index * PIECE);
      if (part.length === 0) throw new Error('shorter than announced');
      all.set(part, at - start);
      at += part.length;
    }
    return all.buffer;
  }

  return { size, slice: (start, end) => ({ arrayBuffer: () => bytesOf(start, end) }) };
}

/** This device has it. What is not said goes in time. */
export function fetched({ http }: WaitingTools, { id }: WaitingFile): void {
  void http.tell('POST', `/api/blobs/${id}/done`);
}

export function takeBack({ http }: WaitingTools, { id }: WaitingFile): void {
  void http.tell('DELETE', `/api/blobs/${id}`);
}
