/** The environment, parsed once. Every wrong value is answered with a sentence that names its variable. */
import { isIP } from 'node:net';
import * as v from 'valibot';
import { readTurnConfig, type TurnSettings } from '../turn/config.ts';
import { LOG_LEVELS } from './log.ts';
import { parseUserName } from './protocol/user-name.ts';

const text = v.pipe(v.string(), v.trim());
const port = v.pipe(
  text,
  v.check((value) => /^\d{1,5}$/.test(value) && Number(value) <= 65_535, 'is not a port (0 to 65535).'),
  v.transform(Number),
);
const flag = v.pipe(
  text,
  v.check((value) => value === '0' || value === '1', 'must be 0 or 1.'),
  v.transform((value) => value === '1'),
);
const origin = v.pipe(
  text,
  v.check(
    (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
    'is not an address like https://holler.example.',
  ),
  v.transform((value) => new URL(value).origin),
);
const postgres = v.pipe(
  text,
  v.check(
    (value) => URL.canParse(value) && /^postgres(?:ql)?:$/.test(new URL(value).protocol),
    'is not an address like postgres://user:password@host/database.',
  ),
);
const list = <S extends v.GenericSchema<string, unknown>>(item: S) =>
  v.pipe(
    text,
    v.transform((value) =>
      value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    ),
    v.array(item),
  );
const range = v.pipe(
  v.string(),
  v.check((value) => {
    const [address = '', prefix, ...rest] = value.split('/');
    const bits = isIP(address) === 6 ? 128 : 32;
    const fits = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
    return isIP(address) !== 0 && fits && rest.length === 0;
  }, 'is not an address or range like 10.0.0.0/8.'),
);
const iceUrl = v.pipe(
  v.string(),
  v.regex(
    /^(?:stun|turn)s?:[^\s/?#]+(?:\?transport=(?:udp|tcp))?$/,
    'is not an address like turn:turn.example:3478?transport=udp.',
  ),
);
const factor = v.pipe(
  text,
  v.transform(Number),
  v.check((value) => Number.isFinite(value) && value > 0, 'is not a number above 0.'),
);

const roomOwner = v.pipe(
  v.string(),
  v.check((value) => parseUserName(value).ok, 'is not a user name.'),
  v.transform((value) => value.normalize('NFKC').toLowerCase()),
);

interface Setting<S extends v.GenericSchema<string, unknown> = v.GenericSchema<string, unknown>> {
  /** As somebody would write it; undefined: unset. */
  readonly fallback?: string;
  readonly meaning: string;
  /** Missing where turn/config.ts parses it. */
  readonly schema?: S;
  /** What happens if it is unset, when there is no one text for it. */
  readonly unset?: string;
  /** Its value must not be repeated in the sentence. */
  readonly secret?: boolean;
}

const setting = <const S extends Setting>(one: S) => one;

/** In the order in which `--help` prints them. */
export const SETTINGS = {
  HOST: setting({
    fallback: '0.0.0.0',
    meaning: 'address to listen on',
    schema: v.pipe(text, v.minLength(1, 'is empty.')),
  }),
  PORT: setting({ fallback: '3000', meaning: 'web page, API and WebSocket', schema: port }),
  PUBLIC_URL: setting({ unset: 'from the request', meaning: 'what links and notices say', schema: origin }),
  DATA_DIR: setting({
    fallback: './data',
    meaning: 'embedded database, generated secrets (mode 0600)',
    schema: v.pipe(text, v.minLength(1, 'is empty.')),
  }),
  DATABASE_URL: setting({ unset: 'embedded', meaning: 'postgres://…', schema: postgres, secret: true }),
  BUS_URL: setting({
    unset: 'in process',
    meaning: 'the bus between server nodes',
    schema: v.pipe(
      text,
      v.check(() => false, 'is not supported yet: one node serves all.'),
    ),
    secret: true,
  }),
  TLS_CERT: setting({ meaning: 'PEM file: serve HTTPS; also TURN over TLS', schema: text }),
  TLS_KEY: setting({ meaning: 'PEM file of its key', schema: text }),
  TLS_SELF_SIGNED: setting({
    meaning: "1: make and keep a certificate for this host's names and addresses",
    schema: flag,
  }),
  TURN_PORT: setting({
    fallback: '3478',
    meaning: 'STUN/TURN on UDP and TCP; 0: no bundled one',
    schema: port,
  }),
  TURN_TLS_PORT: setting({ meaning: 'TURN over TLS', schema: port }),
  TURN_RELAY_IP: setting({
    unset: 'detected',
    meaning: 'address relays bind to; else the one that the client reached',
  }),
  TURN_EXTERNAL_IP: setting({
    unset: 'detected',
    meaning: "address relays are announced as; else PUBLIC_URL's where a NAT passes it on, or the bound one",
  }),
  TURN_MIN_PORT: setting({ fallback: '49152', meaning: 'lowest relay port' }),
  TURN_MAX_PORT: setting({ fallback: '65535', meaning: 'highest relay port' }),
  TURN_SECRET: setting({
    unset: 'generated, kept in DATA_DIR',
    meaning: 'shared secret of time-limited credentials; several: the first is current',
    schema: list(v.pipe(v.string(), v.minLength(16, 'needs at least 16 characters.'))),
    secret: true,
  }),
  TURN_URLS: setting({
    unset: 'the bundled one',
    meaning: 'an external fleet (coturn) with the same secret, comma-separated',
    schema: list(iceUrl),
  }),
  TURN_ALLOW_PEERS: setting({ meaning: 'ranges that relays may reach although they are private' }),
  TURN_DENY_PEERS: setting({
    unset: 'private and reserved ranges',
    meaning: 'ranges that relays never reach',
  }),
  TURN_TRANSPORT: setting({
    fallback: 'auto',
    meaning: 'dgram: relay without batched system calls, as where Linux or koffi is missing',
  }),
  TURN_USER_QUOTA: setting({ fallback: '100', meaning: 'relay allocations a person may have at once' }),
  TURN_TOTAL_QUOTA: setting({ fallback: '10000', meaning: 'relay allocations altogether' }),
  TURN_USER_RATE: setting({ unset: 'no limit', meaning: 'bytes a second that a person may relay' }),
  TURN_TOTAL_RATE: setting({ unset: 'no limit', meaning: 'bytes a second that the server relays' }),
  TURN_MAX_LIFETIME: setting({ fallback: '3600', meaning: 'longest lifetime of an allocation, in seconds' }),
  TURN_UNAUTHENTICATED_RATE: setting({
    fallback: '8192',
    meaning: 'bytes a second that an unknown source is answered beyond what it sent',
  }),
  STUN_ALT_IP: setting({ meaning: 'second address for behaviour discovery (RFC 5780)' }),
  STUN_ALT_PORT: setting({ fallback: '3479', meaning: 'second port for it' }),
  REGISTRATION: setting({
    fallback: 'open',
    meaning: 'open, invite or closed',
    schema: v.pipe(text, v.picklist(['open', 'invite', 'closed'], 'must be open, invite or closed.')),
  }),
  ROOM_OWNERS: setting({
    unset: 'no public rooms',
    meaning: 'user names of the people who may open public rooms, comma-separated',
    schema: list(roomOwner),
  }),
  LOG_LEVEL: setting({
    fallback: 'info',
    meaning: 'JSON lines on stderr',
    schema: v.pipe(text, v.picklist(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}.`)),
  }),
  MAILBOX_DAYS: setting({
    fallback: '30',
    meaning: 'days that sealed mail waits for a device that does not fetch it',
    schema: v.pipe(
      text,
      v.check((value) => /^[1-9]\d{0,3}$/.test(value), 'is not a number of days (1 to 9999).'),
      v.transform(Number),
    ),
  }),
  MAILBOX_FILE_MAX: setting({
    fallback: '25',
    meaning: 'MB of the largest file that waits, sealed, for a device that is not there; 0: none',
    schema: v.pipe(
      text,
      v.check((value) => /^\d{1,3}$/.test(value), 'is not a number of megabytes (0 to 999).'),
      v.transform((value) => Number(value) * 1024 * 1024),
    ),
  }),
  SNAPSHOT_MAX: setting({
    fallback: '100',
    meaning: 'MB of the sealed copy of their history that each account may keep here; 0: none',
    schema: v.pipe(
      text,
      v.check((value) => /^\d{1,4}$/.test(value), 'is not a number of megabytes (0 to 9999).'),
      v.transform((value) => Number(value) * 1024 * 1024),
    ),
  }),
  METRICS_TOKEN: setting({
    meaning: 'bearer token that lets others than loopback read /metrics',
    schema: v.pipe(text, v.minLength(16, 'needs at least 16 characters.')),
    secret: true,
  }),
  TRUSTED_PROXIES: setting({
    fallback: '127.0.0.0/8,::1',
    meaning: 'reverse proxies whose X-Forwarded-For and -Proto are believed',
    schema: list(range),
  }),
  ALLOWED_ORIGINS: setting({
    meaning: 'other origins whose pages may call, comma-separated',
    schema: list(origin),
  }),
  RATE_LIMIT_FACTOR: setting({
    fallback: '1',
    meaning: 'multiplies every request limit, for many people behind one address',
    schema: factor,
  }),
};

type Settings = typeof SETTINGS;
type Parsed<S> = S extends { schema: infer T extends v.GenericSchema<string, unknown> }
  ? v.InferOutput<T>
  : undefined;
type Value<S> = S extends { fallback: string } ? Parsed<S> : Parsed<S> | undefined;

export type Config = { readonly [K in keyof Settings]: Value<Settings[K]> } & {
  /** Everything of TURN_* and STUN_* as the bundled server takes it, less a generated secret. */
  readonly turn: TurnSettings;
};

export type Environment = Readonly<Record<string, string | undefined>>;
export type ConfigResult = { readonly config: Config } | { readonly problem: string };

export function readConfig(env: Environment): ConfigResult {
  const values: Record<string, unknown> = {};
  for (const [name, { schema, fallback, secret }] of Object.entries(SETTINGS as Record<string, Setting>)) {
    const given = env[name]?.trim();
    const value = given === undefined || given === '' ? fallback : given;
    if (schema === undefined || value === undefined) continue;
    const parsed = v.safeParse(schema, value);
    if (!parsed.success) {
      const shown = secret === true ? '' : ` "${value}"`;
      return { problem: `${name}:${shown} ${parsed.issues[0].message}` };
    }
    values[name] = parsed.output;
  }
  const turn = readTurnConfig(env);
  if ('error' in turn) return { problem: turn.error.message };
  return together({ ...values, turn: turn.config } as Config);
}

/** What no variable alone shows. */
function together(config: Config): ConfigResult {
  if (config.TLS_SELF_SIGNED === true && config.TLS_CERT !== undefined) {
    return { problem: 'TLS_SELF_SIGNED: cannot be used together with TLS_CERT.' };
  }
  if (config.TURN_URLS !== undefined && config.TURN_SECRET === undefined) {
    return { problem: 'TURN_SECRET: is needed with TURN_URLS, and must be the one of that server.' };
  }
  return { config };
}

/** The table for `--help`. */
export function helpText(): string {
  const rows = Object.entries(SETTINGS as Record<string, Setting>).map(
    ([name, { fallback, unset, meaning }]) => [
      name,
      fallback ?? (unset === undefined ? 'unset' : `unset: ${unset}`),
      meaning,
    ],
  );
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const line = (row: string[]) => `  ${row[0]?.padEnd(width(0))}  ${row[1]?.padEnd(width(1))}  ${row[2]}`;
  return ['Holler is set up by environment variables:', '', ...rows.map(line), ''].join('\n');
}
