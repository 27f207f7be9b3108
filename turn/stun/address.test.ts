/** Address literals: what is read, what is refused, and that writing gives the canonical form. */
import { expect, test } from 'vitest';
import { formatIp, parseIp } from './address.ts';

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['::', '::'],
  ['::1', '::1'],
  ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['::ffff:1.2.3.4', '::ffff:102:304'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
  ['1::', '1::'],
  ['fe80::1:0:0:2', 'fe80::1:0:0:2'],
])('%s reads as %s', (text, canonical) => {
  expect(formatIp(parseIp(text)!)).toBe(canonical);
});

test.each(
  [
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '0x7f.1',
    '127.1',
    '1.2.3.4 ',
    '::1::',
    ':::',
    '1:2',
    'g::',
  ].concat(['1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7::8:9', 'fe80::1%eth0', '12345::', '1.2.3.4::', '::1.2.3']),
)('"%s" is refused', (text) => {
  expect(parseIp(text)).toBeUndefined();
});
