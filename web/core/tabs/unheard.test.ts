import { describe, expect, it } from 'vitest';
import type { Command } from './bus.ts';
import { createUnheard, MOST_UNHEARD } from './unheard.ts';

const read = (conversationId: string): Command => ({ type: 'read', conversationId });

function handedOver(unheard: ReturnType<typeof createUnheard>): Command[] {
  const commands: Command[] = [];
  unheard.handOver((command) => commands.push(command));
  return commands;
}

describe('what was asked before any tab led', () => {
  it('is handed to the first that begins to, once and in order', () => {
    const unheard = createUnheard();
    expect(unheard.keep(read('a'))).toEqual({ ok: true });
    unheard.keep(read('b'));
    expect(handedOver(unheard)).toEqual([read('a'), read('b')]);
    expect(handedOver(unheard)).toEqual([]);
  });

  it('is kept no longer when a tab that led already heard it, nor is what follows', () => {
    const unheard = createUnheard();
    unheard.keep(read('a'));
    unheard.wereHeard();
    expect(unheard.keep(read('b'))).toEqual({ ok: true });
    expect(handedOver(unheard)).toEqual([]);
  });

  it('is refused beyond a limit, and what was kept until then is still handed over', () => {
    const unheard = createUnheard();
    for (let count = 0; count < MOST_UNHEARD; count++) expect(unheard.keep(read(`${count}`)).ok).toBe(true);
    expect(unheard.keep(read('more'))).toEqual({ ok: false, failure: { code: 'unavailable' } });
    expect(handedOver(unheard)).toHaveLength(MOST_UNHEARD);
    expect(unheard.keep(read('again')).ok).toBe(true);
  });
});
