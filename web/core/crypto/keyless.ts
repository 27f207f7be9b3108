/**
 * Devices of which the server hands out no one-time key that is good for anything, so that no session can be begun with
 * them. The engine says so once for each device and then no more, so it is noted for good. Their keys are asked for
 * again, at growing intervals, as often as something is sealed that is for them, too.
 */
import type * as Wasm from '@matrix-org/matrix-sdk-crypto-wasm';
import * as v from 'valibot';
import { backOffDelay } from '../back-off.ts';
import type { Timers } from '../platform.ts';
import type { Address } from './address.ts';
import type { Notes } from './notes.ts';
import type { OlmSessions } from './olm-sessions.ts';

export interface Keyless {
  has(deviceId: string): boolean;
  /** By this request some devices are given a room's key, or are left out for want of a session. Stored when it resolves. */
  note(request: Wasm.ToDeviceRequest): Promise<void>;
  /** There is something for this device: its keys are asked for again after a while, unless that is planned already. */
  askAgain(device: Address): void;
  /** Something that this device sealed was opened: there is a session now. */
  heard(from: Address): void;
  close(): void;
}

interface Needs {
  readonly notes: Notes;
  readonly sessions: Pick<OlmSessions, 'renew'>;
  readonly timers: Timers;
  /** From 0 up to 1. */
  readonly fraction: () => number;
  /** There may be a session with a device of this person now. */
  readonly onAsked: (userId: string) => void;
}

interface Ask {
  times: number;
  /** Null: nothing is planned. */
  cancel: (() => void) | null;
}

const NOTE = 'keyless devices';
/** The oldest are forgotten: they are sent what they cannot open, and ask for its key. */
const KEPT = 1_000;
const AGAIN = { first: 5_000, max: 10 * 60_000 };
const notedSchema = v.array(v.string());
const requestSchema = v.object({
  messages: v.record(v.string(), v.record(v.string(), v.looseObject({ code: v.optional(v.string()) }))),
});

export async function createKeyless({ notes, sessions, timers, fraction, onAsked }: Needs): Promise<Keyless> {
  const noted = v.safeParse(notedSchema, await notes.get(NOTE));
  const keyless = new Set(noted.success ? noted.output : []);
  const asks = new Map<string, Ask>();
  let closed = false;

  async function ask(device: Address): Promise<void> {
    // The engine leaves out for a quarter of a minute and longer whom it got no key of, so it is not asked. Whether this
    // went well shows when something is sealed.
    await sessions.renew(device);
    onAsked(device.userId);
  }

  function forget(deviceId: string): boolean {
    asks.get(deviceId)?.cancel?.();
    asks.delete(deviceId);
    return keyless.delete(deviceId);
  }

  return {
    has: (deviceId) => keyless.has(deviceId),
    async note(request) {
      const { messages } = v.parse(requestSchema, JSON.parse(request.body));
      let changed = false;
      for (const devices of Object.values(messages))
        for (const [deviceId, { code }] of Object.entries(devices)) {
          if (code === undefined) changed = forget(deviceId) || changed;
          else if (code === 'm.no_olm' && !keyless.has(deviceId)) {
            keyless.add(deviceId);
            changed = true;
          }
        }
      if (changed) await notes.set([[NOTE, [...keyless].slice(-KEPT)]]);
    },
    askAgain(device) {
      const planned = asks.get(device.deviceId) ?? { times: 0, cancel: null };
      asks.set(device.deviceId, planned);
      if (planned.cancel || closed) return;
      planned.times += 1;
      planned.cancel = timers.after(backOffDelay(AGAIN, planned.times, fraction()), () => {
        planned.cancel = null;
        // A dead engine asks nobody.
        ask(device).catch(() => undefined);
      });
    },
    heard({ userId, deviceId }) {
      if (keyless.has(deviceId)) onAsked(userId);
    },
    close() {
      closed = true;
      for (const { cancel } of asks.values()) cancel?.();
      asks.clear();
    },
  };
}
