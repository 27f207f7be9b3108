import { describe, expect, it } from 'vitest';
import { base64 } from '../base64.ts';
import { ok } from '../result.ts';
import { createMailbox } from './mailbox.ts';
import type { MailItem } from './mailbox.ts';

const from = { userId: 'u'.repeat(22), deviceId: 'd'.repeat(22) };
const item = (n: number) => ({ id: String(n), from, at: 0, body: base64(Uint8Array.of(n)) });
const numbers = (items: readonly MailItem[]) => items.map(({ bytes }) => bytes[0]);
const turn = () => new Promise((resolve) => setTimeout(resolve));

/** A server with these items, that hands over `size` at a time. */
function setUp(waiting: number, size: number) {
  const asked: (string | null)[] = [];
  const acknowledged: string[] = [];
  const taken: unknown[] = [];
  let refuse: (n: number) => boolean = () => false;
  const mailbox = createMailbox({
    ask: ((request: { type: string; after: string | null }) => {
      asked.push(request.after);
      const begin = Number(request.after ?? 0) + 1;
      const items = [];
      for (let n = begin; n <= waiting && items.length < size; n++) items.push(item(n));
      const more = begin + items.length <= waiting;
      return Promise.resolve(ok({ type: 'mail-page', ref: 1, items, more }));
    }) as never,
    tell: ({ ids }) => void acknowledged.push(...ids),
    onItems: async (items) => {
      await turn();
      taken.push(...numbers(items));
      return items.filter(({ id }) => !refuse(Number(id))).map(({ id }) => id);
    },
  });
  return { mailbox, asked, acknowledged, taken, refuse: (which: typeof refuse) => (refuse = which) };
}

describe('the mailbox', () => {
  it('takes in page after page in order, and acknowledges what was stored', async () => {
    const { mailbox, asked, acknowledged, taken, refuse } = setUp(5, 2);
    refuse((n) => n === 3);
    mailbox.collect();
    await expect.poll(() => taken).toEqual([1, 2, 3, 4, 5]);
    expect(asked).toEqual([null, '2', '4']);
    await expect.poll(() => acknowledged).toEqual(['1', '2', '4', '5']);
  });

  it('works pushed pages off after those that were asked for, and asks when there is more', async () => {
    const { mailbox, asked, taken } = setUp(4, 2);
    mailbox.collect();
    await expect.poll(() => taken).toEqual([1, 2, 3, 4]);
    mailbox.take({ type: 'mail-page', items: [item(9)], more: false });
    mailbox.take({ type: 'mail-page', items: [], more: true });
    await expect.poll(() => taken).toEqual([1, 2, 3, 4, 9]);
    expect(asked).toEqual([null, '2', '9']);
  });

  it('begins anew on a new connection', async () => {
    const { mailbox, asked } = setUp(1, 2);
    mailbox.collect();
    await expect.poll(() => asked).toEqual([null]);
    mailbox.collect();
    await expect.poll(() => asked).toEqual([null, null]);
  });
});
