/** Work that nobody waits for: its failure is told, since it would show nowhere else. */
import type { Report } from './platform.ts';

/** `during` says in a few words what was being done. */
export type Background = (during: string, work: Promise<unknown>) => void;

export function inBackground(report: Report): Background {
  return (during, work) => {
    work.catch((error: unknown) => report(during, error));
  };
}
