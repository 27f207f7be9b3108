import { describe, expect, it } from 'vitest';
import type { LinkView } from './link.ts';
import { PATIENCE, pathOf } from './path.ts';
import type { PathQuestion } from './path.ts';

const NOW = 50_000;
const question: PathQuestion = {
  now: NOW,
  monotonic: NOW,
  before: null,
  links: [],
  wanted: true,
  supported: true,
  online: true,
  devices: ['d'],
};
const host = { type: 'host', family: 'IPv4', protocol: 'udp' } as const;
const relay = { ...host, type: 'relay' } as const;
const view = (at: LinkView['at'], more: Partial<LinkView> = {}): LinkView => ({
  at,
  wanted: true,
  failures: 0,
  pair: null,
  rtt: null,
  slow: false,
  ...more,
});
const open = { phase: 'open', linkId: 'l', initiator: true, since: NOW - 9 } as const;
const opening = (since: number) => view({ phase: 'opening', linkId: 'l', initiator: true, since });
const recovering = (since: number) =>
  view({ phase: 'recovering', linkId: 'l', initiator: true, since, tries: 1 });
const resting = (why: 'failed' | 'timeout') => view({ phase: 'resting', why, since: NOW });
const paired = (local: typeof host | typeof relay, rtt: number | null = null) =>
  view(open, { pair: { local, remote: host, rtt: 7 }, rtt });
const slow: LinkView = { ...paired(host), slow: true };

describe('the path', () => {
  it.each<[string, Partial<PathQuestion>, object]>([
    ['direct', { links: [paired(host)] }, { path: 'direct', rtt: 7 }],
    ['direct, with a round trip of our own', { links: [paired(host, 3)] }, { path: 'direct', rtt: 3 }],
    ['relayed', { links: [paired(relay)] }, { path: 'relayed' }],
    ['direct though the friend looks offline', { links: [paired(host)], devices: [] }, { path: 'direct' }],
    ['direct while the server is away', { links: [paired(host)], online: false }, { path: 'direct' }],
    ['connecting until the pair is known', { links: [view(open)] }, { path: 'connecting' }],
    ['connecting', { links: [opening(NOW - 100)] }, { path: 'connecting' }],
    ['connecting while it mends itself', { links: [recovering(NOW - 100)] }, { path: 'connecting' }],
    ['connecting before the first attempt', {}, { path: 'connecting' }],
    ['connecting while the server is away', { online: false }, { path: 'connecting' }],
    ['the server, late', { links: [opening(NOW - PATIENCE)] }, { path: 'server', why: 'link-timeout' }],
    ['the server, mending for long', { links: [recovering(0)] }, { path: 'server', why: 'link-timeout' }],
    ['the server, failed', { links: [resting('failed')] }, { path: 'server', why: 'link-failed' }],
    ['the server, timed out', { links: [resting('timeout')] }, { path: 'server', why: 'link-timeout' }],
    ['the server, trying again', { links: [{ ...opening(NOW), failures: 2 }] }, { path: 'server' }],
    ['the server, slow link', { links: [slow] }, { path: 'server', why: 'link-slow' }],
    ['a slow link, nobody to relay to', { links: [slow], devices: [] }, { path: 'direct' }],
    ['a slow link beside a good one', { links: [slow, paired(host)] }, { path: 'direct' }],
    ['the server, no WebRTC', { supported: false }, { path: 'server', why: 'unsupported' }],
    ['the mailbox', { devices: [] }, { path: 'mailbox' }],
    ['idle', { wanted: false }, { path: 'idle' }],
  ])('%s', (_name, change, expected) => {
    expect(pathOf({ ...question, ...change })).toMatchObject(expected);
  });

  it('holds since its word began to hold', () => {
    const before = pathOf({ ...question, links: [opening(NOW)] });
    expect(
      pathOf({ ...question, now: NOW + 500, monotonic: NOW + 500, before, links: [opening(NOW)] }),
    ).toMatchObject({
      since: NOW,
    });
    const later = { now: NOW + 6_000, monotonic: NOW + 6_000, before };
    const server = pathOf({ ...question, ...later, links: [opening(NOW)] });
    expect(server).toMatchObject({ path: 'server', since: NOW + 6_000 });
  });

  it('is not held up by a clock that is set back', () => {
    const later = { now: NOW - 3_600_000, monotonic: NOW + PATIENCE };
    expect(pathOf({ ...question, ...later, links: [opening(NOW)] })).toMatchObject({ path: 'server' });
  });
});
