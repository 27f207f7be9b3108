/** The flat table against a plain Map, through many random insertions and deletions. */
import { expect, test } from 'vitest';
import { address, parseIp } from '../stun/address.ts';
import { ChannelTable } from './channel-table.ts';
import { sockaddrOf } from './sockaddr.ts';

/** A small linear congruential generator: the same numbers on every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}

test('agrees with a Map through 200,000 random steps', () => {
  const random = numbers(42);
  const table = new ChannelTable();
  const map = new Map<string, number>();
  for (let step = 0; step < 200_000; step++) {
    const scope = random(3) << 16;
    const ip = random(2) === 0 ? `192.0.43.${random(60)}` : `2606:4700::${random(60).toString(16)}`;
    const port = 1000 + random(10);
    const words = sockaddrOf(address(parseIp(ip)!, port));
    const key = `${scope} ${ip} ${port}`;
    const action = random(3);
    if (action === 0) {
      table.set(scope, words, step);
      map.set(key, step);
    } else if (action === 1) {
      table.delete(scope, words);
      map.delete(key);
    }
    if (table.find(scope, words, 0) !== (map.get(key) ?? -1)) throw new Error(`they differ at step ${step}`);
  }
  expect(table.size).toBe(map.size);
});
