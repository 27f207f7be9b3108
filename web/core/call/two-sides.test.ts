/** Two call machines and a network that delays, breaks and mends as a seeded dice says: they must always end alike. */
import { describe, expect, it } from 'vitest';
import type { CallControl, CallOutcome } from '../wire/call-control.ts';
import { stepCall } from './call-machine.ts';
import type { CallEvent, CallState } from './call-state.ts';

type Side = 'a' | 'b';
const other = { a: 'b', b: 'a' } as const;

const media = { audio: true, video: true, screen: false };

function dice(seed: number) {
  let state = seed;
  return (sides: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

function createWorld() {
  const states: Record<Side, CallState> = { a: { phase: 'idle' }, b: { phase: 'idle' } };
  const wire: Record<Side, CallControl[]> = { a: [], b: [] };
  const alarms: Record<Side, string | null> = { a: null, b: null };
  let linked = true;

  const feed = (side: Side, event: CallEvent) => {
    const { state, effects } = stepCall(states[side], event, 0);
    states[side] = state;
    const send = (message: CallControl) => linked && wire[other[side]].push(message);
    for (const effect of effects) {
      if (effect.type === 'send') send(effect.message);
      if (effect.type === 'tell-media' && 'call' in state) send({ type: 'media', call: state.call, media });
      if (effect.type === 'alarm') alarms[side] = effect.key;
    }
  };
  return {
    states,
    feed,
    deliver(side: Side) {
      const message = wire[side].shift();
      if (message) feed(side, { type: 'heard', friend: other[side], device: other[side], message });
    },
    link(up: boolean) {
      if (linked === up) return;
      linked = up;
      if (!up) wire.a.length = wire.b.length = 0;
      for (const side of ['a', 'b'] as const) {
        feed(side, { type: up ? 'link-up' : 'link-down', friend: other[side], device: other[side] });
      }
    },
    alarm(side: Side) {
      const key = alarms[side];
      if (key !== null) feed(side, { type: 'alarm', key });
    },
    settle() {
      while (wire.a.length + wire.b.length > 0) {
        this.deliver('a');
        this.deliver('b');
      }
    },
  };
}

type World = ReturnType<typeof createWorld>;

function randomStep(world: World, roll: (sides: number) => number, round: number) {
  const side = roll(2) === 0 ? 'a' : 'b';
  const actions: (() => void)[] = [
    () => world.feed(side, { type: 'ring', call: `${roll(9)}-${round}`, friend: other[side], kind: 'voice' }),
    () => world.feed(side, { type: 'answer' }),
    () => world.feed(side, { type: 'media-flows' }),
    () => world.link(false),
    () => world.link(true),
    ...Array.from({ length: 5 }, () => () => world.deliver(side)),
  ];
  if (roll(6) === 0) actions.push(() => world.feed(side, { type: 'end' }));
  actions[roll(actions.length)]?.();
}

/** How a thing ends for one side and for the other. */
const PAIRS: readonly (readonly [CallOutcome, CallOutcome])[] = [
  ['talked', 'talked'],
  ['cancelled', 'cancelled'],
  ['cancelled', 'missed'],
  ['no-answer', 'missed'],
  ['declined', 'declined'],
  ['lost', 'lost'],
  ['busy', 'missed'],
];

describe('two sides', () => {
  it('never stay in different calls once the link holds and every wait has run out', () => {
    for (let seed = 1; seed <= 3_000; seed++) {
      const world = createWorld();
      const roll = dice(seed);
      for (let round = 0; round < 40; round++) randomStep(world, roll, round);
      world.link(false);
      world.link(true);
      world.settle();
      const { a, b } = world.states;
      const inCall = (state: CallState) => ('call' in state && state.phase !== 'ended' ? state.call : null);
      expect([seed, inCall(a)]).toEqual([seed, inCall(b)]);
    }
  });

  it('agree on the call when both ring at once, in whatever order the rings arrive', () => {
    for (const order of ['ab', 'ba']) {
      const world = createWorld();
      world.feed('a', { type: 'ring', call: '2', friend: 'b', kind: 'voice' });
      world.feed('b', { type: 'ring', call: '1', friend: 'a', kind: 'video' });
      for (const side of order) world.deliver(side as Side);
      world.settle();
      expect(world.states.a).toMatchObject({ phase: 'connecting', call: '1' });
      expect(world.states.b).toMatchObject({ phase: 'connecting', call: '1' });
    }
  });

  it('end a call that both know with outcomes that belong together', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const world = createWorld();
      const roll = dice(seed);
      world.feed('a', { type: 'ring', call: '5', friend: 'b', kind: 'voice' });
      world.settle();
      const steps = [
        () => world.feed('b', { type: 'answer' }),
        () => world.feed('a', { type: 'end' }),
        () => world.feed('b', { type: 'end' }),
        () => world.alarm('a'),
      ];
      for (let n = 0; n < 3; n++) {
        steps[roll(steps.length)]?.();
        world.settle();
        if (world.states.a.phase === 'connecting') {
          world.feed('a', { type: 'media-flows' });
          world.feed('b', { type: 'media-flows' });
        }
      }
      world.feed('a', { type: 'end' });
      world.settle();
      const outcomes = [world.states.a, world.states.b].map((state) =>
        state.phase === 'ended' ? state.outcome : null,
      );
      expect(PAIRS.some((pair) => pair.every((outcome) => outcomes.includes(outcome)))).toBe(true);
    }
  });
});
