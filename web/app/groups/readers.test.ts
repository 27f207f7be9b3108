import { describe, expect, it } from 'vitest';
import { readersOf } from './readers.ts';

describe('who has read a message', () => {
  it('is everybody whose mark is at it or after it', () => {
    const marks = new Map([
      ['ada', '0005'],
      ['bo', '0004'],
      ['cy', '0003'],
    ]);
    expect(readersOf(['ada', 'bo', 'cy', 'di'], marks, '0004')).toEqual({
      read: ['ada', 'bo'],
      notYet: ['cy', 'di'],
    });
  });
});
