/** Reads the `TURN_*` and `STUN_*` settings; a wrong one is answered with a sentence that names it. */
import { readFileSync } from 'node:fs';
import { parseCidr } from './allocation/cidr.ts';
import { parseIp } from './stun/address.ts';
import type { Limits } from './server/settings.ts';
import type { TurnConfig } from './server/start.ts';

export type Environment = Readonly<Record<string, string | undefined>>;
interface ConfigError {
  readonly variable: string;
  readonly message: string;
}
/** Everything but the secret's own default, which the caller keeps, and the log. */
export type TurnSettings = Omit<TurnConfig, 'log'>;
export type TurnConfigResult = { readonly config: TurnSettings } | { readonly error: ConfigError };

const LIMIT_VARIABLES = {
  TURN_USER_QUOTA: 'allocationsPerUser',
  TURN_TOTAL_QUOTA: 'allocationsTotal',
  TURN_USER_RATE: 'userRate',
  TURN_TOTAL_RATE: 'totalRate',
  TURN_MAX_LIFETIME: 'maxLifetime',
  TURN_UNAUTHENTICATED_RATE: 'unauthenticatedRate',
} as const satisfies Record<string, keyof Limits>;

class Invalid extends Error {
  readonly variable: string;

  constructor(variable: string, message: string) {
    super(`${variable}: ${message}`);
    this.variable = variable;
  }
}

/** `readFile` is given so that a test needs no files. */
export function readTurnConfig(
  env: Environment,
  readFile: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): TurnConfigResult {
  try {
    return { config: read(env, readFile) };
  } catch (error) {
    if (error instanceof Invalid) return { error: { variable: error.variable, message: error.message } };
    throw error;
  }
}

function read(env: Environment, readFile: (path: string) => string): TurnSettings {
  const minPort = port(env, 'TURN_MIN_PORT') ?? 49_152;
  const maxPort = port(env, 'TURN_MAX_PORT') ?? 65_535;
  if (minPort > maxPort) {
    throw new Invalid('TURN_MIN_PORT', `${minPort} is above TURN_MAX_PORT, which is ${maxPort}.`);
  }
  const hosts = list(env, 'HOST', ip).filter((host) => host !== '0.0.0.0' && host !== '::');
  const altIp = list(env, 'STUN_ALT_IP', ip)[0];
  const altPort = port(env, 'STUN_ALT_PORT') ?? (altIp === undefined ? undefined : 3479);
  const tlsPort = port(env, 'TURN_TLS_PORT');
  const tls = certificate(env, readFile);
  if (tlsPort !== undefined && !tls && env['TLS_SELF_SIGNED'] !== '1') {
    throw new Invalid('TURN_TLS_PORT', 'needs TLS_CERT and TLS_KEY, or TLS_SELF_SIGNED=1.');
  }
  return {
    ...(hosts.length > 0 && { hosts }),
    port: port(env, 'TURN_PORT') ?? 3478,
    ...(tlsPort !== undefined && { tlsPort }),
    ...(tls && { tls }),
    relayIps: list(env, 'TURN_RELAY_IP', ip),
    externalIps: list(env, 'TURN_EXTERNAL_IP', ip),
    ...publicHost(env),
    minPort,
    maxPort,
    secrets: list(env, 'TURN_SECRET', secret),
    allowPeers: list(env, 'TURN_ALLOW_PEERS', cidr),
    denyPeers: list(env, 'TURN_DENY_PEERS', cidr),
    ...(altIp !== undefined && { altIp }),
    ...(altPort !== undefined && { altPort }),
    transport: transport(env),
    limits: limits(env),
  };
}

function value(env: Environment, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === '' ? undefined : text;
}

function port(env: Environment, name: string): number | undefined {
  const text = value(env, name);
  if (text === undefined) return undefined;
  const number = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number <= 65_535)) throw new Invalid(name, `"${text}" is not a port (0 to 65535).`);
  return number;
}

function list(env: Environment, name: string, check: (name: string, item: string) => void): string[] {
  const items = (value(env, name) ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  for (const item of items) check(name, item);
  return items;
}

function ip(name: string, text: string): void {
  if (!parseIp(text)) throw new Invalid(name, `"${text}" is not an IP address.`);
}

function cidr(name: string, text: string): void {
  if (!parseCidr(text)) throw new Invalid(name, `"${text}" is not an address range like 10.0.0.0/8.`);
}

function publicHost(env: Environment): { publicHost?: string } {
  const text = value(env, 'PUBLIC_URL');
  if (text === undefined) return {};
  if (!URL.canParse(text)) throw new Invalid('PUBLIC_URL', `"${text}" is not a URL.`);
  return { publicHost: new URL(text).hostname };
}

const MIN_SECRET = 16;

function secret(name: string, text: string): void {
  // The secret itself must not end up in a log.
  if (text.length < MIN_SECRET)
    throw new Invalid(name, `each secret needs at least ${MIN_SECRET} characters.`);
}

function certificate(
  env: Environment,
  readFile: (path: string) => string,
): { cert: string; key: string } | undefined {
  const [cert, key] = [value(env, 'TLS_CERT'), value(env, 'TLS_KEY')];
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined) throw new Invalid('TLS_CERT', 'is needed when TLS_KEY is set.');
  if (key === undefined) throw new Invalid('TLS_KEY', 'is needed when TLS_CERT is set.');
  return { cert: pem('TLS_CERT', cert, readFile), key: pem('TLS_KEY', key, readFile) };
}

function pem(name: string, path: string, readFile: (path: string) => string): string {
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    throw new Invalid(name, `"${path}" cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  if (!text.includes('-----BEGIN ')) throw new Invalid(name, `"${path}" is not a PEM file.`);
  return text;
}

function transport(env: Environment): 'auto' | 'dgram' {
  const text = value(env, 'TURN_TRANSPORT') ?? 'auto';
  if (text !== 'auto' && text !== 'dgram') {
    throw new Invalid('TURN_TRANSPORT', `"${text}" is neither auto nor dgram.`);
  }
  return text;
}

function limits(env: Environment): Partial<Limits> {
  const found: { -readonly [K in keyof Limits]?: number } = {};
  for (const [name, limit] of Object.entries(LIMIT_VARIABLES)) {
    const text = value(env, name);
    if (text === undefined) continue;
    if (!/^\d{1,15}$/.test(text)) throw new Invalid(name, `"${text}" is not a whole number.`);
    found[limit] = Number(text);
  }
  return found;
}
