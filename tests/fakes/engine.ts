/**
 * An engine for unit tests of what is around it: everybody's devices are trusted, and sealing hides nothing. Signatures
 * are real ones, each person's by one key.
 */
import { generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Engine, EngineNeeds } from '../../web/core/crypto/engine-model.ts';
import type { Outcome } from '../../web/core/crypto/outcome.ts';
import { no, unreachable, yes } from '../../web/core/crypto/outcome.ts';
import type { TrustLevel } from '../../web/core/crypto/trust.ts';
import { cell } from '../../web/core/value.ts';

/** Who has devices with keys, by person: the part of the server that engines ask. */
export type Devices = Map<string, Set<string>>;

/** Devices whose messages come before their keys, by their ids, and who must be told when the keys come. */
export interface Withheld {
  readonly from: Set<string>;
  readonly tell: Set<() => void>;
}

/** Removed devices that a device names, by its id. Whoever hears of one seals nothing for it any more. */
export type Named = Map<string, readonly string[]>;

interface Said {
  readonly room: string;
  readonly index: number;
  readonly content: unknown;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** As the real one begins a message (crypto/sealed.ts). */
const HEAD = [2, 1];

const bytesOf = (said: object): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([...HEAD, ...encoder.encode(JSON.stringify(said))]);
const parse = (bytes: Uint8Array): unknown => JSON.parse(decoder.decode(bytes.subarray(HEAD.length)));

/** Tells what one device tells another; the real one's events begin so, too. */
const EVENT_HEAD = [2, 2];

interface MasterKey {
  readonly key: string;
  readonly secret: KeyObject;
}
const masterKeys = new Map<string, MasterKey>();

function masterKeyOf(userId: string): MasterKey {
  const known = masterKeys.get(userId);
  if (known) return known;
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  const made = { key: raw.toString('base64').replace(/=+$/, ''), secret: privateKey };
  masterKeys.set(userId, made);
  return made;
}

/** As the real engine does: for fake servers that stand in for a person, or betray one. */
export function signAs(userId: string, text: string): { readonly key: string; readonly signature: string } {
  const { key, secret } = masterKeyOf(userId);
  const signature = sign(null, Buffer.from(text), secret).toString('base64').replace(/=+$/, '');
  return { key, signature };
}

export function openFakeEngine(
  devices: Devices,
  { me, mail, onTold, onKeys, onDevices }: EngineNeeds,
  withheld: Withheld,
  named: Named,
): Promise<Outcome<Engine>> {
  const own = devices.get(me.userId) ?? new Set();
  devices.set(me.userId, own.add(me.deviceId));
  const trust = cell<TrustLevel>('first-use');
  let index = 0;
  let told = 0;
  const struck = new Set<string>();
  const readersOf = (members: readonly string[]) =>
    members.flatMap((userId) =>
      [...(devices.get(userId) ?? [])]
        .filter((deviceId) => deviceId !== me.deviceId && !struck.has(deviceId))
        .map((deviceId) => ({ userId, deviceId })),
    );
  const tell = () => onKeys([]);
  withheld.tell.add(tell);
  const done = () => Promise.resolve(yes(undefined));
  const engine: Engine = {
    announce: done,
    devicesOf: (userId) => Promise.resolve(yes([...(devices.get(userId) ?? [])])),
    audience: ({ members }) => readersOf(members),
    prepare: ({ members }) => Promise.resolve(yes(readersOf(members))),
    seal: (room, content) =>
      Promise.resolve(
        yes({
          bytes: bytesOf({ room: room.id, index: index++, content } satisfies Said),
          readers: readersOf(room.members),
        }),
      ),
    open(roomId, from, bytes) {
      if (withheld.from.has(from.deviceId))
        return Promise.resolve({ ok: false, why: 'no-key', sessionId: from.deviceId });
      const said = parse(bytes) as Said;
      if (said.room !== roomId) return Promise.resolve({ ok: false, why: 'forged', sessionId: null });
      const place = { sessionId: from.deviceId, index: said.index };
      return Promise.resolve({ ok: true, content: said.content, place, repeat: false });
    },
    settle: done,
    async takeEvents(letters) {
      for (const { from, bytes } of letters) await onTold(from, parse(bytes));
      return yes([]);
    },
    async tell(people, content) {
      const bytes = Uint8Array.from([...EVENT_HEAD, ...encoder.encode(JSON.stringify(content))]);
      const to = people.flatMap((userId) =>
        [...(devices.get(userId) ?? [])]
          .filter((deviceId) => deviceId !== me.deviceId)
          .map((deviceId) => ({ userId, deviceId })),
      );
      if (to.length === 0) return yes(undefined);
      const sent = await mail(
        `told-${me.deviceId}-${(told += 1)}`,
        to.map((each) => ({ to: each, bytes })),
      );
      return sent.ok ? yes(undefined) : unreachable(sent.failure);
    },
    invites: {
      open: () => Promise.resolve(no({ why: 'not-ready' })),
      forget: done,
      came: done,
      settle: done,
    },
    sign: (text) => Promise.resolve(yes(signAs(me.userId, text))),
    keysOf: (people) => Promise.resolve(yes(new Map(people.map((id) => [id, masterKeyOf(id).key])))),
    sealSignal: (_to, text) => Promise.resolve(yes(bytesOf({ text }))),
    openSignal: (_from, bytes) => Promise.resolve(yes((parse(bytes) as { text: string }).text)),
    trust: () => trust,
    accept: done,
    tellRemoved: done,
    settleRemovals: done,
    removed: () => named.get(me.deviceId) ?? [],
    heardRemoved({ userId }, deviceIds) {
      for (const id of deviceIds) if (devices.get(userId)?.has(id)) struck.add(id);
      onDevices(userId);
      return done();
    },
    identity: {
      state: cell('ready'),
      check: done,
      create: done,
      restore: done,
      reset: () => Promise.resolve(no({ why: 'not-ready' })),
      secrets: () => Promise.resolve(null),
    },
    verifying: {
      all: cell([]),
      ask: done,
      accept: done,
      compare: done,
      show: done,
      scan: done,
      confirm: done,
      mismatch: done,
      cancel: done,
      dismiss: () => undefined,
    },
    durable: true,
    broken: cell(false),
    close: () => void withheld.tell.delete(tell),
  };
  return Promise.resolve(yes(engine));
}
