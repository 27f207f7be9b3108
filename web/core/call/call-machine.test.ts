import { describe, expect, it } from 'vitest';
import type { CallControl } from '../wire/call-control.ts';
import { stepCall } from './call-machine.ts';
import { CALL_TIMES, type CallEvent, type CallState } from './call-state.ts';

const NOW = 100_000;
const call = 'b';
const basics = { call, friend: 'F', kind: 'video' } as const;
const out = { ...basics, direction: 'out' } as const;
const incoming = { ...basics, direction: 'in' } as const;

const idle: CallState = { phase: 'idle' };
const ringingOut: CallState = { ...out, phase: 'ringing-out', heard: false };
const ringingIn: CallState = { ...incoming, phase: 'ringing-in', device: 'd1' };
const connecting: CallState = { ...out, phase: 'connecting', device: 'd1', remote: null };
const active: CallState = {
  ...out,
  phase: 'active',
  device: 'd1',
  remote: null,
  since: NOW - 65_400,
  link: true,
};
const ended: CallState = { ...out, phase: 'ended', outcome: 'talked', seconds: 3 };
const busyStates = [ringingOut, ringingIn, connecting, active];

const step = (state: CallState, event: CallEvent) => stepCall(state, event, NOW);
const heard = (message: CallControl, device = 'd1', friend = 'F'): CallEvent => ({
  type: 'heard',
  friend,
  device,
  message,
});
const sent = (message: CallControl, device: string | null = 'd1', friend = 'F') => ({
  type: 'send',
  friend,
  device,
  message,
});
const media = { audio: true, video: false, screen: false };
const over = (state: CallState) => ({ type: 'over', call: state });
const up = (device = 'd1', friend = 'F') => ({ type: 'link-up', friend, device }) as const;
const down = (device = 'd1', friend = 'F') => ({ type: 'link-down', friend, device }) as const;

describe('ringing out', () => {
  it.each([idle, ended])('starts from %o', (state) => {
    expect(step(state, { type: 'ring', call, friend: 'F', kind: 'video' })).toEqual({
      state: ringingOut,
      effects: [
        sent({ type: 'ring', call, kind: 'video' }, null),
        { type: 'alarm', key: 'b ringing-out', ms: CALL_TIMES.ringOut },
      ],
    });
  });

  it.each(busyStates)('does not start from %o', (state) => {
    expect(step(state, { type: 'ring', call: 'z', friend: 'G', kind: 'voice' })).toEqual({
      state,
      effects: [],
    });
  });

  it('hears that the friend’s page rings', () => {
    expect(step(ringingOut, heard({ type: 'ringing', call })).state).toEqual({ ...ringingOut, heard: true });
    expect(step(connecting, heard({ type: 'ringing', call })).state).toEqual(connecting);
  });

  it('rings a device that comes within reach', () => {
    expect(step(ringingOut, up('d2')).effects).toEqual([sent({ type: 'ring', call, kind: 'video' }, 'd2')]);
    expect(step(ringingOut, up('d2', 'G')).effects).toEqual([]);
  });

  it('goes over into the call with the device that answers', () => {
    expect(step(ringingOut, heard({ type: 'answer', call }))).toEqual({
      state: connecting,
      effects: [
        { type: 'attach', friend: 'F', device: 'd1' },
        { type: 'tell-media' },
        { type: 'alarm', key: 'b connecting', ms: CALL_TIMES.connecting },
      ],
    });
  });

  it('tells a second device that answers that it is too late', () => {
    expect(step(connecting, heard({ type: 'answer', call }, 'd2'))).toEqual({
      state: connecting,
      effects: [sent({ type: 'hang-up', call, reason: 'elsewhere' }, 'd2')],
    });
  });

  it.each([
    ['declined', { type: 'decline', call }],
    ['busy', { type: 'busy', call }],
  ] as const)('ends %s, on all devices', (outcome, message) => {
    const state = { ...out, phase: 'ended', outcome, seconds: 0 } as const;
    expect(step(ringingOut, heard(message))).toEqual({
      state,
      effects: [sent({ type: 'hang-up', call, reason: 'elsewhere' }, null), { type: 'detach' }, over(state)],
    });
  });

  it('ends unanswered', () => {
    const state = { ...out, phase: 'ended', outcome: 'no-answer', seconds: 0 } as const;
    expect(step(ringingOut, { type: 'alarm', key: 'b ringing-out' })).toEqual({
      state,
      effects: [sent({ type: 'hang-up', call, reason: 'no-answer' }, null), { type: 'detach' }, over(state)],
    });
  });

  it('ends by giving up', () => {
    const { state, effects } = step(ringingOut, { type: 'end' });
    expect(state).toMatchObject({ phase: 'ended', outcome: 'cancelled' });
    expect(effects[0]).toEqual(sent({ type: 'hang-up', call, reason: 'person' }, null));
  });

  it('outlives a link that goes', () => {
    expect(step(ringingOut, down())).toEqual({ state: ringingOut, effects: [] });
  });
});

describe('being rung', () => {
  const ring = { type: 'ring', call, kind: 'video' } as const;

  it.each([idle, { ...ended, call: 'a' } as CallState])('from %o', (state) => {
    expect(step(state, heard(ring))).toEqual({
      state: ringingIn,
      effects: [
        sent({ type: 'ringing', call }),
        { type: 'alarm', key: 'b ringing-in', ms: CALL_TIMES.ringIn },
      ],
    });
  });

  it('twice for the same call is once', () => {
    expect(step(ringingIn, heard(ring))).toEqual({
      state: ringingIn,
      effects: [sent({ type: 'ringing', call })],
    });
    expect(step(active, heard(ring))).toEqual({ state: active, effects: [] });
  });

  it('again after declining, because the link had swallowed it, is declined again', () => {
    const declined: CallState = { ...incoming, phase: 'ended', outcome: 'declined', seconds: 0 };
    expect(step(declined, heard(ring))).toEqual({
      state: declined,
      effects: [sent({ type: 'decline', call })],
    });
  });

  it.each(busyStates)('by somebody else meanwhile is busy: %o', (state) => {
    expect(step(state, heard({ ...ring, call: 'x' }, 'g1', 'G'))).toEqual({
      state,
      effects: [sent({ type: 'busy', call: 'x' }, 'g1', 'G')],
    });
  });

  it.each([ringingIn, connecting, active])('by another device of the friend is busy too: %o', (state) => {
    expect(step(state, heard({ ...ring, call: 'x' }, 'd2')).effects).toEqual([
      sent({ type: 'busy', call: 'x' }, 'd2'),
    ]);
  });

  it.each([
    [active, 'talked'],
    [connecting, 'lost'],
    [ringingIn, 'missed'],
  ])('anew by the page that we believed in a call with ends that call: %o', (state, outcome) => {
    const next = step(state, heard({ ...ring, call: 'x' }));
    expect(next.state).toEqual({ ...ringingIn, call: 'x' });
    expect(next.effects.find(({ type }) => type === 'over')).toMatchObject({ call: { call, outcome } });
    expect(next.effects).toContainEqual(sent({ type: 'ringing', call: 'x' }));
  });

  it('answers', () => {
    expect(step(ringingIn, { type: 'answer' })).toEqual({
      state: { ...incoming, phase: 'connecting', device: 'd1', remote: null },
      effects: [
        sent({ type: 'answer', call }),
        { type: 'attach', friend: 'F', device: 'd1' },
        { type: 'tell-media' },
        { type: 'alarm', key: 'b connecting', ms: CALL_TIMES.connecting },
      ],
    });
    for (const state of [idle, ringingOut, connecting, active, ended]) {
      expect(step(state, { type: 'answer' })).toEqual({ state, effects: [] });
    }
  });

  it('declines', () => {
    const state = { ...incoming, phase: 'ended', outcome: 'declined', seconds: 0 } as const;
    expect(step(ringingIn, { type: 'end' })).toEqual({
      state,
      effects: [sent({ type: 'decline', call }), { type: 'detach' }, over(state)],
    });
  });

  it.each([
    ['person', 'missed'],
    ['no-answer', 'missed'],
    ['lost', 'missed'],
    ['elsewhere', 'elsewhere'],
  ] as const)('ends by the caller’s %s as %s', (reason, outcome) => {
    const { state } = step(ringingIn, heard({ type: 'hang-up', call, reason }));
    expect(state).toMatchObject({ phase: 'ended', outcome });
  });

  it('ends by itself when the caller is gone', () => {
    const { state } = step(ringingIn, { type: 'alarm', key: 'b ringing-in' });
    expect(state).toMatchObject({ phase: 'ended', outcome: 'missed' });
  });

  it('asks on a new link whether it still is', () => {
    expect(step(ringingIn, up()).effects).toEqual([sent({ type: 'ringing', call })]);
    const { state } = step(ringingIn, heard({ type: 'hang-up', call, reason: 'unknown' }));
    expect(state).toMatchObject({ phase: 'ended', outcome: 'missed' });
  });

  it('is not ended by another device', () => {
    const hangUp = heard({ type: 'hang-up', call, reason: 'person' }, 'd2');
    expect(step(ringingIn, hangUp)).toEqual({ state: ringingIn, effects: [] });
  });
});

describe('both ring each other', () => {
  it('the lower id is answered, and the other forgotten on all devices', () => {
    const { state, effects } = step(ringingOut, heard({ type: 'ring', call: 'a', kind: 'voice' }));
    expect(state).toEqual({ ...connecting, call: 'a' });
    expect(effects.slice(0, 2)).toEqual([
      sent({ type: 'hang-up', call: 'b', reason: 'elsewhere' }, null),
      sent({ type: 'answer', call: 'a' }),
    ]);
  });

  it('the higher id is ignored', () => {
    const ring = heard({ type: 'ring', call: 'c', kind: 'voice' });
    expect(step(ringingOut, ring)).toEqual({ state: ringingOut, effects: [] });
  });
});

describe('a call', () => {
  it('is active once something arrives', () => {
    expect(step(connecting, { type: 'media-flows' })).toEqual({
      state: { ...connecting, phase: 'active', since: NOW, link: true },
      effects: [],
    });
    expect(step(active, { type: 'media-flows' })).toEqual({ state: active, effects: [] });
  });

  it.each([connecting, active])('knows what the other side sends: %o', (state) => {
    expect(step(state, heard({ type: 'media', call, media })).state).toEqual({ ...state, remote: media });
    expect(step(state, heard({ type: 'media', call, media }, 'd2')).state).toEqual(state);
  });

  it('keeps through the loss of its link, for a minute', () => {
    const lost = step(active, down());
    expect(lost).toEqual({
      state: { ...active, link: false },
      effects: [{ type: 'alarm', key: 'b active', ms: CALL_TIMES.linkLost }],
    });
    const back = step(lost.state, up());
    expect(back).toEqual({
      state: active,
      effects: [{ type: 'attach', friend: 'F', device: 'd1' }, { type: 'tell-media' }],
    });
    expect(step(back.state, { type: 'alarm', key: 'b active' })).toEqual({ state: active, effects: [] });
    expect(step(lost.state, { type: 'alarm', key: 'b active' }).state).toMatchObject({
      phase: 'ended',
      outcome: 'talked',
      seconds: 65,
    });
  });

  it.each([idle, ringingIn, connecting, ended])('but only an active one minds: %o', (state) => {
    expect(step(state, down())).toEqual({ state, effects: [] });
  });

  it('does not mind other links', () => {
    for (const event of [down('d2'), down('d1', 'G'), up('d2'), up('d1', 'G')]) {
      expect(step(active, event)).toEqual({ state: active, effects: [] });
    }
  });

  it('repeats an answer that a dead link may have swallowed', () => {
    const answering: CallState = { ...incoming, phase: 'connecting', device: 'd1', remote: null };
    const again = step(answering, heard({ type: 'ring', call, kind: 'video' }));
    expect(again).toEqual({ state: answering, effects: [sent({ type: 'answer', call })] });
  });

  it('that never carries anything is given up', () => {
    const { state, effects } = step(connecting, { type: 'alarm', key: 'b connecting' });
    expect(state).toMatchObject({ phase: 'ended', outcome: 'lost' });
    expect(effects[0]).toEqual(sent({ type: 'hang-up', call, reason: 'lost' }));
  });

  it.each([
    [active, 'person', 'talked', 65],
    [connecting, 'person', 'cancelled', 0],
    [connecting, 'no-media', 'no-media', 0],
    [connecting, 'lost', 'lost', 0],
    [active, 'unknown', 'talked', 65],
  ] as const)('ends by the other side: %o, %s', (state, reason, outcome, seconds) => {
    expect(step(state, heard({ type: 'hang-up', call, reason })).state).toMatchObject({ outcome, seconds });
  });

  it.each([
    [active, 'talked'],
    [connecting, 'cancelled'],
  ] as const)('ends by this side: %o, %s', (state, outcome) => {
    const next = step(state, { type: 'end' });
    expect(next.state).toMatchObject({ phase: 'ended', outcome });
    expect(next.effects[0]).toEqual(sent({ type: 'hang-up', call, reason: 'person' }));
  });
});

describe('what no longer holds', () => {
  it.each([idle, ended])('nothing ends %o', (state) => {
    expect(step(state, { type: 'end' })).toEqual({ state, effects: [] });
    expect(step(state, { type: 'alarm', key: 'none' })).toEqual({ state, effects: [] });
    expect(step(state, heard({ type: 'hang-up', call, reason: 'person' }))).toEqual({ state, effects: [] });
  });

  it.each([
    { type: 'media', call: 'x', media },
    { type: 'answer', call: 'x' },
    { type: 'ringing', call: 'x' },
  ] as const)('a page that believes in a call unknown here is told: %o', (message) => {
    expect(step(active, heard(message)).effects).toEqual([
      sent({ type: 'hang-up', call: 'x', reason: 'unknown' }),
    ]);
  });
});
