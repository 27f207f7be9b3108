/** The live relay: who may, how much, and that a slow receiver costs bounded memory. */
import { beforeEach, describe, expect, it } from 'vitest';
import { PresenceRoster } from '../presence/roster.ts';
import { Connection } from '../socket/connection.ts';
import { Hub } from '../socket/hub.ts';
import { type Forwarded, Relay } from './relay.ts';

class FakeSocket {
  readonly OPEN = 1;
  readyState: 0 | 1 | 2 | 3 = 1;
  bufferedAmount = 0;
  readonly sent: string[] = [];
  terminated = false;

  send(bytes: Buffer): void {
    this.sent.push(bytes.toString());
  }
  close(): void {
    this.readyState = 3;
  }
  terminate(): void {
    this.terminated = true;
  }
}

let now: number;
let hub: Hub;
let roster: PresenceRoster;
let relay: Relay;
beforeEach(() => {
  now = 0;
  hub = new Hub();
  roster = new PresenceRoster(() => now, { presenceChanged: () => {}, left: () => {} });
  relay = new Relay(
    hub,
    roster,
    { mayReach: () => false },
    () => now,
    () => {},
  );
});

async function connect(personId: string, deviceId: string, contactIds: string[]) {
  const socket = new FakeSocket();
  const connection = new Connection(socket, personId, deviceId, now);
  hub.add(connection);
  const facts = { chosen: 'online', shownStatusText: '', lastSeen: null, contactIds } as const;
  await roster.join(personId, deviceId, () => Promise.resolve({ facts, more: true }));
  connection.welcome({ type: 'ping' });
  socket.sent.length = 0;
  return { socket, connection };
}
const message = (userId: string, deviceId: string, body = 'aGk='): Forwarded => ({
  type: 'relay',
  ref: 1,
  to: { userId, deviceId },
  body,
});
const codeOf = (outcome: ReturnType<Relay['forward']>) => (outcome.ok ? 'ok' : outcome.refusal.code);

describe('the live relay', () => {
  it('hands a message on with its sender, which the sender cannot choose', async () => {
    const ann = await connect('ann', 'a1', ['bob']);
    const bob = await connect('bob', 'b1', ['ann']);
    expect(codeOf(relay.forward(ann.connection, message('bob', 'b1')))).toBe('ok');
    const from = { userId: 'ann', deviceId: 'a1' };
    expect(bob.socket.sent.map((text) => JSON.parse(text) as unknown)).toEqual([
      { type: 'relay', from, body: 'aGk=' },
    ]);
  });

  it('refuses a stranger, also one who names a device of a contact', async () => {
    const eve = await connect('eve', 'e1', ['ann']);
    const bob = await connect('bob', 'b1', ['ann']);
    expect(codeOf(relay.forward(eve.connection, message('bob', 'b1')))).toBe('forbidden');
    expect(codeOf(relay.forward(eve.connection, message('ann', 'b1')))).toBe('peer-offline');
    expect(bob.socket.sent).toEqual([]);
  });

  it('holds a bounded amount for a receiver who is slow, and goes on when it has caught up', async () => {
    const ann = await connect('ann', 'a1', ['bob']);
    const bob = await connect('bob', 'b1', ['ann']);
    bob.socket.bufferedAmount = 2 * 1024 * 1024;
    expect(codeOf(relay.forward(ann.connection, message('bob', 'b1')))).toBe('unavailable');
    expect(bob.socket.sent).toEqual([]);
    bob.socket.bufferedAmount = 0;
    expect(codeOf(relay.forward(ann.connection, message('bob', 'b1')))).toBe('ok');
  });

  it('ends a socket that does not even take presence', async () => {
    const bob = await connect('bob', 'b1', []);
    bob.socket.bufferedAmount = 5 * 1024 * 1024;
    bob.connection.send({ type: 'ping' });
    expect(bob.socket.terminated).toBe(true);
    expect(bob.socket.sent).toEqual([]);
  });

  it('carries so many bytes for one person, over all devices, and more with time', async () => {
    const [one, two] = [await connect('ann', 'a1', ['bob']), await connect('ann', 'a2', ['bob'])];
    await connect('bob', 'b1', ['ann']);
    const big = message('bob', 'b1', 'x'.repeat(96 * 1024));
    const codes = Array.from({ length: 60 }, (_, i) =>
      codeOf(relay.forward((i % 2 ? one : two).connection, big)),
    );
    expect(codes.filter((code) => code === 'ok')).toHaveLength(42);
    expect(codes.at(-1)).toBe('rate-limited');
    now = 10_000;
    expect(codeOf(relay.forward(one.connection, big))).toBe('ok');
  });
});
