/**
 * A small file that waits on the server for a friend who is not there: sealed here in pieces by a key of its own, which
 * travels in the sealed message that announces the file. Fetched, it is read like any other source of a transfer.
 */
import type * as v from 'valibot';
import { blobPieceSchema } from '../../../signaling/protocol/blobs.ts';
import { infoSchema } from '../../../signaling/protocol/http.ts';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import { base64, bytesOfBase64 } from '../base64.ts';
import type { Failure, FileSummary, Result } from '../model.ts';
import type { Random, Timers } from '../platform.ts';
import { isPassing } from '../result.ts';
import { persist } from '../signaling/persist.ts';
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

interface PatientTools extends WaitingTools {
  readonly timers: Timers;
}

interface SendingTools extends PatientTools {
  readonly random: Random;
}

/** How a run of `Leave` ends. After one that `failed` the next goes on from the pieces that are there. */
export type LeaveEnd =
  | { readonly end: 'left'; readonly waits: WaitingFile }
  /** `limit`: bytes that one file may have on this server. */
  | { readonly end: 'too-large'; readonly limit: number }
  /** The friend's box, or what one may leave there oneself. */
  | { readonly end: 'full' }
  /** For another reason, such as a friend without a device. */
  | { readonly end: 'refused' }
  /** The network or the server was away for too long, or asks for a long pause. */
  | { readonly end: 'failed'; readonly failure: Failure }
  | { readonly end: 'unreadable' }
  | { readonly end: 'taken-back' };

/** A file on its way to the server. */
export interface Leave {
  run(): Promise<LeaveEnd>;
  /** For good: what is there of it goes. */
  takeBack(): void;
}

const TAG_BYTES = 16;
/** Of the file, in one sealed piece. */
const PIECE = LIMITS.blobPieceBytes - TAG_BYTES;
/** Of sending a piece: then the person decides. */
const SEND_TRIES = 5;
/** Of fetching one, about a quarter of an hour: the file waits for days, and the person sees that nothing comes. */
const FETCH_TRIES = 100;

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

/** Leaves a file for all devices of these people. `onProgress` hears how many of its bytes are there. */
export function leaveFile(
  tools: SendingTools,
  source: FileSource,
  to: readonly string[],
  onProgress: (bytes: number) => void,
): Leave {
  const { http, subtle, random } = tools;
  const bytes = source.size + pieceCount(source.size) * TAG_BYTES;
  const [id, secret] = [urlSafe(random.bytes(16)), new Uint8Array(random.bytes(32))];
  const key = keyOf(subtle, secret);
  // Whoever uses it meets its failure; until then nobody waits for it.
  key.catch(() => undefined);
  let announced = false;
  let over = false;
  let next = 0;

  /** Null once the server expects it. */
  async function announce(): Promise<LeaveEnd | null> {
    const info = await persist(tools.timers, SEND_TRIES, () => http.ask('GET', '/api/info', infoSchema));
    if (!info.ok) return endOf(info.failure);
    if (bytes > info.value.waitingFileMax) return { end: 'too-large', limit: info.value.waitingFileMax };
    if (over) return TAKEN_BACK;
    const answer = await persist(tools.timers, SEND_TRIES, () =>
      http.tell('POST', '/api/blobs', { id, bytes, to }),
    );
    if (!answer.ok) return endOf(answer.failure);
    announced = true;
    // Taken back while it was being announced.
    if (over) remove();
    return null;
  }

  /** Null once it is there. */
  async function put(index: number): Promise<LeaveEnd | null> {
    const plain = await read(source, index);
    if (plain === null) return { end: 'unreadable' };
    const sealed = await subtle.encrypt({ name: 'AES-GCM', iv: nonce(index) }, await key, plain);
    const data = base64(new Uint8Array(sealed));
    const answer = await persist(tools.timers, SEND_TRIES, () =>
      http.tell('PUT', `/api/blobs/${id}/${index}`, { data }),
    );
    if (answer.ok) return null;
    return answer.failure.code === 'not-found' ? GIVEN_UP : endOf(answer.failure);
  }

  function remove(): void {
    if (announced) void http.tell('DELETE', `/api/blobs/${id}`);
  }

  return {
    async run() {
      let problem = announced ? null : await announce();
      let anew = true;
      while (!over && problem === null && next < pieceCount(source.size)) {
        problem = await put(next);
        if (problem === null) next += 1;
        else if (problem === GIVEN_UP && anew) {
          [anew, next] = [false, 0];
          problem = await announce();
        }
        if (!over) onProgress(Math.min(next * PIECE, source.size));
      }
      if (over) return TAKEN_BACK;
      return problem ?? { end: 'left', waits: { id, key: base64(secret) } };
    },
    takeBack() {
      over = true;
      remove();
    },
  };
}

const TAKEN_BACK: LeaveEnd = { end: 'taken-back' };
/** The server does so with what does not grow for an hour; it may begin anew. */
const GIVEN_UP: LeaveEnd = { end: 'refused' };

function endOf(failure: Failure): LeaveEnd {
  if (isPassing(failure)) return { end: 'failed', failure };
  return { end: failure.code === 'mailbox-full' ? 'full' : 'refused' };
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

/** Reads fail when it is not there any more, or was altered. */
export function waitingSource(
  tools: PatientTools,
  { id, key: secret }: WaitingFile,
  size: number,
): FileSource {
  const { http, subtle } = tools;
  const key = keyOf(subtle, bytesOfBase64(secret) ?? new Uint8Array(0));
  // Whoever uses it meets its failure; until then nobody waits for it.
  key.catch(() => undefined);
  let last: { readonly index: number; readonly plain: Promise<Uint8Array> } | null = null;

  async function fetchPiece(index: number): Promise<Uint8Array> {
    const path = `/api/blobs/${id}/${index}`;
    const answer = await persist(tools.timers, FETCH_TRIES, () => http.ask('GET', path, blobPieceSchema));
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
