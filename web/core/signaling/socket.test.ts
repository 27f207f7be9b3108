import { beforeEach, describe, expect, it } from 'vitest';
import { CLOSE } from '../../../signaling/protocol/socket.ts';
import type { ServerMessage } from '../../../signaling/protocol/socket.ts';
import { createFakeTime } from '../../../tests/fakes/time.ts';
import type { FakeTime } from '../../../tests/fakes/time.ts';
import type { Failure } from '../model.ts';
import type { PlatformSocket } from '../platform.ts';
import { createScope } from '../scope.ts';
import type { Scope } from '../scope.ts';
import { createSocket } from './socket.ts';
import type { Socket } from './socket.ts';

interface Wire extends PlatformSocket {
  readonly sent: string[];
  closedWith: number | null;
}

let time: FakeTime;
let scope: Scope;
let wires: Wire[];
let heard: string[];
let refusal: Failure | null;
let socket: Socket;
let listeners: { online: () => void; visibility: () => void; network: () => void };

beforeEach(() => {
  time = createFakeTime();
  scope = createScope();
  wires = [];
  heard = [];
  refusal = null;
  listeners = { online: () => {}, visibility: () => {}, network: () => {} };
  const keep = (name: keyof typeof listeners) => (listener: () => void) => {
    listeners[name] = listener;
    return () => undefined;
  };
  socket = createSocket({
    scope,
    probe: () => Promise.resolve(refusal),
    onMessage: ({ type }) => heard.push(type),
    platform: {
      clock: time.clock,
      timers: time.timers,
      random: { bytes: (length) => new Uint8Array(length), fraction: () => 0.5 },
      openSocket: () => {
        const wire: Wire = {
          onmessage: null,
          onclose: null,
          sent: [],
          closedWith: null,
          send: (text) => wire.sent.push(text),
          close: (code) => (wire.closedWith = code ?? 1005),
        };
        wires.push(wire);
        return wire;
      },
      page: {
        visible: () => true,
        online: () => true,
        onOnline: keep('online'),
        onVisibility: keep('visibility'),
        onNetworkChange: keep('network'),
        onActivity: () => () => undefined,
        onUncaught: () => () => undefined,
        onLeave: () => () => undefined,
      },
    },
  });
  socket.start();
});

const id = 'i'.repeat(22);
const say = (message: ServerMessage | object) => wires.at(-1)!.onmessage?.({ data: JSON.stringify(message) });
const welcome = () =>
  say({
    type: 'welcome',
    keys: { own: { oneTimeKeys: 0, fallbackUsed: true }, versions: {} },
    groups: [],
    reachable: {},
    serverVersion: '1.2',
    serverTime: 1,
    me: {
      id,
      userName: 'a',
      displayName: 'A',
      kind: 'account',
      deviceId: id,
      presence: 'online',
      statusText: '',
    },
    list: { contacts: [], incoming: [], outgoing: [], blocked: [] },
  });
const end = async (code: number) => {
  wires.at(-1)!.onclose?.({ code });
  await time.settle();
};
const now = () => socket.state.get();
const signal = { type: 'signal', to: { userId: id, deviceId: id }, linkId: 'link-1234', body: 'x' } as const;

describe('the socket', () => {
  it('is online once welcomed, and answers pings', () => {
    expect(now()).toEqual({ state: 'connecting', attempt: 1 });
    expect(socket.tell({ type: 'set-presence', idle: true })).toBe(false);
    welcome();
    expect(now()).toEqual({ state: 'online', serverVersion: '1.2' });
    say({ type: 'ping' });
    expect(wires[0]!.sent).toEqual(['{"type":"pong"}']);
  });

  it('ignores what it does not understand', () => {
    welcome();
    wires[0]!.onmessage?.({ data: 'not json' });
    wires[0]!.onmessage?.({ data: new ArrayBuffer(3) });
    say({ type: 'unheard-of' });
    say({ type: 'presence', userId: 'bad' });
    expect(heard).toEqual(['welcome']);
    expect(now().state).toBe('online');
  });

  it('takes twelve seconds of silence for the end, and comes back', async () => {
    welcome();
    await time.advance(11_000);
    say({ type: 'ping' });
    await time.advance(11_999);
    expect(now().state).toBe('online');
    await time.advance(1);
    expect(now()).toMatchObject({ state: 'offline', reason: 'unreachable' });
    expect(wires[0]!.closedWith).not.toBeNull();
    await time.advance(1_000);
    expect(wires).toHaveLength(2);
    welcome();
    expect(now().state).toBe('online');
  });

  it('gives up a server that does not welcome', async () => {
    await time.advance(10_000);
    expect(now()).toMatchObject({ state: 'offline', reason: 'unreachable' });
  });

  it('wants a sign of life soon after the network changed', async () => {
    welcome();
    listeners.network();
    await time.advance(6_000);
    expect(now().state).toBe('offline');
  });

  it('matches answers to requests, whatever their order', async () => {
    welcome();
    const [first, second, third] = [socket.ask(signal), socket.ask(signal), socket.ask(signal)];
    const refs = wires[0]!.sent.map((text) => (JSON.parse(text) as { ref: number }).ref);
    say({ type: 'error', ref: refs[1], code: 'peer-offline' });
    say({ type: 'accepted', ref: refs[0] });
    say({ type: 'accepted', ref: 999 });
    expect(await first).toEqual({ ok: true, value: { type: 'accepted', ref: refs[0] } });
    expect(await second).toEqual({ ok: false, failure: { code: 'peer-offline' } });
    await end(1006);
    expect(await third).toEqual({ ok: false, failure: { code: 'network' } });
    expect(await socket.ask(signal)).toEqual({ ok: false, failure: { code: 'network' } });
  });

  it('takes no other answer than the one that fits', async () => {
    welcome();
    const asked = socket.ask(signal);
    const { ref } = JSON.parse(wires[0]!.sent[0]!) as { ref: number };
    say({ type: 'mailed', ref, refused: [] });
    expect(await asked).toEqual({ ok: false, failure: { code: 'internal' } });
  });

  it('does not wait for ever for an answer', async () => {
    welcome();
    const asked = socket.ask(signal);
    for (let n = 0; n < 4; n++) {
      await time.advance(3_000);
      say({ type: 'ping' });
    }
    expect(await asked).toEqual({ ok: false, failure: { code: 'network' } });
  });

  it('asks why it was refused, and believes the answer', async () => {
    refusal = { code: 'unauthenticated' };
    await end(1006);
    expect(now()).toEqual({ state: 'signed-out' });
    await time.advance(600_000);
    expect(wires).toHaveLength(1);
  });

  it('waits longer after each failure, and not after a lasting connection', async () => {
    const waits: number[] = [];
    for (let n = 0; n < 4; n++) {
      await end(1006);
      const state = now();
      waits.push(state.state === 'offline' ? state.retryAt! - time.clock.now() : 0);
      await time.advance(waits.at(-1)!);
    }
    expect(waits).toEqual([375, 750, 1_500, 3_000]);
    welcome();
    await time.advance(10_000);
    await end(CLOSE.restarting);
    expect(now()).toEqual({ state: 'offline', reason: 'server-restarting', retryAt: time.clock.now() + 450 });
  });

  it('tries at once when the network is back or the page is looked at', async () => {
    for (const wake of ['online', 'visibility'] as const) {
      await end(1006);
      const before = wires.length;
      listeners[wake]();
      expect(wires).toHaveLength(before + 1);
      listeners[wake]();
      expect(wires).toHaveLength(before + 1);
    }
  });

  it('ends with its scope', async () => {
    welcome();
    const asked = socket.ask(signal);
    scope.end();
    expect(await asked).toMatchObject({ ok: false });
    expect(now()).toEqual({ state: 'idle' });
    expect(wires[0]!.closedWith).toBe(1000);
    await time.advance(600_000);
    expect(wires).toHaveLength(1);
  });
});
