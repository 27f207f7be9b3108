/** What may be otherwise on one device, since its person was in the group no more, or it lost what it stored. Pure. */
import type { Absence, Dump, Entry, Renewal } from './oracle.ts';

export type Misses = (entry: Entry) => boolean;

export const timesAnew = ({ device }: Dump, renewals: readonly Renewal[]): number =>
  renewals.filter((renewal) => renewal.device === device).length;

/** What this device may lack, or have otherwise. */
export function missesOfDump(
  { person, device }: Dump,
  absences: readonly Absence[],
  renewals: readonly Renewal[],
): Misses {
  const away = absences.filter((absence) => absence.person === person);
  const anew = renewals.filter((renewal) => renewal.device === device);
  return (entry) =>
    away.some(
      ({ lastSaid, till }) => entry.ended >= (lastSaid.get(entry.device) ?? -Infinity) && entry.began <= till,
    ) || anew.some(({ from, till }) => entry.ended >= from && entry.began <= till);
}

/** What this device may have missed is not certain for it. */
export function asSeenBy(journal: readonly Entry[], misses: Misses): Entry[] {
  return journal.map((entry) =>
    entry.outcome === 'done' && misses(entry) ? { ...entry, outcome: 'unknown' } : entry,
  );
}

/** Ids of the messages that may be otherwise with this device than with the others. */
export function missedBy(journal: readonly Entry[], misses: Misses): ReadonlySet<string> {
  return new Set(
    journal
      .filter(misses)
      .flatMap(({ deed, id }) => ('target' in deed ? [deed.target] : id === undefined ? [] : [id])),
  );
}
