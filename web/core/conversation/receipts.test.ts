import { expect, it } from 'vitest';
import { createFakeTime } from '../../../tests/fakes/time.ts';
import { createReceipts } from './receipts.ts';

const to = (userId: string, sure = true) => ({ conversationId: 'f', userId, sure });
const ids = (from: number, end: number) => Array.from({ length: end - from }, (_none, at) => `${from + at}`);

function setUp() {
  const said: string[] = [];
  const ways: ((went: boolean) => void)[] = [];
  const reported: string[] = [];
  const time = createFakeTime();
  const receipts = createReceipts({
    timers: time.timers,
    send({ userId, sure }, delivered) {
      said.push(`${userId} ${sure ? 'sure ' : ''}${delivered[0]}..${delivered.at(-1)}`);
      return new Promise((resolve, reject) =>
        ways.push((went) => (went ? resolve(true) : reject(new Error()))),
      );
    },
    report: (during) => reported.push(during),
  });
  return { receipts, said, ways, reported, time };
}

it('says the first at once, and then in one what came while that was on its way', async () => {
  const { receipts, said, ways } = setUp();
  receipts(to('anna'), ids(0, 2));
  expect(said).toEqual(['anna sure 0..1']);
  receipts(to('anna'), ids(2, 4));
  receipts(to('anna'), ids(4, 6));
  expect(said).toHaveLength(1);
  ways[0]!(true);
  await expect.poll(() => said).toEqual(['anna sure 0..1', 'anna sure 2..5']);
});

it('waits for nobody else', () => {
  const { receipts, said } = setUp();
  receipts(to('anna'), ['1']);
  receipts(to('ben'), ['2']);
  receipts(to('anna', false), ['3']);
  expect(said).toEqual(['anna sure 1..1', 'ben sure 2..2', 'anna 3..3']);
});

it('puts no more into one than the other page takes', async () => {
  const { receipts, said, ways } = setUp();
  receipts(to('anna'), ['0']);
  receipts(to('anna'), ids(1, 801));
  ways[0]!(true);
  await expect.poll(() => said.at(-1)).toBe('anna sure 1..500');
  ways[1]!(true);
  await expect.poll(() => said.at(-1)).toBe('anna sure 501..800');
});

it('goes on after one that could not be sent, and tells of it', async () => {
  const { receipts, said, ways, reported } = setUp();
  receipts(to('anna'), ['1']);
  receipts(to('anna'), ['2']);
  ways[0]!(false);
  await expect.poll(() => said).toEqual(['anna sure 1..1', 'anna sure 2..2']);
  ways[1]!(true);
  await Promise.resolve();
  await expect.poll(() => (receipts(to('anna'), ['3']), said.at(-1))).toBe('anna sure 3..3');
  expect(reported).toEqual(['sending a receipt']);
});

it('waits half a minute for one that hangs, and then says what came since', async () => {
  const { receipts, said, time } = setUp();
  receipts(to('anna'), ['1']);
  receipts(to('anna'), ['2']);
  receipts(to('anna'), ['3']);
  await time.advance(29_999);
  expect(said).toEqual(['anna sure 1..1']);
  await time.advance(1);
  expect(said).toEqual(['anna sure 1..1', 'anna sure 2..3']);
});
