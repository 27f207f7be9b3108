/** How hard a password is to guess. Loaded when a new password is first typed: the word lists are large. */
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common';
import { dictionary as english } from '@zxcvbn-ts/language-en';
import type { EnterWords } from './words-en.ts';

export type WarningKey = keyof EnterWords['strength']['warnings'];
export type SuggestionKey = keyof EnterWords['strength']['suggestions'];

export interface Strength {
  /** 0 (guessed at once) to 4. */
  readonly score: number;
  readonly warning: WarningKey | null;
  readonly suggestions: readonly SuggestionKey[];
}

const meter = new ZxcvbnFactory({
  dictionary: {
    'passwords-common': common['passwords-common'],
    'commonWords-en': english['commonWords-en'],
    'firstnames-en': english['firstnames-en'],
  },
  graphs: adjacencyGraphs,
});

/** Beyond this a password only costs time to look at. */
const LONGEST = 100;

/** `own` are words of the person's own, such as the user name. Without translations the meter answers with keys. */
export function measure(password: string, own: readonly string[]): Strength {
  const { score, feedback } = meter.check(password.slice(0, LONGEST), [...own, 'holler']);
  return {
    score,
    warning: (feedback.warning ?? null) as WarningKey | null,
    suggestions: feedback.suggestions as SuggestionKey[],
  };
}
