/** How a person shows, from what they chose and what their devices do. */
import { describe, expect, it } from 'vitest';
import { presenceOf } from './presence.ts';

const person = (chosen: 'online' | 'away' | 'busy' | 'invisible', ...idle: boolean[]) => ({
  chosen,
  shownStatusText: 'hello',
  lastSeen: 42,
  devices: new Map(idle.map((value, index) => [`device-${index}`, { idle: value }])),
});

describe('presence', () => {
  it.each([
    ['online', [false], 'online'],
    ['online', [true], 'away'],
    ['online', [true, false], 'online'],
    ['online', [true, true], 'away'],
    ['away', [false], 'away'],
    ['busy', [false], 'busy'],
    ['busy', [true], 'busy'],
    ['invisible', [false], 'offline'],
    ['online', [], 'offline'],
    ['busy', [], 'offline'],
  ] as const)('of who chose %s with idle devices %j is %s', (chosen, idle, shown) => {
    expect(presenceOf(person(chosen, ...idle)).state).toBe(shown);
  });

  it('tells devices only of who is there, and last seen only of who is not', () => {
    expect(presenceOf(person('busy', false, true))).toEqual({
      state: 'busy',
      statusText: 'hello',
      lastSeen: null,
      devices: ['device-0', 'device-1'],
    });
    expect(presenceOf(person('invisible', false))).toEqual({
      state: 'offline',
      statusText: 'hello',
      lastSeen: 42,
      devices: [],
    });
  });
});
