/** Turns a failure's code into the sentence that a person reads. */
import type { Failure } from '../../core/model.ts';
import type { Format } from './format.ts';
import type { Messages } from './en.ts';

export type FailureCode = Failure['code'];

export function failureText(failure: Failure, t: Messages, format: Format): string {
  const sentence = t.failures[failure.code];
  if (failure.retryAfter === undefined || failure.retryAfter <= 0) return sentence;
  return `${sentence}${t.errors.joiner}${t.errors.retryAfter(format.inSeconds(failure.retryAfter))}`;
}
