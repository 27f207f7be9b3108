import { describe, expect, it } from 'vitest';
import type { FileControl } from '../wire/file-control.ts';
import { type ReceiverEvent, type ReceiverState, stepReceiver } from './receiver-machine.ts';

const id = 'T1';
const facts = { id, pieces: 10 };
const heard = (message: FileControl): ReceiverEvent => ({ type: 'heard', message });
const send = (message: FileControl) => ({ type: 'send', message }) as const;
const step = (state: ReceiverState, event: ReceiverEvent) => stepReceiver(state, event, facts);

const offered: ReceiverState = { phase: 'offered', problem: null };
const opening: ReceiverState = { phase: 'opening' };
const waiting: ReceiverState = { phase: 'waiting', verified: 4, retries: 0 };
const receiving: ReceiverState = { phase: 'receiving', stream: 3, verified: 4, retries: 0 };
const finishing: ReceiverState = { phase: 'finishing' };
const complete: ReceiverState = { phase: 'complete', acked: false };
const declined: ReceiverState = { phase: 'declined' };
const mine: ReceiverState = { phase: 'cancelled', by: 'me', reason: 'storage-full', verified: 4 };
const theirs: ReceiverState = { phase: 'cancelled', by: 'friend', reason: 'person', verified: 0 };
const everyState = [offered, opening, waiting, receiving, finishing, complete, declined, mine, theirs];

describe('a person', () => {
  it.each([offered, declined, mine])('accepts, also on second thoughts: %o', (state) => {
    expect(step(state, { type: 'accept' })).toEqual({ state: opening, effects: [{ type: 'open' }] });
  });

  it.each([opening, waiting, receiving, finishing, complete, theirs])('cannot accept %o', (state) => {
    expect(step(state, { type: 'accept' })).toEqual({ state, effects: [] });
  });

  it('declines an offer and nothing else', () => {
    expect(step(offered, { type: 'decline' })).toEqual({
      state: declined,
      effects: [send({ type: 'decline', id })],
    });
    for (const state of everyState.filter(({ phase }) => phase !== 'offered')) {
      expect(step(state, { type: 'decline' })).toEqual({ state, effects: [] });
    }
  });

  it.each([opening, waiting, receiving, finishing])('cancels %o', (state) => {
    expect(step(state, { type: 'cancel' })).toEqual({
      state: { phase: 'cancelled', by: 'me', reason: 'person', verified: 0 },
      effects: [send({ type: 'cancel', id, reason: 'person' }), { type: 'discard' }],
    });
  });

  it.each([offered, complete, declined, mine, theirs])('has nothing to cancel in %o', (state) => {
    expect(step(state, { type: 'cancel' })).toEqual({ state, effects: [] });
  });
});

describe('the run of a transfer', () => {
  it('asks from where the disk stands', () => {
    expect(step(opening, { type: 'opened', verified: 4 })).toEqual({
      state: waiting,
      effects: [send({ type: 'accept', id, from: 4 })],
    });
  });

  it.each([waiting, { ...receiving, stream: 1 }])('begins what it asked for: %o', (state) => {
    expect(step(state, heard({ type: 'begin', id, stream: 3, from: 4 }))).toEqual({
      state: receiving,
      effects: [{ type: 'begin', stream: 3, from: 4 }],
    });
  });

  it.each([waiting, receiving])('ignores the answer to an older request: %o', (state) => {
    expect(step(state, heard({ type: 'begin', id, stream: 9, from: 2 }))).toEqual({ state, effects: [] });
  });

  it('finishes at once when nothing is lacking', () => {
    const all: ReceiverState = { phase: 'waiting', verified: 10, retries: 0 };
    expect(step(all, heard({ type: 'begin', id, stream: 3, from: 10 }))).toEqual({
      state: finishing,
      effects: [{ type: 'finish' }],
    });
  });

  it('passes on the hashes of this run only', () => {
    const sha256 = `${'A'.repeat(43)}=`;
    const piece = (stream: number) => heard({ type: 'piece', stream, index: 4, sha256 });
    expect(step(receiving, piece(3)).effects).toEqual([{ type: 'expect', index: 4, sha256 }]);
    expect(step(receiving, piece(2)).effects).toEqual([]);
    expect(step(waiting, piece(3)).effects).toEqual([]);
  });

  it('tells of verified pieces, and forgives earlier faults', () => {
    expect(step({ ...receiving, retries: 2 }, { type: 'verified', stream: 3, count: 5 })).toEqual({
      state: { ...receiving, verified: 5 },
      effects: [send({ type: 'verified', stream: 3, count: 5 })],
    });
  });

  it.each([
    ['of an older run', receiving, 2, 5],
    ['that goes back', receiving, 3, 4],
    ['after the link went', waiting, 3, 5],
  ])('ignores a count %s', (_name, state, stream, count) => {
    expect(step(state, { type: 'verified', stream, count })).toEqual({ state, effects: [] });
  });

  it('closes the file after the last piece, then says so until it is heard', () => {
    expect(step(receiving, { type: 'verified', stream: 3, count: 10 })).toEqual({
      state: finishing,
      effects: [send({ type: 'verified', stream: 3, count: 10 }), { type: 'finish' }],
    });
    expect(step(finishing, { type: 'finished' })).toEqual({
      state: complete,
      effects: [send({ type: 'done', id })],
    });
    expect(step(complete, { type: 'link-up' }).effects).toEqual([send({ type: 'done', id })]);
    const acked = step(complete, heard({ type: 'done-ack', id })).state;
    expect(acked).toEqual({ phase: 'complete', acked: true });
    expect(step(acked, { type: 'link-up' }).effects).toEqual([]);
  });
});

describe('a wrong piece', () => {
  it('is asked for again', () => {
    expect(step(receiving, { type: 'corrupt', stream: 3 })).toEqual({
      state: { phase: 'waiting', verified: 4, retries: 1 },
      effects: [send({ type: 'accept', id, from: 4 })],
    });
  });

  it('ends the transfer at the fourth time, keeping what is right', () => {
    expect(step({ ...receiving, retries: 3 }, { type: 'corrupt', stream: 3 })).toEqual({
      state: { phase: 'cancelled', by: 'me', reason: 'corrupt', verified: 4 },
      effects: [send({ type: 'cancel', id, reason: 'corrupt' }), { type: 'release' }],
    });
  });

  it('of an older run is nothing', () => {
    expect(step(receiving, { type: 'corrupt', stream: 2 })).toEqual({ state: receiving, effects: [] });
  });
});

describe('the disk', () => {
  const full = { type: 'disk-failed', reason: 'storage-full' } as const;

  it('that refuses at the start leaves the offer standing', () => {
    expect(step(opening, full)).toEqual({
      state: { phase: 'offered', problem: 'storage-full' },
      effects: [],
    });
  });

  it.each([receiving, waiting])('that fills up ends the run, keeping what is there: %o', (state) => {
    expect(step(state, full)).toEqual({
      state: mine,
      effects: [send({ type: 'cancel', id, reason: 'storage-full' }), { type: 'release' }],
    });
  });

  it('that fails at the very end does not make a complete file', () => {
    expect(step(finishing, { type: 'disk-failed', reason: 'storage-failed' }).state).toMatchObject({
      phase: 'cancelled',
      reason: 'storage-failed',
    });
  });

  it.each([offered, complete, declined, mine, theirs])('says nothing that matters to %o', (state) => {
    for (const event of [full, { type: 'finished' }, { type: 'opened', verified: 0 }] as const) {
      expect(step(state, event)).toEqual({ state, effects: [] });
    }
  });
});

describe('the link', () => {
  it('that goes makes it wait, and ask again on return', () => {
    const lost = step(receiving, { type: 'link-down' });
    expect(lost).toEqual({ state: waiting, effects: [] });
    expect(step(lost.state, { type: 'link-up' })).toEqual({
      state: waiting,
      effects: [send({ type: 'accept', id, from: 4 })],
    });
  });

  it.each(everyState.filter(({ phase }) => phase !== 'receiving'))('that goes leaves %o', (state) => {
    expect(step(state, { type: 'link-down' })).toEqual({ state, effects: [] });
  });

  it('carries refusals again', () => {
    expect(step(declined, { type: 'link-up' }).effects).toEqual([send({ type: 'decline', id })]);
    expect(step(mine, { type: 'link-up' }).effects).toEqual([
      send({ type: 'cancel', id, reason: 'storage-full' }),
    ]);
    expect(step(theirs, { type: 'link-up' }).effects).toEqual([]);
    expect(step(offered, { type: 'link-up' }).effects).toEqual([]);
  });
});

describe('the friend', () => {
  const cancel = heard({ type: 'cancel', id, reason: 'gone' });
  const state = { phase: 'cancelled', by: 'friend', reason: 'gone', verified: 0 };

  it('takes an offer back', () => {
    expect(step(offered, cancel)).toEqual({ state, effects: [] });
  });

  it.each([opening, waiting, receiving])('ends what runs: %o', (running) => {
    expect(step(running, cancel)).toEqual({ state, effects: [{ type: 'discard' }] });
  });

  it.each([finishing, complete, declined, mine, theirs])('is too late for %o', (late) => {
    expect(step(late, cancel)).toEqual({ state: late, effects: [] });
  });

  it.each([
    { type: 'accept', id, from: 0 },
    { type: 'decline', id },
    { type: 'verified', stream: 3, count: 1 },
    { type: 'done', id },
  ] as const)('who speaks as a receiver is not trusted further: %o', (message) => {
    expect(step(receiving, heard(message)).state).toMatchObject({ by: 'me', reason: 'protocol' });
    expect(step(complete, heard(message))).toEqual({ state: complete, effects: [] });
  });
});
