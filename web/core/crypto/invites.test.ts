import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakeDevice, KeyWorld } from '../../../tests/fakes/key-world.ts';
import { createKeyWorld, idOf, roomOf } from '../../../tests/fakes/key-world.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const PATIENT = { timeout: 60_000 };
const INVITE = idOf('invite');

let world: KeyWorld;
let host: FakeDevice;
let guest: FakeDevice;

beforeEach(async () => {
  world = createKeyWorld();
  host = await world.register('host', 'host-phone');
  guest = await world.register('guest', 'guest-page');
});
afterEach(() => world.end());

async function secretOf(device: FakeDevice, inviteId = INVITE, expiresAt = world.time.clock.now() + 1000) {
  const opened = await device.engine.invites.open(inviteId, expiresAt);
  if (!opened.ok) throw new Error(opened.failure.why);
  return opened.value;
}

const levelAt = (at: FakeDevice, of: FakeDevice) => at.engine.trust(of.userId).get();

/** Carries all mail, there and back. */
async function carry(...devices: FakeDevice[]) {
  for (let round = 0; round < 3; round++)
    for (const device of devices) {
      await device.announce();
      await device.fetch();
    }
}

describe('the secret of an invite link', () => {
  it('known to both verifies both, also on the host’s other devices', async () => {
    const secret = await secretOf(host);
    expect(secret).toMatch(/^[0-9a-f]{32}$/);
    expect(await guest.engine.invites.came(secret, host.userId)).toEqual({ ok: true, value: undefined });
    await carry(host, guest);
    expect([levelAt(host, guest), levelAt(guest, host)]).toEqual(['verified', 'verified']);

    const other = await world.signIn('host', 'host-laptop');
    await other.announce();
    const secrets = await host.engine.identity.secrets();
    await other.engine.identity.restore(secrets!);
    await other.engine.devicesOf(guest.userId);
    await expect.poll(() => levelAt(other, guest), PATIENT).toBe('verified');
  });

  it('proves nothing once the link was taken back, and that is trust on first use', async () => {
    const secret = await secretOf(host);
    await host.engine.invites.forget(INVITE);
    await guest.engine.invites.came(secret, host.userId);
    await carry(host, guest);
    await host.engine.devicesOf(guest.userId);
    expect([levelAt(host, guest), levelAt(guest, host)]).toEqual(['first-use', 'first-use']);
  });

  it('proves nothing a month after the link has ended', async () => {
    const secret = await secretOf(host);
    await world.time.advance(31 * 24 * 3_600_000);
    await guest.engine.invites.came(secret, host.userId);
    await carry(host, guest);
    expect(levelAt(host, guest)).toBe('first-use');
  });

  it('is with the host’s other devices, one of which may be the one that answers', async () => {
    const other = await world.signIn('host', 'host-laptop');
    await other.announce();
    await other.engine.identity.restore((await host.engine.identity.secrets())!);
    await host.announce();
    const secret = await secretOf(host);
    await other.fetch();
    await guest.announce();
    await guest.engine.invites.came(secret, host.userId);
    await carry(other, guest);
    expect([levelAt(other, guest), levelAt(guest, host)]).toEqual(['verified', 'verified']);
  });

  it('is asked about again when no answer came', async () => {
    const secret = await secretOf(host);
    world.lies.mail = () => 'lose';
    await guest.engine.invites.came(secret, host.userId);
    world.lies.mail = () => 'deliver';
    await carry(host, guest);
    expect(levelAt(guest, host)).toBe('first-use');
    await guest.engine.invites.settle();
    await carry(host, guest);
    expect([levelAt(host, guest), levelAt(guest, host)]).toEqual(['verified', 'verified']);
    const before = world.calls.length;
    await guest.engine.invites.settle();
    expect(world.calls.length).toBe(before);
  });

  it('is signed for later when the server could not be reached just then', async () => {
    const secret = await secretOf(host);
    await guest.engine.invites.came(secret, host.userId);
    await host.announce();
    await host.engine.devicesOf(guest.userId);
    world.lies.down = true;
    await host.fetch();
    world.lies.down = false;
    expect(levelAt(host, guest)).toBe('first-use');
    await host.engine.invites.settle();
    expect(levelAt(host, guest)).toBe('verified');
  });

  it('that somebody made up, or that is of another link, proves nothing', async () => {
    await secretOf(host);
    await guest.engine.invites.came('0'.repeat(32), host.userId);
    await carry(host, guest);
    expect(levelAt(host, guest)).toBe('first-use');
    expect(await guest.engine.invites.came('', host.userId)).toMatchObject({ ok: false });
  });
});

describe('a server that stands between the two who met by a link', () => {
  /** What Mallory has overheard, and says instead of what she cannot calculate. */
  const overheard = { link: '', proof: '' };

  function forging(): SubtleCrypto {
    const sign: SubtleCrypto['sign'] = (_how, _key, data) => {
      const isName = new TextDecoder().decode(data as Uint8Array).includes('invite-name');
      const digits = isName ? overheard.link : overheard.proof;
      return Promise.resolve(Uint8Array.from(Buffer.from(digits, 'hex')).buffer);
    };
    const forged: Partial<SubtleCrypto> = { sign, verify: () => Promise.resolve(true) };
    return new Proxy(crypto.subtle, {
      get: (real, name) =>
        forged[name as 'sign'] ?? (real[name as 'sign'] as (...args: unknown[]) => unknown).bind(real),
    });
  }

  /** In a world of her own Mallory is the host to the real guest; in the host's world she is the guest. */
  async function between() {
    const there = createKeyWorld();
    const victim = await there.register('grace', 'grace-page');
    there.lies.subtle = forging;
    const falseHost = await there.register('host', 'mallory-1');
    world.lies.subtle = forging;
    const falseGuest = await world.register('grace', 'mallory-2');

    const secret = await secretOf(host);
    await victim.engine.invites.came(secret, falseHost.userId);
    await falseHost.announce();
    const heard = await falseHost.fetch();
    const said = heard.ok ? heard.value.map((each) => (each.did === 'take' ? each.content : null)) : [];
    Object.assign(
      overheard,
      said.find((content) => (content as { kind?: string })?.kind === 'proof'),
    );
    return { there, victim, falseHost, falseGuest };
  }

  it('cannot pass the guest’s proof on: the host sees that somebody stands between, and nothing is sent', async () => {
    const { there, falseGuest } = await between();
    expect(overheard.proof).toHaveLength(64);
    await falseGuest.engine.invites.came('0'.repeat(32), host.userId);
    await carry(host, falseGuest);
    expect(levelAt(host, falseGuest)).toBe('disproved');

    const room = roomOf(host.userId, falseGuest.userId);
    const stopped = { ok: false, failure: { why: 'identity-changed', userId: falseGuest.userId } };
    expect(await host.engine.seal(room, { n: 1 })).toEqual(stopped);
    expect(host.engine.audience(room)).toBeNull();
    expect(await host.engine.sealSignal(falseGuest, 'offer')).toEqual(stopped);
    expect(await host.engine.devicesOf(falseGuest.userId)).toEqual({ ok: true, value: [] });
    const sealed = await falseGuest.engine.seal(room, { n: 2 });
    if (!sealed.ok) throw new Error(sealed.failure.why);
    const opened = await host.engine.open(room.id, falseGuest, sealed.value.bytes);
    expect(opened).toMatchObject({ ok: false, why: 'identity-changed' });

    await host.engine.accept(falseGuest.userId);
    expect(levelAt(host, falseGuest)).toBe('first-use');
    expect(await host.engine.seal(room, { n: 3 })).toMatchObject({ ok: true });
    there.end();
  });

  it('cannot answer the guest: they see that somebody stands between', async () => {
    const { there, victim, falseHost } = await between();
    await secretOf(falseHost);
    await victim.engine.invites.settle();
    await carry(falseHost, victim);
    expect(levelAt(victim, falseHost)).toBe('disproved');
    const room = roomOf(victim.userId, falseHost.userId);
    expect(await victim.engine.seal(room, { n: 1 })).toMatchObject({ ok: false });
    there.end();
  });

  it('that passes nothing on leaves both with what was seen first', async () => {
    const { there, victim, falseHost, falseGuest } = await between();
    await host.engine.devicesOf(falseGuest.userId);
    await expect.poll(() => levelAt(host, falseGuest), PATIENT).toBe('first-use');
    expect(levelAt(victim, falseHost)).toBe('first-use');
    there.end();
  });
});
