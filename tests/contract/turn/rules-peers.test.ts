/** TURN's permissions, channels and indications, and STUN's Binding, rule by rule, named by the RFC's section. */
import { describe, expect, test } from 'vitest';
import { Attr, Class, Method } from '../../../turn/stun/constants.ts';
import { formatAddress, formatIp, parseIp } from '../../../turn/stun/address.ts';
import { answerBinding } from '../../../turn/server/binding.ts';
import { parseMessage } from '../../../turn/stun/message.ts';
import type { ClientPath } from '../../../turn/transport/transport.ts';
import { channelData, errorCode, newId, request, WorldClient } from '../../fakes/turn-requests.ts';
import { type FakeRelay, TurnWorld } from '../../fakes/turn-world.ts';

const CLIENT = '203.0.113.5:4000';
const PEER = '192.0.43.7:9000';
const OTHER_PEER = '192.0.43.8:9000';

function ready(options?: ConstructorParameters<typeof TurnWorld>[0]): {
  world: TurnWorld;
  ann: WorldClient;
  relay: FakeRelay;
} {
  const world = new TurnWorld(options);
  const ann = new WorldClient(world, CLIENT);
  return { world, ann, relay: ann.relay() };
}

describe('RFC 8656, 9: permissions', () => {
  test('10.2: without one nothing passes, in neither direction', () => {
    const { world, ann, relay } = ready();
    ann.path.received.length = 0;
    ann.send(PEER, Buffer.from('out'));
    world.fromPeer(relay, PEER, Buffer.from('in'));
    expect([relay.sent, ann.path.received]).toEqual([[], []]);
  });

  test('9: one holds for every port of the peer, for five minutes', () => {
    const { world, ann, relay } = ready();
    expect(ann.permit(PEER)?.class).toBe(Class.success);
    ann.send('192.0.43.7:1', Buffer.from('out'));
    expect(relay.sent).toEqual([{ to: '192.0.43.7:1', data: Buffer.from('out'), dontFragment: false }]);
    world.advance(299);
    ann.send(PEER, Buffer.from('still'));
    world.advance(2);
    ann.send(PEER, Buffer.from('too late'));
    expect(relay.sent.map((s) => s.data.toString())).toEqual(['out', 'still']);
  });

  test('10.2: CreatePermission takes many peers, needs one, and takes all or none', () => {
    const { ann, relay } = ready();
    expect(errorCode(ann.permit())).toBe(400);
    expect(ann.permit(PEER, OTHER_PEER)?.class).toBe(Class.success);
    expect(errorCode(ann.permit('192.0.43.9:1', '10.0.0.1:1'))).toBe(403);
    ann.send('192.0.43.9:1', Buffer.from('x'));
    expect(relay.sent).toEqual([]);
  });

  test('10.2: a peer of a family that has no relay is 443', () => {
    const { ann } = ready();
    expect(errorCode(ann.permit('[2606:4700::1]:9'))).toBe(443);
    expect(errorCode(ann.bind(0x4000, '[2606:4700::1]:9'))).toBe(443);
  });

  test('requests without an allocation are 437', () => {
    const world = new TurnWorld();
    const ann = new WorldClient(world, CLIENT);
    ann.logIn();
    for (const answer of [ann.permit(PEER), ann.bind(0x4000, PEER), ann.refresh()]) {
      expect(errorCode(answer)).toBe(437);
    }
  });

  test('their number is limited: 508', () => {
    const { ann } = ready({ limits: { permissionsPerAllocation: 2 } });
    expect(errorCode(ann.permit(PEER, OTHER_PEER, '192.0.43.9:1'))).toBe(508);
    ann.permit(PEER, OTHER_PEER);
    expect(errorCode(ann.bind(0x4000, '192.0.43.9:1'))).toBe(508);
    expect(ann.permit(PEER)?.class).toBe(Class.success);
  });
});

describe('RFC 8656, 11: indications', () => {
  test('11.4: what a peer sends arrives as a Data indication with its address', () => {
    const { world, ann, relay } = ready();
    ann.permit(PEER);
    ann.path.received.length = 0;
    world.fromPeer(relay, PEER, Buffer.from('hello'));
    const [bytes] = ann.path.received;
    const message = parseMessage(bytes!)!;
    expect([message.method, message.class]).toEqual([Method.data, Class.indication]);
    expect(formatAddress(message.xorAddress(Attr.xorPeerAddress)!)).toBe(PEER);
    expect(message.text(Attr.data)).toBe('hello');
  });

  test.each([0, 1, 2, 1200, 65_000])('a datagram of %i bytes passes both ways unchanged', (size) => {
    const { world, ann, relay } = ready();
    ann.permit(PEER);
    const data = Buffer.alloc(size, 0x5a);
    ann.send(PEER, data);
    expect(relay.sent[0]?.data).toEqual(data);
    ann.path.received.length = 0;
    world.fromPeer(relay, PEER, data);
    expect(parseMessage(ann.path.received[0]!)?.get(Attr.data)).toHaveLength(size);
  });

  test('11.2: a Send with an unknown attribute, without peer or without data is dropped', () => {
    const { ann, relay } = ready();
    ann.permit(PEER);
    ann.send(PEER, Buffer.from('x'), (w) => w.uint32(0x7777, 1));
    ann.raw(request(Method.send, (w) => w.text(Attr.data, 'x')));
    expect(relay.sent).toEqual([]);
  });

  test('11.2: DONT-FRAGMENT is passed on where it can be, else the packet is dropped', () => {
    for (const canForbidFragments of [true, false]) {
      const { ann, relay } = ready({ canForbidFragments });
      ann.permit(PEER);
      ann.send(PEER, Buffer.from('x'), (w) => w.attribute(Attr.dontFragment, new Uint8Array(0)));
      expect(relay.sent.map((s) => s.dontFragment)).toEqual(canForbidFragments ? [true] : []);
    }
  });
});

describe('RFC 8656, 12: channels', () => {
  test('12.4: carry data both ways without further words', () => {
    const { world, ann, relay } = ready();
    expect(ann.bind(0x4000, PEER)?.class).toBe(Class.success);
    world.fromClient(ann.path, channelData(0x4000, Buffer.from('out')));
    expect(relay.sent).toEqual([{ to: PEER, data: Buffer.from('out'), dontFragment: false }]);
    ann.path.received.length = 0;
    world.fromPeer(relay, PEER, Buffer.from('in'));
    expect(ann.path.received).toEqual([Buffer.from(channelData(0x4000, Buffer.from('in')))]);
  });

  test('12.2: the success carries integrity, else a browser ignores it', () => {
    const { ann } = ready();
    expect(ann.bind(0x4000, PEER)?.has(Attr.messageIntegrity)).toBe(true);
  });

  test.each([0x0000, 0x3fff, 0x8000, 0xffff])('12.2: number %i is 400', (number) => {
    const { ann } = ready();
    expect(errorCode(ann.bind(number, PEER))).toBe(400);
  });

  test('12.2: one channel, one peer; the same pair again renews', () => {
    const { ann } = ready();
    ann.bind(0x4000, PEER);
    expect(errorCode(ann.bind(0x4000, OTHER_PEER))).toBe(400);
    expect(errorCode(ann.bind(0x4001, PEER))).toBe(400);
    expect(ann.bind(0x4000, PEER)?.class).toBe(Class.success);
  });

  test('12: lasts ten minutes, its permission five', () => {
    const { world, ann, relay } = ready({ limits: { defaultLifetime: 3600 } });
    ann.bind(0x4000, PEER);
    world.advance(301);
    world.fromClient(ann.path, channelData(0x4000, Buffer.from('no permission')));
    ann.permit(PEER);
    world.fromClient(ann.path, channelData(0x4000, Buffer.from('permitted again')));
    world.advance(300);
    ann.permit(PEER);
    world.fromClient(ann.path, channelData(0x4000, Buffer.from('channel gone')));
    expect(relay.sent.map((s) => s.data.toString())).toEqual(['permitted again']);
    expect(ann.bind(0x4000, OTHER_PEER)?.class).toBe(Class.success);
  });

  test('12.5: too short a packet, an unbound number and padding', () => {
    const { world, ann, relay } = ready();
    ann.bind(0x4000, PEER);
    world.fromClient(ann.path, Buffer.from([0x40, 0, 0, 9, 1]));
    world.fromClient(ann.path, channelData(0x4001, Buffer.from('x')));
    world.fromClient(ann.path, Buffer.from([0x40]));
    world.fromClient(ann.path, Buffer.concat([channelData(0x4000, Buffer.from('x')), Buffer.alloc(3)]));
    expect(relay.sent.map((s) => s.data.toString())).toEqual(['x']);
  });

  test('their number is limited: 508', () => {
    const { ann } = ready({ limits: { channelsPerAllocation: 1 } });
    ann.bind(0x4000, PEER);
    expect(errorCode(ann.bind(0x4001, OTHER_PEER))).toBe(508);
  });
});

describe('bandwidth', () => {
  test("a user's packets beyond the rate are dropped until the next second", () => {
    const { world, ann, relay } = ready({ limits: { userRate: 1000 } });
    ann.bind(0x4000, PEER);
    const send = (): void => world.fromClient(ann.path, channelData(0x4000, Buffer.alloc(400)));
    for (let i = 0; i < 4; i++) send();
    expect(relay.sent).toHaveLength(2);
    world.advance(1);
    send();
    expect(relay.sent).toHaveLength(3);
    expect(world.totals.counts.rateLimitedPackets).toBe(2);
  });

  test("and so are everybody's beyond the server's", () => {
    const world = new TurnWorld({ limits: { totalRate: 1000 } });
    const clients = ['ann', 'bob', 'eve'].map((user, i) => {
      const client = new WorldClient(world, `203.0.113.${i}:4000`);
      client.logIn(world.credential(user));
      client.relay();
      client.bind(0x4000, PEER);
      return client;
    });
    for (const { path } of clients) world.fromClient(path, channelData(0x4000, Buffer.alloc(400)));
    expect(world.relays.map((relay) => relay.sent.length)).toEqual([1, 1, 0]);
  });
});

describe('two relayed users', () => {
  function pair(external: string[] = []): {
    world: TurnWorld;
    ann: WorldClient;
    bob: WorldClient;
    at: string[];
  } {
    const world = new TurnWorld({ external });
    const [ann, bob] = [new WorldClient(world, CLIENT), new WorldClient(world, '203.0.113.9:4000')];
    const at = [ann, bob].map((c) => formatAddress(c.allocate()!.xorAddress(Attr.xorRelayedAddress)!));
    return { world, ann, bob, at };
  }

  test.each([[[]], [['192.0.43.10']]])('meet at the relay itself, with external address %j', (external) => {
    const { world, ann, bob, at } = pair(external);
    const [annRelay, bobRelay] = world.openRelays;
    expect(ann.permit(at[1]!)?.class).toBe(Class.success);
    expect(ann.bind(0x4000, at[1]!)?.class).toBe(Class.success);
    expect(bob.bind(0x4000, at[0]!)?.class).toBe(Class.success);
    world.fromClient(ann.path, channelData(0x4000, Buffer.from('hi')));
    // Behind a NAT that does not turn its own address back, the packet goes straight to the bound address.
    expect(annRelay!.sent[0]?.to).toBe(formatAddress(bobRelay!.address));
    bob.path.received.length = 0;
    world.fromPeer(bobRelay!, formatAddress(annRelay!.address), Buffer.from('hi'));
    expect(bob.path.received).toEqual([Buffer.from(channelData(0x4000, Buffer.from('hi')))]);
  });

  test('and reach nothing else there: no service, no listener, no relay that has ended', () => {
    const { world, ann, bob, at } = pair();
    const [annRelay] = world.openRelays;
    for (const port of [22, 80, 3478, 50_001]) {
      const there = `198.51.100.1:${port}`;
      if (at.includes(there)) continue;
      expect(errorCode(ann.bind(0x4000, there))).toBe(403);
      ann.permit(there);
      ann.send(there, Buffer.from('x'));
    }
    expect(annRelay!.sent).toEqual([]);
    ann.bind(0x4001, at[1]!);
    bob.refresh(0);
    world.fromClient(ann.path, channelData(0x4001, Buffer.from('x')));
    expect(annRelay!.sent).toEqual([]);
  });

  test('even when the operator allows the range that the server is in', () => {
    const world = new TurnWorld({ allow: ['198.51.100.0/24'] });
    const ann = new WorldClient(world, CLIENT);
    const relay = ann.relay();
    expect(ann.permit('198.51.100.1:22', '198.51.100.2:22')?.class).toBe(Class.success);
    ann.send('198.51.100.1:22', Buffer.from('x'));
    ann.send('198.51.100.2:22', Buffer.from('allowed'));
    expect(relay.sent.map((s) => s.to)).toEqual(['198.51.100.2:22']);
  });

  test('an address that this host gets later is its own, too, for old channels as for new ones', () => {
    const world = new TurnWorld();
    const ann = new WorldClient(world, CLIENT);
    const relay = ann.relay();
    ann.bind(0x4000, PEER);
    const local = [...world.settings.local, parseIp(PEER.split(':')[0]!)!];
    world.engine.update({ ...world.settings, local });
    world.fromClient(ann.path, channelData(0x4000, Buffer.from('x')));
    ann.send(PEER, Buffer.from('x'));
    expect(errorCode(ann.bind(0x4001, PEER))).toBe(403);
    expect(relay.sent).toEqual([]);
    world.engine.update(world.settings);
    expect(ann.bind(0x4000, PEER)?.class).toBe(Class.success);
  });

  test('a service of this host that answers is not heard', () => {
    const { world, ann } = pair();
    const [annRelay] = world.openRelays;
    ann.permit('198.51.100.1:1');
    ann.path.received.length = 0;
    world.fromPeer(annRelay!, '198.51.100.1:53', Buffer.from('x'));
    expect(ann.path.received).toEqual([]);
  });
});

describe('Binding', () => {
  test('RFC 8489, 6.3: answers with the mapped address, and a fingerprint if it was given one', () => {
    const ann = new WorldClient(new TurnWorld(), CLIENT);
    const plain = ann.raw(request(Method.binding))!;
    expect(formatAddress(plain.xorAddress(Attr.xorMappedAddress)!)).toBe(CLIENT);
    expect(plain.bytes).toHaveLength(32);
    const marked = ann.raw(request(Method.binding, (w) => w.fingerprint()))!;
    expect(marked.has(Attr.fingerprint)).toBe(true);
  });

  test('RFC 8489, 6.3.1: unknown attributes are 420', () => {
    const ann = new WorldClient(new TurnWorld(), CLIENT);
    expect(errorCode(ann.raw(request(Method.binding, (w) => w.uint32(0x7777, 1))))).toBe(420);
    // CHANGE-REQUEST is one for a server that has no second address.
    expect(errorCode(ann.raw(request(Method.binding, (w) => w.uint32(Attr.changeRequest, 6))))).toBe(420);
  });

  test('RFC 3489, 8.1: a request without the cookie gets MAPPED, SOURCE and CHANGED-ADDRESS', () => {
    const ann = new WorldClient(new TurnWorld(), CLIENT);
    const id = newId().map((byte) => byte ^ 0xff);
    const answer = ann.raw(request(Method.binding, undefined, undefined, id))!;
    expect(answer.classic).toBe(true);
    const text = (type: number): string => Buffer.from(answer.get(type)!).toString('hex');
    expect(text(Attr.mappedAddress)).toBe('00010fa0cb007105');
    expect(text(Attr.sourceAddress)).toBe('00010d96c6336401');
    expect(text(Attr.changedAddress)).toBe('00010d96c6336401');
    expect(answer.has(Attr.xorMappedAddress)).toBe(false);
  });

  test('RFC 3489 is not spoken over IPv6, which it does not know', () => {
    const bob = new WorldClient(new TurnWorld(), '[2001:db8::7]:4000');
    const id = newId().map((byte) => byte ^ 0xff);
    expect(bob.raw(request(Method.binding, undefined, undefined, id))).toBeUndefined();
    expect(bob.raw(request(Method.binding))?.class).toBe(Class.success);
  });

  test('RFC 3489, 11.2.2: RESPONSE-ADDRESS would make a reflector of us: refused', () => {
    const ann = new WorldClient(new TurnWorld(), CLIENT);
    const id = newId().map((byte) => byte ^ 0xff);
    const fill = (w: Parameters<Parameters<typeof request>[1] & object>[0]): void =>
      void w.attribute(Attr.responseAddress, Buffer.from('0001000901020304', 'hex'));
    expect(errorCode(ann.raw(request(Method.binding, fill, undefined, id)))).toBe(420);
  });

  test('a message of another kind is not answered', () => {
    const ann = new WorldClient(new TurnWorld(), CLIENT);
    const cookieless = Buffer.alloc(20);
    cookieless.writeUInt16BE(Method.allocate, 0);
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.alloc(19),
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      cookieless,
      request(0x00f),
      request(Method.data),
      request(Method.binding).subarray(0, 19),
      Buffer.concat([request(Method.binding), Buffer.alloc(4)]),
    ]) {
      expect(ann.raw(bytes)).toBeUndefined();
      expect(ann.path.received).toHaveLength(0);
    }
  });
});

describe('RFC 5780: behaviour discovery', () => {
  const alternate = { ip: parseIp('198.51.100.2')!, port: 3479 };
  const OTHER = '198.51.100.2:3479';
  type Fill = Parameters<typeof request>[1];

  function ask(
    fill?: Fill,
    settings = new TurnWorld({ alternate }).settings,
  ): ReturnType<typeof answerBinding> {
    const path: ClientPath = Object.assign(new TurnWorld().client(CLIENT), { sendFrom: () => undefined });
    return answerBinding(settings, parseMessage(request(Method.binding, fill))!, path);
  }
  const change =
    (flags: number): Fill =>
    (w) =>
      w.uint32(Attr.changeRequest, flags);
  const plain = (value: Uint8Array | undefined): string =>
    value ? `${formatIp(value.subarray(4))}:${(value[2]! << 8) | value[3]!}` : '-';

  test('7.3: RESPONSE-ORIGIN and OTHER-ADDRESS tell where the answer is from and what else there is', () => {
    const answer = parseMessage(ask().bytes)!;
    expect(plain(answer.get(Attr.responseOrigin))).toBe('198.51.100.1:3478');
    expect(plain(answer.get(Attr.otherAddress))).toBe(OTHER);
    expect(answer.has(Attr.xorMappedAddress)).toBe(true);
  });

  test.each([
    [2, '198.51.100.1:3479'],
    [4, '198.51.100.2:3478'],
    [6, OTHER],
  ])('7.2: CHANGE-REQUEST %i is answered from %s', (flags, from) => {
    const answer = ask(change(flags));
    expect(formatAddress(answer.from!)).toBe(from);
    expect(plain(parseMessage(answer.bytes)!.get(Attr.responseOrigin))).toBe(from);
  });

  test('7.2: a server with a second port alone refuses to change its address: 420', () => {
    const portAlone = new TurnWorld({ alternate: { port: 3479 } }).settings;
    expect(formatAddress(ask(change(2), portAlone).from!)).toBe('198.51.100.1:3479');
    expect(errorCode(parseMessage(ask(change(4), portAlone).bytes))).toBe(420);
  });

  test('7.5: RESPONSE-PORT names another port of the same host; PADDING is answered with as much', () => {
    const answer = ask((w) =>
      w
        .attribute(Attr.responsePort, Uint8Array.of(0x30, 0x39, 0, 0))
        .attribute(Attr.padding, new Uint8Array(800)),
    );
    expect(answer.toPort).toBe(12_345);
    expect(parseMessage(answer.bytes)?.get(Attr.padding)).toHaveLength(800);
    const much = ask((w) => w.attribute(Attr.padding, new Uint8Array(9000)));
    expect(parseMessage(much.bytes)?.get(Attr.padding)).toHaveLength(1500);
  });
});
