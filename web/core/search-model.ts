/** What the page sees of a search. */
import type { Message } from './conversation-model.ts';
import type { Result } from './failure-model.ts';

export type SearchHit = Pick<Message, 'id' | 'conversationId' | 'author' | 'at' | 'body'>;

/** Messages whose text or file name holds all words of what was searched, newest first. */
export interface SearchPage {
  readonly hits: readonly SearchHit[];
  /** There may be another page. */
  readonly more: boolean;
  /** Messages that are searched by now, while a history from an earlier version is still being brought in. */
  readonly building: { readonly done: number; readonly total: number } | null;
}

export interface SearchRun {
  /** The next page; one at a time. After `cancel` nothing is found. */
  next(): Promise<Result<SearchPage>>;
  cancel(): void;
}
