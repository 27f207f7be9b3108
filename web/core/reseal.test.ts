import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { Vault } from '../../signaling/protocol/vault.ts';
import { createVault } from './crypto/vault.ts';
import { reseal } from './reseal.ts';
import { fail, ok } from './result.ts';
import type { Http } from './signaling/http.ts';

const SECRETS = { master: 'm'.repeat(43), selfSigning: 's'.repeat(43), userSigning: 'u'.repeat(43) };
const random = {
  bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
  fraction: () => 0,
};
const vaults = createVault({ subtle: crypto.subtle, random });
const [OLD, NEW, OTHER] = ['b2xk', 'bmV3', 'b3RoZXI'];

const platform = { subtle: crypto.subtle, random };
const tell: Http['tell'] = () => Promise.resolve(fail('internal'));
const server = (vault: Vault): Http => ({
  tell,
  ask: (_method, _path, answer) => Promise.resolve(ok(v.parse(answer, vault))),
});
const sealedFor = async (exportKey: string): Promise<Vault> => ({
  version: 7,
  byPassword: await vaults.seal('ada', { by: 'password', exportKey }, SECRETS),
  byCode: null,
});

describe('the secrets of an account whose password changes', () => {
  it('are sealed for the next one, in place of those that the password as it is opens', async () => {
    const done = await reseal({ platform, http: server(await sealedFor(OLD)) }, 'ada', {
      from: OLD,
      to: NEW,
    });
    if (!done.ok || !done.value) throw new Error('not sealed');
    expect(done.value.version).toBe(7);
    const open = (exportKey: string) =>
      vaults.open('ada', { by: 'password', exportKey }, done.value?.byPassword ?? '');
    expect(await open(NEW)).toEqual({ ok: true, value: SECRETS });
    expect(await open(OLD)).toMatchObject({ ok: false });
  });

  it('are left to a device that has them, if the password does not open them or there are none', async () => {
    const keys = { from: OLD, to: NEW };
    expect(await reseal({ platform, http: server(await sealedFor(OTHER)) }, 'ada', keys)).toEqual(ok(null));
    const none = { version: 0, byPassword: null, byCode: null };
    expect(await reseal({ platform, http: server(none) }, 'ada', keys)).toEqual(ok(null));
    const http = server(await sealedFor(OLD));
    expect(await reseal({ platform: { ...platform, subtle: null }, http }, 'ada', keys)).toEqual(ok(null));
  });

  it('stop the change, if they cannot be had just now', async () => {
    const keys = { from: OLD, to: NEW };
    const away: Http = { tell, ask: () => Promise.resolve(fail('network')) };
    expect(await reseal({ platform, http: away }, 'ada', keys)).toEqual(fail('network'));
  });
});
