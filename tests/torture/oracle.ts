/**
 * What must be there at the end: every message that a page accepted, once, on every device of every member, in one order,
 * with a text and reactions that somebody's last word there allows. What was being said as a tab died may have been said
 * or not, but the same for all. Whoever left a group has what was said before and after; of what was said about then they
 * may have anything, but nothing from between. A device that lost all it stored has what was said before and after. Pure.
 */
import { asSeenBy, missedBy, missesOfDump, timesAnew } from './misses.ts';

/** What a page was asked to do. It reports that it tries, and then how it went, unless it dies in between. */
export type Deed =
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'edit'; readonly target: string; readonly text: string }
  | { readonly kind: 'remove'; readonly target: string }
  | { readonly kind: 'react'; readonly target: string; readonly emoji: string; readonly on: boolean };

export interface Entry {
  readonly deed: Deed;
  readonly conversation: number;
  readonly device: number;
  readonly person: number;
  /** `nothing`: it was refused, as there was nothing to do it to. `unknown`: its tab died, or said that it may have failed. */
  outcome: 'unknown' | 'done' | 'nothing';
  /** When it was last told of, ms; both by the clock of the test. */
  readonly began: number;
  ended: number;
  /** Of the message that was said. */
  id?: string;
}

/** Somebody was no member of a group for a while. All times in ms by the clock of the test. */
export interface Absence {
  readonly conversation: number;
  readonly person: number;
  /** The device that let them go. */
  readonly by: number;
  /** By device: what it said before this time had been sent when they went. */
  readonly lastSaid: Map<number, number>;
  /** From then on `by` knew that they are out; Infinity if that was they themselves. */
  out: number;
  /** Somebody begins to let them in again. */
  back: number;
  /** Everybody knows that they are back. */
  till: number;
}

/** A device became a new one, which has what others had at that time. Both in ms by the clock of the test. */
export interface Renewal {
  readonly device: number;
  readonly from: number;
  /** All know the new one. */
  till: number;
}

/** A message as one device has it, people by their index so that devices compare. */
export interface Held {
  readonly id: string;
  readonly author: number;
  /** Null: deleted. */
  readonly text: string | null;
  /** Sorted, each as `emoji person`. */
  readonly reactions: readonly string[];
  readonly state: string;
}

/** One device's view of one conversation. */
export interface Dump {
  readonly device: number;
  readonly person: number;
  readonly conversation: number;
  /** In the order of its database. */
  readonly stored: readonly Held[];
  /** In the order of its timeline, walked from end to end. */
  readonly shown: readonly Held[];
  /** Letters that wait. */
  readonly outbox: number;
}

const PROBLEMS_MAX = 40;

/** One sentence for each thing that is not as it must be. */
export function judge(
  journal: readonly Entry[],
  dumps: readonly Dump[],
  absences: readonly Absence[] = [],
  renewals: readonly Renewal[] = [],
): readonly string[] {
  const conversations = new Set(dumps.map(({ conversation }) => conversation));
  const problems = [...conversations].flatMap((conversation) =>
    judgeConversation(
      journal.filter((entry) => entry.conversation === conversation),
      dumps.filter((dump) => dump.conversation === conversation),
      absences.filter((absence) => absence.conversation === conversation),
      renewals,
    ),
  );
  const more = problems.length - PROBLEMS_MAX;
  return more > 0 ? [...problems.slice(0, PROBLEMS_MAX), `and ${more} more`] : problems;
}

function judgeConversation(
  journal: readonly Entry[],
  dumps: readonly Dump[],
  absences: readonly Absence[],
  renewals: readonly Renewal[],
): readonly string[] {
  // The one that was there all the time is what the others are compared with.
  const [first, ...others] = dumps.toSorted((a, b) => timesAnew(a, renewals) - timesAnew(b, renewals));
  if (!first) return [];
  const missesOf = (dump: Dump) => missesOfDump(dump, absences, renewals);
  return [
    ...dumps.flatMap(judgeAlone),
    ...others.flatMap((other) =>
      differences(
        first,
        other,
        new Set([...missedBy(journal, missesOf(first)), ...missedBy(journal, missesOf(other))]),
      ),
    ),
    ...dumps.flatMap((dump) => {
      const seen = asSeenBy(journal, missesOf(dump));
      return [...missing(seen, dump), ...judgeMessages(dump, seen), ...overheard(dump, journal, absences)];
    }),
  ];
}

/** What was said where everybody knew that this person is no member, and is with them all the same. */
function overheard(dump: Dump, journal: readonly Entry[], absences: readonly Absence[]): readonly string[] {
  const own = absences.filter(({ person }) => person === dump.person);
  const secret = journal.filter(
    ({ deed, device, began, ended }) =>
      deed.kind === 'say' && own.some(({ by, out, back }) => device === by && began > out && ended < back),
  );
  const ids = new Set(secret.flatMap(({ id }) => (id === undefined ? [] : [id])));
  return dump.stored
    .filter(({ id }) => ids.has(id))
    .map(({ id, text }) => `${nameOf(dump)}: "${text}" (${id}) was not for them`);
}

const nameOf = ({ device, conversation }: Dump) => `device ${device}, conversation ${conversation}`;

const ARRIVED = new Set(['delivered', 'read']);

/**
 * How many of people's own messages lack their second tick on some device of theirs, though all have arrived. Counted
 * and not judged: a receipt to a device that did not send the message is not asked for again when it is lost.
 */
export function unticked(dumps: readonly Dump[]): number {
  const own = dumps.flatMap(({ person, stored }) => stored.filter(({ author }) => author === person));
  return own.filter(({ text, state }) => text !== null && !ARRIVED.has(state)).length;
}

/** What one device must be, whatever the others are. */
function judgeAlone(dump: Dump): readonly string[] {
  const { stored, shown, outbox } = dump;
  const problems: string[] = [];
  const say = (what: string) => problems.push(`${nameOf(dump)}: ${what}`);
  if (outbox > 0) say(`${outbox} letters wait in the outbox`);
  const texts = stored.flatMap(({ text }) => (text === null ? [] : [text]));
  for (const text of repeated(texts)) say(`"${text}" is there twice`);
  for (const id of repeated(shown.map(({ id: each }) => each))) say(`${id} is shown twice`);
  const order = (list: readonly Held[]) => list.map((held) => sameText(held)).join('\n');
  if (order(stored) !== order(shown))
    say(`shows something else than it stores: ${firstDifference(stored, shown)}`);
  return problems;
}

function repeated(values: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return values.filter((value) => seen.has(value) || !seen.add(value));
}

const sameText = ({ id, author, text, reactions }: Held) =>
  `${id} by ${author}: ${text ?? '(deleted)'} ${reactions.join(', ')}`;

function firstDifference(left: readonly Held[], right: readonly Held[]): string {
  const at = left.findIndex((held, index) => sameText(held) !== sameText(right[index] ?? NOTHING));
  const where = at < 0 ? left.length : at;
  return `at ${where} of ${left.length}/${right.length}: ${sameText(left[where] ?? NOTHING)} | ${sameText(right[where] ?? NOTHING)}`;
}

const NOTHING: Held = { id: '(none)', author: -1, text: '', reactions: [], state: '' };

/** Both have the same messages, authors, texts and reactions. A message without a receipt that its author took back leaves no trace with them. */
function differences(left: Dump, right: Dump, except: ReadonlySet<string>): readonly string[] {
  const problems: string[] = [];
  const [mine, theirs] = [left, right].map(({ stored }) => new Map(stored.map((held) => [held.id, held])));
  for (const id of new Set([...mine!.keys(), ...theirs!.keys()])) {
    if (except.has(id)) continue;
    const [a, b] = [mine!.get(id), theirs!.get(id)];
    const [one, other] = [a, b].map((held) => (held && held.text !== null ? sameText(held) : 'nothing'));
    if (one !== other)
      problems.push(
        `conversation ${left.conversation}: device ${left.device} has ${one}, ${right.device} ${other}`,
      );
  }
  return problems;
}

/** Messages that were accepted and not taken back, and are not there; order follows from the ids, which all share. */
function missing(journal: readonly Entry[], dump: Dump): readonly string[] {
  const removed = new Set(
    journal.flatMap(({ deed, outcome }) =>
      deed.kind === 'remove' && outcome !== 'nothing' ? [deed.target] : [],
    ),
  );
  const accepted = journal.flatMap(({ deed, outcome, id }) =>
    deed.kind === 'say' && outcome === 'done' && id !== undefined && !removed.has(id)
      ? [{ id, text: deed.text }]
      : [],
  );
  const there = new Set(dump.stored.flatMap(({ id, text }) => (text === null ? [] : [id])));
  const lost = accepted.filter(({ id }) => !there.has(id));
  return lost.map(({ id, text }) => `${nameOf(dump)}: "${text}" (${id}) is lost`);
}

function judgeMessages(dump: Dump, journal: readonly Entry[]): readonly string[] {
  const said = new Map(journal.flatMap((entry) => (entry.id === undefined ? [] : [[entry.id, entry]])));
  const changes = new Map<string, Entry[]>();
  for (const entry of journal) {
    if (!('target' in entry.deed)) continue;
    const about = changes.get(entry.deed.target) ?? [];
    changes.set(entry.deed.target, about);
    about.push(entry);
  }
  return dump.stored.flatMap((held) =>
    judgeMessage(held, said.get(held.id), changes.get(held.id) ?? [], nameOf(dump)),
  );
}

function judgeMessage(
  held: Held,
  said: Entry | undefined,
  about: readonly Entry[],
  where: string,
): readonly string[] {
  const removals = about.filter(({ deed, outcome }) => deed.kind === 'remove' && outcome !== 'nothing');
  if (held.text === null)
    return removals.length === 0 ? [`${where}: ${held.id} is deleted, and nobody did that`] : [];
  if (removals.some(({ outcome }) => outcome === 'done'))
    return [`${where}: "${held.text}" (${held.id}) is there though it was deleted`];
  const problems: string[] = [];
  const edits = lastWords(about, ({ deed }) => (deed.kind === 'edit' ? deed.text : null));
  const allowed = edits.sure
    ? edits.words
    : [...edits.words, ...(said?.deed.kind === 'say' ? [said.deed.text] : [])];
  if (said && !allowed.includes(held.text))
    problems.push(`${where}: ${held.id} says "${held.text}", and may only say "${allowed.join('" or "')}"`);
  return [...problems, ...judgeReactions(held, about, where)];
}

function judgeReactions(held: Held, about: readonly Entry[], where: string): readonly string[] {
  const marks = new Map<string, Entry[]>();
  for (const entry of about) {
    if (entry.deed.kind !== 'react') continue;
    const mark = `${entry.deed.emoji} ${entry.person}`;
    marks.set(mark, [...(marks.get(mark) ?? []), entry]);
  }
  const problems = held.reactions
    .filter((mark) => !marks.has(mark))
    .map((mark) => `${where}: ${held.id} has ${mark}, and nobody did that`);
  for (const [mark, entries] of marks) {
    const last = lastWords(entries, ({ deed }) => (deed.kind === 'react' ? String(deed.on) : null));
    const allowed = last.sure ? last.words : [...last.words, 'false'];
    const is = String(held.reactions.includes(mark));
    if (!allowed.includes(is)) problems.push(`${where}: ${held.id} has ${mark}: ${is}`);
  }
  return problems;
}

/**
 * What may hold in the end: of each device the last word that is sure, and those after it that are not. `sure`: some
 * device's is, so that there is more than what was there before.
 */
function lastWords(
  entries: readonly Entry[],
  wordOf: (entry: Entry) => string | null,
): { readonly words: readonly string[]; readonly sure: boolean } {
  const byDevice = new Map<number, string[]>();
  let sure = false;
  for (const entry of entries) {
    const word = wordOf(entry);
    if (word === null || entry.outcome === 'nothing') continue;
    const words = byDevice.get(entry.device) ?? [];
    byDevice.set(entry.device, entry.outcome === 'done' ? [word] : [...words, word]);
    sure ||= entry.outcome === 'done';
  }
  return { words: [...byDevice.values()].flat(), sure };
}
