/**
 * Seals signals quickly. A session of the engine costs some 40 ms for each signal, most of it storing, and a link needs
 * several; so two devices give each other a key for signals, inside signals that the engine sealed, and use it as soon as
 * the other one says that it has it. A signal by such a key:
 *
 *   0         1      2             10          22
 *   | version | kind | key id (8) | nonce (12) | AES-256-GCM of JSON {at, has, text}, with its tag |
 *
 * Version 2, kind 5: beside the kinds of sealed.ts. Both addresses are authenticated with it. `at` grows with every signal,
 * so that none can be replayed; `has` names the key that the sender has of the receiver. Each key is for one direction,
 * cannot be taken out of the browser's store, and is followed by another one after a week.
 */
import * as v from 'valibot';
import { base64, bytesOfBase64 } from '../base64.ts';
import type { Clock, Random } from '../platform.ts';
import { jsonSchema } from '../wire/json.ts';
import type { Address } from './address.ts';
import { keyOf } from './address.ts';
import type { Notes } from './notes.ts';

const HEAD = [2, 5] as const;
const ID_END = 10;
const NONCE_END = 22;
const KEY_BYTES = 32;
const RENEW_AFTER = 7 * 86_400_000;
/** A device that answers nothing for so long may have lost the key; it is believed to have it again after a while. */
const UNANSWERED = 3_000;
const FORGIVEN = 120_000;

interface Key {
  /** Base64 of 8 bytes. */
  readonly id: string;
  readonly key: CryptoKey;
}

/** What is kept for one other device. */
interface Pair {
  readonly ours: (Key & { readonly madeAt: number }) | null;
  /** The other device has `ours`. */
  readonly known: boolean;
  /** `at`: of the last signal that was opened with it. */
  readonly theirs: (Key & { readonly at: number }) | null;
}

const NONE: Pair = { ours: null, known: false, theirs: null };

const idSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{11}=$/));
const offerSchema = v.object({
  key: v.object({ id: idSchema, key: v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{43}=$/)) }),
  has: v.nullable(idSchema),
});
const sealedSchema = jsonSchema(
  v.object({ at: v.pipe(v.number(), v.integer()), has: v.nullable(idSchema), text: v.string() }),
);

/** What goes with a signal that the engine seals. */
type Offer = v.InferOutput<typeof offerSchema>;

export interface SignalKeys {
  /** Null: the engine must seal it. */
  seal(to: Address, text: string): Promise<Uint8Array<ArrayBuffer> | null>;
  offer(to: Address): Promise<Offer | null>;
  /** Takes what came with a signal that the engine opened. */
  take(from: Address, content: object): Promise<void>;
  /** Null: damaged, a repeat, from another device, or by a key that is not here. */
  open(from: Address, bytes: Uint8Array): Promise<string | null>;
}

interface Needs {
  readonly subtle: SubtleCrypto;
  readonly me: Address;
  readonly notes: Notes;
  readonly clock: Clock;
  readonly random: Pick<Random, 'bytes'>;
}

export const isQuickSignal = (bytes: Uint8Array): boolean => bytes[0] === HEAD[0] && bytes[1] === HEAD[1];

export function createSignalKeys({ subtle, me, notes, clock, random }: Needs): SignalKeys {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const pairs = new Map<string, Pair>();
  /** Of our own keys that the other device does not have yet, by its id. */
  const raw = new Map<string, Uint8Array<ArrayBuffer>>();
  /** Devices to which something was sent after the last word from them; on the monotonic clock. */
  const unanswered = new Map<string, { readonly since: number; last: number }>();
  let lastAt = 0;

  const nameOf = (other: Address) => `signals ${keyOf(other)}`;
  const contextOf = (from: Address, to: Address) => encoder.encode(`${keyOf(from)} ${keyOf(to)}`);

  async function pairWith(other: Address): Promise<Pair> {
    const name = nameOf(other);
    if (!pairs.has(name)) {
      const found = (await notes.get(name)) as Pair | undefined;
      // Somebody else may have read it meanwhile, and gone on from there.
      if (!pairs.has(name)) pairs.set(name, found ?? NONE);
    }
    return pairs.get(name)!;
  }

  /** Of a pair that was read. Used at once; should storing fail, the next page begins with the engine's way again. */
  function update(other: Address, change: (pair: Pair) => Pair): Pair {
    const name = nameOf(other);
    const pair = change(pairs.get(name) ?? NONE);
    pairs.set(name, pair);
    notes.set([[name, pair]]).catch(() => undefined);
    return pair;
  }

  const importKey = (bytes: Uint8Array<ArrayBuffer>, use: 'encrypt' | 'decrypt') =>
    subtle.importKey('raw', bytes, 'AES-GCM', false, [use]);

  async function newKey(other: Address): Promise<Pair> {
    const bytes = Uint8Array.from(random.bytes(KEY_BYTES));
    const id = base64(random.bytes(ID_END - HEAD.length));
    const ours = { id, key: await importKey(bytes, 'encrypt'), madeAt: clock.now() };
    raw.set(id, bytes);
    return update(other, (pair) => ({ ...pair, ours, known: false }));
  }

  /** Notes that something is sent now; false if so much was without an answer that the key may be lost. */
  function expectAnswer(to: Address): boolean {
    const now = clock.monotonic();
    const before = unanswered.get(keyOf(to));
    const since = before !== undefined && now - before.last < FORGIVEN ? before.since : now;
    unanswered.set(keyOf(to), { since, last: now });
    return now - since <= UNANSWERED;
  }

  const isUsable = ({ ours, known }: Pair): boolean =>
    known && ours !== null && clock.now() - ours.madeAt < RENEW_AFTER;

  /** The other device is there, and has (or lacks) our key. */
  function heard(from: Address, pair: Pair, has: string | null): Pair {
    unanswered.delete(keyOf(from));
    const known = has !== null && has === pair.ours?.id;
    if (known) raw.delete(has);
    return { ...pair, known };
  }

  function nextAt(): number {
    lastAt = Math.max(lastAt + 1, clock.now());
    return lastAt;
  }

  return {
    async seal(to, text) {
      const pair = await pairWith(to);
      if (!isUsable(pair) || pair.ours === null || !expectAnswer(to)) return null;
      const iv = Uint8Array.from(random.bytes(NONCE_END - ID_END));
      const plain = encoder.encode(JSON.stringify({ at: nextAt(), has: pair.theirs?.id ?? null, text }));
      const how = { name: 'AES-GCM', iv, additionalData: contextOf(me, to) };
      const sealed = new Uint8Array(await subtle.encrypt(how, pair.ours.key, plain));
      const bytes = new Uint8Array(NONCE_END + sealed.length);
      bytes.set(HEAD);
      bytes.set(bytesOfBase64(pair.ours.id) ?? [], HEAD.length);
      bytes.set(iv, ID_END);
      bytes.set(sealed, NONCE_END);
      return bytes;
    },
    async offer(to) {
      const found = await pairWith(to);
      const isFresh = found.ours !== null && raw.has(found.ours.id);
      const { ours, theirs } = isFresh ? found : await newKey(to);
      const bytes = ours && raw.get(ours.id);
      return ours && bytes ? { key: { id: ours.id, key: base64(bytes) }, has: theirs?.id ?? null } : null;
    },
    async take(from, content) {
      const offered = v.safeParse(offerSchema, content);
      if (!offered.success) return;
      const { key, has } = offered.output;
      const bytes = bytesOfBase64(key.key);
      if (bytes?.length !== KEY_BYTES) return;
      const pair = await pairWith(from);
      const isNew = pair.theirs?.id !== key.id;
      const theirs = isNew ? { id: key.id, key: await importKey(bytes, 'decrypt'), at: 0 } : pair.theirs;
      update(from, (now) => heard(from, { ...now, theirs }, has));
    },
    async open(from, bytes) {
      const pair = await pairWith(from);
      const { theirs } = pair;
      if (theirs === null || theirs.id !== base64(bytes.subarray(HEAD.length, ID_END))) return null;
      const iv = Uint8Array.from(bytes.subarray(ID_END, NONCE_END));
      const how = { name: 'AES-GCM', iv, additionalData: contextOf(from, me) };
      let plain: ArrayBuffer;
      try {
        plain = await subtle.decrypt(how, theirs.key, Uint8Array.from(bytes.subarray(NONCE_END)));
      } catch {
        // Damaged, or sealed for or by somebody else: the browser does not say which.
        return null;
      }
      const said = v.safeParse(sealedSchema, decoder.decode(plain));
      if (!said.success || said.output.at <= theirs.at) return null;
      const { at, has, text } = said.output;
      update(from, (now) => heard(from, { ...now, theirs: { ...theirs, at } }, has));
      return text;
    },
  };
}
