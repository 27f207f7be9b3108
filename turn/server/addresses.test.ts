/** Where relays are bound, for every way that a host can be addressed. */
import { expect, test } from 'vitest';
import { formatIp, parseIp } from '../stun/address.ts';
import { planRelays } from './addresses.ts';

function plan(listening: string[], named: string[] = [], external: string[] = []): string[] {
  const ips = (texts: string[]): Uint8Array[] => texts.map((text) => parseIp(text)!);
  return planRelays({ listening: ips(listening), named: ips(named), external: ips(external) }).map(
    ({ listening: at, ipv4, ipv6 }) =>
      `${formatIp(at)}: ${ipv4 ? formatIp(ipv4) : '-'} ${ipv6 ? formatIp(ipv6) : '-'}`,
  );
}

test('a client is relayed from the address that it reached, and in the other family from one like it', () => {
  expect(plan(['127.0.0.1', '192.0.43.1', '192.0.43.2', '::1', '2606:4700::1'])).toEqual([
    '127.0.0.1: 127.0.0.1 ::1',
    '192.0.43.1: 192.0.43.1 2606:4700::1',
    '192.0.43.2: 192.0.43.2 2606:4700::1',
    '::1: 127.0.0.1 ::1',
    '2606:4700::1: 192.0.43.1 2606:4700::1',
  ]);
});

test('without an address of a family there is no relay of it', () => {
  expect(plan(['192.0.43.1'])).toEqual(['192.0.43.1: 192.0.43.1 -']);
  expect(plan(['127.0.0.1', '2606:4700::1'])).toEqual([
    '127.0.0.1: 127.0.0.1 -',
    '2606:4700::1: - 2606:4700::1',
  ]);
});

test('the operator decides', () => {
  expect(plan(['127.0.0.1', '10.0.0.5'], ['10.0.0.6'])).toEqual([
    '127.0.0.1: 10.0.0.6 -',
    '10.0.0.5: 10.0.0.6 -',
  ]);
});

test('behind a 1:1 NAT everyone is relayed from the address that has the public face', () => {
  expect(plan(['127.0.0.1', '10.0.0.5'], [], ['192.0.43.10'])).toEqual([
    '127.0.0.1: 10.0.0.5 -',
    '10.0.0.5: 10.0.0.5 -',
  ]);
});
