/** What relays are announced as, for every way that a public URL can lead here. */
import { expect, test } from 'vitest';
import { formatIp, parseIp } from '../stun/address.ts';
import { detectExternal } from './external.ts';

const LOCAL = ['127.0.0.1', '10.0.0.5', '192.0.43.1', '2606:4700::9'].map((text) => parseIp(text)!);

test.each([
  ['a NAT in between', 'holler.example', ['192.0.43.10'], ['192.0.43.10']],
  [
    'one of each family',
    'holler.example',
    ['192.0.43.10', '192.0.43.11', '2606:4700::1'],
    ['192.0.43.10', '2606:4700::1'],
  ],
  ['this host itself', 'holler.example', ['192.0.43.10', '192.0.43.1'], []],
  ['a NAT for IPv4 alone', 'holler.example', ['192.0.43.10', '2606:4700::9'], ['192.0.43.10']],
  ['a private network', 'holler.lan', ['192.168.1.5', 'fd00::5'], []],
  ['a name that nobody knows', 'holler.example', [], []],
  ['an address', '192.0.43.10', [], ['192.0.43.10']],
  ['an IPv6 address', '[2606:4700::1]', [], ['2606:4700::1']],
  ['an address of this host', '10.0.0.5', [], []],
  ['loopback', 'localhost', ['127.0.0.1', '::1'], []],
])('%s', async (_, host, resolved, external) => {
  const found = await detectExternal(host, LOCAL, () => Promise.resolve(resolved));
  expect(found.map(formatIp)).toEqual(external);
});

test('a name that cannot be resolved keeps nobody from starting', async () => {
  expect(await detectExternal('no-such-host.invalid', LOCAL)).toEqual([]);
});
