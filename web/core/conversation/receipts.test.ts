import { expect, it } from 'vitest';
import { createFakeKeep } from '../../../tests/fakes/keep.ts';
import { createFakeTime } from '../../../tests/fakes/time.ts';
import { createScope } from '../scope.ts';
import { createOwedReceipts } from './owed-receipts.ts';
import { createReceipts } from './receipts.ts';

const to = (userId: string, sure = true) => ({ conversationId: 'f', userId, sure });
const idOf = (n: number) => String(n).padStart(26, '0');
const ids = (from: number, end: number) => Array.from({ length: end - from }, (_none, at) => `${from + at}`);

function setUp(kept = new Map<string, string>()) {
  const said: string[] = [];
  /** Null: it fails in a way that was not expected. */
  const ways: ((went: boolean | null) => void)[] = [];
  const reported: string[] = [];
  const time = createFakeTime();
  const owed = createOwedReceipts(createFakeKeep(kept), 'own');
  const scope = createScope();
  const { say: receipts, takeUp } = createReceipts({
    timers: time.timers,
    random: { fraction: () => 1 },
    scope,
    owed,
    send({ userId, sure }, delivered) {
      said.push(`${userId} ${sure ? 'sure ' : ''}${delivered[0]}..${delivered.at(-1)}`);
      return new Promise<boolean>((resolve, reject) =>
        ways.push((went) => (went === null ? reject(new Error()) : resolve(went))),
      );
    },
    report: (during) => reported.push(during),
  });
  return { receipts, takeUp, said, ways, reported, time, owed, scope };
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

it('sends what could not be sent again, ever more rarely, with all that came since', async () => {
  const { receipts, said, ways, reported, time, owed } = setUp();
  receipts(to('anna'), [idOf(1)]);
  ways[0]!(null);
  await time.settle();
  expect(reported).toEqual(['sending a receipt']);
  receipts(to('anna'), [idOf(2)]);
  await time.advance(1_999);
  expect(said).toHaveLength(1);
  await time.advance(1);
  expect(said[1]).toBe(`anna sure ${idOf(1)}..${idOf(2)}`);
  ways[1]!(false);
  await time.advance(3_999);
  expect(said).toHaveLength(2);
  await time.advance(1);
  expect(said[2]).toBe(said[1]);
  ways[2]!(true);
  await time.settle();
  expect(owed.all()).toEqual([]);
  receipts(to('anna'), [idOf(3)]);
  expect(said[3]).toBe(`anna sure ${idOf(3)}..${idOf(3)}`);
});

it('does not repeat one that is asked for again anyway', async () => {
  const { receipts, said, ways, time, owed } = setUp();
  receipts(to('anna', false), ['1']);
  expect(owed.all()).toEqual([]);
  ways[0]!(false);
  await time.advance(1_000_000);
  expect(said).toEqual(['anna 1..1']);
});

it('leaves what is not said to the next tab that leads', async () => {
  const kept = new Map<string, string>();
  const dead = setUp(kept);
  dead.receipts(to('anna'), [idOf(1)]);
  dead.receipts(to('anna'), [idOf(2)]);
  dead.receipts(to('ben'), [idOf(3)]);
  dead.ways[1]!(true);
  await dead.time.settle();
  dead.scope.end();
  kept.set('holler-owed own f carl', '{"conversationId":"f"');
  const next = setUp(kept);
  next.takeUp();
  next.takeUp();
  expect(next.said).toEqual([`anna sure ${idOf(1)}..${idOf(2)}`]);
  next.ways[0]!(true);
  await next.time.settle();
  expect(kept).toEqual(new Map());
  await dead.time.advance(1_000_000);
  expect(dead.said).toHaveLength(2);
});

it('waits half a minute for one that hangs, and then says it again with what came since', async () => {
  const { receipts, said, time } = setUp();
  receipts(to('anna'), ['1']);
  receipts(to('anna'), ['2']);
  receipts(to('anna'), ['3']);
  await time.advance(30_000);
  expect(said).toEqual(['anna sure 1..1']);
  await time.advance(2_000);
  expect(said).toEqual(['anna sure 1..1', 'anna sure 1..3']);
});
