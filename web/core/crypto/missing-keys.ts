/**
 * Heals what was lost between two devices.
 *
 * A message whose key is not here: the key is usually on its way. If it does not come, the device that sealed the
 * message is asked, and it sends the session's key again; then the very same message opens. Only the sender itself is
 * asked, and the engine's own signature check is made up for by noting from whom the key came: what such a session
 * opens counts as that device's alone.
 *
 * An event that cannot be opened: the session between the two devices is begun anew.
 */
import * as v from 'valibot';
import { idSchema } from '../../../signaling/protocol/common.ts';
import type { Result } from '../model.ts';
import type { Clock, Timers } from '../platform.ts';
import type { Address } from './address.ts';
import type { Events } from './events.ts';
import type { Machine } from './machine.ts';
import type { OlmSessions } from './olm-sessions.ts';
import type { People } from './people.ts';
import type { Post } from './post.ts';

interface Needs {
  readonly machine: Machine;
  readonly events: Events;
  readonly post: Post;
  readonly people: People;
  readonly sessions: OlmSessions;
  readonly timers: Timers;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Base64url. */
  readonly newId: () => string;
  /** Is (or was, when the session was made) a member of the room: two people's rooms have their members in their id. */
  readonly mayRead: (roomId: string, person: string, sessionId: string) => Promise<boolean>;
  readonly onKeys: (sessionIds: readonly string[]) => void;
}

export interface MissingKeys {
  /** This message cannot be opened for want of its session's key. */
  missing(roomId: string, from: Address, sessionId: string): void;
  undecryptable(from: Address): void;
  voucherOf(sessionId: string): Promise<Address | null>;
  close(): void;
}

const REQUEST = 'holler.key-request';
const ANSWER = 'holler.key';
const RENEWED = 'holler.session';
/** By then a key that was on its way has come; after that asked at growing intervals, as long as the page is open. */
const FIRST_ASK = 5_000;
const ASK_MAX = 10 * 60_000;
/** A session is renewed at most so often for one device: whoever repeats old events must not use its keys up. */
const RENEW_EVERY = 5 * 60_000;

const requestSchema = v.object({ room: v.string(), session: v.string() });
const answerSchema = v.object({
  key: v.looseObject({ room_id: v.string(), session_id: v.string(), session_key: v.string() }),
});
const voucherSchema = v.object({ userId: idSchema, deviceId: idSchema });

interface Ask {
  readonly roomId: string;
  readonly from: Address;
  cancel: () => void;
}

export function createMissingKeys(needs: Needs): MissingKeys {
  const { machine, events, post, people, sessions, timers, clock, newId, mayRead, onKeys } = needs;
  const { olm, notes, call } = machine;
  const asks = new Map<string, Ask>();
  const renewed = new Map<string, number>();
  let closed = false;

  const nameOf = (sessionId: string) => `voucher ${sessionId}`;

  function plan(sessionId: string, ask: Ask, wait: number): void {
    ask.cancel = timers.after(wait, () => {
      plan(sessionId, ask, Math.min(wait * 4, ASK_MAX));
      // Failing, it is asked again at the next turn; a dead engine asks nobody.
      send(ask.from, REQUEST, { room: ask.roomId, session: sessionId }).catch(() => undefined);
    });
  }

  async function send(to: Address, type: string, content: object): Promise<Result> {
    const known = await people.follow([to.userId]);
    return known.ok ? post.sendEvent(newId(), [to], type, content) : known;
  }

  olm.registerRoomKeyUpdatedCallback((keys) => {
    const sessionIds = keys.map(({ sessionId }) => sessionId);
    for (const sessionId of sessionIds) {
      asks.get(sessionId)?.cancel();
      asks.delete(sessionId);
    }
    onKeys(sessionIds);
    return Promise.resolve();
  });

  events.on(REQUEST, async (from, content) => {
    const request = v.safeParse(requestSchema, content);
    if (!request.success) return;
    const { room, session } = request.output;
    if (!(await mayRead(room, from.userId, session))) return;
    const own = olm.identityKeys.curve25519.toBase64();
    const exported = await call(() =>
      olm.exportRoomKeys(
        (kept) =>
          kept.sessionId === session && kept.roomId.toString() === room && kept.senderKey.toBase64() === own,
      ),
    );
    const [key] = JSON.parse(exported) as object[];
    if (key !== undefined) await send(from, ANSWER, { key });
  });

  events.on(ANSWER, async (from, content) => {
    const answer = v.safeParse(answerSchema, content);
    if (!answer.success) return;
    const { room_id: roomId, session_id: sessionId } = answer.output.key;
    const ask = asks.get(sessionId);
    const asked =
      ask?.roomId === roomId && ask.from.userId === from.userId && ask.from.deviceId === from.deviceId;
    if (!asked) return;
    await notes.set([[nameOf(sessionId), from]]);
    await call(() => olm.importExportedRoomKeys(JSON.stringify([answer.output.key]), () => undefined));
  });

  // Keys that went by the session before may have been lost: they are shared again with the next message.
  events.on(RENEWED, () => Promise.resolve(people.touch()));

  async function renew(from: Address): Promise<void> {
    const last = renewed.get(from.deviceId);
    if (last !== undefined && clock.monotonic() - last < RENEW_EVERY) return;
    renewed.set(from.deviceId, clock.monotonic());
    const begun = await sessions.renew(from);
    // The other device learns of the session by the first event in it.
    const told = begun.ok ? await send(from, RENEWED, {}) : begun;
    if (!told.ok) renewed.delete(from.deviceId);
  }

  return {
    missing(roomId, from, sessionId) {
      if (closed || asks.has(sessionId)) return;
      const ask: Ask = { roomId, from, cancel: () => undefined };
      asks.set(sessionId, ask);
      plan(sessionId, ask, FIRST_ASK);
    },
    // Failing is no news: the next event that cannot be opened tries again.
    undecryptable: (from) => void renew(from).catch(() => undefined),
    async voucherOf(sessionId) {
      const noted = v.safeParse(voucherSchema, await notes.get(nameOf(sessionId)));
      return noted.success ? noted.output : null;
    },
    close() {
      closed = true;
      for (const { cancel } of asks.values()) cancel();
      asks.clear();
    },
  };
}
