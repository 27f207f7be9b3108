/**
 * People with real engines around a key server and mailboxes in memory, whose rules are those of signaling/protocol/keys.ts
 * (every body is parsed by its schema). The server does as it should, until a test makes it lie: see `lies`.
 */
import { isDeepStrictEqual } from 'node:util';
import { openDB } from 'idb';
import * as v from 'valibot';
import type { Address } from '../../web/core/crypto/address.ts';
import type { Engine, EngineNeeds } from '../../web/core/crypto/engine-model.ts';
import { openEngine } from '../../web/core/crypto/engine.ts';
import { loadLibrary } from '../../web/core/crypto/machine.ts';
import type { ReaderReply, ReaderRequest } from '../../web/core/crypto/reader.ts';
import { serveReader } from '../../web/core/crypto/reader.ts';
import type { WorkerPort } from '../../web/core/platform.ts';
import type { KeyServer } from '../../web/core/crypto/key-server.ts';
import type { Refused } from '../../web/core/crypto/post.ts';
import { fail, ok } from '../../web/core/result.ts';
import * as schemas from '../../signaling/protocol/keys.ts';
import { createFakeTime } from './time.ts';

type Upload = v.InferOutput<typeof schemas.keysUploadSchema>;
export type Claim = v.InferOutput<typeof schemas.keysClaimAnswerSchema>;
export type Query = v.InferOutput<typeof schemas.keysQueryAnswerSchema>;
type OneTimeKeys = NonNullable<Upload['one_time_keys']>;
type Signing = Omit<v.InferOutput<typeof schemas.signingUploadSchema>, 'proof'>;

interface StoredDevice {
  readonly owner: string;
  keys: schemas.DeviceKeys;
  oneTime: OneTimeKeys;
  fallback: OneTimeKeys;
  fallbackUsed: boolean;
}

export interface Letter {
  readonly from: Address;
  readonly bytes: Uint8Array;
}

export interface FakeDevice extends Address {
  readonly engine: Engine;
  /** Sessions of which keys came, as the engine told. */
  readonly keysCame: string[];
  /** People whose devices may be others than before, as the engine told. */
  readonly moved: string[];
  /** By other devices, outside of rooms. */
  readonly told: { readonly from: Address; readonly content: unknown }[];
  /** Makes the engine take the events that wait in its mailbox, and announces keys as a welcome would. */
  fetch(): ReturnType<Engine['takeEvents']>;
  announce(): Promise<void>;
  /** Opens the same device's engine again over its store, as after a reload. The old one is not asked to end. */
  reopen(): Promise<FakeDevice>;
}

/** What readers were asked and answered, and how they may fail. */
interface Readers {
  readonly asked: ReaderRequest[];
  readonly answered: ReaderReply[];
  ended: number;
  answer: (reply: ReaderReply) => ReaderReply | null;
}

/** The real reader, in this thread. */
function startReader(readers: Readers): WorkerPort {
  let ended = false;
  const port: WorkerPort = {
    onmessage: null,
    onerror: null,
    post(message) {
      const request = structuredClone(message) as ReaderRequest;
      readers.asked.push(request);
      serve(request);
    },
    end() {
      ended = true;
      readers.ended += 1;
    },
  };
  const serve = serveReader(loadLibrary, (reply) => {
    readers.answered.push(reply);
    const given = readers.answer(reply);
    if (given && !ended) port.onmessage?.(structuredClone(given));
  });
  return port;
}

export type KeyWorld = Awaited<ReturnType<typeof createKeyWorld>>;

/** An id as the server makes them: 22 characters. */
export const idOf = (name: string) => name.padEnd(22, '-');

export const roomOf = (a: string, b: string) => {
  const members = [a, b].toSorted();
  return { id: `!${members.join('.')}:holler`, members };
};

export const groupRoom = (...members: readonly Address[]) => ({
  id: '!g-walkers:holler',
  members: members.map(({ userId }) => userId),
  group: true,
});

export function createKeyWorld(options: { stored?: boolean } = {}) {
  const time = createFakeTime();
  const devices = new Map<string, StoredDevice>();
  const identities = new Map<string, Signing>();
  const versions = new Map<string, number>();
  const mailboxes = new Map<string, Letter[]>();
  const mailed = new Set<string>();
  const opened: Engine[] = [];
  const calls: string[] = [];
  const uncaught = new Map<string, (error: unknown) => void>();
  const readers: Readers = { asked: [], answered: [], ended: 0, answer: (reply) => reply };
  const reported: string[] = [];
  /** How the server betrays those who ask. */
  const lies = {
    query: (_asker: Address, answer: Query): Query => answer,
    claim: (_asker: Address, answer: Claim): Claim => answer,
    /** Refuses keys that a device has made anew. */
    refusesKeys: false,
    mail: (_from: Address, to: Address): 'deliver' | 'lose' | Refused['code'] => (to ? 'deliver' : 'lose'),
    versions: (_asker: Address, told: Record<string, number>): Record<string, number> => told,
    /** What a device of the server's own calculates with. */
    subtle: (_me: Address): SubtleCrypto => crypto.subtle,
    /** What is uploaded is taken in then. */
    upload: (): Promise<void> => Promise.resolve(),
    down: false,
  };

  const raise = (person: string) => void versions.set(person, (versions.get(person) ?? 0) + 1);
  const copy = <T>(value: T): T => structuredClone(value);

  function serverFor(me: Address): KeyServer {
    const own = schemas.engineUserId(me.userId);
    const served =
      <B, T>(name: string, schema: v.GenericSchema<unknown, B>, serve: (body: B) => T) =>
      (body: unknown) => {
        calls.push(`${name} ${me.deviceId}`);
        if (lies.down) return Promise.resolve(fail('network'));
        const parsed = v.safeParse(schema, body);
        if (!parsed.success) throw new Error(`${name}: ${parsed.issues[0].message}`);
        return Promise.resolve(ok(copy(serve(copy(parsed.output)))));
      };
    const takeUpload = served('upload', schemas.keysUploadSchema, (body) => {
      if (body.device_keys) {
        const known = devices.get(me.deviceId);
        if (known) Object.assign(known.keys.signatures[own] ?? {}, body.device_keys.signatures[own]);
        else
          devices.set(me.deviceId, {
            owner: me.userId,
            keys: body.device_keys,
            oneTime: {},
            fallback: {},
            fallbackUsed: true,
          });
        raise(me.userId);
      }
      const device = devices.get(me.deviceId)!;
      Object.assign(device.oneTime, body.one_time_keys);
      if (body.fallback_keys) Object.assign(device, { fallback: body.fallback_keys, fallbackUsed: false });
      return { one_time_key_counts: { signed_curve25519: Object.keys(device.oneTime).length } };
    });
    return {
      async upload(body) {
        await lies.upload();
        const known = devices.get(me.deviceId)?.keys.keys;
        const { device_keys: device } = body;
        const isOther = known && device && !isDeepStrictEqual(known, device.keys);
        if (!isOther && !lies.refusesKeys) return takeUpload(body);
        calls.push(`upload ${me.deviceId}`);
        return fail('conflict');
      },
      query: served('query', schemas.keysQuerySchema, ({ device_keys: asked }) => {
        const answer: Query = {
          device_keys: {},
          master_keys: {},
          self_signing_keys: {},
          user_signing_keys: {},
          failures: {},
          versions: {},
        };
        for (const user of Object.keys(asked)) {
          const person = schemas.personOfEngineUser(user)!;
          const theirs = [...devices].filter(([, { owner }]) => owner === person);
          answer.device_keys[user] = Object.fromEntries(theirs.map(([id, { keys }]) => [id, keys]));
          answer.versions[person] = versions.get(person) ?? 0;
          const identity = identities.get(person);
          if (!identity) continue;
          answer.master_keys[user] = identity.master_key;
          answer.self_signing_keys[user] = identity.self_signing_key;
          if (user === own) answer.user_signing_keys[user] = identity.user_signing_key;
        }
        return lies.query(me, copy(answer));
      }),
      claim: served('claim', schemas.keysClaimSchema, ({ one_time_keys: asked }) => {
        const answer: Claim = { one_time_keys: {}, failures: {} };
        for (const [user, ids] of Object.entries(asked))
          for (const id of Object.keys(ids)) {
            const device = devices.get(id);
            if (!device) continue;
            const [first] = Object.entries(device.oneTime);
            if (first) delete device.oneTime[first[0]];
            else device.fallbackUsed = true;
            const key = first ? Object.fromEntries([first]) : device.fallback;
            if (Object.keys(key).length > 0) (answer.one_time_keys[user] ??= {})[id] = key;
          }
        return lies.claim(me, answer);
      }),
      signing: served('signing', schemas.signingUploadSchema, ({ proof: _proof, ...identity }) => {
        identities.set(me.userId, identity);
        raise(me.userId);
      }),
      signatures: served('signatures', schemas.signaturesUploadSchema, (body) => {
        for (const [user, things] of Object.entries(body)) {
          const person = schemas.personOfEngineUser(user)!;
          const identity = identities.get(person);
          for (const [id, signed] of Object.entries(things)) {
            const master = identity?.master_key;
            const isMaster = master !== undefined && Object.values(master.keys).includes(id);
            const target = isMaster ? master : devices.get(id)?.keys;
            if (target) target.signatures = merged(target.signatures, signed.signatures);
          }
          raise(person);
        }
      }),
    };
  }

  async function open(me: Address): Promise<FakeDevice> {
    const keysCame: string[] = [];
    const moved: string[] = [];
    const told: FakeDevice['told'] = [];
    const needs: EngineNeeds = {
      me,
      keys: serverFor(me),
      async mail(id, parcels) {
        calls.push(`mail ${me.deviceId}`);
        if (lies.down) return fail('network');
        const refused: Refused[] = [];
        if (mailed.has(id)) return ok(refused);
        mailed.add(id);
        for (const { to, bytes } of parcels) {
          const verdict = devices.has(to.deviceId) ? lies.mail(me, to) : 'not-found';
          if (verdict === 'deliver') boxOf(to.deviceId).push({ from: me, bytes });
          else if (verdict !== 'lose') refused.push({ to, code: verdict });
        }
        return ok(refused);
      },
      database: options.stored ? { open: openDB } : { open: () => Promise.reject(new Error('refused')) },
      // In Node the engine's file is there.
      fetch: () => Promise.reject(new Error('nothing to fetch')),
      timers: time.timers,
      clock: time.clock,
      subtle: lies.subtle(me),
      random: {
        bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
        fraction: () => 0.5,
      },
      startReader: () => startReader(readers),
      report: (during) => void reported.push(during),
      isOnline: () => !lies.down,
      onUncaught(listener) {
        uncaught.set(me.deviceId, listener);
        return () => uncaught.delete(me.deviceId);
      },
      mayRead: (roomId, userId) =>
        roomId.startsWith('!g-') || roomId.slice(1, -':holler'.length).split('.').includes(userId),
      onTold: (from, content) => Promise.resolve(void told.push({ from, content })),
      onDevices: (userId) => void moved.push(userId),
      onKeys: (sessionIds) => void keysCame.push(...sessionIds),
    };
    const result = await openEngine(needs);
    if (!result.ok) throw new Error(result.failure.why);
    const engine = result.value;
    opened.push(engine);
    const device: FakeDevice = {
      ...me,
      engine,
      keysCame,
      moved,
      told,
      fetch() {
        const waiting = boxOf(me.deviceId).splice(0);
        return engine.takeEvents(waiting);
      },
      async announce() {
        const stored = devices.get(me.deviceId);
        const counts = stored && {
          oneTimeKeys: Object.keys(stored.oneTime).length,
          fallbackUsed: stored.fallbackUsed,
        };
        await engine.announce({ counts, versions: lies.versions(me, Object.fromEntries(versions)) });
      },
      reopen: () => open(me),
    };
    return device;
  }

  const boxOf = (deviceId: string) => {
    const box = mailboxes.get(deviceId) ?? [];
    mailboxes.set(deviceId, box);
    return box;
  };

  return {
    time,
    devices,
    identities,
    versions,
    calls,
    readers,
    reported,
    lies,
    boxOf,
    raise,
    /** As the page hears of a panic inside this device's engine. */
    panic: (deviceId: string) => uncaught.get(deviceId)?.(new WebAssembly.RuntimeError('unreachable')),
    /** A device of this person that was just signed in, with nothing set up. */
    signIn: (person: string, device: string) => open({ userId: idOf(person), deviceId: idOf(device) }),
    /** A person's first device, with a new identity. */
    async register(person: string, device: string): Promise<FakeDevice> {
      const fresh = await open({ userId: idOf(person), deviceId: idOf(device) });
      const made = await fresh.engine.identity.create();
      if (!made.ok) throw new Error(made.failure.why);
      await fresh.announce();
      return fresh;
    },
    removeDevice(deviceId: string) {
      const owner = devices.get(deviceId)!.owner;
      devices.delete(deviceId);
      raise(owner);
    },
    end() {
      for (const engine of opened) engine.close();
    },
  };
}

function merged(
  before: schemas.DeviceKeys['signatures'] | undefined,
  more: schemas.DeviceKeys['signatures'] | undefined,
) {
  const both: Record<string, Record<string, string>> = structuredClone(before ?? {});
  for (const [user, signatures] of Object.entries(more ?? {})) Object.assign((both[user] ??= {}), signatures);
  return both;
}
