/** Chinese typography: a space stands between Chinese characters and whatever else is no punctuation. */
import { isolate } from './isolate.ts';

/** Writes one after the other, with a space between them where one is Chinese and the other is not. */
export function setApart(before: string, after: string): string {
  const meet = /[^\p{P}\s]$/u.test(before) && /^[^\p{P}\s]/u.test(after);
  // What is isolated begins and ends with a sign of its own.
  const gap = meet && /\p{Script=Han}\u2069?$/u.test(before) !== /^\u2068?\p{Script=Han}/u.test(after);
  return before + (gap ? ' ' : '') + after;
}

/** A Chinese sentence with names in it, which may be Chinese or not. */
export const zh = ({ raw }: TemplateStringsArray, ...names: readonly string[]): string =>
  raw.flatMap((text, index) => [text, isolate(names[index] ?? '')]).reduce(setApart);
