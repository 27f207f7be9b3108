import { describe, expect, it } from 'vitest';
import type { FileControl } from '../wire/file-control.ts';
import { type SenderEvent, type SenderState, stepSender } from './sender-machine.ts';

const id = 'T1';
const facts = { id, pieces: 10, nextStream: 7 };
const heard = (message: FileControl): SenderEvent => ({ type: 'heard', message });
const accept = (from: number) => heard({ type: 'accept', id, from });

const offered: SenderState = { phase: 'offered' };
const sending: SenderState = { phase: 'sending', stream: 3, from: 0, verified: 4 };
const paused: SenderState = { phase: 'paused', verified: 4 };
const done: SenderState = { phase: 'done' };
const declined: SenderState = { phase: 'declined' };
const mine: SenderState = { phase: 'cancelled', by: 'me', reason: 'person', verified: 4 };
const theirs: SenderState = { phase: 'cancelled', by: 'friend', reason: 'storage-full', verified: 4 };

const send = (message: FileControl) => ({ type: 'send', message }) as const;
const cancelSent = (reason: 'person' | 'gone' | 'protocol' | 'unreadable') =>
  send({ type: 'cancel', id, reason });

describe('accept', () => {
  it.each([
    ['an offer', offered],
    ['a paused transfer', paused],
    ['one that is being sent, after a wrong piece', sending],
    ['one that the friend had declined', declined],
    ['one that the friend had cancelled', theirs],
  ])('starts a new run of %s', (_name, state) => {
    expect(stepSender(state, accept(4), facts)).toEqual({
      state: { phase: 'sending', stream: 7, from: 4, verified: 4 },
      effects: [send({ type: 'begin', id, stream: 7, from: 4 }), { type: 'start', stream: 7, from: 4 }],
    });
  });

  it('of everything begins a run with nothing in it, so that the friend can finish', () => {
    expect(stepSender(paused, accept(10), facts).state).toEqual({
      phase: 'sending',
      stream: 7,
      from: 10,
      verified: 10,
    });
  });

  it('of more than there is ends the transfer', () => {
    expect(stepSender(offered, accept(11), facts)).toEqual({
      state: { phase: 'cancelled', by: 'me', reason: 'protocol', verified: 0 },
      effects: [{ type: 'stop' }, cancelSent('protocol')],
    });
  });

  it('is answered with the cancel that it crossed', () => {
    expect(stepSender(mine, accept(0), facts)).toEqual({ state: mine, effects: [cancelSent('person')] });
  });

  it('after the end is refused', () => {
    expect(stepSender(done, accept(0), facts)).toEqual({ state: done, effects: [cancelSent('gone')] });
  });
});

describe('progress', () => {
  const verified = (stream: number, count: number) => heard({ type: 'verified', stream, count });

  it('moves on with verified pieces', () => {
    expect(stepSender(sending, verified(3, 6), facts)).toEqual({
      state: { ...sending, verified: 6 },
      effects: [{ type: 'advance', verified: 6 }],
    });
  });

  it.each([
    ['of an older run', sending, verified(2, 6)],
    ['that goes back', sending, verified(3, 3)],
    ['while paused', paused, verified(3, 6)],
  ])('ignores a count %s', (_name, state, event) => {
    expect(stepSender(state, event, facts)).toEqual({ state, effects: [] });
  });

  it('ends a transfer whose receiver claims more than there is', () => {
    expect(stepSender(sending, verified(3, 11), facts).state).toMatchObject({ by: 'me', reason: 'protocol' });
  });
});

describe('the link', () => {
  it('pauses on loss, and waits for the receiver on return', () => {
    const lost = stepSender(sending, { type: 'link-down' }, facts);
    expect(lost).toEqual({ state: paused, effects: [{ type: 'stop' }] });
    expect(stepSender(lost.state, { type: 'link-up' }, facts)).toEqual({ state: paused, effects: [] });
  });

  it.each([offered, done, declined, mine, theirs])('changes nothing else by its loss: %o', (state) => {
    expect(stepSender(state, { type: 'link-down' }, facts)).toEqual({ state, effects: [] });
  });

  it('carries one’s own cancel again', () => {
    expect(stepSender(mine, { type: 'link-up' }, facts).effects).toEqual([cancelSent('person')]);
    expect(stepSender(theirs, { type: 'link-up' }, facts).effects).toEqual([]);
  });
});

describe('the end', () => {
  it.each([offered, sending, paused])('by one’s own cancel: %o', (state) => {
    const { state: next, effects } = stepSender(state, { type: 'cancel', reason: 'person' }, facts);
    expect(next).toMatchObject({ phase: 'cancelled', by: 'me', reason: 'person' });
    expect(effects).toEqual([{ type: 'stop' }, cancelSent('person')]);
  });

  it('by a file that cannot be read', () => {
    expect(stepSender(sending, { type: 'cancel', reason: 'unreadable' }, facts)).toEqual({
      state: { phase: 'cancelled', by: 'me', reason: 'unreadable', verified: 4 },
      effects: [{ type: 'stop' }, cancelSent('unreadable')],
    });
  });

  it.each([offered, sending, paused])('by the friend: %o', (state) => {
    const cancelled = stepSender(state, heard({ type: 'cancel', id, reason: 'storage-full' }), facts);
    expect(cancelled.state).toMatchObject({ phase: 'cancelled', by: 'friend', reason: 'storage-full' });
    expect(cancelled.effects).toEqual([{ type: 'stop' }]);
    expect(stepSender(state, heard({ type: 'decline', id }), facts)).toEqual({
      state: declined,
      effects: [{ type: 'stop' }],
    });
  });

  it.each([offered, sending, paused, done, declined, mine, theirs])(
    'by the whole file being there, whatever was thought before: %o',
    (state) => {
      expect(stepSender(state, heard({ type: 'done', id }), facts)).toEqual({
        state: done,
        effects: [{ type: 'stop' }, send({ type: 'done-ack', id })],
      });
    },
  );

  it.each([done, declined, mine, theirs])('is the end: %o', (state) => {
    for (const event of [
      heard({ type: 'cancel', id, reason: 'person' }),
      heard({ type: 'decline', id }),
      heard({ type: 'verified', stream: 3, count: 9 }),
      heard({ type: 'begin', id, stream: 1, from: 0 }),
      { type: 'cancel', reason: 'person' },
    ] as const) {
      expect(stepSender(state, event, facts)).toEqual({ state, effects: [] });
    }
  });
});

it('ends a transfer when the receiver speaks as a sender', () => {
  expect(stepSender(sending, heard({ type: 'begin', id, stream: 1, from: 0 }), facts).state).toMatchObject({
    phase: 'cancelled',
    reason: 'protocol',
  });
});
