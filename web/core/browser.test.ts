import { afterEach, expect, it, vi } from 'vitest';
import { browserKeep } from './browser.ts';

afterEach(() => vi.unstubAllGlobals());

/** One browser's, with room for `most` entries. */
function storage(most = Infinity) {
  const held: Record<string, string> = {};
  const methods = {
    getItem: (key: string) => held[key] ?? null,
    setItem(key: string, value: string) {
      if (!(key in held) && Object.keys(held).length >= most)
        throw new DOMException('full', 'QuotaExceededError');
      held[key] = value;
    },
    removeItem: (key: string) => void delete held[key],
  };
  // Its own keys are the entries, as those of the real one.
  for (const [name, method] of Object.entries(methods))
    Object.defineProperty(held, name, { value: method, enumerable: false });
  return held;
}

it('keeps nothing that another tab removed or changed', () => {
  vi.stubGlobal('localStorage', storage());
  const [mine, theirs] = [browserKeep(), browserKeep()];
  mine.set('used', 'once');
  mine.set('changed', 'old');
  theirs.remove('used');
  theirs.set('changed', 'new');
  expect([mine.keys(), mine.get('used'), mine.get('changed')]).toEqual([['changed'], null, 'new']);
});

it('keeps what the browser refuses as long as the tab lives', () => {
  vi.stubGlobal('localStorage', storage(1));
  const keep = browserKeep();
  keep.set('first', 'stored');
  keep.set('second', 'refused');
  expect([keep.keys(), keep.get('second'), browserKeep().get('second')]).toEqual([
    ['first', 'second'],
    'refused',
    null,
  ]);
  keep.remove('second');
  expect(keep.get('second')).toBe(null);
});
