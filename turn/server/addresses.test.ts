/** Where relays are bound, for every way that a host can be addressed. */
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import { afterEach, expect, test, vi } from 'vitest';
import { formatIp, parseIp } from '../stun/address.ts';
import { followAddresses, planRelays, reachableAddresses } from './addresses.ts';

vi.mock(import('node:os'), async (original) => ({ ...(await original()), networkInterfaces: vi.fn() }));

afterEach(() => vi.useRealTimers());

function hostHas(...addresses: string[]): void {
  const infos = addresses.map((address) => ({ address }) as NetworkInterfaceInfo);
  vi.mocked(networkInterfaces).mockReturnValue({ eth0: infos });
}

test('addresses that come and go are noticed, and only those', () => {
  vi.useFakeTimers();
  hostHas('127.0.0.1', '10.0.0.5');
  const seen: string[][] = [];
  const stop = followAddresses((ips) => void seen.push(ips.map(formatIp)));
  vi.advanceTimersByTime(20_000);
  hostHas('10.0.0.5', '127.0.0.1');
  vi.advanceTimersByTime(20_000);
  hostHas('127.0.0.1', '10.0.0.5', '192.0.43.1');
  vi.advanceTimersByTime(20_000);
  hostHas('127.0.0.1');
  vi.advanceTimersByTime(20_000);
  stop();
  hostHas('127.0.0.1', '10.0.0.6');
  vi.advanceTimersByTime(20_000);
  expect(seen).toEqual([['127.0.0.1', '10.0.0.5', '192.0.43.1'], ['127.0.0.1']]);
});

test('clients cannot be told link-local IPv6 addresses', () => {
  hostHas('127.0.0.1', 'fe80::1', 'febf::1', 'fd00::1');
  expect(reachableAddresses().map(formatIp)).toEqual(['127.0.0.1', 'fd00::1']);
});

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
