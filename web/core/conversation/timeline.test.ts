import { describe, expect, it } from 'vitest';
import type { Message, Timeline } from '../model.ts';
import { EMPTY_TIMELINE, PAGE, withChanges, withEarlier, withLater } from './timeline.ts';

const message = (n: number, text = ''): Message => ({
  id: String(n).padStart(26, '0'),
  conversationId: 'f',
  author: 'me',
  at: n,
  body: { kind: 'text', text },
  state: 'queued',
});
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => message(from + n));
const shows = ({ messages }: Timeline) => [messages[0]?.at, messages.at(-1)?.at, messages.length];
const window = (from: number, to: number, more: Partial<Timeline> = {}): Timeline => ({
  ...EMPTY_TIMELINE,
  messages: range(from, to),
  loaded: true,
  ...more,
});

describe('the window', () => {
  it('grows at its end with what is new', () => {
    const grown = withChanges(window(0, 3), [message(3)]);
    expect(shows(grown)).toEqual([0, 3, 4]);
  });

  it('shows the first message of an empty conversation', () => {
    expect(shows(withChanges(window(0, 0), [message(1)]))).toEqual([1, 1, 1]);
  });

  it('puts a late message in its place', () => {
    const { messages } = withChanges(window(0, 0, { messages: [message(1), message(5)] }), [message(3)]);
    expect(messages.map(({ at }) => at)).toEqual([1, 3, 5]);
  });

  it('replaces what changed and drops what was removed', () => {
    const changed = withChanges(window(0, 3), [message(1, 'new')], [message(2).id]);
    expect(changed.messages.map(({ body }) => (body.kind === 'text' ? body.text : ''))).toEqual(['', 'new']);
  });

  it('never takes a message back in its course, whatever order tabs tell of it', () => {
    const state = (n: number, to: Message['state']): Message => ({ ...message(n), state: to });
    let shown = window(0, 1);
    for (const next of ['delivered', 'queued', 'read', 'delivered', 'failed'] as const) {
      shown = withChanges(shown, [state(0, next)]);
    }
    expect(shown.messages[0]?.state).toBe('read');
    expect(withChanges(window(0, 1), [state(0, 'failed')]).messages[0]?.state).toBe('failed');
  });

  it('never takes back a change to a message, whatever order tabs tell of it', () => {
    const text = (said: string, revision: number): Message => ({ ...message(0, said), revision });
    let shown = window(0, 1);
    for (const next of [text('second', 2), text('first', 1), message(0, 'as sent')]) {
      shown = withChanges(shown, [next]);
    }
    expect(shown.messages[0]).toEqual(text('second', 2));
  });

  it('leaves out what lies beyond its ends', () => {
    const middle = window(10, 20, { hasEarlier: true, hasLater: true });
    expect(withChanges(middle, [message(5), message(25)])).toBe(middle);
  });

  it('lets go of its far end', () => {
    expect(shows(withChanges(window(0, 359), [message(359)]))).toEqual([0, 359, 360]);
    expect(shows(withChanges(window(0, 360), [message(360)]))).toEqual([61, 360, 300]);
    expect(withChanges(window(0, 360), [message(360)]).hasEarlier).toBe(true);
    const earlier = withEarlier(window(100, 400), range(100 - PAGE, 100));
    expect(shows(earlier)).toEqual([100 - PAGE, 400 - PAGE - 1, 300]);
    expect(earlier).toMatchObject({ hasEarlier: true, hasLater: true });
    const later = withLater(window(0, 300, { hasLater: true }), range(300, 310));
    expect(shows(later)).toEqual([10, 309, 300]);
    expect(later).toMatchObject({ hasEarlier: true, hasLater: false });
  });
});
