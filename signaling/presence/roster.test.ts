/** The roster: comings and goings, who may reach whom, and changes in the middle of a connection being made. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Presence } from '../protocol/common.ts';
import { type PersonFacts, PresenceRoster } from './roster.ts';

let told: [string, Presence['state'], string[]][];
let left: [string, boolean][];
let roster: PresenceRoster;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000 });
  told = [];
  left = [];
  roster = new PresenceRoster(Date.now, {
    presenceChanged: (id, { state }, friends) => told.push([id, state, [...friends]]),
    left: (id, seen) => left.push([id, seen]),
  });
});
afterEach(() => vi.useRealTimers());

const facts = (...contactIds: string[]): PersonFacts => ({
  chosen: 'online',
  shownStatusText: '',
  lastSeen: null,
  contactIds,
});
async function join(id: string, deviceId: string, known = facts()): Promise<void> {
  await roster.join(id, deviceId, () => Promise.resolve({ facts: known, more: true }));
  roster.announce(id);
}

describe('the roster', () => {
  it('tells friends once when a person comes, and once when the last device is gone for good', async () => {
    await join('ann', 'a1', facts('bob'));
    await join('ann', 'a2');
    roster.leave('ann', 'a1', false);
    roster.leave('ann', 'a2', true);
    await vi.advanceTimersByTimeAsync(1_900);
    expect(left).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(told.map(([, state]) => state)).toEqual(['online', 'online', 'online', 'offline']);
    expect(told.every(([, , friends]) => friends.join() === 'bob')).toBe(true);
    expect(left).toEqual([['ann', true]]);
    expect(roster.presenceOf('ann')).toBeNull();
  });

  it('tells nothing when a page reloads within its grace', async () => {
    await join('ann', 'a1', facts('bob'));
    told = [];
    roster.leave('ann', 'a1', true);
    await vi.advanceTimersByTimeAsync(1_000);
    await join('ann', 'a1');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual([]);
    expect(roster.presenceOf('ann')?.state).toBe('online');
  });

  it('knows of a contact that began or ended while the list was being read', async () => {
    let loaded = () => {};
    const joining = roster.join('ann', 'a1', async () => {
      await new Promise<void>((resolve) => (loaded = resolve));
      return { facts: facts('old'), more: true };
    });
    roster.befriend('ann', 'new');
    roster.part('old', 'ann');
    loaded();
    await joining;
    expect([...roster.contactsOf('ann')]).toEqual(['new']);
  });

  it('lets no device in that was logged out meanwhile', async () => {
    expect(await roster.join('ann', 'a1', () => Promise.resolve(null))).toBeNull();
    expect(roster.presenceOf('ann')).toBeNull();
  });

  it('keeps an invisible device out of reach, but for those it has spoken to since', async () => {
    await join('ann', 'a1', facts('bob'));
    roster.noteReached('a1', 'b1');
    expect(roster.isReachable('ann', 'a1', 'b2')).toBe(true);
    expect(roster.setChosen('ann', 'invisible', '')).toBe(true);
    expect(roster.isReachable('ann', 'a1', 'b1')).toBe(false);
    roster.noteReached('a1', 'b1');
    expect(roster.isReachable('ann', 'a1', 'b1')).toBe(true);
    expect(roster.isReachable('ann', 'a1', 'b2')).toBe(false);
  });

  it('freezes last seen when a person goes invisible, and says that they left unseen', async () => {
    await join('ann', 'a1', facts('bob'));
    roster.setChosen('ann', 'invisible', '');
    vi.setSystemTime(5_000);
    expect(roster.presenceOf('ann')?.lastSeen).toBe(1_000);
    told = [];
    roster.leave('ann', 'a1', false);
    expect(told).toEqual([]);
    expect(left).toEqual([['ann', false]]);
  });
});
