import { describe, expect, it } from 'vitest';
import { CLOSE } from '../../../signaling/protocol/socket.ts';
import { afterEnd } from './reconnect.ts';
import type { SocketEnd } from './reconnect.ts';

const end: SocketEnd = { code: 1006, refused: null, failures: 1, networkUp: true, now: 1_000, fraction: 0.5 };

describe('after a socket ended', () => {
  it.each([
    ['signed out', { code: CLOSE.signedOut }, { state: 'signed-out' }],
    ['refused for want of a session', { refused: { code: 'unauthenticated' } }, { state: 'signed-out' }],
    ['another protocol', { code: CLOSE.protocolVersion }, { state: 'update-required' }],
    ['refused for another protocol', { refused: { code: 'protocol-version' } }, { state: 'update-required' }],
    ['lost', {}, { state: 'offline', reason: 'unreachable', retryAt: 1_375 }],
    [
      'lost with the network',
      { networkUp: false },
      { state: 'offline', reason: 'no-network', retryAt: 1_375 },
    ],
    ['lost for the fifth time', { failures: 5 }, { state: 'offline', reason: 'unreachable', retryAt: 7_000 }],
    [
      'lost for the hundredth time',
      { failures: 100 },
      { state: 'offline', reason: 'unreachable', retryAt: 23_500 },
    ],
    [
      'a restarting server',
      { code: CLOSE.restarting },
      { state: 'offline', reason: 'server-restarting', retryAt: 1_450 },
    ],
    ['replaced', { code: CLOSE.replaced }, { state: 'offline', reason: 'unreachable', retryAt: 8_500 }],
    ['abuse', { code: CLOSE.abuse }, { state: 'offline', reason: 'rate-limited', retryAt: 16_000 }],
    [
      'told to wait',
      { refused: { code: 'rate-limited', retryAfter: 60 } },
      { state: 'offline', reason: 'rate-limited', retryAt: 61_000 },
    ],
  ] as const)('%s', (_name, change, expected) => {
    expect(afterEnd({ ...end, ...change })).toEqual(expected);
  });
});
