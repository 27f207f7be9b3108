/** The certificate to serve HTTPS with: the host's own, or one made here for this machine's names and addresses. */
import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import type { Config } from './config.ts';

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

const DAY_MS = 24 * 3_600_000;
/** Browsers take no more than 825 days, some of them 398. */
const LIFETIME_MS = 397 * DAY_MS;
const RENEW_BEFORE_MS = 30 * DAY_MS;

/** Null: plain HTTP. `config.turn.tls` holds the files of TLS_CERT and TLS_KEY, read already. */
export async function tlsFiles(config: Config, now: number): Promise<TlsFiles | null> {
  if (config.turn.tls !== undefined) return config.turn.tls;
  return config.TLS_SELF_SIGNED === true ? keptCertificate(config.DATA_DIR, ownNames(config), now) : null;
}

function ownNames(config: Config): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).map(({ address }) => address),
  );
  const given = config.PUBLIC_URL === undefined ? [] : [new URL(config.PUBLIC_URL).hostname];
  const host = hostname();
  return [...new Set(['localhost', host, `${host}.local`, ...given, ...addresses.map(withoutZone)])];
}

const withoutZone = (address: string) => address.replace(/%.*$/, '');

/** The kept one as long as it lasts and names everything that this machine is called now. */
async function keptCertificate(dataDir: string, names: readonly string[], now: number): Promise<TlsFiles> {
  const path = join(dataDir, 'self-signed.pem');
  const kept = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (kept !== null && isGood(kept, names, now)) return { cert: kept, key: kept };
  const made = await newCertificate(names, now);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const pem = `${made.key.trim()}\n${made.cert.trim()}\n`;
  await writeFile(path, pem, { mode: 0o600 });
  return { cert: pem, key: pem };
}

function isGood(pem: string, names: readonly string[], now: number): boolean {
  const certificate = new X509Certificate(pem);
  const lasts = new Date(certificate.validTo).getTime() - now > RENEW_BEFORE_MS;
  return lasts && names.every((name) => certificate.checkHost(name) ?? certificate.checkIP(name));
}

async function newCertificate(names: readonly string[], now: number): Promise<TlsFiles> {
  const isAddress = (name: string) => /^[\d.]+$|:/.test(name);
  const altNames = names.map((name) =>
    isAddress(name) ? ({ type: 7, ip: name } as const) : ({ type: 2, value: name } as const),
  );
  const made = await generate([{ name: 'commonName', value: 'Holler' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - DAY_MS),
    notAfterDate: new Date(now + LIFETIME_MS),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  });
  return { cert: made.cert, key: made.private };
}
