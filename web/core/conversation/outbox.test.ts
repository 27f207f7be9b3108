import { describe, expect, it } from 'vitest';
import { decide, LINK_PATIENCE, MAILBOX, nextAttempt, RELAY } from './outbox.ts';
import type { Attempt, DeviceReach } from './outbox.ts';

const NOW = 100_000;
const open: DeviceReach = { link: { state: 'open', linkId: 'l1', slow: false }, relay: true, mailbox: false };
const slow: DeviceReach = { ...open, link: { state: 'open', linkId: 'l1', slow: true } };
const opening = (since: number): DeviceReach => ({ ...open, link: { state: 'opening', since } });
const none: DeviceReach = { ...open, link: { state: 'none' } };
const unreachable: DeviceReach = { ...none, relay: false };
const away: DeviceReach = { ...unreachable, mailbox: true };
const stored: DeviceReach = { ...open, mailbox: true };
const tried = (via: string, at: number, count = 1): Attempt => ({ via, at, count });

describe('the way of a message', () => {
  it.each([
    ['an open link', open, null, { do: 'send', via: 'l1' }],
    ['a slow link gives way to the relay', slow, null, { do: 'send', via: RELAY }],
    ['a link that became slow', slow, tried('l1', NOW - 10), { do: 'send', via: RELAY }],
    ['a slow link is better than none', { ...slow, relay: false }, null, { do: 'send', via: 'l1' }],
    ['an opening link is waited for', opening(NOW - 1_000), null, { do: 'wait', until: NOW + 4_000 }],
    ['an opening link that takes too long', opening(NOW - LINK_PATIENCE), null, { do: 'send', via: RELAY }],
    ['no link', none, null, { do: 'send', via: RELAY }],
    ['nobody to relay to', unreachable, null, { do: 'wait', until: null }],
    [
      'an opening link, late, nobody to relay to',
      { ...opening(0), relay: false },
      null,
      { do: 'wait', until: null },
    ],
    ['a receipt that may yet come', open, tried('l1', NOW - 1_000), { do: 'wait', until: NOW + 7_000 }],
    ['a receipt that is overdue', open, tried('l1', NOW - 8_000), { do: 'send', via: 'l1' }],
    ['a second one that may yet come', open, tried('l1', NOW - 8_000, 2), { do: 'wait', until: NOW + 8_000 }],
    ['after many tries once a minute', open, tried('l1', NOW, 20), { do: 'wait', until: NOW + 60_000 }],
    ['a link that died under it', none, tried('l1', NOW - 10), { do: 'send', via: RELAY }],
    ['another link since', open, tried('l0', NOW - 10), { do: 'send', via: 'l1' }],
    ['nobody there', away, null, { do: 'send', via: MAILBOX }],
    ['an answer of the mailbox that is not there yet', away, tried(MAILBOX, 0), { do: 'wait', until: null }],
    ['a link that died, nobody there', away, tried('l1', NOW - 10), { do: 'send', via: MAILBOX }],
    ['a second receipt overdue', stored, tried('l1', NOW - 16_000, 2), { do: 'send', via: MAILBOX }],
    ['a first receipt overdue', stored, tried('l1', NOW - 8_000, 1), { do: 'send', via: 'l1' }],
    ['a link that opened after relaying', open, tried(RELAY, NOW - 10), { do: 'send', via: 'l1' }],
  ] as const)('%s', (_name, device, last, expected) => {
    expect(decide(NOW, device, last)).toEqual(expected);
  });

  it('counts the tries on one way', () => {
    const first = nextAttempt(NOW, 'l1', null);
    const second = nextAttempt(NOW + 1, 'l1', first);
    expect([first.count, second.count, nextAttempt(NOW + 2, RELAY, second).count]).toEqual([1, 2, 1]);
  });
});
