/** What happens in one run, and when: drawn from a seed alone, so that a run can be had again. Pure. */

/** Who takes part. Devices and people are told by their index. */
export interface Shape {
  /** Whose each device is. */
  readonly devices: readonly number[];
  /** The people of each conversation. */
  readonly conversations: readonly (readonly number[])[];
}

export type Fault =
  | 'reload'
  | 'crash'
  | 'away'
  | 'double'
  | 'orphan'
  | 'cut'
  | 'silence'
  | 'clock'
  | 'server'
  | 'database'
  | 'turn'
  | 'member'
  | 'evict';

export const FAULTS: readonly Fault[] = [
  'reload',
  'crash',
  'away',
  'double',
  'orphan',
  'cut',
  'silence',
  'clock',
  'server',
  'database',
  'turn',
  'member',
  'evict',
];

export type Talk =
  /** `together`: without waiting for one to be stored before the next is written. */
  | { readonly do: 'say'; readonly count: number; readonly together: boolean }
  /** `picks`: which of the messages that may be changed, one after the other, each from 0 (the newest) up to 1. */
  | { readonly do: 'edit'; readonly picks: readonly number[] }
  | { readonly do: 'remove'; readonly picks: readonly number[] }
  | { readonly do: 'react'; readonly picks: readonly number[]; readonly emoji: string; readonly on: boolean }
  | { readonly do: 'read' };

export type DeviceAct =
  | { readonly do: 'reload' }
  /** Its process dies, and with it every tab. */
  | { readonly do: 'crash' }
  | { readonly do: 'close' }
  | { readonly do: 'open' }
  /** One more tab, and one less: the oldest, which leads. */
  | { readonly do: 'double' }
  | { readonly do: 'single' }
  /** The process of its newest tab dies, and only that: another tab leads. */
  | { readonly do: 'orphan' }
  /** Its connections to other devices end. */
  | { readonly do: 'cut' }
  /** Nothing goes in or out, and nobody is told. */
  | { readonly do: 'silence' }
  | { readonly do: 'hear' }
  /** Its clock is so many ms ahead of the right time. */
  | { readonly do: 'clock'; readonly ahead: number };

/** Somebody leaves a group, or is removed, and is let in again; `by` is the device that does it. */
export type MemberAct = {
  readonly do: 'out' | 'in';
  readonly person: number;
  readonly conversation: number;
  readonly by: number;
};

/** All that it stored is deleted, as by a browser whose disk is full; its person logs in again. */
interface EvictAct {
  readonly do: 'evict';
  readonly device: number;
}

type PlaceAct = {
  readonly do: 'kill' | 'start';
  readonly place: 'server' | 'database' | 'turn';
};

export type Act =
  | (Talk & { readonly device: number; readonly conversation: number })
  | (DeviceAct & { readonly device: number })
  | PlaceAct
  | MemberAct
  | EvictAct;

export const isTalk = (act: Act): act is Extract<Act, Talk> => 'conversation' in act && 'device' in act;

export interface Step {
  /** ms from the start. */
  readonly at: number;
  readonly act: Act;
}

export interface Plan {
  readonly seed: number;
  /** ms. */
  readonly length: number;
  readonly shape: Shape;
  readonly faults: readonly Fault[];
  /** Bursts of messages, and faults, a second. */
  readonly bursts: number;
  readonly faultRate: number;
}

const EMOJI = ['👍', '❤️', '😂', '🎉'];
const BURST_MAX = 30;
/** Edits, deletions or reactions in one go: as many as make them a quarter or more of all that is done. */
const CHANGES_MAX = 16;
/** How long what a fault takes away stays away, ms. */
const SPANS: Readonly<Record<'blink' | 'long', readonly [number, number]>> = {
  blink: [300, 4_000],
  long: [4_000, 40_000],
};
const CLOCKS = [0, 3_600_000, -3_600_000, 240_000, -86_400_000, 40 * 86_400_000];

/** Every step in order; what was taken away is given back within the length. */
export function schedule(plan: Plan): readonly Step[] {
  const draw = drawer(plan.seed);
  const steps: Step[] = [];
  const gap = (rate: number) => (-Math.log(1 - draw.fraction()) * 1_000) / rate;
  for (let at = gap(plan.bursts); at < plan.length; at += gap(plan.bursts))
    steps.push({ at, act: talk(plan.shape, draw) });
  /** Until when a device or place is taken: two faults at once may hit two of them, never one. */
  const taken = new Map<string, number>();
  if (plan.faults.length > 0) {
    for (let at = gap(plan.faultRate); at < plan.length; at += gap(plan.faultRate))
      steps.push(...fault(plan, at, draw, taken));
  }
  return steps.toSorted((a, b) => a.at - b.at).map(({ at, act }) => ({ at: Math.round(at), act }));
}

function talk({ devices, conversations }: Shape, draw: Drawer): Act {
  const conversation = draw.below(conversations.length);
  const members = conversations[conversation] ?? [];
  const speakers = devices.flatMap((person, device) => (members.includes(person) ? [device] : []));
  const where = { device: draw.of(speakers), conversation };
  const kind = draw.fraction();
  // Squared: mostly what is new, as people do.
  const picks = Array.from({ length: 1 + draw.below(CHANGES_MAX) }, () => draw.fraction() ** 2);
  if (kind < 0.5)
    return { ...where, do: 'say', count: 1 + draw.below(BURST_MAX), together: draw.fraction() < 0.5 };
  if (kind < 0.68) return { ...where, do: 'edit', picks };
  if (kind < 0.76) return { ...where, do: 'remove', picks };
  if (kind < 0.92) return { ...where, do: 'react', picks, emoji: draw.of(EMOJI), on: draw.fraction() < 0.7 };
  return { ...where, do: 'read' };
}

function fault(plan: Plan, at: number, draw: Drawer, taken: Map<string, number>): readonly Step[] {
  const kind = draw.of(plan.faults);
  const [least, most] = draw.fraction() < 0.7 ? SPANS.blink : SPANS.long;
  const end = Math.min(plan.length, at + least + draw.fraction() * (most - least));
  const device = draw.below(plan.shape.devices.length);
  const ahead = draw.of(CLOCKS);
  const isPlace = kind === 'server' || kind === 'database' || kind === 'turn';
  // A server does not start without its database.
  const key = kind === 'turn' || kind === 'member' ? kind : isPlace ? 'server' : `device ${device}`;
  if (at < (taken.get(key) ?? 0)) return [];
  taken.set(key, end);
  const pair = (from: Act, to: Act): readonly Step[] => [
    { at, act: from },
    { at: end, act: to },
  ];
  switch (kind) {
    case 'server':
    case 'database':
    case 'turn':
      return pair({ do: 'kill', place: kind }, { do: 'start', place: kind });
    case 'away':
      return pair({ do: 'close', device }, { do: 'open', device });
    case 'crash':
      return pair({ do: 'crash', device }, { do: 'open', device });
    case 'double':
      return pair({ do: 'double', device }, { do: 'single', device });
    case 'orphan':
      return pair({ do: 'double', device }, { do: 'orphan', device });
    case 'silence':
      return pair({ do: 'silence', device }, { do: 'hear', device });
    case 'clock':
      return [{ at, act: { do: 'clock', device, ahead } }];
    case 'evict': {
      // What it had is to be had from another device of the same person.
      const { devices } = plan.shape;
      const isOnly = devices.filter((person) => person === devices[device]).length === 1;
      return isOnly ? [] : [{ at, act: { do: 'evict', device } }];
    }
    case 'member':
      return absence(plan.shape, draw).map((act, index) => ({ at: index === 0 ? at : end, act }));
    case 'reload':
    case 'cut':
      return [{ at, act: { do: kind, device } }];
  }
}

/** Of the last person of a group, by themself or by its owner; nobody where there is no group. */
function absence({ devices, conversations }: Shape, draw: Drawer): readonly MemberAct[] {
  const conversation = conversations.findIndex((members) => members.length > 2);
  const [owner, ...others] = conversations[conversation] ?? [];
  const person = others.at(-1);
  if (owner === undefined || person === undefined) return [];
  const by = () => draw.of(devices.flatMap((each, device) => (each === owner ? [device] : [])));
  const own = devices.indexOf(person);
  const who = { conversation, person };
  return [
    { ...who, do: 'out', by: draw.fraction() < 0.5 ? own : by() },
    { ...who, do: 'in', by: by() },
  ];
}

/** As one line of a log. */
export function describeStep({ at, act }: Step): string {
  const rest = Object.entries(act).filter(([name]) => name !== 'do');
  const words = rest.map(([name, value]) => `${name} ${Array.isArray(value) ? value.length : String(value)}`);
  return `${(at / 1_000).toFixed(2)} s: ${act.do} ${words.join(', ')}`;
}

interface Drawer {
  /** From 0 up to 1. */
  fraction(): number;
  below(count: number): number;
  of<T>(choices: readonly T[]): T;
}

/** Mulberry32: 32 bits of state, quick and even enough for choices. */
function drawer(seed: number): Drawer {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count: number): number => Math.floor(fraction() * count);
  return {
    fraction,
    below,
    of: (choices) => {
      const chosen = choices[below(choices.length)];
      if (chosen === undefined) throw new Error('nothing to choose from');
      return chosen;
    },
  };
}
