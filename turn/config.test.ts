/** Settings: defaults, and a sentence that names the variable for each wrong one. */
import { expect, test } from 'vitest';
import { readTurnConfig } from './config.ts';

const PEM = '-----BEGIN CERTIFICATE-----\n';

test('an empty environment gives the defaults', () => {
  expect(readTurnConfig({})).toEqual({
    config: {
      port: 3478,
      relayIps: [],
      externalIps: [],
      minPort: 49_152,
      maxPort: 65_535,
      secrets: [],
      allowPeers: [],
      denyPeers: [],
      transport: 'auto',
      limits: {},
    },
  });
});

test('everything can be set', () => {
  const result = readTurnConfig(
    {
      HOST: '127.0.0.1',
      TURN_PORT: '0',
      TURN_TLS_PORT: '5349',
      TLS_CERT: 'cert.pem',
      TLS_KEY: 'key.pem',
      TURN_RELAY_IP: '10.0.0.1, fd00::1',
      TURN_EXTERNAL_IP: '192.0.43.1',
      PUBLIC_URL: 'https://holler.example:8443/',
      TURN_MIN_PORT: '50000',
      TURN_MAX_PORT: '50010',
      TURN_SECRET: 'a secret of some length,the one before this one',
      TURN_ALLOW_PEERS: '10.0.0.0/8',
      TURN_DENY_PEERS: '10.1.0.0/16',
      STUN_ALT_IP: '127.0.0.2',
      TURN_TRANSPORT: 'dgram',
      TURN_USER_QUOTA: '7',
      TURN_USER_RATE: '1000000',
    },
    () => PEM,
  );
  expect(result).toMatchObject({
    config: {
      hosts: ['127.0.0.1'],
      port: 0,
      tlsPort: 5349,
      tls: { cert: PEM, key: PEM },
      relayIps: ['10.0.0.1', 'fd00::1'],
      publicHost: 'holler.example',
      secrets: ['a secret of some length', 'the one before this one'],
      altIp: '127.0.0.2',
      altPort: 3479,
      transport: 'dgram',
      limits: { allocationsPerUser: 7, userRate: 1_000_000 },
    },
  });
});

test.each([
  ['TURN_PORT', '70000'],
  ['TURN_PORT', 'abc'],
  ['TURN_TLS_PORT', '5349'],
  ['TURN_MIN_PORT', '-1'],
  ['TURN_RELAY_IP', 'eth0'],
  ['TURN_EXTERNAL_IP', '1.2.3'],
  ['PUBLIC_URL', 'here'],
  ['TURN_ALLOW_PEERS', '10.0.0.0/33'],
  ['TURN_DENY_PEERS', 'everyone'],
  ['TURN_SECRET', 'short'],
  ['STUN_ALT_IP', 'x'],
  ['TLS_CERT', '/no/such/file'],
  ['TURN_TRANSPORT', 'pigeon'],
  ['TURN_USER_QUOTA', 'many'],
])('%s=%s is refused by its name', (name, value) => {
  const result = readTurnConfig({ [name]: value, ...(name === 'TLS_CERT' && { TLS_KEY: 'k' }) });
  expect(result).toMatchObject({ error: { variable: name } });
  if ('error' in result) expect(result.error.message).toMatch(new RegExp(`^${name}: .+\\.$`));
});

test('the range of ports must not be empty, and a secret is never repeated in the message', () => {
  expect(readTurnConfig({ TURN_MIN_PORT: '2', TURN_MAX_PORT: '1' })).toMatchObject({
    error: { variable: 'TURN_MIN_PORT' },
  });
  const result = readTurnConfig({ TURN_SECRET: 'hunter2' });
  expect(JSON.stringify(result)).not.toContain('hunter2');
});
