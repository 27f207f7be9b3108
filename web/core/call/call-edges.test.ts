/**
 * Every edge of the call machine: each state with each event, from whomever it may come. What a row does not name
 * stays as it is and causes nothing. The compiler asks for a row for every kind of event, message and reason.
 */
import { describe, expect, it } from 'vitest';
import type { CallControl, HangUpReason } from '../wire/call-control.ts';
import { stepCall } from './call-machine.ts';
import type { CallEffect, CallEvent, CallState } from './call-state.ts';

const NOW = 100_000;
/** The call of every state, between calls with a lower and a higher id. */
const call = 'b';
const basics = { call, friend: 'F', kind: 'video' } as const;
const out = { ...basics, direction: 'out' } as const;
const incoming = { ...basics, direction: 'in' } as const;
const with1 = { device: 'd1', remote: null } as const;

const STATES = {
  idle: { phase: 'idle' },
  'ringing-out': { ...out, phase: 'ringing-out', heard: false },
  'ringing-in': { ...incoming, phase: 'ringing-in', device: 'd1' },
  connecting: { ...out, ...with1, phase: 'connecting' },
  answering: { ...incoming, ...with1, phase: 'connecting' },
  active: { ...out, ...with1, phase: 'active', since: NOW - 60_000, link: true },
  unlinked: { ...out, ...with1, phase: 'active', since: NOW - 60_000, link: false },
  ended: { ...out, phase: 'ended', outcome: 'talked', seconds: 3 },
} as const satisfies Record<string, CallState>;
type StateName = keyof typeof STATES;

/** Names of states, then what follows: "next state | effects". */
type Then = Readonly<Record<string, string>>;
type Edge = readonly [from: string, event: CallEvent, then: Then];
type Key = Exclude<CallEvent['type'], 'heard'> | `heard ${CallControl['type']}`;

const ALL = 'idle ringing-out ringing-in connecting answering active unlinked ended';
const FREE = 'idle ended';
const IN_CALL = 'ringing-in connecting answering active unlinked';
const ANSWERED = 'connecting answering active unlinked';

const heard = (message: CallControl, device = 'd1', friend = 'F'): CallEvent => ({
  type: 'heard',
  friend,
  device,
  message,
});

/** A message about this call from another device, about this call from another friend, and about a call unknown here. */
function strangers(message: (call: string) => CallControl, fromOtherDevice: Then, answer: boolean): Edge[] {
  return [
    ['another device', heard(message(call), 'd2'), fromOtherDevice],
    [
      'another friend',
      heard(message(call), 'd1', 'G'),
      answer ? { [ALL]: 'same | hang-up unknown b to Gd1' } : {},
    ],
    ['another call', heard(message('x')), answer ? { [ALL]: 'same | hang-up unknown x to Fd1' } : {}],
  ];
}

const hangUps: Readonly<Record<HangUpReason, Then>> = {
  person: {
    'ringing-out': 'ended declined | hang-up elsewhere b to F, detach, over',
    'ringing-in': 'ended missed | detach, over',
    'connecting answering': 'ended cancelled | detach, over',
    'active unlinked': 'ended talked | detach, over',
  },
  'no-answer': {
    'ringing-out': 'ended declined | hang-up elsewhere b to F, detach, over',
    'ringing-in': 'ended missed | detach, over',
    'connecting answering': 'ended lost | detach, over',
    'active unlinked': 'ended talked | detach, over',
  },
  'no-media': {
    'ringing-out': 'ended no-media | hang-up elsewhere b to F, detach, over',
    'ringing-in': 'ended missed | detach, over',
    'connecting answering': 'ended no-media | detach, over',
    'active unlinked': 'ended talked | detach, over',
  },
  elsewhere: {
    'ringing-out': 'ended declined | hang-up elsewhere b to F, detach, over',
    'ringing-in': 'ended elsewhere | detach, over',
    'connecting answering': 'ended lost | detach, over',
    'active unlinked': 'ended talked | detach, over',
  },
  lost: {
    'ringing-out': 'ended declined | hang-up elsewhere b to F, detach, over',
    'ringing-in': 'ended missed | detach, over',
    'connecting answering': 'ended lost | detach, over',
    'active unlinked': 'ended talked | detach, over',
  },
  unknown: {
    'ringing-in': 'ended missed | detach, over',
    'connecting answering': 'ended lost | detach, over',
    'active unlinked': 'ended talked | detach, over',
  },
};

const media = { audio: true, video: false, screen: false };

const EDGES: Readonly<Record<Key, readonly Edge[]>> = {
  ring: [
    [
      'me',
      { type: 'ring', call: 'n', friend: 'F', kind: 'video' },
      { [FREE]: 'ringing-out n | ring n to F, alarm' },
    ],
  ],
  answer: [
    ['me', { type: 'answer' }, { 'ringing-in': 'answering | answer b to Fd1, attach, tell-media, alarm' }],
  ],
  end: [
    [
      'me',
      { type: 'end' },
      {
        'ringing-out': 'ended cancelled | hang-up person b to F, detach, over',
        'ringing-in': 'ended declined | decline b to Fd1, detach, over',
        'connecting answering': 'ended cancelled | hang-up person b to Fd1, detach, over',
        'active unlinked': 'ended talked | hang-up person b to Fd1, detach, over',
      },
    ],
  ],
  'media-flows': [['the device', { type: 'media-flows' }, { 'connecting answering': 'active' }]],
  'link-up': [
    [
      'the device',
      { type: 'link-up', friend: 'F', device: 'd1' },
      {
        'ringing-out': 'same | ring b to Fd1',
        'ringing-in': 'same | ringing b to Fd1',
        'connecting answering active': 'same | attach, tell-media',
        unlinked: 'active | attach, tell-media',
      },
    ],
    [
      'another device',
      { type: 'link-up', friend: 'F', device: 'd2' },
      { 'ringing-out': 'same | ring b to Fd2', 'ringing-in': 'same | ringing b to Fd2' },
    ],
    ['another friend', { type: 'link-up', friend: 'G', device: 'd1' }, {}],
  ],
  'link-down': [
    [
      'the device',
      { type: 'link-down', friend: 'F', device: 'd1' },
      { active: 'unlinked | alarm', unlinked: 'same | alarm' },
    ],
    ['another device', { type: 'link-down', friend: 'F', device: 'd2' }, {}],
    ['another friend', { type: 'link-down', friend: 'G', device: 'd1' }, {}],
  ],
  alarm: [
    ['an earlier wait', { type: 'alarm', key: 'none of these' }, {}],
    [
      'ringing out',
      { type: 'alarm', key: 'b ringing-out' },
      { 'ringing-out': 'ended no-answer | hang-up no-answer b to F, detach, over' },
    ],
    ['ringing in', { type: 'alarm', key: 'b ringing-in' }, { 'ringing-in': 'ended missed | detach, over' }],
    [
      'connecting',
      { type: 'alarm', key: 'b connecting' },
      { 'connecting answering': 'ended lost | hang-up lost b to Fd1, detach, over' },
    ],
    [
      'a link that is gone',
      { type: 'alarm', key: 'b active' },
      { unlinked: 'ended talked | hang-up lost b to Fd1, detach, over' },
    ],
  ],
  'heard ring': [
    [
      'the device, this call',
      heard({ type: 'ring', call, kind: 'video' }),
      {
        idle: 'ringing-in | ringing b to Fd1, alarm',
        'ringing-in': 'same | ringing b to Fd1',
        'connecting answering': 'same | answer b to Fd1',
        ended: 'same | decline b to Fd1',
      },
    ],
    [
      'the device, a lower call',
      heard({ type: 'ring', call: 'a', kind: 'video' }),
      {
        [FREE]: 'ringing-in a | ringing a to Fd1, alarm',
        'ringing-out': 'connecting a | hang-up elsewhere b to F, answer a to Fd1, attach, tell-media, alarm',
        [IN_CALL]: 'ringing-in a | detach, over, ringing a to Fd1, alarm',
      },
    ],
    [
      'the device, a higher call',
      heard({ type: 'ring', call: 'c', kind: 'video' }),
      {
        [FREE]: 'ringing-in c | ringing c to Fd1, alarm',
        [IN_CALL]: 'ringing-in c | detach, over, ringing c to Fd1, alarm',
      },
    ],
    [
      'another device',
      heard({ type: 'ring', call: 'c', kind: 'video' }, 'd2'),
      { [FREE]: 'ringing-in c | ringing c to Fd2, alarm', [IN_CALL]: 'same | busy c to Fd2' },
    ],
    [
      'another friend',
      heard({ type: 'ring', call: 'c', kind: 'video' }, 'd1', 'G'),
      {
        [FREE]: 'ringing-in c | ringing c to Gd1, alarm',
        [`ringing-out ${IN_CALL}`]: 'same | busy c to Gd1',
      },
    ],
  ],
  'heard ringing': [
    [
      'the device',
      heard({ type: 'ringing', call }),
      { [FREE]: 'same | hang-up unknown b to Fd1', 'ringing-out': 'ringing-out heard' },
    ],
    ...strangers(
      (of) => ({ type: 'ringing', call: of }),
      { [FREE]: 'same | hang-up unknown b to Fd2', 'ringing-out': 'ringing-out heard' },
      true,
    ),
  ],
  'heard answer': [
    [
      'the device',
      heard({ type: 'answer', call }),
      {
        [FREE]: 'same | hang-up unknown b to Fd1',
        'ringing-out': 'connecting | attach, tell-media, alarm',
      },
    ],
    ...strangers(
      (of) => ({ type: 'answer', call: of }),
      {
        [FREE]: 'same | hang-up unknown b to Fd2',
        'ringing-out': 'connecting | attach, tell-media, alarm',
        [ANSWERED]: 'same | hang-up elsewhere b to Fd2',
      },
      true,
    ),
  ],
  'heard decline': [
    [
      'the device',
      heard({ type: 'decline', call }),
      { 'ringing-out': 'ended declined | hang-up elsewhere b to F, detach, over' },
    ],
    ...strangers(
      (of) => ({ type: 'decline', call: of }),
      { 'ringing-out': 'ended declined | hang-up elsewhere b to F, detach, over' },
      false,
    ),
  ],
  'heard busy': [
    [
      'the device',
      heard({ type: 'busy', call }),
      { 'ringing-out': 'ended busy | hang-up elsewhere b to F, detach, over' },
    ],
    ...strangers(
      (of) => ({ type: 'busy', call: of }),
      { 'ringing-out': 'ended busy | hang-up elsewhere b to F, detach, over' },
      false,
    ),
  ],
  'heard hang-up': Object.entries(hangUps).flatMap(([name, then]): Edge[] => {
    const reason = name as HangUpReason;
    // Whoever of the friend's devices declines or fails while it rings, speaks for the friend.
    const fromOther: Then = then['ringing-out'] === undefined ? {} : { 'ringing-out': then['ringing-out'] };
    return [
      [`the device, ${reason}`, heard({ type: 'hang-up', call, reason }), then],
      ...strangers((of) => ({ type: 'hang-up', call: of, reason }), fromOther, false),
    ];
  }),
  'heard media': [
    [
      'the device',
      heard({ type: 'media', call, media }),
      {
        [FREE]: 'same | hang-up unknown b to Fd1',
        connecting: 'connecting media',
        answering: 'answering media',
        active: 'active media',
        unlinked: 'unlinked media',
      },
    ],
    ...strangers(
      (of) => ({ type: 'media', call: of, media }),
      { [FREE]: 'same | hang-up unknown b to Fd2' },
      true,
    ),
  ],
};

function stateText(state: CallState): string {
  if (state.phase === 'idle') return 'idle';
  if (state.phase === 'ended') return `ended ${state.outcome}`;
  const unlinked = state.phase === 'active' && !state.link;
  const answering = state.phase === 'connecting' && state.direction === 'in';
  return [
    unlinked ? 'unlinked' : answering ? 'answering' : state.phase,
    state.call === call ? '' : state.call,
    'heard' in state && state.heard ? 'heard' : '',
    'remote' in state && state.remote !== null ? 'media' : '',
  ]
    .filter((word) => word !== '')
    .join(' ');
}

function effectText(effect: CallEffect): string {
  if (effect.type !== 'send') return effect.type;
  const { message, friend, device } = effect;
  const reason = message.type === 'hang-up' ? ` ${message.reason}` : '';
  return `${message.type}${reason} ${message.call} to ${friend}${device ?? ''}`;
}

function edgeText(state: CallState, event: CallEvent): string {
  const next = stepCall(state, event, NOW);
  const same = JSON.stringify(next.state) === JSON.stringify(state);
  const effects = next.effects.map(effectText).join(', ');
  return [same ? 'same' : stateText(next.state), effects].filter((part) => part !== '').join(' | ');
}

const cases = Object.entries(EDGES).flatMap(([key, edges]) =>
  edges.flatMap(([from, event, then]) =>
    (Object.keys(STATES) as StateName[]).map((name) => {
      const row = Object.entries(then).find(([names]) => names.split(' ').includes(name));
      return [key, from, name, event, row?.[1] ?? 'same'] as const;
    }),
  ),
);

describe('every edge', () => {
  it.each(cases)('%s from %s in %s', (_key, _from, name, event, expected) => {
    expect(edgeText(STATES[name], event)).toBe(expected);
  });

  it('starts in every phase, and no row names a state that is none', () => {
    const phases: Readonly<Record<CallState['phase'], true>> = {
      idle: true,
      'ringing-out': true,
      'ringing-in': true,
      connecting: true,
      active: true,
      ended: true,
    };
    expect(new Set(Object.values(STATES).map(({ phase }) => phase))).toEqual(new Set(Object.keys(phases)));
    const named = Object.values(EDGES).flatMap((edges) =>
      edges.flatMap(([, , then]) => Object.keys(then).flatMap((names) => names.split(' '))),
    );
    expect(named.filter((name) => !(name in STATES))).toEqual([]);
  });
});
