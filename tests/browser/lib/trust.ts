/** Makes a browser's profile trust an authority: both browsers keep theirs in NSS's database. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { need } from '../../tools/programs.mjs';

export interface TrustingFolder {
  readonly path: string;
  remove(): void;
}

/** A new folder with a store at `place` in it, that trusts `authority` (PEM) for servers, and nothing else. */
export function trustingFolder(authority: string, place = '.'): TrustingFolder {
  const path = mkdtempSync(join(tmpdir(), 'holler-trust-'));
  const store = join(path, place);
  mkdirSync(store, { recursive: true });
  const pem = join(path, 'authority.pem');
  writeFileSync(pem, authority);
  const certutil = (...args: string[]): void =>
    void execFileSync(need('certutil'), ['-d', `sql:${store}`, ...args], { stdio: 'ignore' });
  certutil('-N', '--empty-password');
  certutil('-A', '-n', 'holler-test', '-t', 'C,,', '-i', pem);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
