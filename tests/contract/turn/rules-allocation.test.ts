/** STUN's authentication and TURN's allocations, rule by rule, named by the RFC's section; time is the test's. */
import { describe, expect, test } from 'vitest';
import { Attr, Class, Family, Method } from '../../../turn/stun/constants.ts';
import { integrityHolds } from '../../../turn/stun/integrity.ts';
import { formatAddress } from '../../../turn/stun/address.ts';
import {
  errorCode,
  newId,
  request,
  signerFrom,
  udpTransport,
  WorldClient,
} from '../../fakes/turn-requests.ts';
import { SECRET, TurnWorld } from '../../fakes/turn-world.ts';

const CLIENT = '203.0.113.5:4000';
const family = (value: number): Uint8Array => Uint8Array.of(value, 0, 0, 0);

function worldAndClient(options?: ConstructorParameters<typeof TurnWorld>[0]): {
  world: TurnWorld;
  ann: WorldClient;
} {
  const world = new TurnWorld(options);
  return { world, ann: new WorldClient(world, CLIENT) };
}

describe('RFC 8489, 9.2: long-term credentials', () => {
  test('9.2.4: a request without integrity is challenged with realm, nonce and algorithms', () => {
    const { ann } = worldAndClient();
    const answer = ann.raw(request(Method.allocate, udpTransport));
    expect(errorCode(answer)).toBe(401);
    expect(answer?.text(Attr.realm)).toBe('holler');
    expect(answer?.text(Attr.nonce)).toMatch(/^obMatJos2gAAA/);
    expect([...answer!.get(Attr.passwordAlgorithms)!]).toEqual([0, 2, 0, 0, 0, 1, 0, 0]);
    expect(answer?.has(Attr.messageIntegrity)).toBe(false);
  });

  test('an answer before authentication is short: a challenge is 80 bytes, other errors are below their question', () => {
    const { ann } = worldAndClient();
    const bare = request(Method.allocate, udpTransport);
    expect([bare.length, ann.raw(bare)?.bytes.length]).toEqual([28, 80]);
    ann.logIn();
    ann.signer = { ...ann.signer!, username: '' };
    const broken = request(Method.refresh, () => undefined, ann.signer);
    const refused = ann.raw(broken)!;
    expect(errorCode(refused)).toBe(400);
    expect(refused.bytes.length).toBeLessThan(broken.length);
  });

  test.each(['sha1', 'sha256'] as const)(
    '9.2.4: %s integrity is taken, and the answer has the same',
    (kind) => {
      const { world, ann } = worldAndClient();
      ann.logIn(world.credential(), kind);
      const answer = ann.allocate()!;
      expect(answer.class).toBe(Class.success);
      expect(integrityHolds(answer, kind, ann.signer!.key)).toBe(true);
    },
  );

  test('9.2.4: username, realm and nonce must all be there', () => {
    const { ann } = worldAndClient();
    ann.logIn();
    for (const missing of ['username', 'realm', 'nonce'] as const) {
      const answer = new WorldClient(ann.world, CLIENT);
      answer.signer = { ...ann.signer!, [missing]: '' };
      expect(errorCode(answer.allocate())).toBe(400);
    }
  });

  test('9.2.4: a list of algorithms that was tampered with is refused', () => {
    const { world, ann } = worldAndClient();
    ann.logIn(world.credential(), 'sha256');
    const weaker = Uint8Array.of(0, 1, 0, 0);
    ann.signer = {
      ...ann.signer!,
      extra: (w) =>
        void w.attribute(Attr.passwordAlgorithms, weaker).attribute(Attr.passwordAlgorithm, weaker),
    };
    expect(errorCode(ann.allocate())).toBe(400);
  });

  test('9.2.4: an old nonce is stale, and the answer brings a new one that works', () => {
    const { world, ann } = worldAndClient();
    const credential = world.credential('ann', 10_000);
    ann.logIn(credential);
    world.advance(3601);
    const answer = ann.allocate()!;
    expect(errorCode(answer)).toBe(438);
    ann.signer = signerFrom(answer, credential);
    expect(ann.allocate()?.class).toBe(Class.success);
  });

  test('a nonce belongs to one client address', () => {
    const { world, ann } = worldAndClient();
    ann.logIn();
    const mallory = new WorldClient(world, '203.0.113.66:4000');
    mallory.signer = ann.signer;
    expect(errorCode(mallory.allocate())).toBe(438);
  });

  test('a wrong password, an expired credential and a foreign realm are challenged again', () => {
    const { world, ann } = worldAndClient();
    ann.logIn(world.credential('ann', 600, 'some other secret'));
    expect(errorCode(ann.allocate())).toBe(401);
    ann.logIn(world.credential('ann', 5));
    world.nowMs += 6000;
    expect(errorCode(ann.allocate())).toBe(401);
    ann.logIn();
    ann.signer = { ...ann.signer!, realm: 'elsewhere' };
    expect(errorCode(ann.allocate())).toBe(401);
  });

  test('any secret of the rotation is taken', () => {
    const world = new TurnWorld({ secrets: ['the new one', SECRET] });
    for (const secret of ['the new one', SECRET]) {
      const ann = new WorldClient(world, `203.0.113.5:${4000 + secret.length}`);
      ann.logIn(world.credential('ann', 600, secret));
      expect(ann.allocate()?.class).toBe(Class.success);
    }
  });

  test('14.5: attributes after the integrity do not count', () => {
    const { ann } = worldAndClient();
    ann.relay();
    const id = newId();
    const signed = request(Method.refresh, () => undefined, ann.signer, id);
    const extra = Buffer.from([0, Attr.lifetime, 0, 4, 0, 0, 0, 0]);
    const longer = Buffer.concat([signed, extra]);
    longer.writeUInt16BE(longer.length - 20, 2);
    // Were LIFETIME 0 honoured, the allocation would be gone.
    expect(ann.raw(longer)?.uint32(Attr.lifetime)).toBe(600);
  });

  test('6.3.1: unknown attributes that must be understood are listed, after authentication', () => {
    const { ann } = worldAndClient();
    ann.logIn();
    const answer = ann.allocate((w) => w.uint32(0x7777, 1).uint32(0x7778, 1).uint32(0xc001, 1))!;
    expect(errorCode(answer)).toBe(420);
    expect([...answer.get(Attr.unknownAttributes)!]).toEqual([0x77, 0x77, 0x77, 0x78]);
    expect(answer.has(Attr.messageIntegrity)).toBe(true);
  });
});

describe('RFC 8656, 7: Allocate', () => {
  test('7.2: answers with relayed and mapped address and a lifetime', () => {
    const { ann } = worldAndClient();
    const answer = ann.allocate()!;
    expect(formatAddress(answer.xorAddress(Attr.xorMappedAddress)!)).toBe(CLIENT);
    const relayed = answer.xorAddress(Attr.xorRelayedAddress)!;
    expect(formatAddress(relayed)).toMatch(/^198\.51\.100\.1:50\d\d\d$/);
    expect(answer.uint32(Attr.lifetime)).toBe(600);
  });

  test.each([
    [undefined, 600],
    [0, 600],
    [60, 600],
    [1800, 1800],
    [99_999, 3600],
  ])('7.2: a wish of %s s becomes %s s', (wish, given) => {
    const { ann } = worldAndClient();
    const answer = ann.allocate((w) => {
      if (wish !== undefined) w.uint32(Attr.lifetime, wish);
    });
    expect(answer?.uint32(Attr.lifetime)).toBe(given);
  });

  test('7.2: a retransmission gets the same answer and no second port; another Allocate gets 437', () => {
    const { world, ann } = worldAndClient();
    ann.logIn();
    const id = newId();
    const first = ann.ask(Method.allocate, udpTransport, id)!;
    const again = ann.ask(Method.allocate, udpTransport, id)!;
    expect(Buffer.from(again.bytes)).toEqual(Buffer.from(first.bytes));
    expect(world.openRelays).toHaveLength(1);
    expect(errorCode(ann.allocate())).toBe(437);
  });

  test('7.2: REQUESTED-TRANSPORT must be there, and be UDP', () => {
    const { ann } = worldAndClient();
    ann.logIn();
    expect(errorCode(ann.ask(Method.allocate))).toBe(400);
    const tcp = (w: Parameters<typeof udpTransport>[0]): void =>
      void w.attribute(Attr.requestedTransport, Uint8Array.of(6, 0, 0, 0));
    expect(errorCode(ann.ask(Method.allocate, tcp))).toBe(442);
  });

  test('7.2: address families', () => {
    const world = new TurnWorld();
    const client = (port: number): WorldClient => new WorldClient(world, `203.0.113.5:${port}`);
    const v6 = client(1).allocate((w) => w.attribute(Attr.requestedAddressFamily, family(Family.ipv6)))!;
    expect(v6.xorAddress(Attr.xorRelayedAddress)?.family).toBe(6);
    const neither = client(2).allocate((w) => w.attribute(Attr.requestedAddressFamily, family(7)));
    expect(errorCode(neither)).toBe(440);
    const both = client(3).allocate((w) => w.attribute(Attr.additionalAddressFamily, family(Family.ipv6)))!;
    expect(both.xorAddresses(Attr.xorRelayedAddress)?.map((a) => a.family)).toEqual([4, 6]);
    const contradictory = client(4).allocate((w) =>
      w
        .attribute(Attr.requestedAddressFamily, family(Family.ipv4))
        .attribute(Attr.additionalAddressFamily, family(Family.ipv6)),
    );
    expect(errorCode(contradictory)).toBe(400);
    const ipv4Twice = client(5).allocate((w) =>
      w.attribute(Attr.additionalAddressFamily, family(Family.ipv4)),
    );
    expect(errorCode(ipv4Twice)).toBe(400);
  });

  test('7.2: where there is no IPv6: 440, and ADDRESS-ERROR-CODE beside the IPv4 relay', () => {
    const world = new TurnWorld({ ipv6: false });
    const client = (port: number): WorldClient => new WorldClient(world, `203.0.113.5:${port}`);
    const alone = client(1).allocate((w) => w.attribute(Attr.requestedAddressFamily, family(Family.ipv6)));
    expect(errorCode(alone)).toBe(440);
    const both = client(2).allocate((w) => w.attribute(Attr.additionalAddressFamily, family(Family.ipv6)))!;
    expect(both.class).toBe(Class.success);
    expect(both.xorAddresses(Attr.xorRelayedAddress)?.map((a) => a.family)).toEqual([4]);
    expect([...both.get(Attr.addressErrorCode)!]).toEqual([Family.ipv6, 0, 4, 40]);
  });

  test('7.2: EVEN-PORT gives an even port, and with R the next one to who brings the token, once', () => {
    const { world, ann } = worldAndClient();
    const first = ann.allocate((w) => w.attribute(Attr.evenPort, Uint8Array.of(0x80)))!;
    const { port } = first.xorAddress(Attr.xorRelayedAddress)!;
    expect(port % 2).toBe(0);
    const token = first.get(Attr.reservationToken)!.slice();
    const redeem = (where: string, user = 'ann'): ReturnType<WorldClient['allocate']> => {
      const client = new WorldClient(world, where);
      client.logIn(world.credential(user));
      return client.allocate((w) => w.attribute(Attr.reservationToken, token));
    };
    expect(errorCode(redeem('203.0.113.5:4001', 'eve'))).toBe(508);
    expect(redeem('203.0.113.5:4002')?.xorAddress(Attr.xorRelayedAddress)?.port).toBe(port + 1);
    expect(errorCode(redeem('203.0.113.5:4003'))).toBe(508);
  });

  test('7.2: a reservation that nobody redeems ends after 30 seconds', () => {
    const { world, ann } = worldAndClient();
    const first = ann.allocate((w) => w.attribute(Attr.evenPort, Uint8Array.of(0x80)))!;
    const token = first.get(Attr.reservationToken)!.slice();
    expect(world.openRelays).toHaveLength(2);
    world.advance(32);
    expect(world.openRelays).toHaveLength(1);
    const late = new WorldClient(world, '203.0.113.5:4001');
    expect(errorCode(late.allocate((w) => w.attribute(Attr.reservationToken, token)))).toBe(508);
  });

  test('7.2: a token together with EVEN-PORT is a contradiction', () => {
    const { ann } = worldAndClient();
    const answer = ann.allocate((w) =>
      w.attribute(Attr.reservationToken, new Uint8Array(8)).attribute(Attr.evenPort, Uint8Array.of(0)),
    );
    expect(errorCode(answer)).toBe(400);
  });

  test('15: DONT-FRAGMENT is unknown to a server that cannot do it', () => {
    const { ann } = worldAndClient({ canForbidFragments: false });
    const answer = ann.allocate((w) => w.attribute(Attr.dontFragment, new Uint8Array(0)))!;
    expect(errorCode(answer)).toBe(420);
    expect([...answer.get(Attr.unknownAttributes)!]).toEqual([0, Attr.dontFragment]);
  });

  test('5: quotas: 486 for the user, 508 for the server, and both come back', () => {
    const world = new TurnWorld({ limits: { allocationsPerUser: 2, allocationsTotal: 3 } });
    const client = (port: number, user: string): WorldClient => {
      const made = new WorldClient(world, `203.0.113.5:${port}`);
      made.logIn(world.credential(user));
      return made;
    };
    const first = client(1, 'ann');
    expect(first.allocate()?.class).toBe(Class.success);
    expect(client(2, 'ann').allocate()?.class).toBe(Class.success);
    expect(errorCode(client(3, 'ann').allocate())).toBe(486);
    expect(client(4, 'bob').allocate()?.class).toBe(Class.success);
    expect(errorCode(client(5, 'eve').allocate())).toBe(508);
    first.refresh(0);
    expect(client(6, 'ann').allocate()?.class).toBe(Class.success);
  });

  test('while draining there is nothing new, and what is there goes on', () => {
    const { world, ann } = worldAndClient();
    ann.relay();
    world.engine.ledger.drain();
    expect(errorCode(new WorldClient(world, '203.0.113.5:4001').allocate())).toBe(508);
    expect(ann.refresh()?.class).toBe(Class.success);
  });

  test('14.9: behind a 1:1 NAT the external address is announced', () => {
    const { ann } = worldAndClient({ external: ['192.0.43.10'] });
    expect(formatAddress(ann.allocate()!.xorAddress(Attr.xorRelayedAddress)!)).toMatch(/^192\.0\.43\.10:/);
  });
});

describe('RFC 8656, 8: Refresh', () => {
  test('8.2: renews, so that the allocation outlives its first lifetime many times', () => {
    const { world, ann } = worldAndClient();
    const relay = ann.relay();
    // What a browser does in a long call: its first user name for ever, the nonce renewed.
    const { username, key } = ann.signer!;
    for (let i = 0; i < 5; i++) {
      world.advance(550);
      ann.logIn(world.credential());
      ann.signer = { ...ann.signer!, username, key };
      expect(ann.refresh()?.uint32(Attr.lifetime)).toBe(600);
    }
    expect(relay.closed).toBe(false);
  });

  test('a credential that runs out during a call keeps its allocation', () => {
    const { world, ann } = worldAndClient();
    ann.logIn(world.credential('ann', 10));
    ann.relay();
    world.advance(60);
    expect(ann.refresh()?.class).toBe(Class.success);
  });

  test('8.2: lifetime 0 ends it, and its port is free again', () => {
    const { world, ann } = worldAndClient();
    const relay = ann.relay();
    expect(ann.refresh(0)?.uint32(Attr.lifetime)).toBe(0);
    expect(relay.closed).toBe(true);
    expect(world.engine.ledger.isLiveRelay(relay.address.ip, relay.address.port)).toBe(false);
    expect(errorCode(ann.refresh())).toBe(437);
  });

  test('8.2: one of two families can be ended; a family that is not there is 443', () => {
    const { world, ann } = worldAndClient();
    ann.relay((w) => w.attribute(Attr.additionalAddressFamily, family(Family.ipv6)));
    const endIpv6 = (): ReturnType<WorldClient['ask']> =>
      ann.ask(Method.refresh, (w) =>
        w.uint32(Attr.lifetime, 0).attribute(Attr.requestedAddressFamily, family(Family.ipv6)),
      );
    expect(endIpv6()?.class).toBe(Class.success);
    expect(world.openRelays.map((r) => r.address.family)).toEqual([4]);
    expect(errorCode(endIpv6())).toBe(443);
  });

  test('without being refreshed it ends: relay closed, quota and port given back', () => {
    const { world, ann } = worldAndClient();
    const relay = ann.relay();
    world.advance(601);
    expect(relay.closed).toBe(true);
    expect(world.engine.ledger.allocations).toBe(0);
    ann.path.received.length = 0;
    world.fromPeer(relay, '192.0.43.7:9', Buffer.from('late'));
    expect(ann.path.received).toHaveLength(0);
  });

  test('5: another user may not touch an allocation: 441', () => {
    const { world, ann } = worldAndClient();
    ann.relay();
    ann.logIn(world.credential('eve'));
    expect(errorCode(ann.refresh(0))).toBe(441);
  });

  test('a connection that closes takes its allocation with it', () => {
    const world = new TurnWorld();
    const ann = new WorldClient(world, CLIENT, 'tcp');
    const relay = ann.relay();
    world.engine.pathClosed(ann.path);
    expect(relay.closed).toBe(true);
  });
});
