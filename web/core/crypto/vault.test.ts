import { describe, expect, it } from 'vitest';
import { recoveryCode } from './recovery-code.ts';
import type { VaultKey } from './vault.ts';
import { createVault } from './vault.ts';

const vault = createVault({
  subtle: crypto.subtle,
  random: { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) },
});
const secrets = { master: 'm'.repeat(43), selfSigning: 's'.repeat(43), userSigning: 'u'.repeat(43) };
const byPassword: VaultKey = { by: 'password', exportKey: '-_'.repeat(43) };
const byCode: VaultKey = { by: 'code', code: recoveryCode(new Uint8Array(16).fill(7)) };

const sealed = async (key: VaultKey) => (await vault.seal('me', key, secrets))!;
const bytesOf = (text: string) => Buffer.from(text, 'base64');

describe('vault', () => {
  it.each([byPassword, byCode])('opens with what it was sealed with: by $by', async (key) => {
    expect(await vault.open('me', key, await sealed(key))).toEqual({ ok: true, value: secrets });
  });

  it('shows nothing of the secrets, and differs each time', async () => {
    const [one, other] = [await sealed(byPassword), await sealed(byPassword)];
    expect(one).not.toBe(other);
    expect(bytesOf(one).toString('latin1')).not.toContain('mmm');
  });

  it.each<[string, VaultKey]>([
    ['another password', { by: 'password', exportKey: 'A'.repeat(86) }],
    ['a code instead of the password', byCode],
    ['a password that is no key', { by: 'password', exportKey: '?' }],
  ])('stays shut for %s', async (_name, key) => {
    expect(await vault.open('me', key, await sealed(byPassword))).toEqual({
      ok: false,
      failure: 'wrong-key',
    });
  });

  it('tells a mistyped code from a wrong one', async () => {
    const text = await sealed(byCode);
    expect(await vault.open('me', { by: 'code', code: 'oops' }, text)).toEqual({
      ok: false,
      failure: 'not-a-code',
    });
    const other = recoveryCode(new Uint8Array(16).fill(8));
    expect(await vault.open('me', { by: 'code', code: other }, text)).toEqual({
      ok: false,
      failure: 'wrong-key',
    });
    expect(await vault.seal('me', { by: 'code', code: 'oops' }, secrets)).toBeNull();
  });

  it('stays shut for another account', async () => {
    expect(await vault.open('you', byPassword, await sealed(byPassword))).toMatchObject({
      failure: 'wrong-key',
    });
  });

  it('stays shut when any byte was altered', async () => {
    const bytes = bytesOf(await sealed(byPassword));
    for (let at = 1; at < bytes.length; at += 7) {
      const altered = Buffer.from(bytes);
      altered[at]! ^= 1;
      expect(await vault.open('me', byPassword, altered.toString('base64'))).toMatchObject({
        failure: 'wrong-key',
      });
    }
  });

  it.each([
    ['', 'malformed'],
    ['!', 'malformed'],
    ['AQ==', 'malformed'],
    [Buffer.alloc(60, 9).toString('base64'), 'version'],
    ['A'.repeat(20_000), 'malformed'],
  ])('refuses %j', async (text, failure) => {
    expect(await vault.open('me', byPassword, text)).toEqual({ ok: false, failure });
  });
});
