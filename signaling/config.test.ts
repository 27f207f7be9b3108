/** The environment: defaults, every wrong value with a sentence that names it, and no secret in a sentence. */
import { describe, expect, it } from 'vitest';
import { helpText, readConfig, SETTINGS } from './config.ts';

const problemOf = (env: Record<string, string>) => {
  const read = readConfig(env);
  return 'problem' in read ? read.problem : null;
};

describe('the environment', () => {
  it('may be empty', () => {
    const read = readConfig({});
    expect(read).toMatchObject({
      config: { HOST: '0.0.0.0', PORT: 3000, DATA_DIR: './data', REGISTRATION: 'open', TURN_PORT: 3478 },
    });
  });

  it('counts an empty variable as unset', () => {
    expect(readConfig({ PORT: '', PUBLIC_URL: ' ' })).toEqual(readConfig({}));
  });

  it.each([
    ['PORT', '70000'],
    ['PORT', '3000x'],
    ['PUBLIC_URL', 'holler.example'],
    ['PUBLIC_URL', 'ftp://holler.example'],
    ['DATABASE_URL', 'mysql://x/y'],
    ['BUS_URL', 'redis://x'],
    ['TLS_SELF_SIGNED', 'yes'],
    ['TURN_PORT', '-1'],
    ['TURN_MIN_PORT', 'a'],
    ['TURN_RELAY_IP', 'here'],
    ['TURN_URLS', 'https://turn.example'],
    ['TURN_SECRET', 'short'],
    ['TURN_ALLOW_PEERS', '10.0.0.0/99'],
    ['REGISTRATION', 'maybe'],
    ['ROOM_OWNERS', 'alice,al ice'],
    ['MAILBOX_FILE_MAX', '-1'],
    ['SNAPSHOT_MAX', '1.5'],
    ['LOG_LEVEL', 'loud'],
    ['METRICS_TOKEN', 'short'],
    ['TRUSTED_PROXIES', 'proxy.example'],
    ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['ALLOWED_ORIGINS', 'localhost:3000'],
    ['RATE_LIMIT_FACTOR', '0'],
  ])('with %s=%s is refused in a sentence that names the variable', (name, value) => {
    expect(problemOf({ [name]: value })).toMatch(new RegExp(`^${name}: .+\\.$`));
  });

  it.each(['DATABASE_URL', 'TURN_SECRET', 'METRICS_TOKEN', 'BUS_URL'])(
    'never repeats the value of %s',
    (name) => {
      expect(problemOf({ [name]: 'geheim' })).not.toContain('geheim');
    },
  );

  it('wants what belongs together', () => {
    expect(problemOf({ TURN_URLS: 'turn:t.example:3478' })).toMatch(/^TURN_SECRET:/);
    expect(problemOf({ TLS_CERT: 'x' })).toMatch(/^TLS_/);
  });

  it('is explained by --help, every variable of it', () => {
    const help = helpText();
    for (const name of Object.keys(SETTINGS)) expect(help).toContain(`  ${name} `);
  });
});
