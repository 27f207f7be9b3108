/** Every way to write an address that must not be reached, and a few that must. */
import { describe, expect, test } from 'vitest';
import { parseIp } from '../stun/address.ts';
import { cidrs } from './cidr.ts';
import { permitsPeer } from './peer-policy.ts';

const DEFAULT = { allow: [], deny: [] };
const REFUSED: Record<string, string[]> = {
  unspecified: ['0.0.0.0', '0.1.2.3', '::'],
  loopback: ['127.0.0.1', '127.255.255.254', '::1'],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd12:3456::1'],
  shared: ['100.64.0.1', '100.127.255.254'],
  'link-local': ['169.254.0.1', 'fe80::1', 'febf::1', 'fec0::1'],
  metadata: ['169.254.169.254', '100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd00:ec2::254'],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1', 'ff0e::1'],
  broadcast: ['255.255.255.255'],
  documentation: ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1'],
  reserved: ['240.0.0.1', '192.0.0.8', '198.18.0.1', '100::1', '5f00::1', '4000::1', '1000::1'],
  'IPv4-mapped': ['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:8.8.8.8', '::ffff:7f00:1'],
  'IPv4-compatible': ['::127.0.0.1', '::8.8.8.8'],
  'IPv4-translated': ['::ffff:0:127.0.0.1'],
  NAT64: ['64:ff9b::127.0.0.1', '64:ff9b::7f00:1', '64:ff9b::10.0.0.1', '64:ff9b::169.254.169.254'],
  'local NAT64': ['64:ff9b:1::8.8.8.8'],
  '6to4': ['2002:7f00:1::1', '2002:a00:1::', '2002:808:808::1'],
  Teredo: ['2001::1', '2001:0:7f00:1::', '2001:0:4136:e378:8000:63bf:80ff:fffe'],
};
const PERMITTED = [
  '8.8.8.8',
  '1.1.1.1',
  '100.63.255.255',
  '100.128.0.1',
  '172.32.0.1',
  '193.0.0.1',
  '2606:4700::1',
];

describe('by default', () => {
  test.each(Object.entries(REFUSED))('%s addresses are refused', (_, addresses) => {
    for (const text of addresses) expect([text, permitsPeer(DEFAULT, parseIp(text)!)]).toEqual([text, false]);
  });

  test.each([...PERMITTED, '64:ff9b::8.8.8.8'])('%s is permitted', (text) => {
    expect(permitsPeer(DEFAULT, parseIp(text)!)).toBe(true);
  });
});

describe("the operator's lists", () => {
  test('allow opens just what it names, in just that form', () => {
    const policy = { allow: cidrs('192.168.1.0/24', 'fd00:1::/32'), deny: [] };
    expect(permitsPeer(policy, parseIp('192.168.1.77')!)).toBe(true);
    expect(permitsPeer(policy, parseIp('fd00:1:2::3')!)).toBe(true);
    for (const text of ['192.168.2.1', '::ffff:192.168.1.77', '64:ff9b::192.168.1.77', 'fd00:2::1']) {
      expect([text, permitsPeer(policy, parseIp(text)!)]).toEqual([text, false]);
    }
  });

  test('deny is stronger than allow, and sees through NAT64', () => {
    const policy = { allow: cidrs('0.0.0.0/0'), deny: cidrs('8.8.8.0/24', '10.0.0.0/8') };
    expect(permitsPeer(policy, parseIp('127.0.0.1')!)).toBe(true);
    expect(permitsPeer(policy, parseIp('10.1.1.1')!)).toBe(false);
    expect(permitsPeer(policy, parseIp('64:ff9b::8.8.8.8')!)).toBe(false);
  });

  test('a range that is not a whole number of bytes', () => {
    const policy = { allow: cidrs('10.16.0.0/12', 'fd00::/9'), deny: [] };
    expect(permitsPeer(policy, parseIp('10.31.255.255')!)).toBe(true);
    expect(permitsPeer(policy, parseIp('10.32.0.0')!)).toBe(false);
  });
});
