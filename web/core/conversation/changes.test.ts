import { describe, expect, it } from 'vitest';
import type { Author, Message } from '../model.ts';
import { timeOfId } from '../wire/message-id.ts';
import type { WireChange } from '../wire/message.ts';
import type { ChangeableMessage } from './changes.ts';
import { MARKS_MAX, mayChange, newestBy, overtakes, withChange, wouldShow } from './changes.ts';

const idOf = (n: number) => String(n).padStart(26, '0');
const TARGET = idOf(1);
const text: Message = {
  id: TARGET,
  conversationId: 'f',
  author: 'friend',
  at: 1,
  body: { kind: 'text', text: 'one' },
  state: 'delivered',
};
const file: Message = {
  ...text,
  body: { kind: 'file', file: { name: 'a.txt', size: 1, type: '' }, device: 'd' },
};
const call: Message = {
  ...text,
  body: { kind: 'call', call: { kind: 'voice', outcome: 'talked', seconds: 1 } },
};
const edit = (n: number, to = `edit ${n}`): WireChange => ({
  type: 'edit',
  id: idOf(n),
  target: TARGET,
  text: to,
});
const deletion = (n: number): WireChange => ({ type: 'delete', id: idOf(n), target: TARGET });
const reaction = (n: number, emoji: string, on = true): WireChange => ({
  type: 'reaction',
  id: idOf(n),
  target: TARGET,
  emoji,
  on,
});
const after = (...changes: readonly (readonly [WireChange, Author])[]): ChangeableMessage =>
  changes.reduce<ChangeableMessage>((message, [change, by]) => withChange(message, change, by), text);

describe('who may change what', () => {
  it.each([
    ['its author edits a text', text, edit(5), 'friend', true],
    ['another edits it', text, edit(5), 'me', false],
    ['its author edits a file', file, edit(5), 'friend', false],
    ['its author deletes a text', text, deletion(5), 'friend', true],
    ['its author deletes a file', file, deletion(5), 'friend', true],
    ['another deletes it', file, deletion(5), 'me', false],
    ['somebody deletes the entry of a call', call, deletion(5), 'friend', false],
    ['anybody reacts to a text', text, reaction(5, '👍'), 'me', true],
    ['anybody reacts to a file', file, reaction(5, '👍'), 'friend', true],
    ['somebody reacts to the entry of a call', call, reaction(5, '👍'), 'me', false],
  ] as const)('%s', (_name, message, change, by, allowed) => {
    expect(mayChange(message, change, by)).toBe(allowed);
    if (!allowed) expect(withChange(message, change, by)).toBe(message);
  });
});

describe('edits', () => {
  it('show the text of the highest id, whichever came last', () => {
    const expected = { body: { kind: 'text', text: 'edit 7' }, edited: timeOfId(idOf(7)) };
    expect(after([edit(5), 'friend'], [edit(7), 'friend'])).toMatchObject(expected);
    expect(after([edit(7), 'friend'], [edit(5), 'friend'])).toMatchObject(expected);
  });

  it('count once, however often they come', () => {
    expect(after([edit(5), 'friend'], [edit(5), 'friend'])).toMatchObject({ revision: 1 });
  });
});

describe('deletions', () => {
  it('leave nothing of what was said, and beat every edit', () => {
    const answered = { ...text, replyTo: { id: idOf(0), author: 'me', excerpt: 'why' } } as const;
    const said = [edit(5), reaction(6, '👍')].reduce<Message>(
      (message, change) => withChange(message, change, 'friend'),
      answered,
    );
    const deleted = withChange(said, deletion(4), 'friend');
    expect(deleted).toEqual({ ...text, body: { kind: 'deleted' }, revision: 3 });
    expect(withChange(deleted, edit(9), 'friend')).toBe(deleted);
    expect(withChange(deleted, reaction(9, '👍'), 'me')).toBe(deleted);
    expect(withChange(deleted, deletion(9), 'friend')).toBe(deleted);
  });
});

describe('reactions', () => {
  it('are each person’s own, in the order of their first', () => {
    const message = after(
      [reaction(7, '👍'), 'me'],
      [reaction(5, '👍'), 'friend'],
      [reaction(6, '🎉'), 'friend'],
    );
    expect(message.reactions).toEqual([
      { emoji: '👍', by: ['friend', 'me'] },
      { emoji: '🎉', by: ['friend'] },
    ]);
  });

  it('follow the highest id of a person and emoji', () => {
    expect(after([reaction(6, '👍', false), 'me'], [reaction(5, '👍'), 'me']).reactions).toBeUndefined();
    expect(after([reaction(6, '👍', false), 'me'], [reaction(5, '👍'), 'friend']).reactions).toEqual([
      { emoji: '👍', by: ['friend'] },
    ]);
  });

  it('are bounded for each person, and the latest stay whatever the order', () => {
    const many = Array.from({ length: MARKS_MAX + 6 }, (_, n) =>
      reaction(10 + n, String.fromCodePoint(0x1f600 + n)),
    );
    const forward = after(...many.map((change) => [change, 'friend'] as const), [reaction(5, '👍'), 'me']);
    const backward = after(...many.toReversed().map((change) => [change, 'friend'] as const), [
      reaction(5, '👍'),
      'me',
    ]);
    expect(forward.reactions).toHaveLength(MARKS_MAX + 1);
    expect(forward.reactions).toEqual(backward.reactions);
    expect(forward.reactions?.at(-1)).toMatchObject({ emoji: String.fromCodePoint(0x1f600 + MARKS_MAX + 5) });
  });
});

it('tells what would not be seen', () => {
  expect(wouldShow(text, edit(5, 'one'))).toBe(false);
  expect(wouldShow(text, edit(5))).toBe(true);
  expect(wouldShow(text, reaction(5, '👍', false))).toBe(false);
  expect(wouldShow(after([reaction(5, '👍'), 'friend']), reaction(6, '👍'))).toBe(true);
  expect(wouldShow(after([reaction(5, '👍'), 'me']), reaction(6, '👍'))).toBe(false);
});

it('knows the newest change of a person’s', () => {
  const message = after([edit(5), 'friend'], [reaction(9, '👍'), 'me'], [reaction(4, '🎉'), 'me']);
  expect(newestBy(text, 'friend')).toBeNull();
  expect(newestBy(message, 'friend')).toBe(idOf(5));
  expect(newestBy(message, 'me')).toBe(idOf(9));
});

it.each([
  ['a later edit', edit(6), edit(5), true],
  ['an earlier edit', edit(4), edit(5), false],
  ['a deletion of any id', deletion(4), edit(5), true],
  ['an edit after a reaction', edit(6), reaction(5, '👍'), false],
  ['the same emoji', reaction(6, '👍', false), reaction(5, '👍'), true],
  ['another emoji', reaction(6, '🎉'), reaction(5, '👍'), false],
  ['another message', { ...edit(6), target: idOf(2) }, edit(5), false],
] as const)('overtakes: %s', (_name, newer, older, expected) => {
  expect(overtakes(newer, older)).toBe(expected);
});
