/** An engine for unit tests of what is around it: everybody's devices are trusted, and sealing hides nothing. */
import type { Engine, EngineNeeds } from '../../web/core/crypto/engine.ts';
import type { Outcome } from '../../web/core/crypto/outcome.ts';
import { no, yes } from '../../web/core/crypto/outcome.ts';
import type { TrustLevel } from '../../web/core/crypto/trust.ts';
import { cell } from '../../web/core/value.ts';

/** Who has devices with keys, by person: the part of the server that engines ask. */
export type Devices = Map<string, Set<string>>;

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

export function openFakeEngine(devices: Devices, { me }: EngineNeeds): Promise<Outcome<Engine>> {
  const own = devices.get(me.userId) ?? new Set();
  devices.set(me.userId, own.add(me.deviceId));
  const trust = cell<TrustLevel>('first-use');
  let index = 0;
  const done = () => Promise.resolve(yes(undefined));
  const engine: Engine = {
    announce: done,
    devicesOf: (userId) => Promise.resolve(yes([...(devices.get(userId) ?? [])])),
    seal: (room, content) =>
      Promise.resolve(
        yes({
          bytes: bytesOf({ room: room.id, index: index++, content } satisfies Said),
          readers: room.members.flatMap((userId) =>
            [...(devices.get(userId) ?? [])]
              .filter((deviceId) => deviceId !== me.deviceId)
              .map((deviceId) => ({ userId, deviceId })),
          ),
        }),
      ),
    open(roomId, from, bytes) {
      const said = parse(bytes) as Said;
      if (said.room !== roomId) return Promise.resolve({ ok: false, why: 'forged', sessionId: null });
      const place = { sessionId: from.deviceId, index: said.index };
      return Promise.resolve({ ok: true, content: said.content, place, repeat: false });
    },
    settle: done,
    takeEvents: () => Promise.resolve(yes([])),
    sealSignal: (_to, text) => Promise.resolve(yes(bytesOf({ text }))),
    openSignal: (_from, bytes) => Promise.resolve(yes((parse(bytes) as { text: string }).text)),
    trust: () => trust,
    accept: done,
    tellRemoved: done,
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
    close: () => undefined,
  };
  return Promise.resolve(yes(engine));
}
