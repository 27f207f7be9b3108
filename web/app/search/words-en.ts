/** The sentences of the search in English. Not in en.ts, because what shows them is loaded only when needed. */
import { count } from '../i18n/count.ts';
import { isolate } from '../i18n/isolate.ts';

export const searchEn = {
  open: 'Search',
  inside: (name: string) => `Search the conversation with ${isolate(name)}`,
  hint: 'Type what was said, or part of the name of a file.',
  results: 'Results',
  friends: 'Friends and groups',
  messages: 'Messages',
  searching: 'Searching',
  count: (n: number) => count(n, 'message found', 'messages found'),
  countMore: (n: number) => `The latest ${count(n, 'message', 'messages')} found`,
  nothing: (text: string) => `Nothing found for “${isolate(text)}”.`,
  building: (percent: string) =>
    `Your older messages are being made searchable: ${percent}% done. Until then some are missing here.`,
  former: 'Not in your list any more',
};

export type SearchWords = typeof searchEn;
