import { describe, expect, it } from 'vitest';
import { LINK_TIMES, step } from './machine.ts';
import { NEW_LINK } from './state.ts';
import type { LinkEvent, LinkPhase, LinkState, LinkSurroundings } from './state.ts';

const NOW = 1_000_000;
const world: LinkSurroundings = { now: NOW, fraction: 0.5, newLinkId: 'new', ownIdFirst: true };
const losing: LinkSurroundings = { ...world, ownIdFirst: false };

const state = (at: LinkPhase, more: Partial<LinkState> = {}): LinkState => ({ ...NEW_LINK, at, ...more });
const ready = { wanted: true, reachable: true } as const;

const idle: LinkPhase = { phase: 'idle' };
const offering: LinkPhase = { phase: 'opening', linkId: 'mine', initiator: true, since: NOW - 100 };
const answering: LinkPhase = { phase: 'opening', linkId: 'theirs', initiator: false, since: NOW - 100 };
const open: LinkPhase = { phase: 'open', linkId: 'mine', initiator: true, since: NOW - 10_000 };
const fresh: LinkPhase = { ...open, since: NOW - 1_000 };
const recovering: LinkPhase = {
  phase: 'recovering',
  linkId: 'mine',
  initiator: true,
  since: NOW - 1_000,
  tries: 1,
};
const resting: LinkPhase = { phase: 'resting', why: 'failed', since: NOW - 1_000 };

const created = { do: 'create', linkId: 'new', initiator: true };
const destroyed = { do: 'destroy', linkId: 'mine' };
const restarted = { do: 'restart', linkId: 'mine' };
const opensNow: LinkPhase = { phase: 'opening', linkId: 'new', initiator: true, since: NOW };
const restsNow = (why: 'failed' | 'timeout'): LinkPhase => ({ phase: 'resting', why, since: NOW });

interface Edge {
  readonly name: string;
  readonly from: LinkState;
  readonly event: LinkEvent;
  readonly world?: LinkSurroundings;
  readonly to: LinkPhase;
  readonly effects?: readonly object[];
}

const EDGES: readonly Edge[] = [
  // wanted, reachable
  {
    name: 'idle, wanted and reachable: opens',
    from: state(idle, { reachable: true }),
    event: { type: 'wanted', on: true },
    to: opensNow,
    effects: [created],
  },
  {
    name: 'idle, wanted but unreachable: stays',
    from: state(idle),
    event: { type: 'wanted', on: true },
    to: idle,
  },
  {
    name: 'idle, no longer wanted: stays',
    from: state(idle, ready),
    event: { type: 'wanted', on: false },
    to: idle,
  },
  {
    name: 'idle and wanted, becomes reachable: opens',
    from: state(idle, { wanted: true }),
    event: { type: 'reachable', on: true },
    to: opensNow,
    effects: [created],
  },
  {
    name: 'idle and not wanted, becomes reachable: stays',
    from: state(idle),
    event: { type: 'reachable', on: true },
    to: idle,
  },
  {
    name: 'opening, becomes unreachable: gives up',
    from: state(offering, ready),
    event: { type: 'reachable', on: false },
    to: idle,
    effects: [destroyed],
  },
  {
    name: 'open, becomes unreachable: lives on',
    from: state(open, ready),
    event: { type: 'reachable', on: false },
    to: open,
  },
  {
    name: 'open, reachable again: lives on',
    from: state(open),
    event: { type: 'reachable', on: true },
    to: open,
  },
  {
    name: 'recovering, becomes unreachable: waits',
    from: state(recovering, ready),
    event: { type: 'reachable', on: false },
    to: recovering,
  },
  {
    name: 'recovering, reachable again: restarts at once',
    from: state({ ...recovering, tries: 3 }, { wanted: true }),
    event: { type: 'reachable', on: true },
    to: { ...recovering, tries: 1 },
    effects: [restarted],
  },
  {
    name: 'resting, becomes unreachable: keeps resting',
    from: state(resting, ready),
    event: { type: 'reachable', on: false },
    to: resting,
  },
  {
    name: 'resting and wanted, reachable again: tries anew',
    from: state(resting, { wanted: true, failures: 5 }),
    event: { type: 'reachable', on: true },
    to: opensNow,
    effects: [created],
  },
  {
    name: 'resting and not wanted, reachable again: idle',
    from: state(resting),
    event: { type: 'reachable', on: true },
    to: idle,
  },
  {
    name: 'resting, wanted: keeps resting',
    from: state(resting, { reachable: true }),
    event: { type: 'wanted', on: true },
    to: resting,
  },
  {
    name: 'opening, no longer wanted: goes on',
    from: state(offering, ready),
    event: { type: 'wanted', on: false },
    to: offering,
  },
  ...[idle, resting, offering, open, recovering].map((at) => ({
    name: `${at.phase}, still reachable: no change`,
    from: state(at, ready),
    event: { type: 'reachable', on: true } as const,
    to: at,
  })),
  // offers and glare
  {
    name: 'idle, offered: answers',
    from: state(idle),
    event: { type: 'offered', linkId: 'theirs' },
    to: { ...answering, since: NOW },
    effects: [{ do: 'create', linkId: 'theirs', initiator: false }],
  },
  {
    name: 'resting, offered: answers',
    from: state(resting),
    event: { type: 'offered', linkId: 'theirs' },
    to: { ...answering, since: NOW },
    effects: [{ do: 'create', linkId: 'theirs', initiator: false }],
  },
  {
    name: 'offering, offered, own id first: keeps its own',
    from: state(offering, ready),
    event: { type: 'offered', linkId: 'theirs' },
    to: offering,
  },
  {
    name: 'offering, offered, own id last: yields',
    from: state(offering, ready),
    event: { type: 'offered', linkId: 'theirs' },
    world: losing,
    to: { ...answering, since: NOW },
    effects: [destroyed, { do: 'create', linkId: 'theirs', initiator: false }],
  },
  {
    name: 'answering, offered anew: takes the newer one',
    from: state(answering),
    event: { type: 'offered', linkId: 'newer' },
    to: { ...answering, linkId: 'newer', since: NOW },
    effects: [
      { do: 'destroy', linkId: 'theirs' },
      { do: 'create', linkId: 'newer', initiator: false },
    ],
  },
  {
    name: 'answering, the same offer again: goes on',
    from: state(answering),
    event: { type: 'offered', linkId: 'theirs' },
    to: answering,
  },
  {
    name: 'open, offered: the other side has lost it',
    from: state(open, ready),
    event: { type: 'offered', linkId: 'theirs' },
    to: { ...answering, since: NOW },
    effects: [destroyed, { do: 'create', linkId: 'theirs', initiator: false }],
  },
  {
    name: 'recovering, offered: takes it',
    from: state(recovering, ready),
    event: { type: 'offered', linkId: 'theirs' },
    to: { ...answering, since: NOW },
    effects: [destroyed, { do: 'create', linkId: 'theirs', initiator: false }],
  },
  // opened, disturbed, steady
  {
    name: 'opening, opened: open',
    from: state(offering, ready),
    event: { type: 'opened', linkId: 'mine' },
    to: { ...open, since: NOW },
  },
  {
    name: 'open, opened again: no change',
    from: state(open, ready),
    event: { type: 'opened', linkId: 'mine' },
    to: open,
  },
  {
    name: 'opening, an earlier attempt opened: no change',
    from: state(offering, ready),
    event: { type: 'opened', linkId: 'old' },
    to: offering,
  },
  {
    name: 'open, disturbed: restarts ICE',
    from: state(open, ready),
    event: { type: 'disturbed', linkId: 'mine' },
    to: { ...recovering, since: NOW },
    effects: [restarted],
  },
  {
    name: 'recovering, disturbed: already at it',
    from: state(recovering, ready),
    event: { type: 'disturbed', linkId: 'mine' },
    to: recovering,
  },
  {
    name: 'opening, disturbed: no change',
    from: state(offering, ready),
    event: { type: 'disturbed', linkId: 'mine' },
    to: offering,
  },
  {
    name: 'recovering, steady: open',
    from: state(recovering, ready),
    event: { type: 'steady', linkId: 'mine' },
    to: { ...open, since: NOW },
  },
  {
    name: 'open, steady: no change',
    from: state(open, ready),
    event: { type: 'steady', linkId: 'mine' },
    to: open,
  },
  {
    name: 'opening, steady: no change',
    from: state(offering, ready),
    event: { type: 'steady', linkId: 'mine' },
    to: offering,
  },
  // network change
  {
    name: 'open, network changed: restarts ICE',
    from: state(open, ready),
    event: { type: 'network-changed' },
    to: { ...recovering, since: NOW },
    effects: [restarted],
  },
  ...[idle, offering, recovering, resting].map((at) => ({
    name: `${at.phase}, network changed: no change`,
    from: state(at, ready),
    event: { type: 'network-changed' } as const,
    to: at,
  })),
  // gone, refused, bye
  {
    name: 'opening, gone: rests',
    from: state(offering, ready),
    event: { type: 'gone', linkId: 'mine' },
    to: restsNow('failed'),
    effects: [destroyed],
  },
  {
    name: 'open for long, gone: opens anew',
    from: state(open, ready),
    event: { type: 'gone', linkId: 'mine' },
    to: opensNow,
    effects: [destroyed, created],
  },
  {
    name: 'open for long, gone, not wanted: idle',
    from: state(open, { reachable: true }),
    event: { type: 'gone', linkId: 'mine' },
    to: idle,
    effects: [destroyed],
  },
  {
    name: 'open for long, gone, unreachable: idle',
    from: state(open, { wanted: true }),
    event: { type: 'gone', linkId: 'mine' },
    to: idle,
    effects: [destroyed],
  },
  {
    name: 'open for a moment, gone: rests',
    from: state(fresh, ready),
    event: { type: 'gone', linkId: 'mine' },
    to: restsNow('failed'),
    effects: [destroyed],
  },
  {
    name: 'recovering, gone: opens anew',
    from: state(recovering, ready),
    event: { type: 'gone', linkId: 'mine' },
    to: opensNow,
    effects: [destroyed, created],
  },
  {
    name: 'open, an earlier attempt gone: no change',
    from: state(open, ready),
    event: { type: 'gone', linkId: 'old' },
    to: open,
  },
  { name: 'idle, gone: no change', from: state(idle), event: { type: 'gone', linkId: 'mine' }, to: idle },
  {
    name: 'opening, refused: rests',
    from: state(offering, ready),
    event: { type: 'refused', linkId: 'mine' },
    to: restsNow('failed'),
    effects: [destroyed],
  },
  {
    name: 'open, refused: no change',
    from: state(open, ready),
    event: { type: 'refused', linkId: 'mine' },
    to: open,
  },
  {
    name: 'recovering, refused: no change',
    from: state(recovering, ready),
    event: { type: 'refused', linkId: 'mine' },
    to: recovering,
  },
  {
    name: 'open, bye, not wanted: idle',
    from: state(open, { reachable: true, wantedThere: true }),
    event: { type: 'bye', linkId: 'mine' },
    to: idle,
    effects: [destroyed],
  },
  ...[offering, open, recovering].map((at) => ({
    name: `${at.phase}, bye: rests`,
    from: state(at, ready),
    event: { type: 'bye', linkId: 'mine' } as const,
    to: restsNow('failed'),
    effects: [destroyed],
  })),
  // timers
  { name: 'idle, timer: no change', from: state(idle), event: { type: 'timer' }, to: idle },
  {
    name: 'opening, timer: rests',
    from: state(offering, ready),
    event: { type: 'timer' },
    to: restsNow('timeout'),
    effects: [destroyed],
  },
  {
    name: 'resting, timer: tries again',
    from: state(resting, ready),
    event: { type: 'timer' },
    to: opensNow,
    effects: [created],
  },
  {
    name: 'resting, timer, not wanted: idle',
    from: state(resting, { reachable: true }),
    event: { type: 'timer' },
    to: idle,
  },
  {
    name: 'resting, timer, unreachable: idle',
    from: state(resting, { wanted: true }),
    event: { type: 'timer' },
    to: idle,
  },
  {
    name: 'recovering, timer: restarts ICE again',
    from: state(recovering, ready),
    event: { type: 'timer' },
    to: { ...recovering, tries: 2 },
    effects: [restarted],
  },
  {
    name: 'recovering, timer, enough tries: opens anew',
    from: state({ ...recovering, tries: LINK_TIMES.restartTries }, ready),
    event: { type: 'timer' },
    to: opensNow,
    effects: [destroyed, created],
  },
  {
    name: 'recovering, timer, unreachable: waits on',
    from: state(recovering, { wanted: true }),
    event: { type: 'timer' },
    to: recovering,
  },
  {
    name: 'recovering, timer, unreachable for too long: idle',
    from: state({ ...recovering, since: NOW - LINK_TIMES.keepUnreachable }, { wanted: true }),
    event: { type: 'timer' },
    to: idle,
    effects: [destroyed],
  },
  {
    name: 'open, timer, wanted by nobody: says bye',
    from: state(open, { reachable: true }),
    event: { type: 'timer' },
    to: idle,
    effects: [{ do: 'bye', linkId: 'mine' }, destroyed],
  },
  { name: 'open, timer, wanted here: stays', from: state(open, ready), event: { type: 'timer' }, to: open },
  {
    name: 'open, timer, wanted there: stays',
    from: state(open, { wantedThere: true }),
    event: { type: 'timer' },
    to: open,
  },
  // retry and close
  {
    name: 'resting, retry: tries at once',
    from: state(resting, ready),
    event: { type: 'retry' },
    to: opensNow,
    effects: [created],
  },
  {
    name: 'idle, retry: opens if wanted',
    from: state(idle, ready),
    event: { type: 'retry' },
    to: opensNow,
    effects: [created],
  },
  {
    name: 'recovering, retry: restarts ICE',
    from: state({ ...recovering, tries: 3 }, ready),
    event: { type: 'retry' },
    to: { ...recovering, tries: 1 },
    effects: [restarted],
  },
  { name: 'open, retry: no change', from: state(open, ready), event: { type: 'retry' }, to: open },
  { name: 'opening, retry: no change', from: state(offering, ready), event: { type: 'retry' }, to: offering },
  ...[offering, open, recovering].map((at) => ({
    name: `${at.phase}, close: says bye`,
    from: state(at, ready),
    event: { type: 'close' } as const,
    to: idle,
    effects: [{ do: 'bye', linkId: 'mine' }, destroyed],
  })),
  ...[idle, resting].map((at) => ({
    name: `${at.phase}, close: idle`,
    from: state(at, ready),
    event: { type: 'close' } as const,
    to: idle,
  })),
];

describe('link machine', () => {
  it.each(EDGES)('$name', ({ from, event, world: around, to, effects }) => {
    const next = step(from, event, around ?? world);
    expect(next.state.at).toEqual(to);
    expect(next.effects).toEqual(effects ?? []);
  });

  it('has a deadline in every phase that must not last, and only there', () => {
    const after = (from: LinkState, event: LinkEvent) => step(from, event, world).state.deadline;
    expect(after(state(idle, { reachable: true }), { type: 'wanted', on: true })).toBe(
      NOW + LINK_TIMES.openWithin,
    );
    expect(after(state(open, ready), { type: 'disturbed', linkId: 'mine' })).toBe(
      NOW + LINK_TIMES.restartEvery,
    );
    expect(after(state(offering, ready), { type: 'opened', linkId: 'mine' })).toBeNull();
    expect(after(state(open, { reachable: true, wanted: true }), { type: 'wanted', on: false })).toBe(
      NOW + LINK_TIMES.keepUnwanted,
    );
    expect(after(state(open, { deadline: NOW + 5 }), { type: 'wanted-there', on: true })).toBeNull();
    expect(after(state(resting, { wanted: true }), { type: 'timer' })).toBeNull();
  });

  it('waits longer after each failure, and starts anew after a success', () => {
    const waits: number[] = [];
    let now = state(offering, ready);
    for (let n = 0; n < 8; n++) {
      const failed = step({ ...now, at: offering }, { type: 'timer' }, world).state;
      waits.push(failed.deadline! - NOW);
      now = failed;
    }
    expect(waits).toEqual([1_500, 3_000, 6_000, 12_000, 24_000, 45_000, 45_000, 45_000]);
    expect(step({ ...now, at: offering }, { type: 'opened', linkId: 'mine' }, world).state.failures).toBe(0);
  });
});
